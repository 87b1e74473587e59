import json
import re
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing

import pytest

from overlay.cli import main
from overlay.errors import ReportError
from overlay.monitor.export import export_student
from overlay.monitor.report import make_report, save_report
from overlay.monitor.store import Store
from tests.monitor.lessons import record, seconds, session

LESSON = seconds(("neutral", 60), ("happy", 30), (None, 30))


def test_the_zip_file_holds_everything_and_says_what_it_is(student, tmp_path):
    record(student, session(120), LESSON)
    record(student, session(120, began=session(0).began + 7200), LESSON)
    (report,) = save_report(student, make_report(student, ["html"]))
    (student.folder / "calibration.json").write_text("{}")
    path = tmp_path / "ada.zip"
    names = export_student(student, path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert set(names) == {
            *("README.txt", "DATA.md", "sessions.json", "seconds.csv", "sessions.sqlite"),
            *("profile/profile.json", "profile/calibration.json"),
            f"profile/reports/{report.name}",
        }
        assert len(json.loads(archive.read("sessions.json"))["sessions"]) == 2
        assert len(archive.read("seconds.csv").splitlines()) == 1 + 2 * len(LESSON)
        listed = re.findall(r"^(\S+) {2,}", archive.read("README.txt").decode(), re.MULTILINE)
        assert {name.split("/")[0] for name in names} - {"README.txt"} <= {
            name.rstrip("/") for name in listed
        }
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_database_copy_is_whole_though_a_session_is_being_recorded(student, tmp_path):
    with Store.open(student.store_path, recording=True) as live:
        number = live.begin_session(
            title="now", began=1e9, utc_offset_s=0, app_version="1", model_version="1"
        )
        live.append(number, LESSON)
        export_student(student, tmp_path / "ada.zip")
        live.append(number, seconds(("sad", 5), start=200))
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        copy = archive.extract("sessions.sqlite", tmp_path)
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM second").fetchone() == (len(LESSON),)


def test_a_profile_without_sessions_can_be_exported(student, tmp_path):
    export_student(student, tmp_path / "ada.zip")
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        assert json.loads(archive.read("sessions.json"))["sessions"] == []


def test_a_file_inside_the_profile_does_not_hold_itself(student):
    path = student.folder / "me.zip"
    export_student(student, path)
    assert "profile/me.zip" not in export_student(student, path, force=True)


def test_an_export_that_cannot_be_written_leaves_nothing_behind(student, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ReportError, match="is a folder: name a file in it"):
        export_student(student, tmp_path)
    with pytest.raises(ReportError, match=r"nowhere.x\.zip cannot be written"):
        export_student(student, tmp_path / "nowhere" / "x.zip")
    ours = {"sessions.sqlite", "recording.lock"}
    assert [p for p in sorted(tmp_path.rglob("*")) if p.name not in ours] == before


def test_commands_write_a_report_and_an_export(student, tmp_path, capsys):
    record(student, session(120), LESSON)
    out = tmp_path / "page.html"
    for command in (
        ["report", "--student", "ada", "--out", str(out)],
        ["report", "--student", "ada", "--from", "2026-11-20", "--to", "2026-11-20"],
        ["export", "--student", "ada", str(tmp_path / "ada.zip")],
    ):
        with pytest.raises(SystemExit) as ended:
            main(command)
        assert ended.value.code == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == str(out)
    assert shown[1].endswith("2026-11-20-session-1.html")
    assert shown[2].startswith(str(tmp_path / "ada.zip"))
    assert "looked neutral" in out.read_text("utf-8")


def test_numbers_can_be_piped(student, capsys):
    record(student, session(120), LESSON)
    with pytest.raises(SystemExit):
        main(["report", "--student", "Ada", "--json", "--out", "-"])
    assert json.loads(capsys.readouterr().out)["student"] == "Ada"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["report", "--student", "Bob"], "no student 'Bob' (there are: Ada)"),
        (["report", "--student", "Ada"], "there are no sessions yet"),
        (
            ["report", "--student", "Ada", "--session", "1", "--to", "2026-11-20"],
            "use one or the other",
        ),
        (["export", "--student", "Bob", "x.zip"], "no student 'Bob'"),
    ],
)
@pytest.mark.usefixtures("student")
def test_what_cannot_be_done_is_one_line_with_a_cure(arguments, told, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_erasing_sessions_takes_their_reports_along(student, capsys):
    record(student, session(120), LESSON)
    (path,) = save_report(student, make_report(student, ["html"]))
    with pytest.raises(SystemExit):
        main(["erase", "--student", "Ada", "--yes"])
    assert not path.exists()
    assert f"removed {path}" in capsys.readouterr().out


def test_help_stays_quick_to_load():
    code = (
        "import sys, overlay.cli; print(*(m for m in ('cv2', 'numpy', 'PIL') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
