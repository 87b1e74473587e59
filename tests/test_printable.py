"""Texts of others are shown in one line that commands no terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from overlay.printable import printable


@given(st.text() | st.text(st.characters(categories=("Cc", "Cs", "Zl", "Zp", "Lu"))))
def test_whatever_the_text_it_is_one_line_that_every_encoding_of_unicode_takes(text: str) -> None:
    shown = printable(text)
    assert len(f"{shown}.".splitlines()) == 1
    assert "\x1b" not in shown
    shown.encode("utf-8")


@given(st.text(st.characters(categories=("L", "M", "N", "P", "S", "Cf"))))
def test_words_of_all_languages_stay_as_they_are(text: str) -> None:
    assert printable(text) == text
