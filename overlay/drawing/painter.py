"""Draws a scene onto a frame: boxes, labels, bars and the "AI estimate" mark."""

from __future__ import annotations

from functools import lru_cache

from overlay.drawing.box import Boxes
from overlay.drawing.estimate_mark import EstimateMark
from overlay.drawing.label import Labels
from overlay.drawing.languages import load_language
from overlay.drawing.layout import (
    SMALLEST_TEXT,
    Rect,
    covers,
    least_covering,
    line_width,
    text_size,
    visible,
    whole,
)
from overlay.drawing.placeholder import render_placeholder
from overlay.drawing.placing import Placing, Surroundings
from overlay.drawing.probability_bars import ProbabilityBars, bars_places
from overlay.drawing.session_panel import Panel, SessionPanel
from overlay.drawing.styles import Style, Styles
from overlay.drawing.themes import load_theme
from overlay.drawing.typesetting import Typeface
from overlay.errors import SettingsError
from overlay.language import LazyText
from overlay.scene import UNSURE, Box, Face, Image, Scene

_SMALLEST_SCALE, _LARGEST_SCALE = 0.5, 3.0

#: How many faces of a crowd have bars, at most.
_MOST_BARS = 4


class Painter:
    """Draws scenes onto frames.

    Use a painter from one thread. It remembers the size of each face's text and where its label is,
    so that labels neither flicker between two sizes nor jump about, and caches what it has drawn,
    within bounds.

    Examples:
        >>> painter = Painter(language="hi", bars=True)
        >>> painter.paint(frame.image, scene.at(frame.time_s))
    """

    def __init__(
        self,
        *,
        theme: str = "dark",
        language: str = "en",
        boxes: bool = True,
        bars: bool = False,
        scale: float = 1.0,
        mark: bool = True,
        smallest_text: float = SMALLEST_TEXT,
    ) -> None:
        """Load the theme, the language and the font.

        Args:
            theme: One of `SUPPORTED_THEMES`.
            language: One of `SUPPORTED_LANGUAGES`.
            boxes: Draw the corners of a box around each face.
            bars: Draw all seven probabilities beside each face, unless they would cover a label or
                somebody's eyes; in a crowd, only beside the largest faces.
            scale: Size of everything that is drawn, 0.5 to 3.
            mark: Draw the "AI estimate" mark.
            smallest_text: The smallest em of a label, in pixels of the frame; that of bars is one
                pixel less.

        Raises:
            SettingsError: The theme or language is unknown, or the scale is out of range.
        """
        if not _SMALLEST_SCALE <= scale <= _LARGEST_SCALE:
            limits = f"{_SMALLEST_SCALE:g} to {_LARGEST_SCALE:g}"
            raise SettingsError(
                LazyText(
                    "scale {scale:g} is out of range: choose one from {limits}",
                    scale=scale,
                    limits=limits,
                )
            )
        self._theme = load_theme(theme)
        self._language = load_language(language)
        self._typeface = Typeface()
        self._scale = scale
        self._smallest = smallest_text
        self._boxes = Boxes(self._theme) if boxes else None
        self._labels = Labels(self._theme, self._language, self._typeface)
        self._bars = ProbabilityBars(self._theme, self._language, self._typeface) if bars else None
        self._session_panel = SessionPanel(self._theme, self._language, self._typeface)
        self._mark = (
            EstimateMark(self._language.mark, self._theme, self._typeface) if mark else None
        )
        self._placeholder = lru_cache(maxsize=4)(self._render_placeholder)
        self.forget()

    def forget(self) -> None:
        """Forget the faces of earlier frames: the next frame belongs to another picture.

        Until then a face keeps size and place of its label while its box trembles.
        """
        self._styles = Styles(self._scale, self._smallest)
        self._placing = Placing()

    def paint(self, image: Image, scene: Scene) -> list[Rect]:
        """Draw a scene onto a frame in place.

        What does not fit into the frame is left out, and so is a label in a crowd that would cover
        another one. A face without an emotion gets only a box.

        Args:
            image: uint8 [height, width, 3], BGR, C-contiguous and writable.
            scene: The scene at the frame's time, in the frame's pixels.

        Returns:
            The parts of the frame that were drawn on; they may overlap.
        """
        drawn: list[Rect] = []
        height, width = image.shape[:2]
        seen = [(face, box) for face in scene if (box := visible(face.box, width, height))]
        styles = self._styles.choose(seen, height)
        marked: list[Rect] = []
        if self._boxes:
            for face, box in seen:
                drawn += self._draw_box(self._boxes, image, face, box)
        if self._mark:
            em = round(text_size(height, 0, 0.8 * self._scale, smallest=self._smallest))
            if corner := self._mark.place(em, (width, height)):
                drawn.append(self._mark.sprite(em).blend(image, corner.x, corner.y))
                marked.append(corner)
        around = Surroundings(
            (width, height),
            texts=marked,
            faces=[whole(box) for _, box in seen],
            found=[face for face, _ in seen],
        )
        self._placing.begin()
        for (face, _), place in zip(seen, around.faces, strict=True):
            drawn += self._draw_label(image, face, styles[face.id], place, around)
        if self._bars:
            most = _MOST_BARS if self._styles.crowded else len(seen)
            for (face, _), place in zip(seen[:most], around.faces, strict=False):
                drawn += self._draw_bars(self._bars, image, face, styles[face.id], place, around)
        return drawn

    def paint_panel(self, image: Image, panel: Panel) -> None:
        """Draw the panel of a recording onto a frame of the private window, in place.

        Args:
            image: uint8 [height, width, 3], BGR, C-contiguous and writable.
            panel: What it shows.
        """
        em = round(text_size(image.shape[0], 0, 0.9 * self._scale, smallest=self._smallest))
        self._session_panel.draw(image, panel, em)

    def placeholder(self, width: int, height: int, key: str = "unavailable") -> Image:
        """The picture to send when the camera delivers none.

        Args:
            width: In pixels, at least 1.
            height: In pixels, at least 1.
            key: Which text to show: `unavailable` or `paused`.

        Returns:
            uint8 [height, width, 3], BGR, read-only; the same array for the same arguments.

        Raises:
            KeyError: There is no such text.
        """
        return self._placeholder(width, height, key)

    def _render_placeholder(self, width: int, height: int, key: str) -> Image:
        text = self._language.placeholders[key]
        image = render_placeholder(width, height, text, self._theme, self._typeface)
        image.flags.writeable = False
        return image

    def _draw_box(self, boxes: Boxes, image: Image, face: Face, box: Box) -> list[Rect]:
        label = face.emotion.label if face.emotion else UNSURE
        thickness = line_width(image.shape[0], box.height, self._scale)
        return boxes.draw(image, box, self._theme.emotions[label], thickness)

    def _draw_label(
        self, image: Image, face: Face, style: Style, box: Rect, around: Surroundings
    ) -> list[Rect]:
        """Draw a face's label where it covers least, and add its rectangle to the texts."""
        if face.emotion is None:
            return []
        size = self._labels.size(face.emotion, style)
        place = self._placing.choose(face.id, box, size, around)
        if place is None or (self._styles.crowded and covers(place, around.texts)):
            return []
        around.texts.append(place)
        return [self._labels.draw(image, place, face.emotion, style)]

    def _draw_bars(
        self,
        bars: ProbabilityBars,
        image: Image,
        face: Face,
        style: Style,
        box: Rect,
        around: Surroundings,
    ) -> list[Rect]:
        """Draw a face's bars where they are in nobody's way, and add them to the texts."""
        if face.emotion is None:
            return []
        em = bars.em(style.em, self._smallest)
        places = bars_places(box, bars.size(em), around.frame)
        place = least_covering(places, around.texts, around.eyes, around.faces)
        hidden = around.faces if self._styles.crowded else around.eyes
        if place is None or covers(place, around.texts) or covers(place, hidden):
            return []
        around.texts.append(place)
        return [bars.draw(image, place, face.emotion.probabilities, em)]
