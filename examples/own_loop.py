"""Your own loop: read a frame, look for faces, draw, send. Four lines do the work.

    python examples/own_loop.py --source lesson.mp4 --output labelled.mp4

This is the whole pipeline in one thread. It suits files, where no frame may be skipped. For a live
camera use the engine, as in own_source.py: it keeps the video running while faces are read.
"""

import argparse
from itertools import islice

from overlay import Perception
from overlay.drawing import Painter
from overlay.errors import OverlayError
from overlay.outputs import open_output
from overlay.sources import open_source


def run(source_name: str, output_name: str, frames: int) -> None:
    """Carry a number of frames from a source to an output and label them on the way."""
    painter = Painter(theme="dark", language="en")
    with (
        open_source(source_name, size=(640, 360), pace=False) as source,
        open_output(output_name, size=source.size, fps=source.fps) as output,
        Perception() as perception,
    ):
        for frame in islice(source, frames):
            scene = perception.perceive(frame)
            painter.paint(frame.image, scene)
            output.send(frame.image)
        print(f"{source.name} -> {output.name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Label a video with a loop of your own.")
    parser.add_argument("--source", default="demo", help="a video, demo, webcam (default: demo)")
    parser.add_argument("--output", default="labelled.mp4", help="an .mp4 file, window or virtual")
    parser.add_argument("--frames", type=int, default=150, help="how many (default: 150)")
    arguments = parser.parse_args()
    try:
        run(arguments.source, arguments.output, arguments.frames)
    except OverlayError as error:
        raise SystemExit(str(error)) from error
