"""Keeps people, their expressions and their home folders out of the log."""

from __future__ import annotations

import functools
import logging
import re
import threading
import unicodedata
from pathlib import Path

from overlay.language import speaking

_REMOVED = "[...]"

#: The longest entry, in characters; the end of a traceback says most.
_LONGEST = 20_000

#: Other folders that are called after a user.
_HOMES = re.compile(r"((?:/home|/Users|/media|/run/media|\\Users)[/\\]+)[^/\\\s'\"]+")

#: What the names of pictures, videos, reports and exports are ends like this.
_FILES = re.compile(
    r"(?:(?<=['/\\])(?=\S)[^'\"/\\\n]+|(?<![^'\"/\\\s])[^'\"/\\\s]+)"
    r"(\.(?:jpe?g|png|bmp|webp|tiff?|gif|mp4|m4v|mov|avi|mkv|webm|zip|html?|csv|jsonl)\b)",
    re.IGNORECASE,
)

_lock = threading.Lock()
_private: set[str] = set()


def keep_out(*texts: str) -> None:
    """Have texts left out of the log from now on: names of people, titles, labels of one's own.

    Args:
        texts: Whole words; case does not matter. Empty ones do not count.
    """
    spellings = {
        spelling
        for text in texts
        for form in ("NFC", "NFD")
        for spelling in [unicodedata.normalize(form, text).strip()]
        if re.search(r"\w", spelling)
    }
    with _lock:
        _private.update(spellings, (repr(spelling)[1:-1] for spelling in spellings))


def redacted(text: str) -> str:
    """A text that names nobody.

    Without what `keep_out` was told, expressions, names of pictures and videos, and the user's
    name in paths; the home folder is `~`.
    """
    text = _home_pattern().sub("~", text)
    text = _HOMES.sub(rf"\1{_REMOVED}", text)
    text = _FILES.sub(rf"{_REMOVED}\1", text)
    with _lock:
        private = frozenset(_private)
    return _pattern(private).sub(_REMOVED, text)


class DiscreetFormatter(logging.Formatter):
    """Formats an entry and its traceback in English, `redacted`."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole entry, shortened if it is very long."""
        with speaking("en"):
            text = super().format(record)
        if len(text) > _LONGEST:
            text = f"{text[: _LONGEST // 4]}\n{_REMOVED}\n{text[-_LONGEST * 3 // 4 :]}"
        return redacted(text)


@functools.lru_cache(maxsize=1)
def _pattern(private: frozenset[str]) -> re.Pattern[str]:
    words = sorted({*private, *_expressions()}, key=len, reverse=True)
    # Not \b: Chinese has no spaces between words, and a name may be part of a file's.
    return re.compile(
        rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, words)) or '(?!)'})(?![a-z0-9])", re.IGNORECASE
    )


def _expressions() -> tuple[str, ...]:
    try:
        from overlay.scene import EMOTIONS  # NumPy: loaded when the first entry is written
    except ImportError:  # a broken installation has to be logged, too
        return ()
    return EMOTIONS


@functools.cache
def _home_pattern() -> re.Pattern[str]:
    try:
        folders = {str(Path.home()), str(Path.home().resolve())} - {"/"}
    except RuntimeError:  # an account without one
        folders = set()
    folders |= {folder.replace("\\", "\\\\") for folder in folders}  # as in a repr
    homes = "|".join(re.escape(folder) for folder in sorted(folders, key=len, reverse=True))
    return re.compile(rf"(?:{homes or '(?!)'})(?![\w.-])")
