"""Erasing deletes everything that tells about sessions, follows no link, and leaves no copies."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from overlay.cli import main
from overlay.errors import StudentError
from overlay.monitor import owner_only, profile_files
from overlay.monitor.calibration import reset_calibration
from overlay.monitor.consent import give_consent
from overlay.monitor.erasing import (
    delete_leftovers,
    erase_sessions,
    expire_sessions,
    leftovers,
)
from overlay.monitor.export import export_student
from overlay.monitor.report import make_report, save_report
from overlay.monitor.store import Store
from overlay.monitor.students import Student, add_student, find_student, remove_student
from tests.monitor.lessons import BEGAN, record, seconds, session

TITLE = "Tell nobody about this lesson"
LESSON = seconds(("happy", 300))
DAY_S = 86400.0

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and open files work differently")


@pytest.fixture
def student(student: Student) -> Student:
    give_consent(student)
    return student


def erase(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["erase", "--student", "Ada", "--yes", *arguments])
    assert ended.value.code == 0


def damage(student: Student) -> None:
    content = bytearray(student.store_path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    student.store_path.write_bytes(content)


def old(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(TITLE)
    os.utime(path, (time.time() - 7200,) * 2)
    return path


def killed_export(student: Student) -> Path:
    """What a killed export of an earlier version left."""
    return old(student.folder / ".export-x1y2" / "sessions.sqlite")


def holding(folder: Path, text: str = TITLE) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.name for path in files if text.encode() in path.read_bytes()}


def test_nothing_that_tells_about_a_session_is_left(student: Student) -> None:
    record(student, session(300, title=TITLE), LESSON)
    save_report(student, make_report(student, ["html", "csv", "json"]))
    damage(student)
    killed_export(student)
    old(student.folder / "reports" / ".2026-11-20-session-1.html-0a1b2c3d.part")
    assert len(holding(student.folder)) >= 4
    erase()
    assert holding(student.folder) == set()
    names = {path.name for path in profile_files.files_of(student.folder)}
    assert names == {"profile.json", "recording.lock", "sessions.sqlite"}
    assert not list(student.folder.glob(".export-*"))


def test_reports_of_sessions_that_were_lost_go_although_no_session_is_left(
    student: Student, capsys: pytest.CaptureFixture[str]
) -> None:
    record(student, session(300, title=TITLE), LESSON)
    (report,) = save_report(student, make_report(student, ["html"]))
    student.store_path.write_bytes(b"no database" * 1000)
    erase()
    out = capsys.readouterr().out
    assert "0 sessions of Ada deleted" in out
    assert f"removed {report}" in out
    assert "removed" in out
    assert not holding(student.folder)
    assert not list(student.folder.glob("*corrupt*"))


def test_an_erased_day_takes_along_what_may_tell_about_it(student: Student) -> None:
    record(student, session(300, title=TITLE), LESSON)
    record(student, session(300, title="later", began=BEGAN + DAY_S), LESSON)
    save_report(student, make_report(student, ["html"]))
    old(student.folder / "sessions.sqlite.corrupt-20260101-000000-000000")
    with Store.open(student.store_path) as store:
        assert erase_sessions(student, store, BEGAN + 1).sessions == 1
        assert [kept.title for kept in store.sessions()] == ["later"]
    assert not holding(student.folder)
    assert not list((student.folder / "reports").iterdir())


def test_what_is_too_old_goes_and_what_is_not_stays(student: Student) -> None:
    record(student, session(300, title="new", began=time.time()), LESSON)
    (new,) = save_report(student, make_report(student, ["html"]))
    recent = old(student.folder / "sessions.sqlite.corrupt-2")
    lost, ancient = (
        old(student.folder / "reports" / "1.html"),
        old(student.folder / "sessions.sqlite.corrupt-1"),
    )
    for path in (lost, ancient):
        os.utime(path, (1e9, 1e9))
    with Store.open(student.store_path, recording=True) as store:
        erased = expire_sessions(student, store, time.time() - 90 * DAY_S)
        assert erased.sessions == 0
        assert set(erased.files) == {lost, ancient}
        assert len(store.sessions()) == 1
    assert new.exists()
    assert recent.exists()


@posix
@pytest.mark.parametrize("linked", ["reports", "reports/more", "sessions.sqlite.corrupt-1"])
def test_what_a_link_leads_to_is_left_and_said(
    student: Student, tmp_path: Path, linked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "thesis.html").write_text("mine")
    link = student.folder / linked
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    erase()
    assert (elsewhere / "thesis.html").read_text() == "mine"
    assert not link.is_symlink()
    assert f"{link} was a link; its target, {elsewhere}, was not touched" in capsys.readouterr().err


@posix
def test_nothing_is_written_through_a_link(student: Student, tmp_path: Path) -> None:
    record(student, session(300), LESSON)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (student.folder / "reports").symlink_to(elsewhere)
    with pytest.raises(Exception, match="its folder is a link"):
        save_report(student, make_report(student, ["html"]))
    assert list(elsewhere.iterdir()) == []
    assert elsewhere.stat().st_mode & 0o777 == 0o755


@posix
def test_what_a_link_leads_to_is_not_exported(student: Student, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("mine")
    (student.folder / "secret").symlink_to(tmp_path / "secret")
    assert "profile/secret" not in export_student(student, tmp_path / "ada.zip")


@posix
def test_a_student_s_folder_that_is_a_link_is_refused(student: Student, tmp_path: Path) -> None:
    student.folder.rename(tmp_path / "moved")
    student.folder.symlink_to(tmp_path / "moved")
    with pytest.raises(StudentError, match="is not a folder"):
        remove_student("Ada")
    assert (tmp_path / "moved" / "profile.json").exists()


def test_files_of_somebody_else_are_left_and_said(
    student: Student, capsys: pytest.CaptureFixture[str]
) -> None:
    (student.folder / "notes.txt").write_text("mine")
    erase()
    assert (student.folder / "notes.txt").exists()
    assert "notes.txt is not a file of the application's own" in capsys.readouterr().err


def test_abandoned_files_are_leftovers_and_those_being_written_are_not(student: Student) -> None:
    left = [killed_export(student), old(student.folder / ".profile.json-0a1b2c3d.part")]
    fresh = student.folder / "reports" / ".1.html-0a1b2c3d.part"
    fresh.parent.mkdir()
    fresh.write_text("x")
    assert sorted(leftovers(student)) == sorted(left)
    assert delete_leftovers(student) == 2
    assert not list(student.folder.glob(".export-*"))
    assert fresh.exists()


def test_every_file_that_is_ever_written_is_in_the_list(student: Student, tmp_path: Path) -> None:
    seen: set[Path] = set()

    def look() -> None:
        seen.update(profile_files.files_of(student.folder))
        assert profile_files.files_of(student.folder, "unknown") == []

    with Store.open(student.store_path, recording=True) as store:
        store.begin_session(
            title="x", began=BEGAN, utc_offset_s=0, app_version="1", model_version="1"
        )
        look()
    save_report(student, make_report(student, ["html", "csv", "json"]))
    look()
    damage(student)
    Store.open(student.store_path).close()
    look()
    export_student(student, tmp_path / "ada.zip")
    look()
    assert len(seen) >= 9


class TestOverwriting:
    """Content of what is deleted, seen through another name of the same file or an open one."""

    @pytest.fixture
    def watched(self) -> Iterator[Callable[[Path], Callable[[], bytes]]]:
        files = []

        def watch(path: Path) -> Callable[[], bytes]:
            file = open(path, "rb")  # noqa: SIM115 closed below
            files.append(file)

            def content() -> bytes:
                file.seek(0)
                return file.read()

            return content

        yield watch
        for file in files:
            file.close()

    @posix
    def test_reports_and_leftovers_are_overwritten(
        self, student: Student, watched: Callable[[Path], Callable[[], bytes]]
    ) -> None:
        record(student, session(300, title=TITLE), LESSON)
        (report,) = save_report(student, make_report(student, ["csv"]))
        contents = [watched(report), watched(killed_export(student))]
        assert all(content().strip(b"\0") for content in contents)
        erase()
        assert not any(content().strip(b"\0") for content in contents)

    @posix
    def test_a_report_made_again_overwrites_the_old_one(
        self, student: Student, watched: Callable[[Path], Callable[[], bytes]]
    ) -> None:
        record(student, session(300, title=TITLE), LESSON)
        made = make_report(student, ["html"])
        (report,) = save_report(student, made)
        before = watched(report)
        save_report(student, made)
        assert not before().strip(b"\0")
        assert TITLE in report.read_text("utf-8")

    @posix
    def test_the_log_of_the_database_is_overwritten_when_it_is_closed(
        self, student: Student, watched: Callable[[Path], Callable[[], bytes]]
    ) -> None:
        with Store.open(student.store_path, recording=True) as store:
            store.begin_session(
                title=TITLE, began=BEGAN, utc_offset_s=0, app_version="1", model_version="1"
            )
            log = watched(student.store_path.with_name("sessions.sqlite-wal"))
            assert TITLE.encode() in log()
        assert not log().strip(b"\0")
        with Store.open(student.store_path) as store:
            assert store.sessions()[0].title == TITLE

    @posix
    def test_calibration_and_student_are_overwritten(
        self, student: Student, watched: Callable[[Path], Callable[[], bytes]]
    ) -> None:
        calibration = student.folder / "calibration.json"
        calibration.write_text("numbers")
        contents = [watched(calibration), watched(student.folder / "profile.json")]
        assert reset_calibration(student)
        remove_student("Ada")
        assert not any(content().strip(b"\0") for content in contents)

    @posix
    def test_another_name_of_the_same_file_keeps_its_content(self, tmp_path: Path) -> None:
        path, backup = tmp_path / "report.html", tmp_path / "backup.html"
        path.write_text("mine")
        backup.hardlink_to(path)
        owner_only.delete(path)
        assert not path.exists()
        assert backup.read_text() == "mine"

    def test_a_killed_export_leaves_nothing(self, student: Student, tmp_path: Path) -> None:
        record(student, session(300, title=TITLE), LESSON)
        code = f"""if True:
            import os, sqlite3, types
            from pathlib import Path
            from overlay.monitor import export
            from overlay.monitor.students import find_student

            class Killed(sqlite3.Connection):
                def backup(self, target):
                    super().backup(target)
                    target.commit()
                    os._exit(9)

            def connect(path):
                return sqlite3.connect(path, factory=Killed)

            export.sqlite3 = types.SimpleNamespace(connect=connect, Error=sqlite3.Error)
            export.export_student(find_student("Ada"), Path({str(tmp_path / "a.zip")!r}))
        """
        before = set(student.folder.rglob("*"))
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
        beside = {student.store_path.with_name(f"sessions.sqlite-{end}") for end in ("wal", "shm")}
        assert set(student.folder.rglob("*")) <= before | beside


class TestPrivateFolders:
    """Folders that others use are refused, and stay as they are."""

    @posix
    @pytest.mark.parametrize("mode", [0o1777, 0o755, 0o750])
    def test_a_shared_folder_for_students_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
    ) -> None:
        shared = tmp_path / "shared"
        shared.mkdir()
        shared.chmod(mode)
        monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(shared))
        with pytest.raises(StudentError, match=r"is open to others: run `chmod 700 "):
            add_student("Ada")
        assert shared.stat().st_mode & 0o7777 == mode
        assert list(shared.iterdir()) == []

    @posix
    def test_a_student_s_folder_that_is_open_to_others_is_refused(self, student: Student) -> None:
        student.folder.chmod(0o755)
        with pytest.raises(StudentError, match="is open to others"):
            find_student("Ada")

    @posix
    def test_a_folder_that_is_not_there_yet_is_made_private(self, student: Student) -> None:
        for folder in (student.folder, student.folder.parent):
            assert folder.stat().st_mode & 0o777 == 0o700


def test_a_second_opening_in_one_process_does_not_free_the_first_one_s_locks(
    student: Student,
) -> None:
    with Store.open(student.store_path, recording=True) as store:
        number = store.begin_session(
            title="x", began=BEGAN, utc_offset_s=0, app_version="1", model_version="1"
        )
        Store.open(student.store_path).close()
        count = """if True:
            import sqlite3, sys
            connection = sqlite3.connect(sys.argv[1])
            print(connection.execute("SELECT count(*) FROM second").fetchone()[0])
            connection.close()
        """

        def seen_by_another_process() -> int:
            command = [sys.executable, "-c", count, str(student.store_path)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            return int(done.stdout)

        assert seen_by_another_process() == 0
        store.append(number, LESSON)
        assert seen_by_another_process() == len(LESSON)
