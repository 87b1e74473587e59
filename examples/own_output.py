"""Your own output: the picture in a terminal, as coloured half blocks.

    python examples/own_output.py --source webcam

An output is a class with a name, a size, `send` and `close`. The engine sends every frame from its
own thread; if `send` raises `OutputError`, it opens the output again until that succeeds.
"""

import argparse
import shutil

import cv2

from overlay.engine import Engine
from overlay.errors import OverlayError
from overlay.outputs import Output
from overlay.scene import Image
from overlay.settings import Settings
from overlay.sources import open_source


class TerminalOutput(Output):
    """Draws each frame over the one before: two pixels a character, one above the other."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.name, self.size = "terminal", size
        print("\x1b[2J", end="")  # clear the screen

    def send(self, image: Image) -> None:
        """Draw one frame: uint8 [height, width, 3], BGR."""
        columns, rows = shutil.get_terminal_size()
        small = cv2.resize(image, (columns, 2 * (rows - 1)), interpolation=cv2.INTER_AREA)
        lines = ["\x1b[H"]  # back to the upper left corner
        for upper, lower in zip(small[::2].tolist(), small[1::2].tolist(), strict=True):
            for (b, g, r), (b2, g2, r2) in zip(upper, lower, strict=True):
                lines.append(f"\x1b[38;2;{r};{g};{b};48;2;{r2};{g2};{b2}m▀")
            lines.append("\x1b[0m\n")
        print("".join(lines), end="", flush=True)

    def close(self) -> None:
        """Nothing is held open."""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Show yourself in the terminal.")
    parser.add_argument("--source", default="demo", help="webcam, demo or a file (default: demo)")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long (default: 5)")
    args = parser.parse_args()
    # Text is drawn into the picture, so it has to be large to survive being made this small.
    settings = Settings(mode="on-air", width=640, height=360, fps=15, scale=3)
    try:
        with Engine(
            settings,
            open_source=lambda _: open_source(args.source, size=settings.size, fps=settings.fps),
            open_output=lambda _: TerminalOutput(settings.size),
        ) as engine:
            engine.wait(args.seconds)
    except OverlayError as error:
        raise SystemExit(str(error)) from error
