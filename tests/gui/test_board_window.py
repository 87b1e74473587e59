"""The board of a class and the bar of a member, without a screen."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6", reason="QT MISSING: install emotion-overlay[desktop]")

from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton

from overlay.gui import board_window
from overlay.gui.bars import ClassBar
from overlay.gui.board_charts import LessonChart, ShareBars
from overlay.gui.board_window import BoardWindow
from overlay.gui.style import colors

STATES = ("neutral", "happy", "absent")
FIRST: dict[str, Any] = {
    "title": "Physics, lesson 4",
    "code": "7KQM-2XPA-9VTC-4HJB",
    "link": "emotion-overlay-class:local://127.0.0.1:1883#7KQM-2XPA-9VTC-4HJB",
    "qr": ["101", "010", "101"],
    "states": [
        {"state": s, "name": s, "light": "#102030", "dark": "#a0b0c0"} for s in STATES
    ],
    "least": 5,
}  # fmt: skip


def view(shares: list[int] | None, **changes: Any) -> dict[str, Any]:
    chart = "<rect class='well' x='56' y='38' width='576' height='180'></rect>"
    known = {"line": "7 share", "problem": None, "shares": shares, "chart": chart, "moments": []}
    return known | changes


@pytest.fixture
def wanted() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def window(qt: object, wanted: list[dict[str, Any]]) -> BoardWindow:
    window = BoardWindow(FIRST, wanted.append)
    window.show()
    return window


def texts(window: BoardWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel))


def press(window: BoardWindow, text: str) -> None:
    next(b for b in window.findChildren(QPushButton) if b.text() == text).click()


def test_it_shows_the_code_and_what_it_is_not(window: BoardWindow) -> None:
    assert "7KQM-2XPA-9VTC-4HJB" in texts(window)
    assert "not a grade" in texts(window)


def test_it_shows_the_shares_of_the_last_interval_or_none(window: BoardWindow) -> None:
    bars = window.findChild(ShareBars)
    window.show_view(view([60, 30, 10]))
    window.grab()
    assert bars.accessibleName() == "neutral 60 %, happy 30 %, absent 10 %"
    window.show_view(view(None))
    window.grab()
    assert bars.accessibleName() == ""


def test_it_draws_the_chart_in_the_colours_of_the_window(window: BoardWindow) -> None:
    chart = window.findChild(LessonChart)
    before = chart.grab().toImage()
    window.show_view(view([60, 30, 10]))
    after = chart.grab().toImage()
    middle = after.rect().center()
    assert after.pixelColor(middle) == QColor(colors().hover)
    assert before.pixelColor(middle) == QColor(colors().back)


def test_it_lists_moments_and_says_what_is_wrong(window: BoardWindow) -> None:
    moments = ["10:32  springs"]
    window.show_view(view([60, 30, 10], moments=moments, problem="the connection is lost"))
    window.grab()
    assert window.findChild(QListWidget).item(0).text() == "1  10:32  springs"
    assert "the connection is lost" in texts(window)


def test_a_note_becomes_a_mark(window: BoardWindow, wanted: list[dict[str, Any]]) -> None:
    QTest.keyClicks(window._note, "springs")
    press(window, "Mark this moment")
    assert wanted == [{"mark": "springs"}]
    assert window._note.text() == ""


@pytest.mark.parametrize("agreed", [True, False])
def test_it_asks_before_the_class_ends(
    window: BoardWindow,
    wanted: list[dict[str, Any]],
    agreed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(board_window.DialogWindow, "exec", lambda _: agreed)
    assert window.close() is agreed
    assert wanted == [{"end": True}] * agreed


class TestTheBarOfAMember:
    @pytest.mark.parametrize(
        ("known", "says"),
        [
            ({"state": "sharing", "title": "Physics", "problem": None}, "“Physics”"),
            ({"state": "waiting", "title": "", "problem": None}, "Joining"),
            ({"state": "waiting", "title": "", "problem": "no answer"}, "no answer"),
        ],
    )
    def test_says_that_something_is_shared_and_ends_it(
        self, qt: object, known: dict[str, Any], says: str
    ) -> None:
        told: list[str] = []
        bar = ClassBar(told.append)
        bar.show_answer({"class": known})
        assert not bar.isHidden()
        assert says in bar.findChild(QLabel).text()
        bar.findChild(QPushButton).click()
        assert told == ["class-leave"]

    def test_is_not_there_without_a_class(self, qt: object) -> None:
        bar = ClassBar(lambda _: None)
        bar.show_answer({"class": None})
        assert bar.isHidden()
