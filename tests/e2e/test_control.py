"""The running application is controlled from other processes, and survives how they end."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from overlay.consent import CONSENT_VERSION
from overlay.control import ask
from overlay.errors import ControlError
from tests.e2e.conftest import REPOSITORY, Outcome, finish, start
from tests.waiting import until

pytestmark = pytest.mark.e2e

Call = Callable[..., Outcome]
SMALL = ("--source", "demo", "--output", "none", "--width", "320", "--height", "180")


@pytest.fixture(autouse=True)
def _runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="eo-") as folder:
        monkeypatch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", folder)
        yield


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with start("run", *SMALL, folder=tmp_path) as process:
        until(is_running, "an application that answers")
        yield process
        process.kill()


def is_running() -> bool:
    try:
        return bool(ask("status")["status"]["frames_out"])
    except ControlError:
        return False


def test_every_command_reaches_the_running_application(
    call: Call, running: subprocess.Popen[str]
) -> None:
    assert call("mode", "on-air") == Outcome(0, "on-air\n", "")
    assert call("toggle").out == "only-me\n"
    assert call("pause").out == "only-me, paused\n"
    assert call("panic").out == "off, paused\n"
    assert call("resume").out == "off\n"
    assert call("forget-resting").out == "off\n"
    shown = call("status").out
    for word in ("off", "demo", "none", "320x180", "fps"):
        assert word in shown
    known = json.loads(call("status", "--json").out)
    assert (known["mode"], known["pid"], known["problems"]) == ("off", running.pid, {})
    assert call("mode", "loud").code == 2
    assert call("stop") == Outcome(0, "stopped\n", "")
    assert finish(running).code == 0


def test_where_nothing_runs_every_command_says_so_in_one_line(call: Call) -> None:
    for command in ("status", "toggle", "pause", "resume", "panic", "forget-resting", "stop"):
        code, out, err = call(command)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
        assert "it is not running" in err
    assert call("mode", "on-air").code == 2


def test_a_second_run_leaves_the_webcam_to_the_first_one(
    call: Call, running: subprocess.Popen[str]
) -> None:
    code, _, err = call("run", *SMALL)
    assert code == 2
    assert "already running" in err
    assert is_running()


def test_without_a_tray_the_application_runs_and_a_second_start_only_activates_it(
    tmp_path: Path,
) -> None:
    environment = {
        "EMOTION_OVERLAY_SOURCE": "demo",
        "EMOTION_OVERLAY_OUTPUT": "none",
        "EMOTION_OVERLAY_CONSENT": "1",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
    }
    with start(folder=tmp_path, **environment) as first:
        until(is_running, "an application that answers")
        second = finish(start(folder=tmp_path, **environment))
        assert second.code == 0
        assert "already running" in second.out
        assert is_running()
        ask("stop")
        outcome = finish(first)
    assert outcome.code == 0, outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: POSIX signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_request_to_terminate_and_a_closed_terminal_end_it_tidily(
    running: subprocess.Popen[str], name: str
) -> None:
    running.send_signal(getattr(signal, name))
    outcome = finish(running)
    assert outcome.code == 0
    assert "frames" in outcome.out
    assert not is_running()


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_they_end_the_tray_tidily_too(tmp_path: Path, name: str) -> None:
    environment = {
        "EMOTION_OVERLAY_CONSENT": str(CONSENT_VERSION),
        "EMOTION_OVERLAY_SOURCE": "demo",
        "EMOTION_OVERLAY_OUTPUT": "out.mp4",
    }
    with start(folder=tmp_path, **environment) as process:
        until(lambda: is_running() and ask("status")["status"]["frames_out"] > 5, "video")
        for _ in range(2):
            process.send_signal(getattr(signal, name))
        outcome = finish(process)
    assert outcome.code == 0, outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert not list(Path(os.environ["EMOTION_OVERLAY_RUNTIME_DIR"]).rglob("*.sock"))


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_after_a_kill_at_any_moment_the_next_start_works(tmp_path: Path) -> None:
    for seconds in (0.2, 0.6, 0.9, 1.2, 1.6, 2.5):
        with start("run", *SMALL, folder=tmp_path) as victim:
            time.sleep(seconds)
            victim.kill()
        assert victim.returncode == -signal.SIGKILL
    with start("run", *SMALL, folder=tmp_path) as process:
        until(is_running, "an application that answers")
        process.kill()
    with start("run", *SMALL, folder=tmp_path) as process:
        until(is_running, "an application that answers")
        ask("stop")
        assert finish(process).code == 0


def test_commands_for_hotkeys_load_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from overlay.cli import main\n"
        "try: main(['toggle'])\n"
        "except SystemExit: pass\n"
        "heavy = {'cv2', 'numpy', 'mediapipe', 'onnxruntime', 'PIL', 'pystray'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
    assert "not running" in done.stderr


def test_python_opens_no_socket_but_the_control_channel(tmp_path: Path) -> None:
    script = (
        "import socket, sys\n"
        "seen = set()\n"
        "def hook(event, args):\n"
        "    if event == 'socket.__new__':\n"  # -1: a socket that was open before
        "        if args[1] != -1: seen.add(socket.AddressFamily(args[1]).name)\n"
        "    elif event.startswith('socket.') and event != 'socket.bind': seen.add(event)\n"
        "sys.addaudithook(hook)\n"
        "from overlay.cli import main\n"
        f"try: main({['run', *SMALL, '--mode', 'on-air', '--seconds', '3']!r})\n"
        "finally: print(sorted(seen - {'socket.connect'}), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "['AF_UNIX']"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_native_code_opens_no_socket_either(running: subprocess.Popen[str]) -> None:
    ask("mode", "on-air")
    until(lambda: ask("status")["status"]["perceived"] > 5, "faces being read")
    inodes = set()
    for link in Path(f"/proc/{running.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since it was listed
            inodes |= set(re.findall(r"^socket:\[(\d+)\]$", os.readlink(link)))
    assert inodes, "the control channel itself"
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        path = Path(f"/proc/{running.pid}/net/{table}")
        lines = path.read_text().splitlines()[1:] if path.exists() else []
        assert not inodes & {line.split()[9] for line in lines}


def _network_can_be_cut() -> bool:
    unshare = shutil.which("unshare")
    return bool(unshare) and subprocess.run([unshare, "-rn", "true"], check=False).returncode == 0


@pytest.mark.skipif(not _network_can_be_cut(), reason="no permission to cut the network off")
def test_without_any_network_it_runs_the_same() -> None:
    run = ["run", *SMALL, "--mode", "on-air", "--seconds", "4"]
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-m", "overlay", *run],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "with labels" in done.stdout
    assert "problem" not in done.stdout
