"""The chart of a video on the server (web/mood_chart.py)."""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from overlay.drawing.languages import load_language
from overlay.scene import EMOTIONS

sys.path.append(str(Path(__file__).parents[2] / "web"))
from mood_chart import MOST_COLUMNS, mood_chart

_HAPPY = dict.fromkeys(EMOTIONS, 0.0) | {"happy": 1.0}
_SAD = dict.fromkeys(EMOTIONS, 0.0) | {"sad": 0.75, "neutral": 0.25}


def _svg(chart: str) -> str:
    encoded = re.search(r"base64,([^\"]+)", chart)
    assert encoded
    return b64decode(encoded[1]).decode()


def _path(chart: str, emotion: str) -> str:
    return re.findall(r'<path d="([^"]*)"', _svg(chart))[EMOTIONS.index(emotion)]


@pytest.mark.parametrize(("code", "word"), [("en", "happy 50"), ("hi", "खुश 50")])
def test_the_legend_and_the_text_for_screen_readers_have_the_shares(code: str, word: str) -> None:
    chart = mood_chart([(0.0, _HAPPY), (1.0, _SAD)], 2.0, load_language(code))
    alternative = re.search(r'alt="([^"]*)"', chart)
    assert alternative
    assert word in alternative[1]
    assert chart.count(word) == 2


def test_columns_are_as_high_as_the_probabilities_and_lie_on_each_other() -> None:
    chart = mood_chart([(0.0, _HAPPY), (1.0, _SAD)], 2.0, load_language("en"))
    assert _path(chart, "happy").startswith("M0 100.00h1V0.00h-1z")
    assert "M1 100.00h1V25.00h-1z" in _path(chart, "sad")
    assert "M1 25.00h1V0.00h-1z" in _path(chart, "neutral")


def test_where_no_face_was_seen_there_is_a_gap() -> None:
    readings = [(0.0, _HAPPY), (0.5, _HAPPY), (1.0, _HAPPY), (3.5, _HAPPY)]
    path = _path(mood_chart(readings, 4.0, load_language("en")), "happy")
    assert re.findall(r"M(\d) ", path) == ["0", "1", "3"]


def test_a_long_video_is_drawn_as_so_many_columns() -> None:
    readings = [(each / 30, _SAD) for each in range(5000)]
    assert f'viewBox="0 0 {MOST_COLUMNS} 100"' in _svg(
        mood_chart(readings, 5000 / 30, load_language("en"))
    )


@pytest.mark.parametrize(("end_s", "last"), [(4.0, "4.0 s"), (75.0, "1:15")])
def test_the_axis_ends_with_the_length_of_the_video(end_s: float, last: str) -> None:
    assert f"<span>{last}</span></div>" in mood_chart([(0.0, _SAD)], end_s, load_language("en"))
