"""Words in the user's language: one catalogue for icon, menu, windows, dialogs, labels and report.

The source is English; `overlay/locale/CODE/LC_MESSAGES/emotion-overlay.po` holds a translation, in
the format of GNU gettext (https://www.gnu.org/software/gettext/manual/), and `make catalogue` makes
the `.mo` file beside it, which is what is read here. A text that users see is wrapped where it is
used:

    make_button(_("Stop and save"), ...)
    _("Recording {name}").format(name=name)          # never an f-string: it cannot be looked up
    ngettext("{n} session", "{n} sessions", n).format(n=n)

A constant is only marked with `N_`, and looked up with `_` when it is shown, since the language can
change while the application runs. Whole sentences are wrapped, not parts of them: other languages
have another order.

An error is raised with a `LazyText`, which is looked up when the error is shown: in the language of
the user in a window, in English in the log.

    raise SourceError(LazyText("camera {camera} is unplugged: plug it in again", camera=camera))

The command line stays English: a process that shows nothing but lines never calls `use_language`.
The running application and `class open`, which shows a window, do, so what they say about a problem
is translated as well.
"""

from __future__ import annotations

import gettext as _gettext
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

__all__ = [
    "AUTO",
    "LANGUAGES",
    "N_",
    "LazyText",
    "_",
    "catalogue",
    "is_right_to_left",
    "language",
    "ngettext",
    "pgettext",
    "resolve",
    "speaking",
    "use_language",
]

_DOMAIN = "emotion-overlay"
_FOLDER = Path(__file__).resolve().parent / "locale"

#: Codes of the languages with a catalogue, English first.
LANGUAGES: tuple[str, ...] = (
    "en",
    *sorted(path.parents[1].name for path in _FOLDER.glob(f"*/LC_MESSAGES/{_DOMAIN}.mo")),
)

#: The code that stands for the system's language.
AUTO = "auto"

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

_chosen = "en"
_meanwhile: ContextVar[str | None] = ContextVar("_meanwhile", default=None)


def use_language(code: str) -> None:
    """Have this process speak a language from now on; it begins with English.

    Args:
        code: One of `LANGUAGES`, or `AUTO`.
    """
    global _chosen
    _chosen = resolve(code)


def language() -> str:
    """The code of the language that this process speaks."""
    return _meanwhile.get() or _chosen


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Look texts up in another language inside the block, in this thread only.

    Args:
        code: One of `LANGUAGES`.
    """
    before = _meanwhile.set(code)
    try:
        yield
    finally:
        _meanwhile.reset(before)


def resolve(code: str) -> str:
    """The code itself, or for `AUTO` that of the system's language, if it has a catalogue."""
    return _system_language() if code == AUTO else code


@cache
def catalogue(code: str) -> _gettext.NullTranslations:
    """The texts of a language; of one without a catalogue, those in English."""
    return _gettext.translation(_DOMAIN, str(_FOLDER), [code], fallback=True)


def is_right_to_left(code: str) -> bool:
    """Whether a language is written from right to left."""
    return code.partition("_")[0] in _RIGHT_TO_LEFT


def _(message: str) -> str:
    """A text in the language of this process."""
    return catalogue(language()).gettext(message) if message else ""  # "" is the catalogue's header


def ngettext(singular: str, plural: str, n: int) -> str:
    """The text that goes with a number."""
    return catalogue(language()).ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """A text that means different things in different places, such as `Off`."""
    return catalogue(language()).pgettext(context, message)


def N_(message: str) -> str:  # noqa: N802
    """Mark a constant for the catalogue; `_` looks it up when it is shown."""
    return message


class LazyText:
    """A text that is looked up whenever it is shown, for what is raised far from any window."""

    def __init__(self, message: str, **fields: object) -> None:
        """Keep what it takes to show the text.

        Args:
            message: The text in English, with names in braces where something goes in.
            fields: What goes in; these may be texts of this kind, too.
        """
        self._message = message
        self._fields = fields

    def __str__(self) -> str:
        text = _(self._message)
        return text.format(**self._fields) if self._fields else text


def _system_language() -> str:
    """The first language that the user prefers and that has a catalogue, else English."""
    for name in _preferred():
        code = name.partition(".")[0].partition("@")[0].replace("-", "_")
        for each in (code, code.partition("_")[0]):
            if each in LANGUAGES:
                return each
    return "en"


def _preferred() -> Iterator[str]:
    """The languages of the user's desktop, such as `hi_IN.UTF-8`, best first."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if names := os.environ.get(variable):
            yield from names.split(":")
            return
    if sys.platform == "win32":
        import ctypes
        import locale

        yield locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    elif sys.platform == "darwin":
        from Foundation import NSLocale

        yield from NSLocale.preferredLanguages()
