"""What is kept of a lesson, and the page and table made of it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.classroom.codes import Broker
from overlay.classroom.lesson import Lesson, Row, TeacherMark, find_changes
from overlay.classroom.lesson_file import OpenClass, load_class, save_class
from overlay.classroom.page import CSV_COLUMNS, lesson_csv, lesson_page
from overlay.classroom.shares import Shares
from overlay.classroom.states import INTERVAL_S, STATES, TENTHS, tenths_of
from overlay.errors import ClassError
from overlay.language import use_language
from overlay.monitor.records import Second

BEGAN = 1_790_000_000.0


def row(index: int, happy: int | None, sharing: int = 20) -> Row:
    clock = BEGAN + INTERVAL_S * (index + 1)
    if happy is None:
        return Row(clock, sharing, None)
    percent = dict.fromkeys(STATES, 0) | {"happy": happy, "neutral": 100 - happy}
    return Row(clock, sharing, Shares(percent, 5, sharing))


def lesson(*happy: int | None) -> Lesson:
    return Lesson("Physics", BEGAN, 0, [row(i, share) for i, share in enumerate(happy)])


class TestMomentsWhenMuchChanged:
    def test_are_found_once_with_what_changed(self) -> None:
        rows = lesson(*[10] * 6, *[60] * 12).rows
        (change,) = find_changes(rows)
        assert change.clock == rows[5].clock
        assert (change.before, change.after) == (10, 60)

    @pytest.mark.parametrize("happy", [[20, 35] * 8, [10] * 6 + [30] * 6, [50] * 3])
    def test_are_not_found_where_little_changes(self, happy: list[int]) -> None:
        assert find_changes(lesson(*happy).rows) == []

    def test_are_not_found_across_a_time_without_a_sum(self) -> None:
        assert find_changes(lesson(*[10] * 6, None, *[60] * 6).rows) == []


class TestThePage:
    def test_says_what_it_is_not_and_escapes_what_the_teacher_wrote(self) -> None:
        known = lesson(*[10] * 6, None, *[60] * 9)
        known.title = "<script>alert(1)</script>"
        known.marks.append(TeacherMark(BEGAN + 30, "a < b & c"))
        page = lesson_page(known)
        assert "<script" not in page
        assert "a &lt; b &amp; c" in page
        assert "not a grade" in page
        assert "default-src 'none'" in page

    @pytest.mark.parametrize("happy", [[], [None], [50], [None, 50, None], [50] * 400])
    def test_is_made_of_a_lesson_of_any_length(self, happy: list[int | None]) -> None:
        assert "Physics" in lesson_page(lesson(*happy))

    def test_is_in_the_language_that_is_used(self) -> None:
        known = lesson(*[20] * 6, *[60] * 6)
        known.marks.append(TeacherMark(known.rows[2].clock, ""))
        use_language("hi")
        text = re.sub("<[^>]*>", " ", lesson_page(known).partition("<body")[2])
        assert "पूरे पाठ का औसत" in text
        assert set(re.findall("[A-Za-z]{3,}", text)) == {"Physics", "Emotion", "Overlay"}

    def test_the_table_has_every_interval_and_every_mark(self) -> None:
        known = lesson(10, None, 20)
        known.marks.append(TeacherMark(BEGAN + 15, "=1+1"))
        lines = list(csv.DictReader(io.StringIO(lesson_csv(known))))
        assert tuple(lines[0]) == CSV_COLUMNS
        assert [line["happy"] for line in lines] == ["10", "", "", "20"]
        assert [line["mark"] for line in lines] == ["", "'=1+1", "", ""], "no formula"


class TestTheFile:
    def test_gives_back_what_was_saved_for_its_owner_alone(self, tmp_path: Path) -> None:
        known = lesson(10, None, 20)
        known.marks.append(TeacherMark(BEGAN, "ünïcödé"))
        saved = OpenClass(b"s" * 32, Broker("mqtts", "host", 8883, "ada", "secret"), 7, known)
        save_class(tmp_path / "open.json", saved)
        assert load_class(tmp_path / "open.json") == saved
        assert (tmp_path / "open.json").stat().st_mode & 0o777 == 0o600

    def test_is_not_there_or_cannot_be_read(self, tmp_path: Path) -> None:
        assert load_class(tmp_path / "open.json") is None
        for content in (b"", b"{}", b"[1]", b"\xff", json.dumps({"version": 9}).encode()):
            (tmp_path / "open.json").write_bytes(content)
            with pytest.raises(ClassError, match="delete the file"):
                load_class(tmp_path / "open.json")


def second(time_s: int, label: str | None, present: float = 1.0) -> Second:
    return Second(
        time_s=time_s, clock=BEGAN + time_s, observed_s=1.0, present=present, unsure=0.0,
        probabilities=None, label=label, yaw_deg=None, pitch_deg=None, pose_error_deg=None,
        away=0.0, size=None, dark=0.0, own=None, unidentified=0.0,
    )  # fmt: skip


class TestTenSeconds:
    def test_are_ten_tenths(self) -> None:
        seconds = [second(i, "happy") for i in range(4)] + [second(i, "unsure") for i in range(3)]
        tenths = dict(zip(STATES, tenths_of(seconds), strict=True))
        assert (tenths["happy"], tenths["unsure"], tenths["absent"]) == (4, 3, 3)

    def test_of_an_empty_picture_nobody_is_in_view(self) -> None:
        tenths = tenths_of([second(i, None, present=0.2) for i in range(10)])
        assert tenths[STATES.index("absent")] == TENTHS

    @given(st.lists(st.sampled_from([*STATES[:-1], None]), max_size=25))
    def test_always_add_up(self, labels: list[str | None]) -> None:
        assert sum(tenths_of(second(i, label) for i, label in enumerate(labels))) == TENTHS
