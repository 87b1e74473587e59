"""Where labels go, so that they cover neither each other nor eyes, and do not jump about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from overlay.drawing.label import label_places
from overlay.drawing.layout import Rect, covers, eyes, least_covering
from overlay.scene import Face


@dataclass(frozen=True)
class Surroundings:
    """What a label or a panel of bars should not cover.

    Attributes:
        frame: Width and height of the frame, in pixels.
        texts: What has been written so far.
        faces: The box of each face.
        found: The faces.
    """

    frame: tuple[int, int]
    texts: list[Rect]
    faces: list[Rect]
    found: list[Face]

    @cached_property
    def eyes(self) -> list[Rect]:
        """The eyes of each face."""
        return [eyes(face) for face in self.found]

    def others(self, box: Rect) -> list[Rect]:
        """The boxes of all faces but one."""
        return [face for face in self.faces if face is not box]

    def is_free(self, place: Rect) -> bool:
        """Whether nothing at all is there."""
        return not covers(place, self.texts) and not covers(place, self.faces)

    def has_margin(self, place: Rect, box: Rect) -> bool:
        """Whether texts, and faces other than this one, are at some distance."""
        roomy = _with_margin(place)
        return not covers(roomy, self.texts) and not covers(roomy, self.others(box))


class Placing:
    """Chooses places for labels, from frame to frame.

    A label that has had to make way stays where it is while it covers no text and nobody's eyes
    there, until there is ample room at its best place again.
    """

    def __init__(self) -> None:
        """Begin without faces."""
        self._before: dict[int, tuple[int, int]] = {}
        self._aside: dict[int, tuple[int, int]] = {}

    def begin(self) -> None:
        """Begin another frame."""
        self._before, self._aside = self._aside, {}

    def choose(
        self, face_id: int, box: Rect, size: tuple[int, int], around: Surroundings
    ) -> Rect | None:
        """Choose where a face's label goes.

        Args:
            face_id: The face's number.
            box: The face's box, one of `around.faces`.
            size: Width and height of the label.
            around: What it should not cover.

        Returns:
            A place in the frame; None if the frame is too small.
        """
        places = label_places(box, size, around.frame)
        best = next(places, None)
        if best is None:
            return None
        before = self._before.get(face_id)
        if around.is_free(best) and (before is None or around.has_margin(best, box)):
            return best
        place = self._another([best, *places], box, before, around)
        if place is not best:
            self._aside[face_id] = place.x - box.x, place.y - box.y
        return place

    def _another(
        self, places: list[Rect], box: Rect, before: tuple[int, int] | None, around: Surroundings
    ) -> Rect:
        if before is not None:
            x, y = box.x + before[0], box.y + before[1]
            same = min(places, key=lambda place: abs(place.x - x) + abs(place.y - y))
            if not covers(same, around.texts) and not covers(same, around.eyes):
                return same
        place = least_covering(places, around.texts, around.eyes, around.others(box))
        return places[0] if place is None else place


def _with_margin(rect: Rect) -> Rect:
    margin = rect.height // 3
    return Rect(rect.x - margin, rect.y - margin, rect.width + 2 * margin, rect.height + 2 * margin)
