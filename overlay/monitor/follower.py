"""Tells the student's face from others: it is the largest one, while it is the same track."""

from __future__ import annotations

import math

from overlay.scene import Box, Face, Scene

#: How long a face must be the largest before it counts as the student's, in seconds: at the
#: beginning and after an empty picture; if it continues the lost face; if it took that face's
#: place; and if it was seen beside the student before.
_FIRST_S, _SAME_PLACE_S, _OTHER_PLACE_S, _STRANGER_S = 1.0, 0.3, 10.0, 60.0

#: After this long without any face, the next one may be the returning student, in seconds.
_EMPTY_S = 3.0

#: A track number that was not seen for this long is a new face, in seconds.
_FORGET_S = 1.0

# Another face is the largest when its area is this many times the student's: two people side by
# side are about the same size.
_LARGER = 1.3
# A face continues a lost one if it is not further away than this, in face widths, and not larger or
# smaller by more than this factor. A track that jumps further within a frame is another person.
_REACH, _SIZE_RATIO = 0.75, 1.35


class Follower:
    """Finds the student in successive scenes.

    Nobody is recognised by their looks: a person who is alone in front of the camera counts as the
    student. A face that appeared beside the student does not, unless it stays the largest for a
    minute; nor does one that takes the student's place while the picture was never empty, unless it
    stays for ten seconds.
    """

    def __init__(self) -> None:
        self._id: int | None = None
        self._box: Box | None = None
        self._seen_s = -math.inf
        self._any_s = -math.inf
        self._others: set[int] = set()
        self._candidate: int | None = None
        self._candidate_s = 0.0
        self._wait_s = _FIRST_S

    def find(self, scene: Scene, time_s: float) -> Face | None:
        """The student's face in a scene, or None.

        Args:
            scene: What perception saw.
            time_s: When, in seconds; later than in the scene before.
        """
        faces = {face.id: face for face in scene}
        self._others &= faces.keys()
        own = None if self._id is None else faces.get(self._id)
        if own is not None and (time_s - self._seen_s > _FORGET_S or not self._continues(own)):
            self._id = own = None
        if own is not None:
            self._others.update(number for number in faces if number != own.id)
            self._box, self._seen_s, self._candidate = own.box, time_s, None
        largest = scene.faces[0] if scene.faces else None
        if own is None and largest is not None and self._adopt(largest, time_s):
            own = largest
        if largest is not None:
            self._any_s = time_s
        if own is None or largest is None or largest.box.area > _LARGER * own.box.area:
            return None
        return own

    def _adopt(self, face: Face, time_s: float) -> bool:
        """Whether a face has been the largest for long enough to be the student's."""
        if face.id != self._candidate:
            self._candidate, self._candidate_s = face.id, time_s
            self._wait_s = self._wait(face, time_s)
        if time_s - self._candidate_s < self._wait_s:
            return False
        self._id, self._box, self._seen_s = face.id, face.box, time_s
        self._candidate = None
        self._others.discard(face.id)
        return True

    def _wait(self, face: Face, time_s: float) -> float:
        if self._box is None:
            return _FIRST_S
        if face.id in self._others:
            return _STRANGER_S
        if self._continues(face):
            return _SAME_PLACE_S
        return _FIRST_S if time_s - self._any_s > _EMPTY_S else _OTHER_PLACE_S

    def _continues(self, face: Face) -> bool:
        """Whether a face is where the student's was last, and as large."""
        if self._box is None:
            return False
        (x, y), (before_x, before_y) = face.box.center, self._box.center
        ratio = face.box.width / max(self._box.width, 1.0)
        distance = math.hypot(x - before_x, y - before_y) / max(self._box.width, 1.0)
        return distance <= _REACH and 1 / _SIZE_RATIO <= ratio <= _SIZE_RATIO
