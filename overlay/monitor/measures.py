"""From scenes to seconds: what is kept of what perception saw."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from overlay.monitor.follower import Follower
from overlay.monitor.pose import Pose, pose_of
from overlay.monitor.records import Second
from overlay.scene import EMOTIONS, UNSURE, Face, Scene

#: A face whose crop has a mean brightness below this, 0 to 255, is too dark to judge. On the clips
#: in shared/media, darkened and with camera noise added (standard deviation 6), the detector misses
#: one face in six at 37 and two in five at 27; those that it still finds are read as in good light.
TOO_DARK = 30.0

# A scene counts for the time since the one before, but for no more than this; the first one after a
# gap counts for a tenth of a second. In seconds.
_LONGEST_STEP_S, _FIRST_STEP_S = 0.5, 0.1

#: How many seconds are kept until they are taken; older ones are dropped.
_MOST_SECONDS = 7200


_NO_POSE = (None, None, None)


@dataclass(slots=True)
class _Bucket:
    """What was seen in one second so far."""

    clock: float
    observed_s: float = 0.0
    frames: int = 0
    present: int = 0
    unidentified: int = 0
    away: int = 0
    dark: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    owns: Counter[str] = field(default_factory=Counter)
    probabilities: list[tuple[float, ...]] = field(default_factory=list)
    poses: list[Pose] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)

    def add(self, face: Face, frame_height: int) -> None:
        self.present += 1
        self.sizes.append(face.box.height / frame_height)
        self.dark += face.luminance is not None and face.luminance < TOO_DARK
        if face.emotion is not None:
            self.labels[face.emotion.label] += 1
            if face.emotion.own is not None:
                self.owns[face.emotion.own] += 1
            self.probabilities.append(face.emotion.probabilities)
        pose = pose_of(face.keypoints)
        if pose is not None:
            self.poses.append(pose)
            self.away += pose.away

    def second(self, time_s: int) -> Second:
        present = max(self.present, 1)
        yaw, pitch, error = map(_mean, zip(*self.poses, strict=True)) if self.poses else _NO_POSE
        return Second(
            time_s=float(time_s),
            clock=self.clock,
            observed_s=min(1.0, self.observed_s),
            present=self.present / max(self.frames, 1),
            unsure=self.labels[UNSURE] / present,
            probabilities=_mean_probabilities(self.probabilities),
            label=self.labels.most_common(1)[0][0] if self.labels else None,
            yaw_deg=yaw,
            pitch_deg=pitch,
            pose_error_deg=error,
            away=self.away / present,
            size=_mean(self.sizes),
            dark=self.dark / present,
            own=next((name for name, n in self.owns.items() if 2 * n >= present), None),
            unidentified=self.unidentified / max(self.frames, 1),
        )


class Meter:
    """Sums up scenes second by second, by the times it is given.

    Attributes:
        face: The student's face in the newest scene, or None.
        unidentified: Whether there is a face in the newest scene, but perhaps not the student's.

    Example:
        >>> meter = Meter()
        >>> for frame in frames:  # doctest: +SKIP
        ...     meter.observe(perception.perceive(frame), frame.time_s, began + frame.time_s)
        >>> store.append(session_id, meter.take())  # doctest: +SKIP
    """

    def __init__(self) -> None:
        self.face: Face | None = None
        self.unidentified = False
        self._follower = Follower()
        self._buckets: dict[int, _Bucket] = {}
        self._last_s = -math.inf
        self._taken = 0

    def observe(self, scene: Scene, time_s: float, clock: float) -> None:
        """Add a scene; one that is older than the one before is ignored.

        Args:
            scene: What perception saw.
            time_s: When, in seconds since the session began, at least 0.
            clock: The same moment in UTC epoch seconds.
        """
        if time_s <= self._last_s or time_s < self._taken:
            return
        self.face = self._follower.find(scene, time_s)
        self.unidentified = self.face is None and len(scene.faces) > 0
        self._cover(time_s, clock)
        bucket = self._bucket(int(time_s), clock - time_s % 1)
        bucket.frames += 1
        bucket.unidentified += self.unidentified
        if self.face is not None:
            bucket.add(self.face, scene.height)

    def take(self, until_s: float = math.inf) -> list[Second]:
        """The seconds that end no later than a given time, once each, in order.

        Args:
            until_s: In seconds since the session began.
        """
        done = sorted(second for second in self._buckets if second + 1 <= until_s)
        if done:
            self._taken = done[-1] + 1
        buckets = [(second, self._buckets.pop(second)) for second in done]
        # A frame at the very beginning of a second counts for the second before.
        seen = [(second, bucket) for second, bucket in buckets if bucket.frames]
        return [bucket.second(second) for second, bucket in seen if bucket.observed_s > 0]

    def interrupt(self) -> None:
        """Note that nothing is observed from now on, as in a pause."""
        self.face = None
        self.unidentified = False
        self._last_s = -math.inf

    def _cover(self, time_s: float, clock: float) -> None:
        """Count the time since the scene before as observed, in the seconds that it lies in."""
        step = time_s - self._last_s
        self._last_s = time_s
        begin = max(time_s - (step if step <= _LONGEST_STEP_S else _FIRST_STEP_S), self._taken)
        while begin < time_s:
            second = int(begin)
            end = min(second + 1.0, time_s)
            bucket = self._bucket(second, clock - (time_s - second))
            bucket.observed_s += end - begin
            begin = end

    def _bucket(self, second: int, clock: float) -> _Bucket:
        if second not in self._buckets:
            self._buckets[second] = _Bucket(clock)
            if len(self._buckets) > _MOST_SECONDS:
                del self._buckets[min(self._buckets)]
        return self._buckets[second]


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return math.fsum(known) / len(known) if known else None


def _mean_probabilities(rows: list[tuple[float, ...]]) -> tuple[float, ...] | None:
    if not rows:
        return None
    return tuple(math.fsum(row[i] for row in rows) / len(rows) for i in range(len(EMOTIONS)))
