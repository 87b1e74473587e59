"""Notices that fitting a picture to the output's shape cuts faces off."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from overlay.engine.latest_value import LatestValue
from overlay.engine.problems import Problems
from overlay.engine.tagged import Tagged
from overlay.language import ngettext
from overlay.scene import Image, KeyPoints
from overlay.sources import Part

#: How often the whole picture is searched, in seconds.
LOOK_EVERY_S = 2.0

#: After so many looks in a row without a face cut off, the problem has ended.
_LOOKS_TO_END = 3


class _Whole(NamedTuple):
    """A picture before it is cropped, and the part of it that is shown."""

    image: Image
    shown: Part


class CutFaces:
    """Searches the whole picture for faces now and then, while only a part of it is shown.

    Capture offers whole pictures, and the perception loop looks at them: so nobody's face is
    searched for where nobody needs labels, and while nothing is cut off this costs nothing.
    """

    def __init__(self, problems: Problems) -> None:
        """Begin without a picture; what is found is reported to `problems`."""
        self._problems = problems
        self._wholes: LatestValue[Tagged[_Whole]] = LatestValue()
        self._offered_s = 0.0
        self._seen = 0
        self._view: Hashable = None
        self._intact = 0  # looks in a row without a face cut off

    def offer(self, image: Image, shown: Part, view_key: Hashable) -> None:
        """Offer a picture; called for every frame.

        Args:
            image: uint8 [height, width, 3], BGR, before it is cropped.
            shown: The part of it that is shown.
            view_key: `Desired.view_key` of the frame.
        """
        if shown[2:] == (image.shape[1], image.shape[0]):
            if self._wholes.value is not None:
                self._wholes.put(None)
            return
        offered, now = self._wholes.value, time.monotonic()
        changed = offered is None or offered.view_key != view_key
        if changed or now - self._offered_s >= LOOK_EVERY_S:
            self._offered_s = now
            self._wholes.put(Tagged(_Whole(image, shown), view_key))

    def look(self, find: Callable[[Image], Sequence[KeyPoints]], view_key: Hashable) -> None:
        """Look at the picture that was offered last, unless that is done.

        Args:
            find: Finds the key points of the faces in a picture.
            view_key: `Desired.view_key` of the frame that has just been perceived.
        """
        offered = self._wholes.value
        if offered is None or offered.view_key != view_key:
            self.forget()
            return
        if view_key != self._view:
            self.forget()
            self._view = view_key
        self._seen, new = self._wholes.wait(self._seen, 0.0)
        if new is None:
            return
        count = sum(_is_cut(points, new.value.shown) for points in find(new.value.image))
        self._intact = 0 if count else self._intact + 1
        if count:
            line = ngettext(
                "a face is cut off, because the picture is cropped to the output's shape: "
                "`emotion-overlay settings set fit letterbox` shows all of it",
                "{n} faces are cut off, because the picture is cropped to the output's shape: "
                "`emotion-overlay settings set fit letterbox` shows all of it",
                count,
            )
            self._problems.report("picture", line.format(n=count), replace=False)
        elif self._intact >= _LOOKS_TO_END:
            self._problems.clear("picture")

    def forget(self) -> None:
        """Begin anew, because faces are not searched for any longer, or another view is shown."""
        self._intact, self._view = 0, None
        self._problems.clear("picture", at_once=True)


def _is_cut(points: KeyPoints, shown: Part) -> bool:
    """Whether an eye, the nose or the mouth of a face is not shown."""
    inner = (points.right_eye, points.left_eye, points.nose, points.mouth)
    left, top = shown.x, shown.y
    right, bottom = left + shown.width, top + shown.height
    return not all(left <= x < right and top <= y < bottom for x, y in inner)
