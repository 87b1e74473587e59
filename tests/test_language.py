"""The catalogue: which language is spoken, and that every language has every text."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from overlay import language
from overlay.language import AUTO, LANGUAGES, N_, _, ngettext, pgettext, resolve, use_language

OVERLAY = Path(language.__file__).parent
CATALOGUES = sorted(OVERLAY.glob("locale/*/LC_MESSAGES/emotion-overlay.po"))


def test_a_text_is_in_the_language_that_is_used():
    assert _("happy") == "happy"
    use_language("hi")
    assert _("happy") == "खुश"
    assert pgettext("the name of this language, in itself", "English") == "हिन्दी"


def test_a_constant_is_looked_up_when_it_is_shown():
    constant = N_("happy")
    use_language("hi")
    assert constant == "happy"
    assert _(constant) == "खुश"


def test_a_text_that_nobody_has_translated_is_english():
    use_language("hi")
    assert _("no such text") == "no such text"
    assert [ngettext("{n} egg", "{n} eggs", n).format(n=n) for n in (1, 2)] == ["1 egg", "2 eggs"]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"LANG": "hi_IN.UTF-8"}, "hi"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "hi_IN"}, "hi"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "tlh:hi:en"}, "hi"),
        ({}, "en"),
    ],
)
@pytest.mark.parametrize("platform", ["linux"])
def test_by_default_it_is_the_systems(variables, code, platform, monkeypatch):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert resolve(AUTO) == code
    assert resolve("hi") == "hi"


def test_every_catalogue_is_offered():
    assert {"en", *(path.parents[1].name for path in CATALOGUES)} == set(LANGUAGES)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[1].name)
def test_what_is_read_is_what_was_translated(path):
    """`make catalogue` was run after the last change of the translation."""
    compiled = io.BytesIO()
    write_mo(compiled, _read(path))
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), "say `make catalogue`"


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)
