"""The panel of a recording in the private window: now, the last minutes, the time in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from overlay.drawing.languages import Language
from overlay.drawing.layout import Rect
from overlay.drawing.sprites import Canvas, Sprite
from overlay.drawing.themes import Color, Theme
from overlay.drawing.typesetting import Typeface
from overlay.scene import Image

_WIDTH_EM, _PADDING_EM = 17.0, 0.8
_LONGEST_NAME = 22
# Red for recording, in both themes: blue, green, red.
_LAMP: Color = (60, 60, 235)


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows.

    Attributes:
        name: The student's name.
        state: `recording`, `paused`, or `unsaved` if the disk cannot be written to.
        label: What the student's face looks like now: an emotion, `unsure`, or None for no face.
        own: The student's own label, or None.
        history: The label of each second shown, oldest first; None if the face was not seen.
        seen_s: How long the face was in view in this session, in seconds.
        observed_s: How long the picture was observed, in seconds.
        unidentified: Whether a face is in view now that may not be the student's.
    """

    name: str
    state: str
    label: str | None
    history: tuple[str | None, ...]
    seen_s: float
    observed_s: float
    own: str | None = None
    unidentified: bool = False


class SessionPanel:
    """Draws the panel in the lower left corner; the "AI estimate" mark is in the lower right."""

    def __init__(self, theme: Theme, language: Language, typeface: Typeface) -> None:
        self._theme = theme
        self._language = language
        self._typeface = typeface
        # The panel changes once per second, so it is composed once per second.
        self._sprite = lru_cache(maxsize=2)(self._compose)

    def draw(self, image: Image, panel: Panel, em: int) -> None:
        """Draw the panel in place; nothing if the picture is too small for it.

        Args:
            image: uint8 [height, width, 3], BGR.
            panel: What it shows.
            em: Em of the text, in pixels.
        """
        sprite = self._sprite(panel, em)
        gap = round(0.9 * em)
        width, height = sprite.size
        if width + 2 * gap <= image.shape[1] and height + 2 * gap <= image.shape[0]:
            sprite.blend(image, gap, image.shape[0] - gap - height)

    def _compose(self, panel: Panel, em: int) -> Sprite:
        pad, width = round(_PADDING_EM * em), round(_WIDTH_EM * em)
        canvas = Canvas(width, round(6.7 * em), margin=max(round(0.3 * em), 2))
        canvas.panel(self._theme, radius=0.6 * em)
        self._write_state(canvas, panel, em, Rect(pad, round(1.25 * em), width - 2 * pad, em))
        self._write_label(canvas, panel, em, Rect(pad, round(2.75 * em), width - 2 * pad, em))
        track = Rect(pad, round(3.65 * em), width - 2 * pad, round(0.9 * em))
        self._draw_history(canvas, panel.history, track)
        small = round(0.8 * em)
        words = self._language.monitor
        seen = words["present"].format(
            seen=_minutes(panel.seen_s), observed=_minutes(panel.observed_s)
        )
        middle = round(5.55 * em)
        canvas.text(self._typeface.mask(seen, small), pad, middle, self._theme.muted)
        span = words["span"].format(minutes=round(len(panel.history) / 60))
        mask = self._typeface.mask(span, small)
        canvas.text(mask, width - pad - mask.shape[1], middle, self._theme.muted)
        return canvas.sprite()

    def _write_state(self, canvas: Canvas, panel: Panel, em: int, row: Rect) -> None:
        """The recording light and the student's name."""
        lamp = round(0.62 * em)
        place = Rect(row.x, row.y - lamp // 2, lamp, lamp)
        if panel.state == "recording":
            canvas.shape(place, lamp / 2, _LAMP)
        else:
            canvas.ring(place, lamp / 2, _LAMP, max(0.13 * em, 1))
        name = panel.name
        if len(name) > _LONGEST_NAME:
            name = f"{name[: _LONGEST_NAME - 1]}…"
        text = f"{self._language.monitor[panel.state]}: {name}"
        mask = self._typeface.mask(text, em)
        left = row.x + lamp + round(0.45 * em)
        canvas.text(mask[:, : row.x + row.width - left], left, row.y, self._theme.text)

    def _write_label(self, canvas: Canvas, panel: Panel, em: int, row: Rect) -> None:
        """What the face looks like now, with the emotion's colour."""
        side = round(0.62 * em)
        nobody = "unidentified" if panel.unidentified else "absent"
        ink, text = self._theme.muted, self._language.monitor[nobody]
        if panel.label is not None:
            ink, text = self._theme.text, self._language.emotions[panel.label]
            place = Rect(row.x, row.y - side // 2, side, side)
            canvas.shape(place, 0.2 * side, self._theme.emotions[panel.label])
        left = row.x + side + round(0.45 * em)
        mask = self._typeface.mask(f"{text} · {panel.own}" if panel.own else text, em)
        canvas.text(mask[:, : row.x + row.width - left], left, row.y, ink)

    def _draw_history(self, canvas: Canvas, history: Sequence[str | None], track: Rect) -> None:
        """A colour for each second; the track stays empty where the face was not seen."""
        canvas.shape(track, 0.2 * track.height, self._theme.muted, 0.22)
        at = 0
        for label, seconds in groupby(history):
            begin, at = at, at + len(list(seconds))
            left, right = (round(track.width * second / len(history)) for second in (begin, at))
            if label is not None and right > left:
                part = Rect(track.x + left, track.y, right - left, track.height)
                canvas.shape(part, 0, self._theme.emotions[label])


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
