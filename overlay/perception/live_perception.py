"""Perception for a live camera: only as much work as changes in the picture require."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

from overlay.perception import Perception
from overlay.perception.detector import Detection, drop_duplicates
from overlay.perception.face_check import look_closer
from overlay.perception.flow import Flow
from overlay.perception.networks import Networks
from overlay.perception.picture_search import candidates
from overlay.perception.search import Region, Search, detect_in
from overlay.perception.tracker import Track
from overlay.scene import Frame, Image, Scene

#: How often the detector looks while every face can be followed, in seconds.
LOOK_S = 0.19
#: How often faces are read while nothing moves, and a face that looks the same, in seconds.
STILL_READ_S = 0.19
#: How long faces are still read at the full rate after the last motion, so that labels settle.
SETTLE_S = 0.5

#: How long a small face may go unseen by the detector before it is looked at alone, in seconds.
CLOSER_S = 0.8
#: How soon all of the frame is searched at all scales again, if that is asked for, in seconds; each
#: search that finds nobody new doubles it, because it costs as much as a second of video.
SWEEP_S = 2.0
_LONGEST_SWEEP_S = 8.0

# A smaller change of a spot than this is noise, in gray levels.
_NOISE = 8.0
# Up to this many faces are all read in each frame; of more, only some, but each at least every
# third frame.
_ALL = 4
_FRAMES = 3
# A known face needs no look of its own where the detector has found one that overlaps it by this
# much (intersection over union).
_SAME_FACE = 0.3
# The search goes on at the full rate until it has found nobody new for this long, in seconds.
_SEARCH_ON_S = 1.5


class LivePerception(Perception):
    """Does less work than `Perception` where nobody can see the difference.

    The detector looks five times per second, and whenever a face cannot be followed; in between,
    faces are followed by the optical flow of their key points. Of many faces, some are read in each
    frame, in turn. While the crop of a face stays the same, so does its reading. Small faces are
    searched for in parts of the frame. While nothing moves, the last scene is kept.

    It needs frames whose time is real time.

    Args:
        networks: As for `Perception`.
        thorough: Whether to search at all scales at once every 2 to 8 seconds, which holds a frame
            up for a fifth of a second: for videos that are read as fast as possible.

    Raises:
        ModelError: A model is missing, altered, or does not meet the contract.
        MissingLibraryError: A library of the operating system is missing.
    """

    def __init__(self, networks: Networks | None = None, *, thorough: bool = False) -> None:
        super().__init__(networks)
        self._flow = Flow()
        self._thorough = thorough
        self._forget_search()

    def reset(self) -> None:
        """Forget all faces, for example before another clip; their ids are not used again."""
        super().reset()
        self._flow.forget()
        self._forget_search()

    def _forget_search(self) -> None:
        self._search = Search()
        self._scene: Scene | None = None
        self._moved_s = self._looked_s = self._found_s = self._swept_s = -math.inf
        self._sweep_s = SWEEP_S
        # When each small face was last looked at alone, by track number.
        self._closer_s: dict[int, float] = {}

    def _perceive(self, frame: Frame) -> Scene:
        if self._flow.look(frame.image) >= _NOISE:
            self._moved_s = frame.time_s
        if self._scene is None or not self._may_rest(self._scene, frame):
            self._scene = None  # if this fails, the next frame must be looked at
            self._perceived_s = frame.time_s
            self._scene = super()._perceive(frame)
            return self._scene
        return replace(self._scene, frame_index=frame.index, time_s=frame.time_s)

    def _may_rest(self, scene: Scene, frame: Frame) -> bool:
        """Whether the scene can be kept for this frame."""
        since_read_s = frame.time_s - self._perceived_s
        settled = frame.time_s - self._moved_s >= SETTLE_S
        settled = settled and not 0 <= frame.time_s - self._found_s < _SEARCH_ON_S
        return settled and 0 <= since_read_s < STILL_READ_S

    def _track(self, image: Image, time_s: float) -> list[Track]:
        """Follow the known faces, and run the detector when it is due."""
        tracks = self._tracker.tracks
        followed = self._flow.follow({t.id: t.seen for t in tracks if t.seen is not None})
        # A doubtful face is shown once it is detected again, which must not take long.
        certain = all(track.shown and track.id in followed for track in tracks)
        recent = time_s - self._looked_s < LOOK_S
        if certain and recent and self._search.level == 0:
            return self._tracker.update((), time_s, followed=followed)
        tracks = self._look(image, time_s, followed)
        self._looked_s = time_s
        return tracks

    def _look(self, image: Image, time_s: float, followed: dict[int, Detection]) -> list[Track]:
        """Run the detector where it is due."""
        height, width = image.shape[:2]
        search, before = self._search, {track.id for track in self._tracker.tracks}
        probe = None
        if self._sweep_is_due(time_s):
            found = candidates(self._detector, image, at_once=True)
        else:
            region = search.next(width, height) or Region(0, 0, width, height)
            probe = search.probe(width, height, time_s)
            found = detect_in(self._detector, region, image)
            found += detect_in(self._detector, probe, image) if probe else []
            found += self._look_after(image, time_s, followed, found)
        # The detector misses some small faces each time; those are followed to the next look.
        kept = {number: face for number, face in followed.items() if self._may_miss(image, face)}
        tracks = self._tracker.update(
            drop_duplicates(found),
            time_s,
            followed=kept,
            still=time_s - self._moved_s >= SETTLE_S,
            admit=partial(self._check.confirm, image),
        )
        if any(track.id not in before for track in self._tracker.tracks):
            self._found_s = time_s
            self._sweep_s = SWEEP_S
            if probe is not None:
                search.hurry()
        search.adapt(width, height, [track.box for track in self._tracker.tracks])
        return tracks

    def _sweep_is_due(self, time_s: float) -> bool:
        """Whether the whole frame is to be searched at all scales."""
        if not self._thorough or time_s - self._swept_s < self._sweep_s:
            return False
        self._swept_s = time_s
        self._sweep_s = min(2 * self._sweep_s, _LONGEST_SWEEP_S)
        return True

    def _may_miss(self, image: Image, face: Detection) -> bool:
        """Whether the detector may miss a face where it looks."""
        height, width = image.shape[:2]
        return self._search.level > 0 or self._search.is_small(width, height, face.box)

    def _look_after(
        self, image: Image, time_s: float, followed: dict[int, Detection], found: list[Detection]
    ) -> list[Detection]:
        """Look closely at the small face that was looked for least recently, if one needs it."""
        due = []
        for track in self._tracker.tracks:
            box = track.predicted(time_s)
            face = followed.get(track.id, Detection(box, track.score, track.keypoints))
            alone = all(face.box.iou(other.box) < _SAME_FACE for other in found)
            looked_s = self._closer_s.get(track.id, -math.inf)
            since_s = min(track.unconfirmed_s(time_s), time_s - looked_s)
            missed = track.id not in followed
            if alone and (missed or since_s >= CLOSER_S) and self._may_miss(image, face):
                due.append((-since_s, track.id, face))
        if not due:
            return []
        _, number, face = min(due, key=lambda each: each[:2])
        self._closer_s = {t.id: self._closer_s.get(t.id, -math.inf) for t in self._tracker.tracks}
        self._closer_s[number] = time_s
        seen = look_closer(self._detector, image, face)
        return [] if seen is None else [seen.face]

    def _read(self, image: Image, faces: dict[int, Detection], time_s: float) -> None:
        most = max(_ALL, math.ceil(len(faces) / _FRAMES))
        self._reader.read(image, faces, time_s, most=most, still_s=STILL_READ_S)
