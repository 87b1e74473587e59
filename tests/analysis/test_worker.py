"""A file that crashes its decoder is left out, and costs no other one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest

from overlay import analysis
from overlay.analysis.job import Job, Outcome
from overlay.analysis.worker import Worker
from overlay.errors import ModelError, OutputError
from overlay.settings import Settings
from overlay.sources.demo import PORTRAIT
from tests.analysis.jobs import job_for, worker_processes
from tests.linux_machine import linux_only
from tests.waiting import until

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="PLATFORM: has no signals")


class Scenes:
    """Collects what is read."""

    def __init__(self) -> None:
        self.read: list[dict[str, Any]] = []
        self.expected: list[int] = []

    def expect(self, job: Job, count: int) -> None:
        self.expected.append(count)

    def add(self, job: Job, scene: dict[str, Any]) -> None:
        assert isinstance(len(scene["faces"]), int)
        self.read.append(scene)


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(Settings())
    yield worker
    worker.close()


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), cv2.imread(str(PORTRAIT)))
    return path


@pytest.fixture
def crashing(tmp_path: Path, portrait: Path) -> Path:
    """A picture that crashes the faulty decoder of `faulty_decoder`."""
    path = tmp_path / "crashing.png"
    path.write_bytes(portrait.read_bytes() + b"CRASH")
    return path


def test_pictures_and_videos_are_read_in_one_process(
    worker: Worker, portrait: Path, clip_path: Callable[[str], Path]
) -> None:
    scenes = Scenes()
    assert worker.read(job_for(portrait), scenes) == Outcome()
    processes = worker_processes(os.getpid())
    assert worker.read(job_for(clip_path("calm"), "video"), scenes) == Outcome()
    assert worker_processes(os.getpid()) == processes
    assert [scene["file"] for scene in scenes.read] == ["portrait.png", *["calm.mp4"] * 60]
    assert scenes.expected == [1, 60]


@pytest.mark.usefixtures("faulty_decoder")
def test_another_process_starts_after_a_crash(
    worker: Worker, portrait: Path, crashing: Path
) -> None:
    scenes = Scenes()
    assert "crashes" in str(worker.read(job_for(crashing), scenes).left_out)
    assert not scenes.read
    assert worker.read(job_for(portrait), scenes) == Outcome()
    assert [scene["file"] for scene in scenes.read] == ["portrait.png"]


@linux_only
def test_one_that_was_ended_while_it_was_idle_costs_no_file(worker: Worker, portrait: Path) -> None:
    worker.read(job_for(portrait), Scenes())
    (process,) = worker_processes(os.getpid())
    os.kill(process, signal.SIGKILL)
    until(lambda: Path(f"/proc/{process}/cmdline").read_bytes() == b"", "it has ended")
    scenes = Scenes()
    assert worker.read(job_for(portrait), scenes) == Outcome()
    assert len(scenes.read) == 1


def test_one_that_is_killed_for_want_of_memory_is_not_taken_for_a_crash(
    worker: Worker, clip_path: Callable[[str], Path]
) -> None:
    class Killing(Scenes):
        def add(self, job: Job, scene: dict[str, Any]) -> None:
            super().add(job, scene)
            if len(self.read) == 1:
                os.kill(*worker_processes(os.getpid()), signal.SIGKILL)

    outcome = worker.read(job_for(clip_path("calm"), "video"), Killing())
    assert "perhaps for want of memory" in str(outcome.left_out)


def test_no_process_is_left(worker: Worker, portrait: Path) -> None:
    worker.read(job_for(portrait), Scenes())
    assert len(worker_processes(os.getpid())) == 1
    worker.close()
    assert not worker_processes(os.getpid())


def test_one_that_is_stopped_leaves_no_half_video(
    worker: Worker, tmp_path: Path, clip_path: Callable[[str], Path]
) -> None:
    class Stopping(Scenes):
        def add(self, job: Job, scene: dict[str, Any]) -> None:
            super().add(job, scene)
            worker.stop()

    scenes, target = Stopping(), tmp_path / "labelled" / "out.mp4"
    worker.read(job_for(clip_path("leaving"), "video", save=target, make_folder=True), scenes)
    assert len(scenes.read) == 1
    assert list(target.parent.iterdir()) == []


@linux_only
def test_it_ends_with_the_process_that_started_it(portrait: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from overlay.analysis.job import Job\n"
        "from overlay.analysis.worker import Worker\n"
        "from overlay.settings import Settings\n"
        "class Dying:\n"
        "    def expect(self, job, count): pass\n"
        "    def add(self, job, scene):\n"
        "        print(worker._process.pid, flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "worker = Worker(Settings())\n"
        "worker.read(Job(Path(sys.argv[1]), 'a', 0, 0, 'picture'), Dying())\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), str(portrait)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(analysis.__file__).parents[2])},
    )
    assert done.returncode == -signal.SIGKILL
    command = Path(f"/proc/{int(done.stdout)}/cmdline")
    until(lambda: not command.exists() or not command.read_bytes(), "it has ended")


@pytest.mark.parametrize(
    "answer",
    ["no JSON", "[1]", '{"error": ["exec", "x"]}', '{"faces": 1}', "{}", '{"left_out": 1}'],
)
def test_an_answer_that_no_worker_would_give_counts_as_a_crash(
    worker: Worker, portrait: Path, at_start: Callable[[str], None], answer: str
) -> None:
    at_start(
        "import sys\n"
        "if 'overlay.analysis._worker_process' in sys.orig_argv:\n"
        "    sys.stdin.readline()\n"
        "    print('{\"ready\": true}', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    print('{\"begun\": true}', flush=True)\n"
        f"    print({answer!r}, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    assert "crashes" in str(worker.read(job_for(portrait), Scenes()).left_out)
    assert not worker_processes(os.getpid())


def test_errors_come_through(
    worker: Worker, portrait: Path, tmp_path: Path, at_start: Callable[[str], None]
) -> None:
    (tmp_path / "out").write_text("not a folder")
    job = job_for(portrait, save=tmp_path / "out" / "labelled.png", make_folder=True)
    with pytest.raises(OutputError, match="no folder can be made there"):
        worker.read(job, Scenes())
    at_start(
        "from pathlib import Path\n"
        "from overlay.host import resources\n"
        "resources.models_dir = lambda: Path('nowhere')\n"
    )
    with pytest.raises(ModelError, match="install the application again"):
        worker.read(job_for(portrait), Scenes())
