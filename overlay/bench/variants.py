"""What is compared: a plain copy, the application, and the loop that everyone writes first."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

import cv2

from overlay.bench.ages import Ages
from overlay.bench.camera import ClipCamera
from overlay.bench.sink import Sink
from overlay.bench.stages import Stages
from overlay.host import resources
from overlay.host.telemetry import refuse_telemetry
from overlay.scene import EMOTIONS, Box, Image

Variant = Literal["copy", "app", "loop"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)


@dataclass
class Trial:
    """One variant at work.

    Attributes:
        camera: Where its pictures come from.
        sink: Where they go.
        go_on: Asked after each picture; the variant returns when it is False.
        models_s: When the models were open, as `time.monotonic()`.
        ages: Of the labels.
        stages: Of the application.
    """

    camera: ClipCamera
    sink: Sink
    go_on: Callable[[], bool]
    models_s: float | None = None
    ages: Ages = field(default_factory=Ages)
    stages: Stages = field(default_factory=Stages)


def run_copy(trial: Trial) -> None:
    """The floor: each picture from the camera to the virtual camera, by one thread."""
    cv2.setNumThreads(1)
    while trial.go_on():
        trial.sink.send(trial.camera.read().image)


def run_app(trial: Trial) -> None:
    """The application's engine, on-air."""
    from overlay.engine import Engine
    from overlay.perception.live_perception import LivePerception
    from overlay.settings import Settings

    def open_perception() -> LivePerception:
        perception = LivePerception()
        trial.models_s = time.monotonic()
        return perception

    trial.stages.wrap_all()
    trial.ages.install()
    width, height = trial.camera.size
    engine = Engine(
        Settings(mode="on-air", width=width, height=height, fps=trial.camera.fps),
        open_source=lambda _: trial.camera,
        open_output=lambda _: trial.sink,
        open_perception=open_perception,
    )
    with engine:
        while trial.go_on():
            time.sleep(0.05)


def run_loop(trial: Trial) -> None:
    """Read, detect, classify, draw and send, one after the other, for every picture.

    With the application's own models, each library's default options, and drawn by OpenCV's
    plainest means.
    """
    refuse_telemetry()
    import onnxruntime

    from overlay.perception.crop import crop_faces
    from overlay.perception.detector import FaceDetector

    detector = FaceDetector()
    session = onnxruntime.InferenceSession(str(resources.models_dir() / "emotion.onnx"))
    side = session.get_inputs()[0].shape[2]
    trial.models_s = time.monotonic()
    while trial.go_on():
        frame = trial.camera.read()
        faces = detector.detect(frame.image)
        if faces:
            crops = crop_faces(frame.image, [(f.box, f.keypoints) for f in faces], side)
            (probabilities,) = session.run(["emotion"], {"faces": crops})
            for face, best in zip(faces, probabilities.argmax(axis=1), strict=True):
                _draw_plainly(frame.image, face.box, EMOTIONS[best])
        trial.sink.send(frame.image)
        trial.ages.note([frame.time_s] * len(faces))


def _draw_plainly(image: Image, box: Box, text: str) -> None:
    corner = round(box.x), round(box.y)
    end = round(box.x + box.width), round(box.y + box.height)
    cv2.rectangle(image, corner, end, (0, 255, 0), 2)
    above = corner[0], corner[1] - 8
    cv2.putText(image, text, above, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 255, 0), 2)


RUN: dict[Variant, Callable[[Trial], None]] = {"copy": run_copy, "app": run_app, "loop": run_loop}
