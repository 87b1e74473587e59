"""`run` carries a source to an output, and shows the job on any machine."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from overlay.consent import CONSENT_VERSION
from overlay.control import ControlServer
from overlay.logs import log_file
from overlay.sources.video import VideoSource
from tests.camera_socket import DESK, install_socket
from tests.e2e.conftest import Outcome, finish, start
from tests.media import encoded, patches, write_media
from tests.network_camera import PASSWORD, USER, http_camera

pytestmark = pytest.mark.e2e

Call = Callable[..., Outcome]


def test_without_virtual_camera_and_display_the_job_is_shown_in_two_files(tmp_path: Path) -> None:
    outcome = finish(
        start("run", "--mode", "on-air", "--source", "demo", "--seconds", "4", folder=tmp_path)
    )
    assert outcome.code == 0, outcome.err
    if sys.platform == "linux" and not Path("/sys/module/v4l2loopback").exists():
        missing = "No virtual camera: the kernel module v4l2loopback is not installed."
        assert outcome.err.startswith(missing)
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


@pytest.mark.parametrize(("fit", "seen"), [((), True), (("--fit", "crop"), False)])
def test_the_face_of_a_portrait_video_is_shown_or_missed_aloud(
    call: Call, shared_case: Callable[[str], Path], fit: tuple[str, ...], seen: bool
) -> None:
    portrait = shared_case("portrait-cut") / "portrait.mp4"
    common = ("--source", portrait, "--loop", "--seconds", "5", "--output", "none")
    outcome = call("run", "--mode", "on-air", *common, *fit)
    assert outcome.code == 0
    # On a busy machine a face may be lost where the clip begins again, and counts as another then.
    assert (" 0 seen" not in outcome.out) == seen
    assert outcome.err.count("picture: a face is cut off") == (not seen)


def test_a_camera_on_its_side_is_turned_upright(
    call: Call, shared_case: Callable[[str], Path], tmp_path: Path
) -> None:
    shutil.copy(shared_case("sideways") / "sideways.jpg", tmp_path / "sideways.jpg")
    common = ("run", "--source", tmp_path / "sideways.jpg", "--seconds", "4", "--output", "none")
    turned = [call(*common, "--mode", "on-air", "--rotate", str(by)) for by in (90, 270)]
    assert sorted("1 seen" in outcome.out for outcome in turned) == [False, True]
    assert "rotated by 90°" in turned[0].out
    assert call(*common, "--rotate", "45").err.endswith(
        "must be a multiple of 90 from 0 to 270, not '45'\n"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_a_source_that_hangs_while_it_opens_is_named_and_ctrl_c_ends_the_run(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "camera.mp4")
    process = start("run", "--source", "camera.mp4", "--output", "out.mp4", folder=tmp_path)
    assert process.stderr is not None
    named = "source: 'camera.mp4' has not responded since "
    assert any(line.startswith(named) for line in process.stderr)
    process.send_signal(signal.SIGINT)
    outcome = finish(process)
    assert outcome.code == 2
    assert "the source was lost" in outcome.err
    assert {path.name for path in tmp_path.iterdir()} == {"camera.mp4"}


def test_the_password_of_a_network_camera_gets_nowhere(call: Call, tmp_path: Path) -> None:
    path = "locked?key=porch-4711"
    with http_camera() as camera:
        url = camera.url(path, f"{USER}:open%20sesame@")
        outcome = call("run", "--source", url, "--output", "none", "--agree")
        assert outcome.code == 2
        assert outcome.err.count("\n") == 1
        assert "wants another name or password" in outcome.err
        url = camera.url(path, f"{USER}:{PASSWORD}@")
        outcome = call("run", "--source", url, "--output", "none", "--agree", "--seconds", "1")
        assert outcome.code == 0
        assert f"network camera http://127.0.0.1:{camera.port} -> none" in outcome.err
    call("--verbose", "run", "--source", url, "--output", "none", "--agree")
    debugged = finish(start("--debug", "run", "--source", url, "--agree", folder=tmp_path))
    assert "SourceError" in debugged.err
    call("doctor", "--report", tmp_path / "report.txt")
    written = (
        debugged.err,
        outcome.out,
        outcome.err,
        log_file().read_text(),
        (tmp_path / "report.txt").read_text(),
    )
    for text in written:
        for secret in (PASSWORD, "sesame", "porch-4711"):
            assert secret not in text


def times_in(path: Path) -> list[float]:
    with VideoSource(path, pace=False) as source:
        return [frame.time_s for frame in source]


def test_a_labelled_copy_of_a_file_has_every_frame_at_its_own_time(
    call: Call, clip_path: Callable[[str], Path], tmp_path: Path
) -> None:
    clip, copy = clip_path("smiling"), tmp_path / "labelled.mp4"
    outcome = call("run", "--source", clip, "--output", copy, "--mode", "on-air")
    assert outcome.code == 0, outcome.err
    assert "with labels" in outcome.out
    assert times_in(copy) == pytest.approx(times_in(clip), abs=1e-3)
    assert [path.name for path in tmp_path.iterdir()] == ["labelled.mp4"]


def test_a_copy_is_made_beside_a_running_application_and_says_where_labels_go(
    call: Call, clip_path: Callable[[str], Path], tmp_path: Path
) -> None:
    clip, copy = clip_path("smiling"), tmp_path / "copy.mp4"
    with ControlServer():
        outcome = call("run", "--source", clip, "--output", copy, "--fps", "24")
    assert outcome.code == 0, outcome.err
    assert "no labels in" in outcome.err
    assert len(times_in(copy)) == 96


WEBCAM = ("run", "--source", "webcam", "--output", "none", "--agree")


def test_a_source_that_is_lost_is_said_when_it_happens_and_at_the_end(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOTION_OVERLAY_CONFIG_DIR", str(tmp_path / "config"))
    socket = install_socket(tmp_path, monkeypatch)
    socket.plug(0, DESK)
    socket.unplug_when_opened(0)
    outcome = call(*WEBCAM, "--seconds", "4")
    assert outcome.code == 2
    said = [line for line in outcome.err.splitlines() if line.startswith("source: webcam 0 (Desk")]
    assert len(said) == 1
    assert "the source was lost: webcam 0 (Desk Camera)" in outcome.err.splitlines()[-1]
    assert "source problem" in outcome.out


def test_a_source_that_comes_back_is_said_too(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOTION_OVERLAY_CONFIG_DIR", str(tmp_path / "config"))
    socket = install_socket(tmp_path, monkeypatch)
    socket.plug(0, DESK)
    socket.unplug_when_opened(0, again_after_s=1)
    outcome = call(*WEBCAM, "--seconds", "6")
    assert outcome.code == 0
    assert "source: working again" in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_recording_that_is_interrupted_twice_plays_to_its_end(tmp_path: Path, name: str) -> None:
    process = start(
        "run", "--source", "demo", "--output", "out.mp4", "--mode", "off", folder=tmp_path
    )
    assert process.stderr is not None
    assert "demo -> out.mp4" in process.stderr.readline()
    began = time.monotonic()
    time.sleep(3)
    ran = time.monotonic() - began
    process.send_signal(getattr(signal, name))
    time.sleep(0.05)
    process.send_signal(getattr(signal, name))
    finish(process)  # by the second signal, if the summary is being printed by then
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert times_in(tmp_path / "out.mp4")[-1] > ran - 1


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


@pytest.mark.parametrize("output", ["none", "out.mp4"])
def test_what_is_damaged_in_a_file_is_said_at_the_end(
    call: Call, tmp_path: Path, output: str
) -> None:
    clip = tmp_path / "clip.avi"
    frames = [encoded(patches(), "yuvj420p")] * 30
    write_media(clip, frames, [n / 30 for n in range(30)], codec="mjpeg", options={})
    data = bytearray(clip.read_bytes())
    at = [place for place in range(len(data)) if data.startswith(b"\xff\xd8\xff", place)][10]
    end = data.index(b"00dc", at)
    data[at:end] = bytes(end - at)
    clip.write_bytes(data)
    target = output if output == "none" else tmp_path / output
    outcome = call("run", "--source", clip, "--output", target, "--mode", "off")
    assert outcome.code == 0
    assert "clip.avi is damaged: 29 of 30 frames could be read" in outcome.out
