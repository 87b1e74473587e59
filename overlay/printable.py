"""Texts of others that are shown in a line: names of files, cameras, students."""

from __future__ import annotations

import unicodedata

#: Categories of characters that a terminal obeys, that end a line, or that no encoding has.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def printable(text: str) -> str:
    """The text as one line, with control characters and line ends as escapes."""
    return "".join(
        ascii(character)[1:-1] if unicodedata.category(character) in _UNPRINTABLE else character
        for character in text
    )
