"""Label one picture and say what each face looks like.

    python examples/picture.py photo.jpg --save labelled.jpg

Without a picture it takes the first frame of the built-in demo.
"""

import argparse
from pathlib import Path

import cv2

from overlay import Perception
from overlay.drawing import Painter
from overlay.errors import OverlayError
from overlay.sources import open_source


def label(picture: str, save: Path) -> None:
    """Read one picture, print its faces and save a labelled copy."""
    # `pace=False`: give each frame as soon as it is asked for, not in real time.
    with open_source(picture, pace=False) as source:
        frame = source.read()
    assert frame is not None, "a source that opens has at least one frame"

    # `smooth=False`: judge this picture alone. A video would smooth each face over time.
    with Perception(smooth=False) as perception:
        scene = perception.perceive(frame)

    for face in scene:  # the largest first
        if face.emotion is not None:
            print(f"face {face.id}: looks {face.emotion.label} ({face.emotion.probability:.0%})")
    if not scene.faces:
        print("no face found")

    Painter(bars=True).paint(frame.image, scene)  # draws on the picture itself
    if not cv2.imwrite(str(save), frame.image):
        raise SystemExit(f"{save} cannot be written")
    print(f"saved {save}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Label one picture.")
    parser.add_argument("picture", nargs="?", default="demo", help="a picture (default: the demo)")
    parser.add_argument("--save", type=Path, default=Path("labelled.png"), help="where to save it")
    arguments = parser.parse_args()
    try:
        label(arguments.picture, arguments.save)
    except OverlayError as error:
        raise SystemExit(str(error)) from error
