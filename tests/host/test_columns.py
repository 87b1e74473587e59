"""Texts are wrapped between words, and what is to be copied stays whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from overlay.host.columns import columns, wrap


def test_texts_stand_in_a_column_of_their_own() -> None:
    rows = [("mode", "only-me"), ("source", "a rather long name")]
    assert columns(rows, width=20) == "mode    only-me\nsource  a rather\n        long name"


def test_a_label_in_another_script_takes_its_width() -> None:
    assert columns([("\u5c0f\u660e", "x"), ("four", "y")]) == "\u5c0f\u660e  x\nfour  y"


def test_a_path_and_a_command_stay_whole() -> None:
    path = "/a/very/long/path/that-does-not-fit.tflite"
    assert wrap(f"see {path}", 20) == ["see", path]
    assert wrap("try `emotion-overlay doctor --fix` now", 20) == [
        "try",
        "`emotion-overlay doctor --fix`",
        "now",
    ]


@given(st.text(alphabet="ab- `\n", max_size=60), st.integers(-5, 30))
def test_no_word_is_lost_or_cut(text: str, width: int) -> None:
    assert " ".join(wrap(text, width)).split() == text.split()
