"""How large each face's text is, and how much of a label there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from overlay.drawing.layout import text_size
from overlay.scene import Box, Face

#: From so many faces on it is a crowd, until there are fewer again than the other number.
_CROWD, _NO_CROWD = 7, 5

#: In a crowd, a face narrower than so many em of its text has no more than a name, until it is
#: wider than the other number. A name with a number takes five to eight em.
_NARROW, _WIDE = 4.6, 5.2


class Style(NamedTuple):
    """How a face's label is drawn.

    Attributes:
        em: Em of the text, in pixels.
        compact: Whether there is no more than the name.
    """

    em: int
    compact: bool = False


class Styles:
    """Chooses a style for each face, and keeps it while a face trembles or one comes and goes.

    Attributes:
        crowded: Whether there are so many faces that labels get into each other's way.
    """

    def __init__(self, scale: float, smallest: float) -> None:
        """Begin without faces.

        Args:
            scale: The user's, 0.5 to 3.
            smallest: The smallest em, in pixels.
        """
        self._scale, self._smallest = scale, smallest
        self._styles: dict[int, Style] = {}
        self.crowded = False

    def choose(self, seen: Sequence[tuple[Face, Box]], frame_height: int) -> dict[int, Style]:
        """The style of each face, by its id.

        Args:
            seen: The faces of a scene, and the visible part of their boxes.
            frame_height: In pixels.
        """
        if len(seen) >= _CROWD:
            self.crowded = True
        elif len(seen) < _NO_CROWD:
            self.crowded = False
        styles = {}
        for face, box in seen:
            before = self._styles.get(face.id, Style(0))
            wanted = text_size(
                frame_height,
                box.height,
                self._scale,
                crowded=self.crowded,
                smallest=self._smallest,
            )
            em = before.em if abs(wanted - before.em) < 0.12 * wanted else round(wanted)
            wide = (_WIDE if before.compact else _NARROW) * em
            styles[face.id] = Style(em, compact=self.crowded and box.width < wide)
        self._styles = styles
        return styles
