"""A message is one line of text, whatever names and values of others are quoted in it."""

from __future__ import annotations

import pytest

from overlay.errors import OverlayError, SourceError


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("two\nlines", r"two\nlines"),
        ("\x1b]0;a terminal's title\x07", r"\x1b]0;a terminal's title\x07"),
        ("\u2028\x85\0", r"\u2028\x85\x00"),
        ("half a pair \ud800", r"half a pair \ud800"),
        ("अनन्‍या 😀 it's", "अनन्‍या 😀 it's"),
    ],
)
def test_what_would_end_the_line_or_command_the_terminal_is_shown_as_an_escape(
    name: str, shown: str
) -> None:
    message = str(SourceError(f"no such file: '{name}'"))
    assert message == f"no such file: '{shown}'"
    message.encode()


def test_an_error_without_a_message_has_none() -> None:
    assert str(OverlayError()) == ""
