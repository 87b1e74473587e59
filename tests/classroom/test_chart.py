"""The chart of a lesson on the board."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

from overlay.classroom.chart import board_chart
from overlay.classroom.lesson import Lesson, Row, TeacherMark
from overlay.classroom.shares import Shares
from overlay.classroom.states import STATES

BEGAN = 1_790_672_400.0


def lesson(*sharing: int) -> Lesson:
    """Everybody looks happy in each of its intervals."""
    shares = Shares(dict.fromkeys(STATES, 0) | {"happy": 100}, 5, 10)
    known = Lesson("Physics", BEGAN, 0)
    for number, members in enumerate(sharing, 1):
        known.rows.append(Row(BEGAN + 10 * number, members, shares))
    return known


def drawn(known: Lesson) -> list[tuple[str | None, str | None]]:
    """The class and the text of each element."""
    chart = fromstring(f"<svg>{board_chart(known)}</svg>")
    return [(element.get("class"), element.text) for element in chart.iter()]


def test_there_is_nothing_to_draw_before_the_first_interval():
    assert board_chart(lesson()) == ""


def test_it_has_shares_how_many_shared_and_numbered_marks():
    known = lesson(10, 10, 12)
    known.marks.append(TeacherMark(BEGAN + 15, "springs < ropes"))
    parts = drawn(known)
    assert ("e-happy", None) in parts
    assert ("seen", None) in parts
    assert ("lane", "12") in parts
    assert ("number", "1") in parts


def test_there_is_nothing_to_point_at():
    known = lesson(10, 10)
    known.marks.append(TeacherMark(BEGAN + 15, "springs"))
    assert not {"tip", "hint", "area"} & {kind for kind, _text in drawn(known)}


def test_a_lesson_that_has_just_begun_fills_a_part_of_it():
    """Else ten seconds would be as wide as an hour."""
    (outline,) = fromstring(f"<svg>{board_chart(lesson(10))}</svg>").findall("path[@class='seen']")
    right = float(outline.get("d", "").split("H")[1].split("v")[0])
    assert right < 640 / 5
