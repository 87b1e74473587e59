"""The log: one file for all processes, small, private, and without repetitions."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from overlay import logs
from overlay.cli import main
from overlay.logs import keep_out, log_file, logging_to_file, redacted, tail
from overlay.sources.cameras import CameraInfo

_log = logging.getLogger("overlay.test")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EMOTION_OVERLAY_LOG_DIR", str(tmp_path / "log"))
    return tmp_path / "log"


@pytest.fixture
def logging_(folder: Path) -> Iterator[None]:
    with logging_to_file():
        yield


def text() -> str:
    return log_file().read_text(encoding="utf-8")


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


class TestFile:
    def test_nothing_is_there_before_something_is_logged(self, folder: Path) -> None:
        with logging_to_file():
            _log.debug("a detail")
        assert not folder.exists()
        assert tail(10) == []

    @pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
    def test_only_its_owner_can_read_it(self, folder: Path) -> None:
        before = os.umask(0)
        try:
            with logging_to_file():
                _log.info("hello")
        finally:
            os.umask(before)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
    def test_a_shared_folder_stays_as_it_is_and_nothing_is_written_there(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder.mkdir()
        folder.chmod(0o1777)
        with logging_to_file():
            _log.info("hello")
        assert folder.stat().st_mode & 0o7777 == 0o1777
        assert list(folder.iterdir()) == []
        with pytest.raises(SystemExit):
            main(["logs"])
        assert "nothing is logged: " in (said := capsys.readouterr().err)
        assert "is open to others" in said

    def test_all_files_together_are_at_most_5_mb(self, folder: Path, logging_: None) -> None:
        for number in range(300):
            _log.info("%d %s", number, "ü\U0001f600" * 15_000)
        assert len(list(folder.glob("*.log*"))) == 5
        assert sum(path.stat().st_size for path in folder.iterdir()) <= 5_000_000
        assert "299 ü" in text()

    def test_processes_that_write_at_once_lose_and_mix_nothing(self, folder: Path) -> None:
        code = (
            "import logging, sys\nfrom overlay.logs import logging_to_file\n"
            "log = logging.getLogger('overlay.test')\n"
            "with logging_to_file():\n"
            "    for n in range(300):\n"
            "        log.info('%s-%03d %s', sys.argv[1], n, 'x' * 900)\n"
        )
        writers = [
            subprocess.Popen([sys.executable, "-c", code, name]) for name in ("one", "two", "three")
        ]
        assert [writer.wait() for writer in writers] == [0, 0, 0]
        lines = tail(10_000)
        assert len(lines) == 900
        assert all(line.endswith("x" * 900) for line in lines)
        for name in ("one", "two", "three"):
            written = [line.split(": ")[1].split()[0] for line in lines if f": {name}-" in line]
            assert written == [f"{name}-{n:03d}" for n in range(300)]
        assert len(list(folder.glob("*.log*"))) == 1

    def test_a_folder_that_cannot_be_written_disturbs_nothing(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder.write_text("a file where the folder should be")
        with logging_to_file():
            _log.info("lost")
        assert capsys.readouterr().err == ""

    def test_the_tail_goes_on_in_older_files(self, logging_: None) -> None:
        for number in range(70):
            _log.info("%d %s", number, "x" * 15_000)
        numbers = [int(line.split(": ")[1].split()[0]) for line in tail(69)]
        assert numbers == list(range(1, 70))


class TestEntries:
    def test_an_error_has_its_traceback_and_the_terminal_one_line(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with logging_to_file():
            try:
                raise ZeroDivisionError("no\nnumber")
            except ZeroDivisionError:
                _log.exception("it went wrong")
        assert "Traceback (most recent call last)" in text()
        assert "ZeroDivisionError: no\nnumber" in text()
        assert capsys.readouterr().err == (
            "emotion-overlay: it went wrong; `emotion-overlay logs` shows more\n"
        )

    def test_verbose_shows_everything(self, capsys: pytest.CaptureFixture[str]) -> None:
        with logging_to_file(verbose=True):
            _log.debug("a detail")
        assert "a detail" in capsys.readouterr().err
        assert "a detail" in text()

    def test_an_error_that_comes_again_and_again_is_written_once(
        self, logging_: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for _ in range(100):
            try:
                raise OSError("the same")
            except OSError:
                _log.exception("a listener failed")
        assert text().count("Traceback") == 1
        assert capsys.readouterr().err.count("a listener failed") == 1

    def test_it_is_written_again_later_with_a_count(
        self, logging_: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail() -> None:
            try:
                raise OSError("the same")
            except OSError:
                _log.exception("a listener failed")

        for _ in range(3):
            fail()
        monkeypatch.setattr("overlay.logs._repeats._EVERY_S", 0.0)
        fail()
        assert text().count("Traceback") == 2
        assert "a listener failed (and 2 more like it)" in text()

    def test_an_error_that_ends_a_thread_is_logged(self, logging_: None) -> None:
        def fail() -> None:
            raise ZeroDivisionError

        thread = threading.Thread(target=fail, name="worker")
        thread.start()
        thread.join()
        assert "the thread worker ended with an error" in text()
        assert "ZeroDivisionError" in text()

    def test_python_s_warnings_are_logged(self, logging_: None) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(True)
            warnings.warn("soon gone", DeprecationWarning, stacklevel=1)
        assert "soon gone" in text()

    def test_afterwards_everything_is_as_before(self) -> None:
        root = logging.getLogger()
        before = root.handlers[:], root.level, threading.excepthook, sys.stderr
        with logging_to_file(verbose=True):
            pass
        assert before == (root.handlers, root.level, threading.excepthook, sys.stderr)


class TestNativeOutput:
    def test_it_is_logged_and_not_shown(self) -> None:
        run = run_python(
            "import os, subprocess, sys\nfrom overlay.logs import logging_to_file\n"
            "with logging_to_file():\n"
            "    os.write(2, b'W0000 libpng warning: iCCP\\n')\n"
            "    subprocess.run([sys.executable, '-c', 'raise SystemExit(\"from a child\")'])\n"
            "    print('for the user', file=sys.stderr)\n"
            "os.write(2, b'after')\n"
        )
        assert run.returncode == 0
        assert run.stderr == "for the user\nafter"
        assert "overlay.native: W0000 libpng warning: iCCP" in text()
        assert "overlay.native: from a child" in text()

    def test_it_is_complete_at_the_end_though_a_child_lives_on(self) -> None:
        run = run_python(
            "import os, subprocess, sys, threading\n"
            "from overlay.logs import logging_to_file\n"
            "with logging_to_file():\n"
            "    code = 'import sys; sys.stdin.read()'\n"
            "    child = subprocess.Popen([sys.executable, '-c', code], stdin=subprocess.PIPE)\n"
            "    os.write(2, b'no line')\n"
            "print([thread.name for thread in threading.enumerate()])\n"
            "child.communicate()\n"
        )
        assert run.stdout == "['MainThread']\n"
        assert "overlay.native: no line" in text()

    def test_a_line_that_differs_in_numbers_only_is_written_once(self) -> None:
        run_python(
            "import os\nfrom overlay.logs import logging_to_file\n"
            "with logging_to_file():\n"
            "    for n in range(200):\n"
            "        os.write(2, b'[ WARN:0@%d.1] cannot open /dev/video0\\n' % n)\n"
        )
        assert text().count("cannot open") == 1

    def test_a_program_that_lives_on_does_not_get_it(self) -> None:
        run = run_python(
            "import os, subprocess, sys\n"
            "from overlay.logs import logging_to_file, native_output_on_terminal\n"
            "with logging_to_file():\n"
            "    with native_output_on_terminal():\n"
            "        subprocess.run([sys.executable, '-c', 'raise SystemExit(\"browser\")'])\n"
            "    os.write(2, b'ours\\n')\n"
        )
        assert run.stderr == "browser\n"
        assert "ours" in text()
        assert "browser" not in text()


class TestCrashes:
    def test_a_crash_is_logged_by_the_next_run(self) -> None:
        run = (
            "import ctypes, sys\n"
            "from overlay.logs import crash_file, crashes_noted, logging_to_file\n"
            "with logging_to_file(), crashes_noted(crash_file()):\n"
            "    if %s: ctypes.string_at(0)\n"
        )
        assert run_python(run % True).returncode not in (0, 1)
        for _ in range(2):
            assert run_python(run % False).returncode == 0
        assert text().count("an earlier run crashed") == 1
        assert "string_at" in text()

    def test_so_is_where_an_end_hung(self) -> None:
        hang = (
            "import threading\n"
            "from overlay.logs import crash_file, ended_if_slow\n"
            "def never_comes(): threading.Event().wait()\n"
            "with ended_if_slow(crash_file(), 0.5): never_comes()\n"
        )
        next_run = (
            "from overlay.logs import crash_file, crashes_noted, logging_to_file\n"
            "with logging_to_file(), crashes_noted(crash_file()): pass\n"
        )
        assert run_python(hang).returncode == 1
        assert run_python(next_run).returncode == 0
        assert "never_comes" in text()

    def test_nothing_ends_what_is_quick(self) -> None:
        quick = (
            "import time\n"
            "from overlay.logs import crash_file, ended_if_slow\n"
            "with ended_if_slow(crash_file(), 0.5): pass\n"
            "time.sleep(1)\n"
        )
        assert run_python(quick).returncode == 0


class TestDiscretion:
    def test_names_and_titles_are_left_out(self) -> None:
        keep_out("Zoë Quillfeather", "Physics, lesson 4")
        assert redacted("Zoë Quillfeather's 'physics, LESSON 4'") == "[...]'s '[...]'"

    def test_in_every_spelling_of_unicode(self) -> None:
        keep_out("Zoë")
        assert redacted("Zoe\u0308 Zo\u00eb 'Zo\u00eb'") == "[...] [...] '[...]'"

    def test_a_name_inside_a_word_is_another_word(self) -> None:
        keep_out("Art")
        assert redacted("start with Art_1 of art-3f2a") == "start with [...]_1 of [...]-3f2a"

    def test_a_name_in_a_script_without_spaces_is_found(self) -> None:
        keep_out("小明")
        assert redacted("学生小明不在") == "学生[...]不在"

    def test_a_camera_is_left_out_and_the_number_of_its_device_is_not(self) -> None:
        CameraInfo(0, "Grethel's iPhone", "/dev/video0")
        CameraInfo(1, "HD Cam", "/dev/v4l/by-id/usb-HD_Cam_SN4711-video-index0")
        assert redacted("'Grethel's iPhone' (/dev/video0)") == "'[...]' (/dev/video0)"
        assert "SN4711" not in redacted("/dev/v4l/by-id/usb-HD_Cam_SN4711-video-index0")

    def test_expressions_are_left_out(self) -> None:
        from overlay.scene import EMOTIONS

        for emotion in EMOTIONS:
            assert redacted(f"KeyError: '{emotion}'") == "KeyError: '[...]'"

    def test_the_home_folder_is_shortened(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from overlay.logs import _discretion

        monkeypatch.setenv("HOME", "/home/quill")
        monkeypatch.setenv("USERPROFILE", "/home/quill")
        _discretion._home_pattern.cache_clear()
        assert redacted("/home/quill/.venv/x.py, /home/quillfeather/y") == (
            "~/.venv/x.py, /home/[...]/y"
        )
        _discretion._home_pattern.cache_clear()

    @pytest.mark.parametrize(
        ("path", "shown"),
        [
            (
                "'/srv/clips/Ada and Bob.mp4' cannot be read",
                "'/srv/clips/[...].mp4' cannot be read",
            ),
            (
                "'/srv/a.mp4' is no video: make it .mp4",
                "'/srv/[...].mp4' is no video: make it .mp4",
            ),
            ("reading photos/Ada.JPG", "reading photos/[...].JPG"),
            ("/media/quill/STICK/overlay/app.py", "/media/[...]/STICK/overlay/app.py"),
            ("overlay/app.py and emotion.onnx", "overlay/app.py and emotion.onnx"),
        ],
    )
    def test_pictures_and_videos_are_not_named(self, path: str, shown: str) -> None:
        assert redacted(path) == shown


def test_what_was_logged_can_be_deleted(folder: Path) -> None:
    with logging_to_file():
        _log.info("hello")
    assert logs.delete_logs() == 1
    assert tail(10) == []
