"""`run` carries a source to an output, and shows the job on any machine."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from overlay.consent import CONSENT_VERSION
from overlay.outputs import virtual_camera_help
from tests.e2e.conftest import Outcome, finish, start

pytestmark = pytest.mark.e2e

Call = Callable[..., Outcome]


def test_without_virtual_camera_and_display_the_job_is_shown_in_two_files(tmp_path: Path) -> None:
    outcome = finish(
        start("run", "--mode", "on-air", "--source", "demo", "--seconds", "4", folder=tmp_path)
    )
    assert outcome.code == 0, outcome.err
    if sys.platform == "linux" and not Path("/sys/module/v4l2loopback").exists():
        assert outcome.err.startswith(virtual_camera_help("linux").splitlines()[0])
    for word in ("demo", "on-air", "frames", "fps", "faces", "emotions", "with labels"):
        assert word in outcome.out
    assert {p.name for p in tmp_path.iterdir()} == {"demo.mp4", "demo.png"}
    assert cv2.imread(str(tmp_path / "demo.png")).shape == (720, 1280, 3)
    ok, _ = cv2.VideoCapture(str(tmp_path / "demo.mp4")).read()
    assert ok


def test_interrupting_it_ends_tidily_with_the_summary(tmp_path: Path) -> None:
    process = start(
        "run", "--source", "demo", "--output", "out.mp4", "--mode", "on-air", folder=tmp_path
    )
    assert process.stderr is not None
    assert "demo -> out.mp4" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    outcome = finish(process)
    assert outcome.code == 0
    assert "frames" in outcome.out
    assert {p.name for p in tmp_path.iterdir()} <= {"out.mp4"}


@pytest.mark.parametrize(
    ("clip", "frames"), [("smiling", 60), ("head-pose-face-detection-female", 23)]
)
def test_a_file_ends_the_run_at_its_end(
    call: Call, clip_path: Callable[[str], Path], clip: str, frames: int
) -> None:
    outcome = call("run", "--source", clip_path(clip), "--output", "none", "--mode", "on-air")
    assert outcome.code == 0
    assert f"{frames} in" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--source", "no-such-thing"], "no-such-thing"),
        (["--source", "webcam:No Such Camera"], "No Such Camera"),
        (["--source", "demo", "--output", "no/such/folder/out.mp4"], "no/such/folder/out.mp4"),
        (["--source", "demo", "--output", "strange"], "strange"),
        (["--source", "demo", "--output", "virtual:/dev/video99"], "virtual camera"),
        (["--source", "demo", "--mode", "loud"], "mode"),
        (["--source", "demo", "--language", "tlh"], "tlh"),
        (["--source", "demo", "--width", "33"], "width"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_left(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMOTION_OVERLAY_CONSENT", str(CONSENT_VERSION))
    output = [] if "--output" in arguments else ["--output", "none"]
    outcome = call("run", *arguments, *output, "--seconds", "1")
    assert outcome.code == 2
    assert named in outcome.err
    assert "Traceback" not in outcome.err
    assert not list(tmp_path.iterdir())


def test_debug_shows_where_an_error_came_from(tmp_path: Path) -> None:
    outcome = finish(start("run", "--debug", "--source", "nothing", folder=tmp_path))
    assert "Traceback" in outcome.err
    assert "SourceError" in outcome.err
