"""The icons in the tray: a shape for each state, so that colour is never the only difference.

Every colour has a contrast of at least 3:1 (WCAG 2.2, 1.4.11, graphical objects) to a white and to
a dark (#202020) panel, so one set of icons serves every desktop.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

#: What the tray can show. `problem-on-air`: there is a problem, and everyone may see labels.
IconName = Literal["off", "only-me", "on-air", "paused", "problem", "problem-on-air"]
ICON_NAMES: tuple[IconName, ...] = get_args(IconName)

COLORS: dict[IconName, str] = {
    "off": "#848484",
    "only-me": "#2f80ed",
    "on-air": "#e5383b",
    "paused": "#848484",
    "problem": "#c06a00",
    "problem-on-air": "#e5383b",
}

RECORDING_COLOR = "#e5383b"
SHARING_COLOR = "#1f9e6e"

#: Shapes are described on a square of this many units and drawn this many times too large.
_UNITS = 32
_SUPERSAMPLING = 8
_CLEAR = (0, 0, 0, 0)


@cache
def draw_icon(
    name: IconName, size: int = 64, *, recording: bool = False, sharing: bool = False
) -> Image:
    """Draw one icon.

    Args:
        name: The state that it stands for.
        size: Width and height in pixels, at least 1.
        recording: Whether a session is being recorded, shown by a red dot in a corner.
        sharing: Whether something is shared with a class, shown by a triangle in another corner.

    Returns:
        An RGBA picture with a transparent background; it is shared, so do not change it.
    """
    from PIL import Image, ImageDraw

    large = size * _SUPERSAMPLING
    picture = Image.new("RGBA", (large, large), _CLEAR)
    draw, scale = ImageDraw.Draw(picture), large / _UNITS
    _SHAPES[name](_Pen(draw, scale, COLORS[name]))
    if recording:
        _recording_mark(_Pen(draw, scale, RECORDING_COLOR))
    if sharing:
        _sharing_mark(_Pen(draw, scale, SHARING_COLOR))
    return picture.resize((size, size), Image.Resampling.BOX)


class _Pen:
    """Draws on the square of 32 by 32 units."""

    def __init__(self, draw: ImageDraw, scale: float, color: str) -> None:
        self._draw = draw
        self._scale = scale
        self.color: str | tuple[int, int, int, int] = color

    def disc(self, x: float, y: float, radius: float) -> None:
        self._draw.ellipse(self._around(x, y, radius), fill=self.color)

    def ring(self, x: float, y: float, radius: float, width: float) -> None:
        box = self._around(x, y, radius)
        self._draw.ellipse(box, outline=self.color, width=round(width * self._scale))

    def arc(
        self, x: float, y: float, radius: float, start: float, end: float, width: float
    ) -> None:
        box = self._around(x, y, radius)
        self._draw.arc(box, start, end, fill=self.color, width=round(width * self._scale))

    def line(self, *points: float, width: float) -> None:
        """A line with round ends."""
        scaled = [value * self._scale for value in points]
        self._draw.line(scaled, fill=self.color, width=round(width * self._scale), joint="curve")
        for x, y in zip(points[::2], points[1::2], strict=True):
            self.disc(x, y, width / 2)

    def polygon(self, *points: float) -> None:
        self._draw.polygon([value * self._scale for value in points], fill=self.color)

    def block(self, left: float, top: float, right: float, bottom: float, radius: float) -> None:
        box = [value * self._scale for value in (left, top, right, bottom)]
        self._draw.rounded_rectangle(box, radius * self._scale, fill=self.color)

    def _around(self, x: float, y: float, radius: float) -> list[float]:
        corners = (x - radius, y - radius, x + radius, y + radius)
        return [value * self._scale for value in corners]


def _off(pen: _Pen) -> None:
    """An empty ring, crossed out."""
    pen.ring(16, 16, 13.5, 3.6)
    pen.line(7, 25, 25, 7, width=3.6)


def _only_me(pen: _Pen) -> None:
    """A face: solid, with eyes and a mouth cut out."""
    pen.disc(16, 16, 14.5)
    pen.color = _CLEAR
    pen.disc(10.8, 12.6, 2.3)
    pen.disc(21.2, 12.6, 2.3)
    pen.arc(16, 15, 9, 25, 155, 3)


def _on_air(pen: _Pen) -> None:
    """A point that sends waves to both sides."""
    pen.disc(16, 16, 4.6)
    _waves(pen, 16, (9.4, 15.4), 52)


def _paused(pen: _Pen) -> None:
    """Two bars."""
    pen.block(5.5, 3, 13, 29, 1.5)
    pen.block(19, 3, 26.5, 29, 1.5)


def _problem(pen: _Pen) -> None:
    """A triangle with an exclamation mark cut out."""
    _triangle(pen, 16, 13.5)


def _problem_on_air(pen: _Pen) -> None:
    """The same between two waves."""
    _triangle(pen, 16, 9.2)
    _waves(pen, 16, (15.4,), 50)


def _recording_mark(pen: _Pen) -> None:
    """A point in the lower right corner, cut out of whatever is there."""
    color, pen.color = pen.color, _CLEAR
    pen.disc(25.9, 25.9, 8.2)
    pen.color = color
    pen.disc(25.9, 25.9, 6.1)


def _sharing_mark(pen: _Pen) -> None:
    """A triangle in the lower left corner that points up, cut out of whatever is there."""
    color, pen.color = pen.color, _CLEAR
    pen.polygon(7.5, 14.5, 17.5, 32, -2.5, 32)
    pen.color = color
    pen.polygon(7.5, 18.5, 14, 31, 1, 31)


def _waves(pen: _Pen, y: float, radii: tuple[float, ...], half_angle: float) -> None:
    for radius in radii:
        for middle in (0, 180):
            pen.arc(16, y, radius, middle - half_angle, middle + half_angle, 3)


def _triangle(pen: _Pen, x: float, half: float) -> None:
    """An upright triangle with round corners, `half` units from its middle to its sides."""
    color, corner = pen.color, half * 0.17
    top, bottom, side = 16 - half + corner, 15.4 + half - corner, half - corner
    pen.polygon(x, top, x + side, bottom, x - side, bottom)
    pen.line(x, top, x + side, bottom, x - side, bottom, x, top, width=2 * corner)
    pen.color = _CLEAR
    pen.line(x, 16 - half * 0.28, x, 16 + half * 0.24, width=half * 0.26)
    pen.disc(x, 16 + half * 0.66, half * 0.16)
    pen.color = color


_SHAPES = {
    "off": _off,
    "only-me": _only_me,
    "on-air": _on_air,
    "paused": _paused,
    "problem": _problem,
    "problem-on-air": _problem_on_air,
}
