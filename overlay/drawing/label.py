"""The label of a face: what it looks like, and how probable that is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from overlay.drawing.languages import Language
from overlay.drawing.layout import Rect, fitting
from overlay.drawing.sprites import Canvas, Sprite
from overlay.drawing.styles import Style
from overlay.drawing.themes import Theme
from overlay.drawing.typesetting import Typeface
from overlay.scene import UNSURE, Emotion, Image, Reason


class Labels:
    """Draws labels: a dot in the emotion's colour, its name, its probability in percent.

    An unsure label has a ring instead of the dot, quieter text, no percentage, and says what is in
    the way if that is known. A ring around the dot says that the person's resting face has been
    allowed for.
    """

    def __init__(self, theme: Theme, language: Language, typeface: Typeface) -> None:
        self._theme = theme
        self._language = language
        self._typeface = typeface
        # At 720p a panel takes about 50 KB, a number 15 KB. They are cached separately because
        # the number changes all the time.
        self._panel = lru_cache(maxsize=128)(self._compose_panel)
        self._number = lru_cache(maxsize=256)(self._compose_number)

    def size(self, emotion: Emotion, style: Style) -> tuple[int, int]:
        """Width and height of an emotion's label in this style, in pixels."""
        return self._panel_of(emotion, style).size

    def draw(self, image: Image, rect: Rect, emotion: Emotion, style: Style) -> Rect:
        """Draw a label in place.

        Args:
            image: uint8 [height, width, 3], BGR.
            rect: Where to draw it; its size is the one from `size`.
            emotion: What the face looks like.
            style: Size of the text, and whether there is no more than the name.

        Returns:
            The part of the image that was drawn on.
        """
        drawn = self._panel_of(emotion, style).blend(image, rect.x, rect.y)
        if emotion.label == UNSURE or style.compact:
            return drawn
        em = style.em
        # An estimate is never certain, so none is shown as 100 %.
        percent = min(max(round(100 * emotion.probability), 0), 99)
        number = self._number(percent, em)
        x = rect.x + rect.width - _padding(em) - number.size[0]
        number.blend(image, x, rect.y + (rect.height - number.size[1]) // 2)
        return drawn

    def _panel_of(self, emotion: Emotion, style: Style) -> Sprite:
        reason = None if style.compact else emotion.reason
        return self._panel(emotion.label, reason, emotion.resting, style)

    def _compose_panel(
        self, label: str, reason: Reason | None, resting: bool, style: Style
    ) -> Sprite:
        """The label with an empty space for the number, if there is to be one."""
        theme, unsure, em = self._theme, label == UNSURE, style.em
        words = [self._language.emotions[label]]
        words += [self._language.reasons[reason]] if reason else []
        name = self._typeface.mask(" · ".join(words), em)
        height, dot, margin = round(1.6 * em), round(0.52 * em), max(round(0.25 * em), 2)
        text = _padding(em) + dot + round(0.36 * em)
        width = text + name.shape[1] + _padding(em)
        if not (unsure or style.compact):
            # Always room for two wide digits, so that the panel does not change its width.
            width += round(0.32 * em) + self._number(88, em).size[0]
        canvas = Canvas(width, height, margin)
        canvas.panel(theme, radius=0.46 * em)
        spot = Rect(_padding(em), (height - dot) // 2, dot, dot)
        if unsure:
            canvas.ring(spot, dot / 2, theme.emotions[label], thickness=max(0.11 * em, 1.2))
        elif resting:
            inner = round(0.5 * dot)
            place = Rect(spot.x + (dot - inner) // 2, spot.y + (dot - inner) // 2, inner, inner)
            canvas.shape(place, inner / 2, theme.emotions[label])
            canvas.ring(spot, dot / 2, theme.emotions[label], thickness=max(0.06 * em, 1.0))
        else:
            canvas.shape(spot, dot / 2, theme.emotions[label])
        canvas.text(name, text, height // 2, theme.muted if unsure else theme.text)
        return canvas.sprite()

    def _compose_number(self, percent: int, em: int) -> Sprite:
        mask = self._typeface.mask(self._language.percent.format(percent), em)
        canvas = Canvas(mask.shape[1], round(1.6 * em))
        canvas.text(mask, 0, round(1.6 * em) // 2, self._theme.muted)
        return canvas.sprite()


def _padding(em: int) -> int:
    return round(0.58 * em)


def label_places(box: Rect, label: tuple[int, int], frame: tuple[int, int]) -> Iterator[Rect]:
    """Where a label may go, best first: above the box, below it, inside at the bottom or top.

    Above and below, it begins where the box does, or else ends there, or has the same middle.

    Args:
        box: Box of the face, in pixels.
        label: Width and height of the label.
        frame: Width and height of the frame.

    Returns:
        Rectangles inside the frame; none if it is too small for the label.
    """
    width, height = label
    gap = round(0.25 * height)
    above = box.y - gap - height
    below = box.y + box.height + gap
    inside = (box.y + gap, box.y + box.height - gap - height)
    # Above the box it may move a little onto it, rather than jump below it.
    outside = [above] if above >= -box.height // 6 else []
    outside += [below] if below + height <= frame[1] else []
    room = box.width - width
    corners = chain(
        ((box.x, y) for y in outside),
        ((box.x + shift, y) for shift in (room, room // 2) for y in outside),
        ((box.x, y) for y in inside),
    )
    return fitting((Rect(x, y, width, height) for x, y in corners), frame)
