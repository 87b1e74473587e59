"""Makes the pictures of a made-up class: `python -m tests.classroom.gallery FOLDER`.

Without a screen: QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from overlay.classroom.codes import Broker
from overlay.classroom.groups import Groups
from overlay.classroom.lesson import Lesson, Row, TeacherMark
from overlay.classroom.lesson_file import OpenClass
from overlay.classroom.page import lesson_page
from overlay.classroom.running import RunningClass
from overlay.classroom.shares import shares_of
from overlay.classroom.states import INTERVAL_S, STATES, TENTHS, Tenths
from overlay.classroom.view import first_view, view
from overlay.gui.board_window import BoardWindow
from overlay.gui.style import apply_style

BEGAN = 1_790_672_400.0
INTERVALS, MEMBERS = 200, 27


def made_up_lesson() -> Lesson:
    """Half an hour in which a joke was told and a hard question asked."""
    chance = random.Random(4)
    lesson = Lesson("Physics, lesson 4", BEGAN, 0)
    groups: Groups[int] = Groups(chance)
    for index in range(INTERVALS):
        joining = min(MEMBERS, 2 * index)
        away = chance.sample(range(MEMBERS), 1) if index % 23 == 22 else []
        there = [member for member in range(joining) if member not in away]
        total = groups.step({member: _tenths(chance, index) for member in there})
        shares = None if total is None else shares_of(total)
        lesson.rows.append(Row(BEGAN + INTERVAL_S * (index + 1), len(there), shares))
    lesson.marks.append(TeacherMark(BEGAN + 1290, "the question about springs"))
    return lesson


def _tenths(chance: random.Random, index: int) -> Tenths:
    weights = [6, 1, 0.3, 0.2, 0.1, 0.2, 0.1, 1, 0.5]
    if 60 < index < 85:
        weights[STATES.index("happy")] = 7
    if 130 < index < 155:
        weights[STATES.index("unsure")] = 5
    chosen = chance.choices(range(len(STATES)), weights, k=TENTHS)
    return tuple(chosen.count(state) for state in range(len(STATES)))


def main(folder: Path) -> None:
    """Draw the board in both schemes, and write the page."""
    lesson = made_up_lesson()
    broker = Broker("mqtts", "broker.school.example", 8883)
    running = RunningClass(OpenClass(bytes(32), broker, 0, lesson))
    application = QApplication([])
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        apply_style(application, scheme)
        window = BoardWindow(first_view(running), lambda _: None)
        window.show_view(view(running))
        window.show()
        application.processEvents()
        window.grab().save(str(folder / f"class-board-{scheme.name.lower()}.png"))
    (folder / "class-page.html").write_text(lesson_page(lesson), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
