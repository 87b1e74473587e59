"""A student records themself: consent, a session, what is on the disk and what is not."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from overlay.control import ask
from overlay.errors import ControlError
from overlay.logs import crash_file, log_file
from overlay.monitor.consent import give_consent
from overlay.monitor.store import Second, Session, Store
from overlay.monitor.students import Student, add_student, find_student
from tests.e2e.conftest import Outcome, finish, start
from tests.monitor.lessons import locked
from tests.waiting import until

pytestmark = pytest.mark.e2e

Call = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, in which everything that is written is seen."""
    with tempfile.TemporaryDirectory(prefix="eo-") as folder:  # short, for a Unix socket
        home = Path(folder)
        for name in ("tmp", "run", "work"):
            (home / name).mkdir(mode=0o700)
        monkeypatch.setenv("HOME", folder)
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
        monkeypatch.setenv("TMPDIR", str(home / "tmp"))
        monkeypatch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", str(home / "run"))
        monkeypatch.setenv("EMOTION_OVERLAY_CONFIG_DIR", str(home / "config"))
        monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(home / "students"))
        yield home


@pytest.fixture
def ana() -> Student:
    student = add_student("Ana")
    give_consent(student)
    return student


def monitoring(
    home: Path, clip: Path, *arguments: object, **environment: str
) -> subprocess.Popen[str]:
    common = ("--student", "Ana", "--source", clip, "--loop", "--output", "none")
    return start("monitor", *common, *arguments, folder=home / "work", **environment)


def recorded(student: Student) -> list[tuple[Session, list[Second]]]:
    if not student.store_path.exists():
        return []
    with Store.open(student.store_path) as store:
        return [(session, store.seconds(session.id)) for session in store.sessions()]


def is_recording() -> bool:
    try:
        return ask("status")["status"]["recording"] == "Ana"
    except ControlError:
        return False


def written(home: Path) -> set[str]:
    files = (path for path in home.rglob("*") if not path.is_dir())
    return {path.relative_to(home).as_posix() for path in files}


@pytest.fixture
def clip(clip_path: Callable[[str], Path]) -> Path:
    """Somebody who smiles all the time."""
    return clip_path("smiling")


@pytest.mark.parametrize("name", ["smiling", "head-pose-face-detection-male"])
def test_a_lesson_of_somebody_who_smiles(
    home: Path, clip_path: Callable[[str], Path], name: str, ana: Student, call: Call
) -> None:
    with monitoring(home, clip_path(name), "--title", "Physics, lesson 4") as process:
        until(lambda: any(s.present for _, all_ in recorded(ana) for s in all_), "a face")
        assert is_recording()
        assert "Ana" in call("status").out
        assert call("stop").code == 0
        out = finish(process)
    assert out.code == 0
    assert "● recording Ana" in out.out
    assert "ended (stopped)" in out.out
    ((session, seconds),) = recorded(ana)
    assert (session.title, session.ended_how) == ("Physics, lesson 4", "stopped")
    assert session.model_version
    seen = [second for second in seconds if second.present == 1]
    assert {second.label for second in seen} == {"happy"}
    assert all(second.dark == second.away == 0 for second in seen)
    assert all(second.observed_s <= 1 for second in seconds)


