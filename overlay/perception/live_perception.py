"""Perception for a live camera: only as much work as changes in the picture require."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from overlay.perception import Perception
from overlay.perception.classifier import Sensitivity
from overlay.perception.detector import Detection
from overlay.perception.flow import Flow
from overlay.perception.search import Region, Search
from overlay.perception.tracker import Track
from overlay.scene import Frame, Image, KeyPoints, Scene

#: How often the detector looks while every face can be followed, in seconds.
LOOK_S = 0.19
#: How often faces are read while nothing moves, and a face that looks the same, in seconds.
STILL_READ_S = 0.19
#: How long faces are still read at the full rate after the last motion, so that labels settle.
SETTLE_S = 0.5

# A smaller change of a spot than this is noise, in gray levels.
_NOISE = 8.0
# Up to this many faces are all read in each frame; of more, only some, but each at least every
# third frame.
_ALL = 4
_FRAMES = 3


class LivePerception(Perception):
    """Does less work than `Perception` where nobody can see the difference.

    The detector looks five times per second, and whenever a face cannot be followed; in between,
    faces are followed by the optical flow of their key points. Of many faces, some are read in each
    frame, in turn. While the crop of a face stays the same, so does its reading. Small faces are
    searched for in parts of the frame. While nothing moves, the last scene is kept.

    It needs frames whose time is real time.

    Args:
        model: The expression network; by default the one that comes with the application.
        detector_threshold: The lowest confidence at which a face counts, 0 to 1.
        sensitivity: How readily a face is called something other than neutral.

    Raises:
        ModelError: A model is missing, altered, or does not meet the contract.
        MissingLibraryError: A library of the operating system is missing.
    """

    def __init__(
        self,
        *,
        model: Path | None = None,
        detector_threshold: float = 0.5,
        sensitivity: Sensitivity = "balanced",
    ) -> None:
        super().__init__(
            model=model, detector_threshold=detector_threshold, sensitivity=sensitivity
        )
        self._flow = Flow()
        self._search = Search()
        self._scene: Scene | None = None
        self._moved_s = self._looked_s = -math.inf

    def reset(self) -> None:
        """Forget all faces, for example before another clip; their ids are not used again."""
        super().reset()
        self._flow.forget()
        self._search = Search()
        self._scene = None
        self._moved_s = self._looked_s = -math.inf

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
        """Run the detector on the region whose turn it is."""
        height, width = image.shape[:2]
        crowd = self._search.level > 0
        region = self._search.next(width, height)
        found = self._detect_in(region, image) if region else self._detector.detect(image)
        # In a crowd the detector misses some faces each time; those are followed to the next look.
        kept = followed if crowd else {}
        tracks = self._tracker.update(found, time_s, followed=kept)
        boxes = [track.box for track in self._tracker.tracks]
        self._search.relax(width, height, boxes)
        probe = self._search.probe(width, height, time_s)
        if probe is not None:
            self._search.learn(self._detect_in(probe, image), boxes)
        return tracks

    def _detect_in(self, region: Region, image: Image) -> list[Detection]:
        """The faces that lie entirely in a region, in pixels of the frame."""
        height, width = image.shape[:2]
        found = (_shifted(each, region) for each in self._detector.detect(region.cut(image)))
        return [each for each in found if region.holds(each.box, width, height)]

    def _read(self, image: Image, faces: dict[int, Detection], time_s: float) -> None:
        most = max(_ALL, math.ceil(len(faces) / _FRAMES))
        self._reader.read(image, faces, time_s, most=most, still_s=STILL_READ_S)


def _shifted(face: Detection, region: Region) -> Detection:
    box = face.box._replace(x=face.box.x + region.x, y=face.box.y + region.y)
    points = KeyPoints(*((x + region.x, y + region.y) for x, y in face.keypoints))
    return Detection(box, face.score, points)
