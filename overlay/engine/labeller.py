"""Draws what a loop sends: labels on a copy of a frame, or the placeholder."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

import numpy as np

from overlay.drawing import SMALLEST_TEXT, Painter
from overlay.engine.desired import Desired
from overlay.engine.latest_value import LatestValue
from overlay.engine.problem_log import Room
from overlay.engine.problems import Problems
from overlay.engine.tagged import Tagged
from overlay.language import _
from overlay.scene import Frame, Image, Scene
from overlay.settings import Settings

#: A scene older than this is not drawn.
LABEL_LIFE_S = 0.5

#: Gray level of the placeholder where even that cannot be drawn.
_GRAY = 48

T = TypeVar("T")


class Labeller:
    """Draws for one loop, with a painter and a canvas of its own; nothing that fails is raised.

    Attributes:
        error: What failed while the last picture was drawn, or None.
        canvas: uint8 [height, width, 3], where pictures are drawn; valid until the next one.
    """

    def __init__(self, settings: Settings, scenes: LatestValue[Tagged[Scene]]) -> None:
        """Begin in the size and style of these settings."""
        self._scenes = scenes
        self._drawn_for = settings, SMALLEST_TEXT
        self._style = settings.label_style
        self._painter = Painter(**self._style)
        self.canvas = _allocate(settings.size)
        self.error: Exception | None = None

    def begin(
        self,
        settings: Settings,
        size: tuple[int, int] | None = None,
        smallest_text: float = SMALLEST_TEXT,
    ) -> None:
        """Begin another picture, perhaps of another size or style.

        Args:
            settings: The style.
            size: Width and height in pixels, if not the settings'.
            smallest_text: The smallest em of any text, in pixels.
        """
        self.error = None
        width, height = size or settings.size
        if self.canvas.shape != (height, width, 3):
            self.canvas = _allocate((width, height))
        before, before_px = self._drawn_for
        if settings is before and smallest_text == before_px:
            return  # as for nearly every frame; the system's language is not asked for each
        self._drawn_for = settings, smallest_text
        style = settings.label_style
        if style != self._style or smallest_text != before_px:
            self._style = style
            painter = self._try(lambda: Painter(**style, smallest_text=smallest_text))
            self._painter = painter or self._painter

    def current_scene(
        self, frame: Tagged[Frame], hidden: Collection[int]
    ) -> tuple[Scene | None, float | None]:
        """The newest scene of the frame's view, moved to the frame's time, and its age.

        Args:
            frame: The frame.
            hidden: Numbers of faces that are left out.

        Returns:
            The scene, and its age in seconds; None twice if there is none that is young enough.
        """
        seen = self._scenes.value
        if seen is None or seen.view_key != frame.view_key:
            return None, None
        age_s = frame.value.time_s - seen.value.time_s
        if not 0 <= age_s <= LABEL_LIFE_S:
            return None, None
        scene = self._try(lambda: seen.value.without(hidden).at(frame.value.time_s))
        return (None, None) if scene is None else (scene, age_s)

    def paint(self, image: Image, scene: Scene | None) -> Image | None:
        """Draw a scene onto a copy of a picture: perception may still be looking at that.

        Returns:
            The canvas; None if there is no scene, or it cannot be drawn.
        """
        if scene is None:
            return None

        def draw(painter: Painter) -> None:
            np.copyto(self.canvas, image)
            painter.paint(self.canvas, scene)

        return self.draw(draw)

    def draw(self, on_canvas: Callable[[Painter], object]) -> Image | None:
        """Draw onto the canvas.

        Returns:
            The canvas; None if that failed.
        """

        def drawn() -> Image:
            on_canvas(self._painter)
            return self.canvas

        return self._try(drawn)

    def placeholder(self, desired: Desired) -> Image:
        """The placeholder; plain gray if it cannot be drawn."""
        height, width = self.canvas.shape[:2]
        image = self._try(lambda: self._painter.placeholder(width, height, desired.placeholder))
        if image is None:
            self.canvas.fill(_GRAY)
        return self.canvas if image is None else image

    def report(self, problems: Problems, room: Room) -> None:
        """Say whether the last picture could be drawn."""
        if self.error is None:
            problems.clear(room)
        else:
            message = _("the labels could not be drawn: {error}").format(
                error=f"{type(self.error).__name__}: {self.error}"
            )
            problems.report(room, message, self.error)

    def _try(self, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except Exception as error:
            self.error = error
            return None


def _allocate(size: tuple[int, int]) -> Image:
    return np.empty((size[1], size[0], 3), np.uint8)
