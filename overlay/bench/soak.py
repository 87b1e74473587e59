"""A long run of the application at four times the usual pace: does anything grow?"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from overlay.bench.camera import ClipCamera
from overlay.bench.clip import write_clip
from overlay.bench.figures import Delivery, delivery
from overlay.bench.memory import resident_mb
from overlay.bench.runs import FPS
from overlay.bench.sink import Sink
from overlay.engine import Engine
from overlay.settings import Settings

#: How many times faster than usual camera and perception go.
PACE = 4

#: The figures are taken this often, in seconds.
STRETCH_S = 60.0

#: Pictures that may still be on their way when a stretch ends.
_UNDERWAY = 64


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of the run.

    Attributes:
        ended_s: Seconds from the first picture to the end of the stretch.
        delivery: How its pictures arrived.
        perceived: Scenes that were perceived since the start.
        resident_mb: Memory at its end, in MiB; None where it is not known.
        objects: Python objects alive at its end.
    """

    ended_s: float
    delivery: Delivery
    perceived: int
    resident_mb: float | None
    objects: int


def soak(
    size: tuple[int, int],
    faces: int,
    seconds: float,
    *,
    stretch_s: float = STRETCH_S,
    progress: Callable[[str], None] = lambda line: None,
) -> Iterator[Stretch]:
    """Run the engine, on-air, and yield figures at the end of each stretch.

    Args:
        size: Width and height in pixels.
        faces: Number of faces in the picture.
        seconds: How long; at four times the pace, a quarter of an hour shows an hour.
        stretch_s: Length of a stretch in seconds.
        progress: Is told what is being done.

    Raises:
        OverlayError: There is no demo picture, or no room for the clip.
    """
    with tempfile.TemporaryDirectory(prefix="emotion-overlay-") as folder:
        clip = Path(folder) / "clip.avi"
        progress(f"{size[0]}x{size[1]}, {faces} faces: drawing the clip")
        write_clip(clip, size=size, faces=faces, fps=FPS)
        camera, sink = ClipCamera(clip, fps=PACE * FPS), Sink(size)
        settings = Settings(
            mode="on-air",
            width=size[0],
            height=size[1],
            fps=PACE * FPS,
            perception_hz=PACE * Settings().perception_hz,
        )
        engine = Engine(settings, open_source=lambda _: camera, open_output=lambda _: sink)
        progress(f"running for {seconds / 60:.1f} minutes at {PACE} times the pace")
        with engine:
            began = time.monotonic()
            while (elapsed := time.monotonic() - began) < seconds:
                time.sleep(min(stretch_s, seconds - elapsed))
                yield _stretch(time.monotonic() - began, engine, camera, sink)


def _stretch(ended_s: float, engine: Engine, camera: ClipCamera, sink: Sink) -> Stretch:
    """The figures since the last call; forgets what they were taken from."""
    sent = sink.sent[:]
    del sink.sent[: len(sent)]
    arrived = delivery(sent, camera.due_s, camera.fps)
    for number in list(camera.due_s)[:-_UNDERWAY]:
        del camera.due_s[number]
    gc.collect()
    return Stretch(
        ended_s, arrived, engine.status().perceived, resident_mb(), len(gc.get_objects())
    )
