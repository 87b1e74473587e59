"""Nothing half-written gets the name that was asked for, however writing a video ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from overlay.sources.video import VideoSource
from tests.e2e.conftest import Outcome, finish, start
from tests.full_disk import COMMAND_LINE, run_on_full_disk
from tests.waiting import until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: POSIX signals and limits"),
]

COMMANDS = {
    "analyze": ("analyze", "{clip}", "--save", "out.mp4", "--force"),
    "run": ("run", "--source", "{clip}", "--output", "out.mp4", "--mode", "on-air", "--force"),
}

Clip = Callable[[str], Path]


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest, clip_path: Clip) -> list[str]:
    """A command that writes `out.mp4` in its folder."""
    return [part.format(clip=clip_path("leaving")) for part in COMMANDS[request.param]]


def parts(folder: Path) -> list[Path]:
    return list(folder.glob(".out*.part"))


@pytest.mark.parametrize("older", [None, b"an older video"])
def test_after_a_kill_the_name_is_free_or_the_older_file_s_and_the_next_run_is_whole(
    tmp_path: Path, command: list[str], older: bytes | None
) -> None:
    target = tmp_path / "out.mp4"
    if older is not None:
        target.write_bytes(older)
    process = start(*command, folder=tmp_path)
    until(lambda: any(part.stat().st_size > 0 for part in parts(tmp_path)), "it writes")
    process.kill()
    finish(process)
    assert (target.read_bytes() if target.exists() else None) == older

    assert finish(start(*command, folder=tmp_path)).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    with VideoSource(target, pace=False) as source:
        assert len(list(source)) == 180


@pytest.mark.parametrize("older", [None, b"an older video"])
def test_a_full_disk_is_one_line_and_leaves_what_was_there(
    tmp_path: Path, command: list[str], older: bytes | None
) -> None:
    target = tmp_path / "out.mp4"
    if older is not None:
        target.write_bytes(older)
    done = run_on_full_disk(COMMAND_LINE, *command, limit=50_000, folder=tmp_path)
    outcome = Outcome(done.returncode, done.stdout, done.stderr)
    assert outcome.code == 2
    assert "out.mp4' could not be written to its end: File too large" in outcome.err
    assert "Traceback" not in outcome.err
    assert (target.read_bytes() if target.exists() else None) == older
    assert [path.name for path in tmp_path.iterdir()] == ([] if older is None else ["out.mp4"])


def test_ctrl_c_ends_a_conversion_with_a_whole_file(tmp_path: Path, clip_path: Clip) -> None:
    command = [part.format(clip=clip_path("leaving")) for part in COMMANDS["run"]]
    process = start(*command, folder=tmp_path)
    until(lambda: any(part.stat().st_size > 0 for part in parts(tmp_path)), "it writes")
    process.send_signal(signal.SIGINT)
    outcome = finish(process)
    assert outcome.code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    with VideoSource(tmp_path / "out.mp4", pace=False) as source:
        assert 0 < len(list(source)) <= 180
        assert not source.warnings
