"""What runs in the process that reads pictures, which may die of one."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from overlay.analysis.description import describe
from overlay.drawing import Painter
from overlay.errors import OutputError, OverlayError
from overlay.perception import Perception
from overlay.pictures import save_picture
from overlay.scene import Frame
from overlay.settings import Settings
from overlay.sources.image import load_image


@dataclass(frozen=True, slots=True)
class Request:
    """One picture to read.

    Attributes:
        path: The picture.
        index: Its number among those that were read.
        time_s: When it is, in seconds.
        save: Where the labelled picture goes, or None.
        make_folder: Whether to make the folder it goes into.
    """

    path: Path
    index: int
    time_s: float
    save: Path | None
    make_folder: bool


def read_pictures(connection: Connection, settings: Settings) -> None:
    """Read pictures until the other end of the connection is closed.

    Answers are JSON, so that a hostile picture that takes this process over can pass nothing on
    that is executed: first `null` when all is ready, then for each picture the description of its
    scene, or `null` if it cannot be decoded. `[NAME, MESSAGE]` is an error.

    Args:
        connection: Gives each `Request`, and takes the answers.
        settings: Sensitivity, and style of the labels.
    """
    _leave_signals_to_parent()

    def answer(work: Callable[[], Any]) -> None:
        try:
            result = work()
        except OverlayError as error:
            result = [type(error).__name__, str(error)]
        connection.send_bytes(json.dumps(result).encode())

    with contextlib.suppress(EOFError, OSError):  # the parent has ended, or needs no more
        reader = PictureReader(settings)
        answer(reader.open)
        while True:
            request = connection.recv()
            answer(partial(reader.read, request))


class PictureReader:
    """Reads and labels pictures, one by one."""

    def __init__(self, settings: Settings) -> None:
        """Open nothing yet.

        Args:
            settings: Sensitivity, and style of the labels.
        """
        self._settings = settings

    def open(self) -> None:
        """Open the models.

        Raises:
            ModelError: A model is missing or altered.
        """
        settings = self._settings
        self._perception = Perception(smooth=False, sensitivity=settings.sensitivity)
        self._painter = open_painter(settings)

    def read(self, request: Request) -> dict[str, Any] | None:
        """Read one picture, and save it with labels if that is asked for.

        Returns:
            The scene as `describe` gives it, or None if the picture cannot be decoded.

        Raises:
            OutputError: The labelled picture cannot be written.
        """
        image = load_image(request.path)
        if image is None:
            return None
        scene = self._perception.perceive(Frame(image, request.time_s, request.index))
        if request.save is not None:
            self._painter.paint(image, scene)
            if request.make_folder:
                _make_folder(request.save.parent)
            save_picture(request.save, image)
        return describe(scene, file=request.path.name)


def open_painter(settings: Settings) -> Painter:
    """What draws labels in the style of the settings."""
    return Painter(
        theme=settings.theme,
        language=settings.language,
        boxes=settings.boxes,
        bars=settings.bars,
        scale=settings.scale,
    )


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: no folder can be made there: {error.strerror}") from error


def _leave_signals_to_parent() -> None:
    """Let Ctrl-C or a closed terminal end the parent, which then ends this process."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
