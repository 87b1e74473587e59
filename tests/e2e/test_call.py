"""A whole call at 720p: the demo source, the real perception, a virtual camera that keeps frames.

The virtual camera is a backend registered with pyvirtualcam, so everything up to the driver is
what runs in a call.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.engine import Engine
from overlay.outputs import open_output
from overlay.perception import Perception
from overlay.scene import Frame, Image, Scene
from overlay.settings import Settings
from overlay.sources import open_source
from tests import clips
from tests.camera_backend import CameraBackend, registered
from tests.clips import CLIPS, read_clip
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.e2e

ClipPath = Callable[[str], Path]

SIZE = (1280, 720)
FRAMES = 90


class Slowed(Perception):
    """Perception at two scenes a second."""

    def perceive(self, frame: Frame, time_s: float | None = None) -> Scene:  # type: ignore[override]
        time.sleep(0.5)
        return super().perceive(frame, time_s)


class Raising(Perception):
    """Perception that fails on every frame."""

    def perceive(self, frame: Frame, time_s: float | None = None) -> Scene:  # type: ignore[override]
        raise RuntimeError("the network fell over")


@pytest.fixture
def camera() -> Iterator[CameraBackend]:
    with registered(CameraBackend(limit=FRAMES)) as backend:
        yield backend


def opened(kind: type[Perception]) -> Perception:
    """Perception that has its models loaded and has run once."""
    perception = kind()
    Perception.perceive(perception, np.zeros((720, 1280, 3), np.uint8), 0.0)
    return perception


def call(
    source: str,
    perception: Callable[[], Perception],
    size: tuple[int, int] = SIZE,
    *,
    loop: bool = False,
) -> Engine:
    settings = Settings(mode="on-air", width=size[0], height=size[1])
    return Engine(
        settings,
        open_source=lambda _: open_source(source, size=size, fps=30.0, loop=loop),
        open_output=lambda _: open_output("virtual:backend=test", size=size, fps=30.0),
        open_perception=perception,
    )


def demo_frames(count: int) -> list[Image]:
    """What the demo shows, frame by frame: it depends on nothing but the frame's number."""
    source = open_source("demo:1", size=SIZE, fps=30.0, pace=False)
    frames = [frame.image for frame, _ in zip(source, range(count), strict=False)]
    source.close()
    return frames


@pytest.mark.parametrize("faces", [1, 9])
@pytest.mark.parametrize("kind", [Perception, Slowed, Raising])
def test_captured_frames_reach_the_call_whatever_perception_does(
    camera: CameraBackend, faces: int, kind: type[Perception]
) -> None:
    perception = opened(kind)
    with call(f"demo:{faces}", lambda: perception) as engine:
        until(lambda: engine.status().frames_out >= FRAMES, f"{FRAMES} frames")
        if kind is Perception:
            until(lambda: engine.status().labelled > 0, "labels")
        else:
            until(lambda: engine.status().perceived or engine.status().problems, "a try")
    status = engine.status()
    assert status.frames_out == len(camera.times)
    # A loop that waits for perception loses most frames; a busy machine loses a few.
    assert status.frames_out - status.placeholders >= 0.8 * status.frames_in
    if kind is Raising:
        assert status.labelled == 0
        assert "the network fell over" in status.problems["perception"]
    else:
        assert not status.problems
    if kind is Perception:
        assert status.faces == faces


def test_while_perception_fails_the_video_is_clean_to_the_last_bit(camera: CameraBackend) -> None:
    with call("demo", Raising) as engine:
        until(lambda: engine.status().frames_out >= 30, "thirty frames")
    received = list(camera.frames)
    wanted = demo_frames(len(received))
    assert all(np.array_equal(a, b) for a, b in zip(received, wanted, strict=True))


def test_labels_are_drawn_where_the_face_is_and_the_right_way_round(camera: CameraBackend) -> None:
    with call("demo", Perception) as engine:
        until(lambda: engine.status().labelled >= 10, "ten labelled frames")
    sent = len(camera.times)
    received, clean = camera.frames[-1], demo_frames(sent)[-1]
    drawn = cv2.absdiff(received, clean).max(axis=2) > 40
    mark = drawn[-80:, -200:]
    assert mark.any(), "the mark stands in the lower right corner"
    assert not drawn[-80:, :200].any(), "and not in the lower left, where a mirror would show it"
    assert drawn[:-80].any(), "a box and a label"
    assert drawn.mean() < 0.15, "and nothing else is touched"


@pytest.mark.parametrize("name", ["smiling", "head-pose-face-detection-male"])
def test_a_clip_reaches_the_call_from_its_first_frame_to_its_last(
    camera: CameraBackend, clip_path: ClipPath, name: str
) -> None:
    perception = opened(Perception)
    frames = read_clip(clip_path(name))
    with call(str(clip_path(name)), lambda: perception, clips.SIZE) as engine:
        assert engine.wait(PATIENCE_S)
    status = engine.status()  # after the end: the last frame is counted once it has been sent
    assert status.frames_in == len(frames)
    assert status.frames_out == len(camera.times)
    assert status.frames_out - status.placeholders >= 0.8 * len(frames)
    changed = cv2.absdiff(camera.frames[-1], frames[-1].image).max(axis=2) > 60
    assert changed.mean() < 0.15, "the last frame, and labels"


@pytest.mark.parametrize("name", ["smiling", "head-pose-face-detection-male"])
def test_a_smile_in_a_clip_is_shown_to_the_call(
    camera: CameraBackend, clip_path: ClipPath, name: str
) -> None:
    perception = opened(Perception)
    with call(str(clip_path(name)), lambda: perception, clips.SIZE, loop=True) as engine:
        until(lambda: engine.status().labelled >= 10, "ten labelled frames")
        status = engine.status()
    assert status.emotions["happy"] >= 0.9 * sum(status.emotions.values())


def test_labels_follow_a_face_that_moves(camera: CameraBackend, clip_path: ClipPath) -> None:
    perception = opened(Perception)
    clean = [frame.image for frame in read_clip(clip_path("smiling"))]
    with call(str(clip_path("smiling")), lambda: perception, clips.SIZE, loop=True) as engine:
        until(lambda: engine.status().labelled >= 30, "thirty labelled frames")
    labelled = 0
    for received in list(camera.frames)[::5]:
        index = int(np.argmin([cv2.norm(received, image, cv2.NORM_L1) for image in clean]))
        (person,) = CLIPS["smiling"].shown(index)
        drawn = cv2.absdiff(received, clean[index]).max(axis=2) > 60
        drawn[-60:, -200:] = False  # the mark in the lower right corner
        rows, columns = np.nonzero(drawn)
        assert (np.abs(columns - person.x) < 1.1 * person.side).all()
        assert (np.abs(rows - person.y) < 1.1 * person.side).all()
        labelled += len(rows) > 300
    assert labelled > 0
