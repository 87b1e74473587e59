"""Reports as files: for programs, for spreadsheets, and where they are kept."""

import json
import re
import stat
import sys
from pathlib import Path

import pytest

from overlay.errors import ReportError
from overlay.monitor import formats
from overlay.monitor.report import make_report, save_report
from overlay.scene import EMOTIONS
from tests.monitor.lessons import BEGAN, record
from tests.monitor.pages import DAY_S, LESSON, lesson


def test_json_says_the_same_for_programs(student):
    record(student, lesson(), LESSON)
    content = json.loads(make_report(student, ["json"]).texts["json"])
    (told,) = content["sessions"]
    assert (content["format"], content["student"]) == ("emotion-overlay-sessions", "Ada")
    assert told["from"] == "2026-11-20T14:00:00+01:00"
    assert told["in_view_s"] == 1580
    assert told["seconds_by_label"]["happy"] == 40
    assert sum(told["seconds_by_label"].values()) == told["in_view_s"]
    assert sum(told["shares"].values()) == pytest.approx(1, abs=1e-3)
    assert [s["state"] for s in told["timeline"]] == [
        "neutral", "happy", "neutral", "unsure", "absent", "paused", "neutral", "sad", "neutral",
    ]  # fmt: skip
    assert sum(s["seconds"] for s in told["timeline"]) == 2000
    assert "looked happy for 40 s" in [moment["text"] for moment in told["moments"]]


def test_csv_has_a_line_for_each_second(student):
    record(student, lesson(title="=1+1"), LESSON)
    lines = make_report(student, ["csv"]).texts["csv"].splitlines()
    assert len(lines) == 1 + len(LESSON)
    row = dict(zip(lines[0].split(","), lines[611].split(","), strict=True))
    assert row["time"] == "2026-11-20T14:10:10+01:00"
    assert (row["label"], row["happy"], row["in_view"]) == ("happy", "0.8", "1")
    absent = dict(zip(lines[0].split(","), lines[931].split(","), strict=True))
    assert (absent["label"], absent["happy"], absent["in_view"]) == ("", "", "0")
    assert "=1+1" not in "".join(lines)


def test_every_documented_field_is_written_and_none_else(student):
    for day in range(4):
        record(student, lesson(began=BEGAN - day * DAY_S), LESSON)
    told = json.loads(make_report(student, ["json"]).texts["json"])["sessions"][0]
    document = Path(formats.__file__).with_name("session_data.md").read_text("utf-8")
    words = set(re.findall(r"`([a-z_]+)`", document))
    assert told.keys() <= words
    assert set(formats.CSV_COLUMNS) - set(EMOTIONS) <= words


def test_reports_lie_in_the_student_s_folder_for_their_eyes_only(student):
    record(student, lesson(), LESSON)
    (path,) = save_report(student, make_report(student, ["html"]))
    assert path == student.folder / "reports" / "2026-11-20-session-1.html"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_named_file_is_replaced_whole(student, tmp_path):
    record(student, lesson(), LESSON)
    out = tmp_path / "mine.html"
    out.write_text("old")
    made = make_report(student, ["html", "csv", "json"])
    assert save_report(student, make_report(student, ["html"]), out, force=True) == [out]
    assert out.read_text("utf-8").startswith("<!DOCTYPE html>")
    names = {path.name for path in save_report(student, made, out, force=True)}
    assert names == {"mine.html", "mine.csv", "mine.json"}
    assert {path.name for path in tmp_path.iterdir()} == {*names, "students"}


def test_a_file_that_cannot_be_written_leaves_nothing_behind(student, tmp_path):
    record(student, lesson(), LESSON)
    made = make_report(student, ["html"])
    with pytest.raises(ReportError, match="is a folder"):
        save_report(student, made, tmp_path)
    with pytest.raises(ReportError, match="cannot be written"):
        save_report(student, made, tmp_path / "nowhere" / "x.html")
    assert [path.name for path in tmp_path.iterdir()] == ["students"]
