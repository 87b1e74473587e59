"""What is no frame or no scene is a problem in the status; the video goes on without it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as np_st

from overlay.engine.checks import check_frame, check_scene
from overlay.scene import Box, Emotion, Frame, KeyPoints, Scene
from tests.camera_backend import CameraBackend
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import Script, forever, is_plain, picture
from tests.waiting import PATIENCE_S, until

GOOD = Frame(picture(90), 5.0, 1)

FRAMES: dict[str, Any] = {
    "not a frame": "picture",
    "a picture alone": picture(90),
    "no picture": Frame(None, 6.0),  # type: ignore[arg-type]
    "objects": Frame(np.full((180, 320, 3), None), 6.0),
    "floating point": Frame(np.zeros((180, 320, 3)), 6.0),  # type: ignore[arg-type]
    "16 bits": Frame(np.zeros((180, 320, 3), np.int16), 6.0),  # type: ignore[arg-type]
    "gray": Frame(np.zeros((180, 320), np.uint8), 6.0),
    "four channels": Frame(np.zeros((180, 320, 4), np.uint8), 6.0),
    "four dimensions": Frame(np.zeros((1, 180, 320, 3), np.uint8), 6.0),
    "nothing in it": Frame(np.zeros((0, 320, 3), np.uint8), 6.0),
    "time None": Frame(picture(90), None),  # type: ignore[arg-type]
    "time NaN": Frame(picture(90), math.nan),
    "time infinite": Frame(picture(90), math.inf),
    "time a word": Frame(picture(90), "now"),  # type: ignore[arg-type]
    "time an array": Frame(picture(90), np.array([1.0, 2.0])),  # type: ignore[arg-type]
    "time going back": Frame(picture(90), 4.0),
}


class Raw(Script):
    """Delivers anything as if it were frames."""

    def read(self) -> Any:
        step = super().read()
        return step.image if step is not None else None


@pytest.mark.parametrize("garbage", FRAMES.values(), ids=FRAMES)
def test_a_source_that_delivers_garbage_is_opened_anew(
    make_engine: MakeEngine, camera: CameraBackend, garbage: Any
) -> None:
    opened: list[Raw] = []

    def source() -> Raw:
        if not opened:
            steps: Iterator[Any] = iter([GOOD, garbage])
        else:
            steps = (Frame(picture(200), 1.0 + i / 30, i) for i in range(100_000))
        opened.append(Raw(steps))
        return opened[-1]

    with make_engine(mode="off", source=source) as engine:
        until(lambda: "source" in engine.status().problems, "the problem")
        assert engine.status().problems["source"].startswith("script cannot be used: it")
        until(lambda: camera.frames and is_plain(camera.frames[-1], 200), "its picture again")
        assert not engine.status().problems
        assert opened[0].closed


def test_meanwhile_the_placeholder_is_sent(make_engine: MakeEngine) -> None:
    def garbage() -> Iterator[Any]:
        while True:
            yield Frame(picture(90), math.nan)

    with make_engine(mode="off", source=lambda: Raw(garbage())) as engine:
        until(lambda: engine.status().placeholders > 3, "placeholders")
        assert engine.status().problems == {
            "source": "script cannot be used: its time stamp is nan"
        }


@pytest.mark.parametrize(
    "frame",
    [
        GOOD,
        Frame(picture(90), 7),
        Frame(picture(90), np.float32(7)),  # type: ignore[arg-type]
        Frame(picture(90)[:, ::-1], 7.0),
        Frame(picture(90, 1, 1), 7.0),
    ],
)
def test_what_is_a_frame_passes(frame: Frame) -> None:
    check_frame(frame, 5.0)


def test_pictures_in_any_order_in_memory_are_sent(
    make_engine: MakeEngine, camera: CameraBackend
) -> None:
    steps = iter([picture(90)[::-1, ::-1], np.asfortranarray(picture(90))])
    with make_engine(mode="off", source=lambda: Script(steps)) as engine:
        assert engine.wait(PATIENCE_S)
    assert len(camera.frames) == 2
    assert not engine.status().problems


@given(
    np_st.arrays(
        dtype=np_st.scalar_dtypes(), shape=np_st.array_shapes(min_dims=0, max_dims=4, max_side=5)
    ),
    st.one_of(st.none(), st.floats(), st.integers(), st.text()),
)
def test_only_frames_pass(image: Any, time_s: Any) -> None:
    is_picture = image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3
    is_time = isinstance(time_s, (int, float)) and math.isfinite(time_s) and time_s >= 0
    try:
        check_frame(Frame(image, time_s), 0.0)
    except ValueError:
        assert not (is_picture and is_time)
    else:
        assert is_picture
        assert is_time


SEEN = OneHappyFace().perceive(GOOD)
FACE = SEEN.faces[0]


def with_face(**changes: Any) -> Scene:
    return replace(SEEN, faces=(replace(FACE, **changes),))


SCENES: dict[str, Any] = {
    "none": None,
    "of another size": replace(SEEN, width=100),
    "at no time": replace(SEEN, time_s=math.nan),
    "a box that is no number": with_face(box=Box(math.nan, 0, 10, 10)),
    "an infinite box": with_face(box=Box(0, 0, math.inf, 10)),
    "a box far away": with_face(box=Box(1e12, 0, 10, 10)),
    "a huge box": with_face(box=Box(0, 0, 1e9, 1e9)),
    "a box inside out": with_face(box=Box(0, 0, -10, 10)),
    "points that are no numbers": with_face(keypoints=KeyPoints(*[(math.nan, 0.0)] * 6)),
    "an infinite velocity": with_face(velocity=FACE.velocity._replace(x=math.inf)),
    "a probability that is no number": with_face(emotion=Emotion("happy", math.nan, (0.0,) * 7)),
    "a probability of 7": with_face(emotion=Emotion("happy", 7.0, (0.0,) * 7)),
}


@pytest.mark.parametrize("garbage", SCENES.values(), ids=SCENES)
def test_perception_that_gives_garbage_leaves_clean_video(
    make_engine: MakeEngine, camera: CameraBackend, garbage: Any
) -> None:
    class Confused(OneHappyFace):
        confused = True

        def perceive(self, frame: Frame) -> Scene:
            seen = super().perceive(frame)
            if not self.confused:
                return seen
            still = isinstance(garbage, Scene) and math.isfinite(garbage.time_s)
            return replace(garbage, time_s=frame.time_s) if still else garbage

    perception = Confused()
    with make_engine(source=lambda: Script(forever(90)), perception=lambda: perception) as engine:
        until(lambda: "perception" in engine.status().problems, "the problem")
        assert engine.status().problems["perception"].startswith("no labels: ")
        sent = engine.status().frames_out
        until(lambda: engine.status().frames_out > sent + 5, "more video")
        assert all(is_plain(image, 90) for image in list(camera.frames))
        perception.confused = False
        until(lambda: engine.status().labelled > 3, "labels again")
        assert not engine.status().problems


def test_what_is_a_scene_passes() -> None:
    check_scene(SEEN, GOOD)
    check_scene(with_face(box=Box(-100, -50, 800, 500), emotion=None), GOOD)