def test_somebody_in_a_portrait_video_is_seen_and_a_crop_that_hides_them_is_said(
    home: Path, shared_case: Callable[[str], Path], ana: Student
) -> None:
    portrait = shared_case("portrait-cut") / "portrait.mp4"
    with monitoring(home, portrait) as process:
        until(lambda: any(s.present for _, all_ in recorded(ana) for s in all_), "the face")
        process.send_signal(signal.SIGINT)
        assert "cut off" not in finish(process).out
    with monitoring(home, portrait, "--fit", "crop") as process:
        assert process.stdout is not None
        assert any("a face is cut off" in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        assert finish(process).code == 0


def _final_name(path: str) -> str:
    """The name of a file once it is whole; while it is written it is `.NAME-....part`."""
    return re.sub(r"/\.([^/]+)-[^/]+\.part$", r"/\1", path)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_but_the_documented_files_is_written_and_no_network_socket_opened(
    home: Path, clip: Path, ana: Student
) -> None:
    # Matplotlib, which MediaPipe imports, lists the system's fonts once in every home.
    subprocess.run([sys.executable, "-c", "import mediapipe"], cwd=home, check=True)
    before = written(home)
    files: set[str] = set()
    modes: dict[str, int] = {}
    writable: set[str] = set()
    # Where there is a C compiler, MediaPipe's search for a sound library tries it out in TMPDIR.
    with monitoring(home, clip, PATH="/nowhere") as process:

        def look() -> bool:
            for name in written(home):
                files.add(name)
                if name.startswith("students/"):
                    modes[name] = stat.S_IMODE((home / name).stat().st_mode)
            writable.update(open_for_writing(process.pid))
            return len([s for _, all_ in recorded(ana) for s in all_]) >= 4

        until(look, "four seconds are recorded")
        for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
            table = Path(f"/proc/{process.pid}/net/{kind}").read_text()
            assert not sockets_of(process.pid) & {
                line.split()[9] for line in table.splitlines()[1:]
            }
        process.send_signal(signal.SIGTERM)
        assert finish(process).code == 0
    folder = home / "students" / ana.folder.name
    database = {f"{folder}/sessions.sqlite{end}" for end in ("", "-wal", "-shm")}
    documented = {
        *database,
        f"{folder}/sessions.sqlite-journal",  # while the database is made
        f"{folder}/profile.json",
        f"{folder}/recording.lock",
        *(f"{home}/run/control.{end}" for end in ("key", "lock", "sock")),
        *map(str, (log_file(), crash_file())),
    }
    assert {f"{home}/{_final_name(name)}" for name in files - before} <= documented
    assert database <= {f"{home}/{name}" for name in files}
    # A file without a name, which takes MediaPipe's log lines, is no file on the disk.
    on_disk = {path for path in writable if not path.endswith(" (deleted)")}
    assert set(map(_final_name, on_disk)) <= documented
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(ana.folder.stat().st_mode) == 0o700


def open_for_writing(pid: int) -> set[str]:
    """Files of a process, none of them special, that it can write to."""
    paths = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            path = os.readlink(handle)
            flags = Path(f"/proc/{pid}/fdinfo/{handle.name}").read_text()
        except OSError:
            continue  # closed meanwhile
        mode = int(next(line.split()[1] for line in flags.splitlines() if "flags" in line), 8)
        if mode & (os.O_WRONLY | os.O_RDWR) and path.startswith("/") and "/dev/" not in path:
            paths.add(path)
    return paths


def sockets_of(pid: int) -> set[str]:
    """Inodes of the sockets that a process holds."""
    links = (os.readlink(handle) for handle in Path(f"/proc/{pid}/fd").iterdir())
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}


def test_pausing_the_application_pauses_the_recording(
    home: Path, clip: Path, ana: Student, call: Call
) -> None:
    with monitoring(home, clip) as process:
        until(lambda: any(seconds for _, seconds in recorded(ana)), "it records")
        call("pause")
        until(lambda: recorded(ana)[0][0].pauses, "the pause is noted")
        assert ask("status")["status"]["recording"] is None
        call("resume")
        until(is_recording, "it records again")
        call("stop")
        assert finish(process).code == 0
    ((session, _),) = recorded(ana)
    ((begin, end),) = session.pauses
    assert session.began < begin < end


def test_the_time_is_up(home: Path, clip: Path, ana: Student) -> None:
    with monitoring(home, clip, "--seconds", "2") as process:
        assert finish(process).code == 0
    assert recorded(ana)[0][0].ended_how == "stopped"


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: POSIX signals")
def test_a_closed_terminal_ends_the_session_in_order(home: Path, clip: Path, ana: Student) -> None:
    with monitoring(home, clip) as process:
        until(lambda: any(len(all_) >= 2 for _, all_ in recorded(ana)), "two seconds")
        for _ in range(2):
            process.send_signal(signal.SIGHUP)
        out = finish(process)
    assert out.code == 0, out.err
    assert "ended (stopped)" in out.out
    ((session, _),) = recorded(ana)
    assert session.ended_how == "stopped"
    assert not [name for name in written(home) if name.endswith((".sock", ".part"))]


def test_nobody_in_front_of_the_camera_ends_the_session(home: Path, ana: Student) -> None:
    arguments = ("--student", "Ana", "--source", empty_room(home), "--output", "none")
    with start("monitor", *arguments, "--idle", "0.02", folder=home / "work") as process:
        out = finish(process)
    assert out.code == 0
    assert "you were away" in out.out
    assert recorded(ana)[0][0].ended_how == "idle"


def empty_room(home: Path) -> Path:
    import cv2
    import numpy as np

    path = home / "empty.png"
    cv2.imwrite(str(path), np.full((270, 480, 3), 120, np.uint8))
    return path


