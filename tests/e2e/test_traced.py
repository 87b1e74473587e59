"""No command asks for the network, and none writes anywhere but where the documents say.

Each runs in an empty network namespace under a system-call trace, in a home folder of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import pytest

from overlay.monitor.consent import give_consent
from overlay.monitor.students import add_student
from overlay.sources.demo import PORTRAIT
from tests.conftest import REPOSITORY
from tests.e2e.tracing import Trace, require_tracing, trace
from tests.linux_machine import linux_only
from tests.monitor.lessons import record, seconds, session
from tests.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.desktop, linux_only]

#: Of the home folder: settings, data, log, runtime; see PRIVACY.md and docs/ARCHITECTURE.md.
OWN_FOLDERS = (
    *(".config/emotion-overlay", ".local/share/emotion-overlay", ".local/state/emotion-overlay"),
    "run/emotion-overlay",
)

#: Commands with the exit codes that they may end with.
COMMANDS: list[tuple[str, tuple[int, ...]]] = [
    ("--version", (0,)),
    ("--help", (0,)),
    ("run --output none --mode on-air --source demo --seconds 2", (0,)),
    ("run --source demo --seconds 2", (0,)),
    ("run --source clip.mp4 --output labelled.mp4 --mode on-air", (0,)),
    ("run --source webcam", (2,)),
    ("run --source demo --output pipewire --seconds 1", (0, 2)),
    ("analyze portrait.png --save labelled.png --json faces.jsonl", (0,)),
    ("analyze pictures --save labelled --json faces.jsonl", (0,)),
    ("analyze clip.mp4 --save labelled.mp4 --json faces.jsonl", (0,)),
    ("analyze pictures clip.mp4 --csv a.csv --parquet a.parquet --jobs 2 --every 1", (0,)),
    ("monitor --student Ada --source demo --output none --seconds 3", (0,)),
    ("calibrate --student Ada --emotion happy portrait.png", (0,)),
    ("calibrate --student Ada --show", (0,)),
    ("calibrate --student Ada --reset", (0,)),
    ("goal --student Ada", (0,)),
    ("goal --student Ada --remove", (0,)),
    ("reflect --student Ada --moment 1 --words again", (0,)),
    ("report --student Ada", (0,)),
    ("report --student Ada --week", (0,)),
    ("report --student Ada --json --csv --out out.txt", (0,)),
    ("export --student Ada me.zip", (0,)),
    ("erase --student Ada --yes", (0,)),
    ("student add Grace", (0,)),
    ("student list", (0,)),
    ("student remove Ada --yes", (0,)),
    ("doctor", (0, 1)),
    ("doctor --fix --json", (0, 1)),
    ("doctor --report report.txt", (0, 1)),
    ("agree --yes", (0,)),
    ("cameras", (0,)),
    ("settings", (0,)),
    ("settings set theme light", (0,)),
    ("logs", (0,)),
    ("logs --delete", (0,)),
    ("models verify", (0,)),
    ("status", (2,)),
    ("mode off", (2,)),
    ("mark here", (2,)),
    ("stop", (2,)),
    ("class open", (2,)),
    ("class open Physics --broker http://127.0.0.1", (2,)),
    ("class join 0000-0000-0000-0000 --broker mqtt://127.0.0.1 --agree", (2,)),
    ("class leave", (2,)),
    ("class close", (2,)),
    ("bench --help", (0,)),
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with a student who has a session, and files to read."""
    require_tracing()
    data = tmp_path / ".local/share/emotion-overlay"
    for folder in ("work/pictures", "run", "tmp", ".local/share/emotion-overlay"):
        (tmp_path / folder).mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(data / "students"))
    student = add_student("Ada")
    give_consent(student)
    record(student, session(20), seconds(("happy", 20)))
    return tmp_path


@pytest.fixture
def traced(home: Path) -> Callable[..., Trace]:
    """Runs a command in `work` of the home folder."""
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TMPDIR": str(home / "tmp"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return lambda *words: trace(list(words), folder=home / "work", environment=environment)


@pytest.fixture(scope="session")
def clip(clip_path: Callable[[str], Path]) -> Path:
    return clip_path("smiling")


