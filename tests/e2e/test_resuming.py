"""Reading many files that is interrupted leaves nothing half-written, and goes on where it was."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from overlay.sources.demo import PORTRAIT
from tests.analysis.jobs import worker_processes
from tests.e2e.conftest import Outcome, finish, start
from tests.full_disk import COMMAND_LINE, run_on_full_disk
from tests.waiting import until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: POSIX signals"),
]

COMMAND = ("analyze", "in", "--csv", "out.csv", "--json", "out.jsonl", "--save", "labelled")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, clip_path: Callable[[str], Path]) -> Path:
    """A folder with twelve pictures and at last a video in `in`, and what nothing interrupted."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "in").mkdir()
    portrait = cv2.imread(str(PORTRAIT))
    for number in range(12):
        brighter = cv2.convertScaleAbs(portrait, beta=5 * number)
        cv2.imwrite(str(folder / f"in/{number}.png"), brighter)
    shutil.copy(clip_path("smiling"), folder / "in/last.mp4")
    assert finish(start(*COMMAND, folder=folder)).code == 0
    return folder


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """The same folder without the results."""
    shutil.copytree(finished / "in", tmp_path / "in")
    return tmp_path


def results(folder: Path) -> dict[str, bytes]:
    """Every result file, by its path."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.parent.name != "in")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def read_so_far(folder: Path) -> int:
    return len(list(folder.glob(".out.*.part/*.jsonl")))


def go_on(folder: Path) -> Outcome:
    outcome = finish(start(*COMMAND, folder=folder))
    assert outcome.code == 0, outcome.err
    return outcome


@pytest.mark.parametrize(("name", "jobs"), [("SIGINT", 2), ("SIGKILL", 1)])
def test_the_same_command_goes_on(folder: Path, finished: Path, name: str, jobs: int) -> None:
    process = start(*COMMAND, "--jobs", jobs, folder=folder)
    until(lambda: read_so_far(folder) >= 4, "four files are read", 120)
    workers = worker_processes(process.pid)
    assert len(workers) == jobs
    process.send_signal(getattr(signal, name))
    outcome = finish(process)
    assert outcome.code != 0
    assert not (folder / "out.csv").exists()
    assert not (folder / "out.jsonl").exists()
    until(lambda: not any(map(is_alive, workers)), "the workers have ended")
    kept = read_so_far(folder)
    assert 4 <= kept < 13
    if name != "SIGKILL":
        assert f"{kept} of 13 files are read; the same command goes on" in outcome.err

    assert f"{kept} of 13 files were read before" in go_on(folder).err
    assert results(folder) == results(finished)


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists() or not Path("/proc").exists()


@pytest.mark.parametrize("kept", [12, 13])
def test_a_full_disk_costs_nothing_that_was_read(folder: Path, finished: Path, kept: int) -> None:
    # No file may be longer, which stands for a full disk: there is room for what was read in the
    # pictures, or in each file, but not for all of it in one.
    lines = (finished / "out.jsonl").read_bytes().splitlines(keepends=True)
    video = sum(map(len, lines[12:]))
    limit = video // 2 if kept == 12 else video + 1_000
    assert limit < sum(map(len, lines))
    command = ("analyze", "in", "--json", "out.jsonl")
    done = run_on_full_disk(COMMAND_LINE, *command, limit=limit, folder=folder)
    assert done.returncode == 2
    assert "cannot be written: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "out.jsonl").exists()
    assert read_so_far(folder) == kept

    outcome = finish(start(*command, folder=folder))
    assert f"{kept} of 13 files were read before" in outcome.err
    assert len((folder / "out.jsonl").read_text().splitlines()) == 12 + 60
    assert sorted(path.name for path in folder.iterdir()) == ["in", "out.jsonl"]
