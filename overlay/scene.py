"""The data that flows through the application: frames come in, scenes go to drawing.

Everything here is immutable except the pixels of a frame.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

EmotionName = Literal["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]

EMOTIONS: tuple[EmotionName, ...] = get_args(EmotionName)
"""The emotions, in the order of FER2013 (Goodfellow et al., 2013) and of the model's outputs."""

UNSURE = "unsure"
"""The label of a face when no emotion is probable enough to be named."""

Reason = Literal["covered", "turned", "dark", "small", "blurred"]
"""What makes a face hard to read: a covered mouth, a head turned aside, or a poor picture."""

Image = npt.NDArray[np.uint8]
"""A picture: uint8 [height, width, 3], BGR, not mirrored."""

Point = tuple[float, float]
"""x to the right and y down, in pixels."""


class Planes(NamedTuple):
    """A picture as most video files hold it, in BT.709 and limited range; the sides are even.

    Attributes:
        luma: uint8 [height, width].
        blue, red: Chroma, uint8 [height / 2, width / 2].
    """

    luma: npt.NDArray[np.uint8]
    blue: npt.NDArray[np.uint8]
    red: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture and the time it was taken.

    Attributes:
        image: uint8 [height, width, 3], BGR, not mirrored.
        time_s: Seconds on the source's clock: `time.monotonic()` for live and paced sources,
            media time for files read as fast as possible.
        index: Number of the frame in its source, from 0.
        planes: The same picture as the file holds it, to be read only; None if that was not asked
            for, or it is held in another way.
    """

    image: Image
    time_s: float
    index: int = 0
    planes: Planes | None = None


class Box(NamedTuple):
    """An axis-aligned rectangle in pixels of the frame; it may extend beyond the frame."""

    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> Point:
        """The middle of the box, in pixels."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def area(self) -> float:
        """The area, in square pixels."""
        return self.width * self.height

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies in the box, or on its edge."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def iou(self, other: Box) -> float:
        """Intersection over union with another box, 0 to 1."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if width <= 0 or height <= 0:
            return 0.0
        intersection = width * height
        return intersection / (self.area + other.area - intersection)


class KeyPoints(NamedTuple):
    """The detector's six key points in pixels; left and right are the person's own."""

    right_eye: Point
    left_eye: Point
    nose: Point
    mouth: Point
    right_ear: Point
    left_ear: Point


class Velocity(NamedTuple):
    """How fast a box moves (pixels per second) and grows (relative change of size per second)."""

    x: float = 0.0
    y: float = 0.0
    growth: float = 0.0


#: A box that does not move.
STILL = Velocity()


@dataclass(frozen=True, slots=True)
class Emotion:
    """What a face looks like.

    Attributes:
        label: One of `EMOTIONS`, or `UNSURE`.
        probability: Calibrated probability of the label, 0 to 1; for `UNSURE`, that of the most
            probable emotion.
        probabilities: One value for each of `EMOTIONS`, in that order; they sum to 1.
        own: A label that the person has taught the application, or None. Only that person sees it.
        reason: What makes the face hard to read where the label is `UNSURE`; None if nothing
            does but the expression itself.
        resting: Whether the person's own resting face, learnt while they were in view, has been
            allowed for.
    """

    label: str
    probability: float
    probabilities: tuple[float, ...]
    own: str | None = None
    reason: Reason | None = None
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """One tracked face.

    Attributes:
        id: Track number, from 1; stable while the same face stays in view.
        box: Position of the face.
        score: The detector's confidence, 0 to 1.
        keypoints: Eyes, nose, mouth, ears.
        emotion: What the face looks like, or None if it has not been read yet.
        velocity: Motion of the box, for drawing between two readings.
        luminance: Mean gray level of the face's crop, 0 to 255, or None if there is no crop.
    """

    id: int
    box: Box
    score: float
    keypoints: KeyPoints
    emotion: Emotion | None = None
    velocity: Velocity = STILL
    luminance: float | None = None

    def moved(self, seconds: float) -> Face:
        """The face at the position where its velocity takes it in so many seconds."""
        if seconds == 0 or self.velocity == STILL:
            return self
        dx, dy = self.velocity.x * seconds, self.velocity.y * seconds
        scale = max(0.5, 1 + self.velocity.growth * seconds)
        cx, cy = self.box.center

        def move(point: Point) -> Point:
            return cx + dx + (point[0] - cx) * scale, cy + dy + (point[1] - cy) * scale

        x, y = move((self.box.x, self.box.y))
        box = Box(x, y, self.box.width * scale, self.box.height * scale)
        return replace(self, box=box, keypoints=KeyPoints(*map(move, self.keypoints)))

    def scaled(self, factor: float) -> Face:
        """The face in the picture enlarged by a factor."""
        points = KeyPoints(*((x * factor, y * factor) for x, y in self.keypoints))
        box = Box(*(value * factor for value in self.box))
        speed = self.velocity
        velocity = Velocity(speed.x * factor, speed.y * factor, speed.growth)
        return replace(self, box=box, keypoints=points, velocity=velocity)

    def mirrored(self, width: float) -> Face:
        """The face in the mirrored picture of this width; left and right stay the person's own."""
        box = self.box._replace(x=width - self.box.x - self.box.width)
        points = KeyPoints(*((width - x, y) for x, y in self.keypoints))
        velocity = self.velocity._replace(x=-self.velocity.x)
        return replace(self, box=box, keypoints=points, velocity=velocity)


@dataclass(frozen=True, slots=True)
class Scene:
    """What perception saw in one frame.

    Attributes:
        frame_index: Index of the frame.
        time_s: Time stamp of the frame, in seconds.
        width: Width of the frame in pixels.
        height: Height of the frame in pixels.
        faces: The faces, largest first.
    """

    frame_index: int
    time_s: float
    width: int
    height: int
    faces: tuple[Face, ...] = ()

    def __iter__(self) -> Iterator[Face]:
        return iter(self.faces)

    def without(self, ids: Collection[int]) -> Scene:
        """The scene without the faces of these numbers."""
        if not ids:
            return self
        return replace(self, faces=tuple(face for face in self.faces if face.id not in ids))

    def face_at(self, x: float, y: float) -> Face | None:
        """The smallest face at a place.

        Args:
            x: From the left, as a share of the frame's width.
            y: From the top, as a share of its height.
        """
        there = [face for face in self.faces if face.box.contains(x * self.width, y * self.height)]
        return min(there, key=lambda face: face.box.area, default=None)

    def __len__(self) -> int:
        return len(self.faces)

    def at(self, time_s: float) -> Scene:
        """The scene at another time, with each face moved by its velocity."""
        seconds = time_s - self.time_s
        return replace(self, time_s=time_s, faces=tuple(f.moved(seconds) for f in self.faces))

    def scaled(self, width: int, height: int) -> Scene:
        """The scene of the frame brought to another size, of the same shape but for rounding."""
        faces = tuple(face.scaled(width / self.width) for face in self.faces)
        return replace(self, width=width, height=height, faces=faces)

    def mirrored(self) -> Scene:
        """The scene of the mirrored frame."""
        return replace(self, faces=tuple(face.mirrored(self.width) for face in self.faces))
