"""A long call costs no more at its end than at its beginning: counted, not timed."""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable

import numpy as np

from overlay.engine import Engine
from overlay.engine.engine import KEPT
from overlay.engine.tagged import Tagged
from overlay.perception.live_perception import LivePerception
from overlay.scene import Scene
from overlay.sources.demo import DemoSource
from tests.camera_backend import CameraBackend
from tests.engine.conftest import OneHappyFace
from tests.waiting import until

FRAME_BYTES = 1280 * 720 * 3


def test_a_call_imports_neither_matplotlib_nor_what_else_mediapipe_pulls_in() -> None:
    code = (
        "import sys\nfrom overlay.run_command import run\n"
        "from overlay.perception.live_perception import LivePerception\n"
        "LivePerception().close()\n"
        "print([n for n in ('matplotlib', 'sounddevice', 'PIL', 'tkinter') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_who_imports_mediapipe_afterwards_gets_it_whole() -> None:
    code = (
        "from overlay.perception.detector import FaceDetector\nFaceDetector().close()\n"
        "import mediapipe\nprint(mediapipe.tasks.vision.FaceDetector.__name__)\n"
        "FaceDetector().close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "FaceDetector"


def test_presenting_a_frame_allocates_no_memory_of_its_size(
    camera: CameraBackend, make_engine: Callable[..., Engine]
) -> None:
    engine = make_engine(width=1280, height=720, perception=OneHappyFace, mirror_window=True)
    presentation, window, desired = engine._presentation.loop, engine._window.loop, engine.desired
    image = DemoSource(pace=False).read()
    frame = Tagged(image, desired.view_key)
    engine._scenes.put(Tagged(OneHappyFace().perceive(image), desired.view_key))
    presentation.open()
    output = engine.output
    assert output is not None
    sent: list[int] = []
    output.send = lambda image: sent.append(id(image))  # type: ignore[method-assign]
    presentation._present(frame)  # whatever is made once is made now
    tracemalloc.start()
    try:
        for _ in range(5):
            presentation._present(frame)
            window._private_image(frame, desired)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(set(sent)) == 1
    assert peak < FRAME_BYTES / 4


def test_perceiving_for_long_keeps_no_more_objects() -> None:
    source = DemoSource(size=(640, 360), fps=15.0, faces=2, pace=False)
    clip = [source.read().image for _ in range(30)]

    def watch(perception: LivePerception, begin_s: float) -> Scene:
        for i in range(60):
            scene = perception.perceive(clip[i % 30], begin_s + i / 15)
        return scene

    with LivePerception() as perception:
        watch(perception, 0.0)
        gc.collect()
        before = len(gc.get_objects())
        scene = watch(perception, 8.0)
        scene = watch(perception, 16.0)
        gc.collect()
        assert len(scene) == 2
        assert len(gc.get_objects()) - before < 50


def test_counters_of_a_running_engine_are_bounded(
    camera: CameraBackend, make_engine: Callable[..., Engine]
) -> None:
    engine = make_engine(fps=120.0)
    engine.start()
    until(lambda: engine.status().frames_out > 400, "400 frames")
    metrics = engine._metrics
    assert len(metrics._sent_at) <= 256
    assert metrics._ages_ms.maxlen is not None
    assert len(engine._frames._values) <= KEPT
    assert np.isfinite(engine.status().fps)
