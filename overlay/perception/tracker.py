"""Tracks faces from frame to frame: one number per face, steady boxes, measured velocity."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from overlay.perception.detector import Detection
from overlay.scene import STILL, Box, KeyPoints, Velocity

#: A face that has been out of view for longer gets a new number when it returns, in seconds.
FORGET_S = 0.7
#: How long a missed face is shown where its velocity takes it, in seconds.
COAST_S = 0.25
#: How long a face may be followed without the detector, in seconds.
UNCONFIRMED_S = 1.5
#: Confidence at which a face is shown at once; below, it is shown when detected a second time.
SURE = 0.7

# One-euro filter (Casiez, Roussel and Vogel, CHI 2012): cut-off frequency of a still face, its
# increase with speed in box widths per second, and cut-off of the speed itself; all in hertz.
_CUTOFF = 0.8
_CUTOFF_RISE = 8.0
_SPEED_CUTOFF = 1.5
# Slower motion than this is the detector's jitter, in box widths (or relative growth) per second.
_DEAD_SPEED = 0.15
# A detection matches a track if it is at most this far away, in box widths, and at most this many
# times larger or smaller.
_REACH = 0.7
_SIZE_RATIO = 1.8

# A new face that overlaps a known one by this much (intersection over union) is the same.
_SAME_PLACE = 0.3

_NONE: Mapping[int, Detection] = {}

#: Looks at what may be a new face: the face, with a better box perhaps, or None if it is none.
Admit = Callable[[Detection], Detection | None]

_Vector = npt.NDArray[np.float64]


class Track:
    """One face over time.

    Attributes:
        id: Its number, from 1; a tracker never uses one twice.
        score: The detector's confidence when it last detected the face.
        seen: The face in this frame, as detected or followed; None if it was missed.
        shown: Whether the face is certain enough to be shown.
    """

    def __init__(self, number: int, detection: Detection, time_s: float) -> None:
        self.id = number
        self.score = detection.score
        self.seen: Detection | None = detection
        self.shown = detection.score >= SURE
        self._seen_s = self._confirmed_s = time_s
        self._state = _to_vector(detection)
        self._raw = self._state
        # Of centre x and y (box widths per second) and log size (per second).
        self._speed = np.zeros(3)

    @property
    def box(self) -> Box:
        """The smoothed box, in pixels."""
        x, y, size, shape = self._state[:4]
        width, height = math.exp(size), math.exp(size + shape)
        return Box(x - width / 2, y - height / 2, width, height)

    @property
    def keypoints(self) -> KeyPoints:
        """The smoothed key points, in pixels."""
        x, y, size = self._state[:3]
        points = self._state[4:].reshape(-1, 2) * math.exp(size) + (x, y)
        return KeyPoints(*((float(px), float(py)) for px, py in points))

    @property
    def velocity(self) -> Velocity:
        """The motion of the face; exactly `STILL` if it only jitters."""
        moving = math.hypot(*self._speed[:2])
        growing = abs(self._speed[2])
        if moving <= _DEAD_SPEED and growing <= _DEAD_SPEED:
            return STILL
        move = max(0.0, 1 - _DEAD_SPEED / moving) * math.exp(self._state[2]) if moving else 0.0
        grow = max(0.0, 1 - _DEAD_SPEED / growing) if growing else 0.0
        vx, vy, growth = (float(v) for v in self._speed * (move, move, grow))
        return Velocity(vx, vy, growth)

    def predicted(self, time_s: float) -> Box:
        """Where the face is expected at `time_s`, in pixels."""
        # Growth is ignored: it is the noisiest part, and gaps are short.
        seconds = time_s - self._seen_s
        size = math.exp(self._state[2])
        dx, dy = self._speed[:2] * size * seconds
        box = self.box
        return box._replace(x=box.x + dx, y=box.y + dy)

    def unseen_s(self, time_s: float) -> float:
        """Seconds since the face was last seen."""
        return time_s - self._seen_s

    def unconfirmed_s(self, time_s: float) -> float:
        """Seconds since the detector last found the face."""
        return time_s - self._confirmed_s

    def update(self, detection: Detection, time_s: float) -> None:
        """Update box, key points and velocity with the detection in a new frame."""
        self.follow(detection, time_s, certain=True)
        self.shown = True

    def follow(self, detection: Detection, time_s: float, *, certain: bool = False) -> None:
        """The same with a face that was followed, which makes it no more certain by itself."""
        if certain:
            self._confirmed_s = time_s
        seconds = max(1e-3, time_s - self._seen_s)
        measured = _to_vector(detection)
        change = (measured[:3] - self._raw[:3]) / seconds
        change[:2] /= math.exp(self._state[2])
        self._speed = self._speed + _weight(_SPEED_CUTOFF, seconds) * (change - self._speed)
        speed = math.hypot(*self._speed)
        self._state = self._state + _weight(_CUTOFF + _CUTOFF_RISE * speed, seconds) * (
            measured - self._state
        )
        self._raw = measured
        self._seen_s, self.score, self.seen = time_s, detection.score, detection

    def miss(self) -> None:
        """Note that the face was not found in a new frame."""
        self.seen = None


class Tracker:
    """Assigns the detections of successive frames to tracks.

    Detections are matched with the tracks' expected positions, best pairs first. Doubtful
    detections keep a track alive but never start one, as in ByteTrack (Zhang et al., ECCV 2022).

    Args:
        start_score: The lowest confidence that starts a track, 0 to 1.

    Attributes:
        tracks: All remembered faces, including those that are not shown.
    """

    def __init__(self, *, start_score: float = 0.5) -> None:
        self._start_score = start_score
        self.tracks: list[Track] = []
        self._last_id = 0

    def forget(self) -> None:
        """Drop all tracks; their numbers are not used again."""
        self.tracks = []

    def update(
        self,
        detections: Sequence[Detection],
        time_s: float,
        *,
        followed: Mapping[int, Detection] = _NONE,
        still: bool = False,
        admit: Admit | None = None,
    ) -> list[Track]:
        """Update the tracks with the detections of one frame.

        Args:
            detections: The faces found in it, in any order.
            time_s: The frame's time; later than that of the previous frame.
            followed: The faces that were followed into this frame, by track number; they need no
                detection.
            still: Whether nothing moves, so that a face that was followed must still be there.
            admit: Decides which detections start tracks; None for all that are confident enough.

        Returns:
            The tracks to show: seen in this frame, or missed for less than `COAST_S`.
        """
        self.tracks = [t for t in self.tracks if t.unseen_s(time_s) <= FORGET_S]
        matches = self._match(detections, time_s)
        for track in self.tracks:
            if track.id in matches:
                track.update(detections[matches[track.id]], time_s)
            elif track.id in followed and track.unconfirmed_s(time_s) <= UNCONFIRMED_S:
                track.follow(followed[track.id], time_s, certain=still)
            else:
                track.miss()
        taken = set(matches.values())
        new = [d for i, d in enumerate(detections) if i not in taken]
        for detection in sorted(new, key=lambda d: (-d.score, d.box)):
            face = detection if admit is None else admit(detection)
            if face is not None and face.score >= self._start_score:
                self._start(face, time_s)
        return [t for t in self.tracks if t.shown and t.unseen_s(time_s) <= COAST_S]

    def _start(self, face: Detection, time_s: float) -> None:
        """Start a track, unless there is one in this place already."""
        if all(t.seen is None or t.box.iou(face.box) < _SAME_PLACE for t in self.tracks):
            self._last_id += 1
            self.tracks.append(Track(self._last_id, face, time_s))

    def _match(self, detections: Sequence[Detection], time_s: float) -> dict[int, int]:
        """Pair tracks with detections, best first: track id to index of the detection."""
        pairs = []
        for track in self.tracks:
            expected = track.predicted(time_s)
            for index, found in enumerate(detections):
                if not track.shown and found.score < self._start_score:
                    continue
                cost = _cost(expected, found.box)
                if cost is not None:
                    pairs.append((cost, track.id, found.box, index))
        matches: dict[int, int] = {}
        taken: set[int] = set()
        for _, number, _, index in sorted(pairs):
            if number not in matches and index not in taken:
                matches[number] = index
                taken.add(index)
        return matches


def _cost(expected: Box, found: Box) -> float | None:
    """How badly a detection fits the expected box, or None if it cannot be the same face."""
    size = (expected.width + found.width) / 2
    ratio = expected.width / found.width
    (ex, ey), (fx, fy) = expected.center, found.center
    distance = math.hypot(ex - fx, ey - fy) / size
    if distance > _REACH or not 1 / _SIZE_RATIO <= ratio <= _SIZE_RATIO:
        return None
    return distance + abs(math.log(ratio)) - expected.iou(found)


def _to_vector(detection: Detection) -> _Vector:
    """Centre, log width, log aspect, and key points in box widths from the centre."""
    box = detection.box
    x, y = box.center
    width = max(1.0, box.width)
    points = (np.asarray(detection.keypoints) - (x, y)) / width
    shape = math.log(max(1.0, box.height) / width)
    return np.concatenate([(x, y, math.log(width), shape), points.ravel()])


def _weight(cutoff_hz: float, seconds: float) -> float:
    """The weight of a new value in a low-pass filter, any time after the previous one."""
    return 1 - math.exp(-2 * math.pi * cutoff_hz * seconds)