@pytest.mark.parametrize(("command", "codes"), COMMANDS, ids=lambda value: str(value))
def test_a_command_keeps_to_itself(
    home: Path, clip: Path, traced: Callable[..., Trace], command: str, codes: tuple[int, ...]
) -> None:
    work = home / "work"
    shutil.copy(clip, work / "clip.mp4")
    cv2.imwrite(str(work / "portrait.png"), cv2.imread(str(PORTRAIT)))
    shutil.copy(work / "portrait.png", work / "pictures/1.png")
    if "pipewire" in command and (inspect := shutil.which("gst-inspect-1.0")):
        # GStreamer has a look at new plugins, some of which change to folders of their own.
        environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
        subprocess.run([inspect], env=environment, stdout=subprocess.DEVNULL, check=True)
    done = traced(sys.executable, "-m", "overlay", *command.split())
    assert done.code in codes, done.out
    assert not done.sockets
    own = [home / folder for folder in OWN_FOLDERS]
    if "pipewire" in command:  # GStreamer keeps a list of its plugins there, as for all programs
        own.append(home / ".cache/gstreamer-1.0")
    assert not done.written_outside(*own, work, home / "tmp", Path("/dev/shm"))
    assert not list((home / "tmp").iterdir()), "left behind"
    shared_memory = {path for path in done.written if path.parent == Path("/dev/shm")}
    assert not {path for path in shared_memory if path.exists()}, "left behind"


def test_only_the_url_of_a_network_camera_opens_a_connection(
    home: Path, traced: Callable[..., Trace]
) -> None:
    command = "run --source http://127.0.0.1:9/video --output none --agree"
    done = traced(sys.executable, "-m", "overlay", *command.split())
    assert done.code == 2
    assert "network camera http://127.0.0.1:9 " in done.out
    assert done.sockets
    own = [home / folder for folder in OWN_FOLDERS]
    assert not done.written_outside(*own, home / "work", home / "tmp", Path("/dev/shm"))


def test_only_the_broker_of_a_class_opens_a_connection(
    home: Path, traced: Callable[..., Trace]
) -> None:
    command = "class open Physics --broker mqtt://127.0.0.1:9 --confirm --no-window"
    done = traced(sys.executable, "-m", "overlay", *command.split())
    assert done.code == 2
    assert "mqtt://127.0.0.1:9 does not answer" in done.out
    assert done.sockets
    own = [home / folder for folder in OWN_FOLDERS]
    assert not done.written_outside(*own, home / "work", home / "tmp", Path("/dev/shm"))


@pytest.mark.parametrize("words", ["", "run --source demo --output none"], ids=["tray", "run"])
def test_a_running_application_and_what_controls_it_keep_to_themselves(
    home: Path, traced: Callable[..., Trace], words: str
) -> None:
    runtime, own = home / "run/emotion-overlay", [home / folder for folder in OWN_FOLDERS]
    (home / ".config/emotion-overlay").mkdir(parents=True)
    (home / ".config/emotion-overlay/settings.toml").write_text('source = "demo"\noutput = "none"')
    emotion_overlay = partial(traced, sys.executable, "-m", "overlay")
    with ThreadPoolExecutor() as pool:
        running = pool.submit(emotion_overlay, *words.split())
        until((runtime / "control.sock").exists, "it listens")
        commands = (
            "status --json", "mode on-air", "toggle", "panic", "pause", "resume", "forget-resting",
            "stop",
        )  # fmt: skip
        controlled = [emotion_overlay(*command.split()) for command in commands]
        controlled.append(running.result())
    for done in controlled:
        assert done.code == 0, done.out
        assert not done.sockets
        assert not done.written_outside(*own, home / "work", home / "tmp", Path("/dev/shm"))


def test_the_doctor_leaves_nothing_but_its_log(home: Path, traced: Callable[..., Trace]) -> None:
    def there() -> dict[Path, int]:
        log = home / ".local/state/emotion-overlay"
        found = (path for path in home.rglob("*") if not path.is_relative_to(log))
        return {path: path.lstat().st_mtime_ns for path in found if path not in log.parents}

    before = there()
    traced(sys.executable, "-m", "overlay", "doctor")
    assert there().keys() == before.keys()
    changed = {path for path, time in there().items() if time != before[path]}
    # Folders in which a file was tried out that never had a name.
    assert {path for path in changed if not path.is_dir()} == set()


class TestTheTraceItself:
    def test_names_the_library_that_asks_for_the_network(
        self, traced: Callable[..., Trace]
    ) -> None:
        done = traced(sys.executable, "-c", "import socket; socket.socket(socket.AF_INET)")
        assert done.code == 0
        assert "AF_INET" in done.sockets[0]
        assert "socket" in done.sockets[0].partition(" by ")[2]

    def test_finds_what_is_written_in_every_process(
        self, home: Path, traced: Callable[..., Trace]
    ) -> None:
        script = (
            "touch ../made && mkdir ../folder && mv ../made ../moved && "
            f"{sys.executable} -c \"open('../x', 'w')\""
        )
        done = traced("sh", "-c", script)
        assert done.code == 0
        outside = done.written_outside(home / "work")
        assert outside == {home / name for name in ("made", "folder", "moved", "x")}
        assert not done.written_outside(home)

    def test_there_is_no_network(self, traced: Callable[..., Trace]) -> None:
        done = traced(sys.executable, "-c", "import socket; print(socket.if_nameindex())")
        assert done.out.strip() == "[(1, 'lo')]"