def test_without_consent_nothing_is_recorded(home: Path) -> None:
    ana = add_student("Ana")
    process = subprocess.run(
        [sys.executable, "-m", "overlay", "monitor", "--student", "Ana", "--source", "demo"],
        input="n\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 2
    assert "Numbers only: no picture" in process.stdout
    assert process.stderr.count("\n") == 1
    assert "nothing is recorded" in process.stderr
    assert not ana.store_path.exists()


def test_agreeing_once_is_enough(home: Path, clip: Path) -> None:
    ana = add_student("Ana")
    with monitoring(home, clip, "--agree", "--seconds", "1") as process:
        assert "do you agree" not in finish(process).out
    with monitoring(home, clip, "--seconds", "1") as process:
        assert "Numbers only" not in finish(process).out
    assert len(recorded(ana)) == 2


def test_no_picture_is_kept_where_there_is_neither_camera_nor_display(
    home: Path, ana: Student
) -> None:
    arguments = ("--student", "Ana", "--source", "demo", "--seconds", "1")
    with start("monitor", *arguments, folder=home / "work") as process:
        assert finish(process).code == 0
    assert list((home / "work").iterdir()) == []


def test_a_source_that_is_not_there_begins_no_session(home: Path, ana: Student) -> None:
    arguments = ("--student", "Ana", "--source", "nowhere.mp4", "--output", "none")
    with start("monitor", *arguments, folder=home / "work") as process:
        out = finish(process)
    assert out.code == 2
    assert out.err.count("\n") == 1
    assert recorded(ana) == []


def test_old_sessions_are_deleted_when_the_next_one_begins(
    home: Path, clip: Path, ana: Student
) -> None:
    with Store.open(ana.store_path, recording=True) as store:
        for days in (100, 10):
            store.begin_session(
                title=f"{days} days ago",
                began=datetime.now().timestamp() - days * 86400,
                utc_offset_s=0,
                app_version="",
                model_version="",
            )
    with monitoring(home, clip, "--seconds", "1", "--title", "now") as process:
        out = finish(process)
    assert "1 session older than 90 days was deleted, and all reports with it" in out.out
    assert [session.title for session, _ in recorded(ana)] == ["10 days ago", "now"]


def test_a_damaged_database_is_said_and_does_not_stop_the_lesson(
    home: Path, clip: Path, ana: Student
) -> None:
    ana.store_path.write_bytes(b"no database" * 1000)
    with monitoring(home, clip, "--seconds", "1") as process:
        out = finish(process)
    assert out.code == 0
    assert "kept as sessions.sqlite.corrupt-" in out.out
    assert len(recorded(ana)) == 1


def test_students_are_added_listed_and_removed(call: Call, home: Path) -> None:
    assert "no students yet" in call("student", "list").out
    assert call("student", "add", "Ana María").code == 0
    assert "Ana María" in call("student", "list").out
    code, out, err = call("student", "add", "ana maría")
    assert (code, out, err.count("\n")) == (2, "", 1)
    folder = find_student("Ana María").folder
    assert f"removed {folder}" in call("student", "remove", "Ana María", "--yes").out
    assert not folder.exists()


@pytest.mark.parametrize(
    "command", [["monitor", "--student", "Ben"], ["erase", "--yes", "--student", "Ben"],
                ["student", "remove", "Ben"], ["student", "add", " "]]
)  # fmt: skip
def test_bad_names_end_in_one_line(call: Call, command: list[str]) -> None:
    code, _, err = call(*command)
    assert (code, err.count("\n")) == (2, 1)


def test_erasing_by_day(call: Call, ana: Student) -> None:
    with Store.open(ana.store_path, recording=True) as store:
        for day in (1, 2, 3):
            began = datetime(2026, 3, day, 9).timestamp()
            store.begin_session(
                title=str(day), began=began, utc_offset_s=0, app_version="", model_version=""
            )
    out = call("erase", "--student", "ana", "--before", "2026-03-03", "--yes").out
    assert "2 sessions of Ana deleted" in out
    assert [session.title for session, _ in recorded(ana)] == ["3"]
    assert call("erase", "--student", "ana", "--before", "yesterday").code == 2


def test_seconds_that_could_not_be_saved_are_an_error(home: Path, ana: Student, clip: Path) -> None:
    with monitoring(home, clip, "--seconds", 6) as process:
        until(
            lambda: any(second.present for _, all_ in recorded(ana) for second in all_),
            "a face",
            60,
        )
        with locked(ana):
            out = finish(process)
    assert out.code == 2
    assert "not saved" in out.err
    assert "locked" in out.err
    assert out.err.splitlines()[-1].startswith("emotion-overlay: session 1 ended, but ")
