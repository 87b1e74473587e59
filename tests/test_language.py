"""The catalogue: which language is spoken, and that every language has every text."""

from __future__ import annotations

import ast
import io
import logging
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from overlay import language
from overlay.errors import SourceError
from overlay.language import (
    AUTO,
    LANGUAGES,
    N_,
    LazyText,
    _,
    ngettext,
    pgettext,
    resolve,
    use_language,
)
from overlay.logs._discretion import DiscreetFormatter

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


#: What shows texts to users, below overlay/.
SHOWN = (
    *("gui", "tray", "classroom", "monitor/report", "monitor/wording.py", "monitor/moments.py"),
    *("sources/webcam.py", "desktop/hotkeys.py", "monitor/notes.py", "doctor"),
)

#: What is only for the command line, which stays English: its errors reach no window.
FOR_THE_TERMINAL = (
    *("analysis", "bench", "cli", "web", "monitor/calibrate_command.py", "monitor/export.py"),
    *("monitor/goals.py", "monitor/monitor_command.py", "monitor/reflect_command.py"),
    *("pictures.py", "targets.py"),
)

#: Constants that are no text for users, or are shown as they are in every language.
NOT_TRANSLATED = {
    "APP_TITLE", "__all__",  # names
    "_colors", "class_", "kind", "kinds", "name",  # for style sheets
    "IN_VIEW", "command", "require_extra",  # keys, and what is typed
    "CONSENT_UNASKED", "NO_TRAY",  # for the terminal and the log
    "QKeySequence", "application.setStyle", "Status",  # of Qt and D-Bus
    "_SYSTEMS", "_WINDOWS_NAMES", "_MARKS", "_COMMANDS",  # names
    "machine.output_of", "re.search", "re.findall",  # what other programs say
    "set_aside_settings", "delete_leftovers", "fix",  # for the terminal
}  # fmt: skip

WRAPPERS = {"_", "N_", "LazyText", "ngettext", "pgettext"}


def looks_like_words(text: str) -> bool:
    """Two words, or one that begins like a sentence."""
    code = re.compile(
        r"<!DOCTYPE|width=device-width|^light dark$|^(sudo|emotion-overlay) "
        r"|^(Python|Zoom|Meet|Teams)$"
    )
    words = re.compile(r"[A-Za-z]{2,}[,.:;]? +[a-z]{2,}|^[A-Z][a-z]+[.:…]*$")
    return bool(words.search(text)) and not code.search(text)


class Texts(ast.NodeVisitor):
    """Collects the strings of a module that users may see and that are not wrapped."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and looks_like_words(node.value):
            self.found.append((node.lineno, node.value))

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func)
        wrapped = name.rpartition(".")[2] in WRAPPERS
        if wrapped or name in NOT_TRANSLATED or name.startswith("_log."):
            return
        for keyword in node.keywords:
            if keyword.arg not in NOT_TRANSLATED:
                self.visit(keyword.value)
        for part in (node.func, *node.args):
            self.visit(part)

    def visit_Compare(self, node: ast.Compare) -> None:
        """What is compared is not shown."""

    def visit_Assign(self, node: ast.Assign) -> None:
        if not {ast.unparse(target) for target in node.targets} & NOT_TRANSLATED:
            self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (*node.body, *node.args.defaults, *node.args.kw_defaults):
            if part is not None and node.name not in NOT_TRANSLATED:
                self.visit(part)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        for part in ast.walk(node):
            wrapped = isinstance(part, ast.Call) and ast.unparse(part.func) in WRAPPERS
            if wrapped and any(isinstance(argument, ast.Constant) for argument in part.args):
                self.found.append((node.lineno, "not extracted from an f-string"))
        self.generic_visit(node)


def modules() -> list[Path]:
    return sorted(
        path
        for name in SHOWN
        for path in ([OVERLAY / name] if name.endswith(".py") else OVERLAY.glob(f"{name}/**/*.py"))
    )


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(OVERLAY)))
def test_every_text_for_users_is_in_the_catalogue(path):
    texts = Texts()
    texts.visit(ast.parse(path.read_text(encoding="utf-8")))
    assert texts.found == []


def error_classes() -> set[str]:
    """The names of all errors whose text may be shown to users."""
    bases = {
        node.name: {ast.unparse(base) for base in node.bases}
        for path in OVERLAY.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    found = {"OverlayError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def errors(path: Path, classes: set[str]) -> list[tuple[int, str]]:
    """The errors of a module whose text is not looked up when it is shown."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in classes:
            texts = Texts()
            for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                texts.visit(part)
            found += texts.found
            found += [
                (node.lineno, "translated too early: LazyText")
                for part in ast.walk(node)
                if isinstance(part, ast.Call)
                and ast.unparse(part.func) in {"_", "ngettext", "pgettext"}
            ]
    return found


def test_every_error_that_a_window_can_show_is_in_the_catalogue():
    classes = error_classes()
    assert {"SourceError", "HotkeyError", "AlreadyRunningError"} <= classes
    found = {}
    for path in OVERLAY.rglob("*.py"):
        name = path.relative_to(OVERLAY).as_posix()
        if not name.startswith(FOR_THE_TERMINAL) and (texts := errors(path, classes)):
            found[name] = texts
    assert found == {}


def test_an_error_is_in_the_language_of_the_user_and_in_english_in_the_log():
    error = SourceError(LazyText("{path} cannot be read: {error}", path="a.toml", error="EIO"))
    assert str(error) == "a.toml cannot be read: EIO"
    use_language("hi")
    assert str(error) == "a.toml पढ़ी नहीं जा सकती: EIO"
    record = logging.LogRecord("overlay", logging.ERROR, "x.py", 1, "it failed: %s", (error,), None)
    assert DiscreetFormatter().format(record).startswith("it failed: a.toml cannot be read")
    assert str(error) == "a.toml पढ़ी नहीं जा सकती: EIO"


def messages() -> list[tuple[str, str | tuple[str, str], str | None]]:
    """Every text in the code: where, singular (and plural), and context."""
    keywords = {**DEFAULT_KEYWORDS, "LazyText": None}
    found = extract_from_dir(str(OVERLAY), [("**.py", "python")], keywords=keywords)
    return [(name, text, context) for name, _line, text, _comments, context in found]


def fields(text: str) -> set[str]:
    """The names in braces."""
    return {name for _text, name, *_format in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[1].name)
def test_every_text_is_translated_with_the_same_fields(path):
    catalogue = _read(path)
    missing, different = [], []
    for name, text, context in messages():
        ids = (text,) if isinstance(text, str) else text
        known = catalogue.get(ids[0], context)
        strings = known.string if known is not None else ""
        strings = (strings,) if isinstance(strings, str) else strings
        if not all(strings) or (known is not None and known.fuzzy):
            missing.append(f"{name}: {ids[0]}")
        elif any(fields(each) - {"n"} != fields(ids[-1]) - {"n"} for each in strings):  # n: "once"
            different.append(f"{name}: {ids[0]}")
    assert not missing, "say `make catalogue`, and translate them"
    assert not different, "what is in braces has to be the same"


def test_what_is_not_in_the_catalogue_is_found():
    """The test above it would fail on each of these."""
    for code in (
        'label.setText("Saved.")',
        'Entry(f"Stop recording {name}", act)',
        'x = "two words"',
    ):
        texts = Texts()
        texts.visit(ast.parse(code))
        assert texts.found
    for code in (
        'label.setText(_("Saved."))',
        '_log.info("not for users")',
        'tag("p", class_="a note")',
    ):
        texts = Texts()
        texts.visit(ast.parse(code))
        assert not texts.found


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)
