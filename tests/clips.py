"""Short clips of real faces that any machine can make, and the truth about every frame of them.

Two portraits move over a plain wall: Grace Hopper, calm, who comes with the demo (U.S. Navy), and
Eileen Collins, smiling, in the folder `portraits` (NASA). Both pictures are in the public domain.
A frame depends on nothing but its number. The fixture `clip_path` writes clips to files.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from overlay.scene import Box, Frame, Image, Point
from overlay.sources.demo import PORTRAIT

#: Width and height of the clips in pixels, and their frames a second.
SIZE = (480, 270)
FPS = 15.0

_Pixels = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Person:
    """A portrait, and where the face is in it; measured by eye, in pixels of the portrait.

    Attributes:
        name: Whose portrait it is.
        label: What the expression looks like to people.
        center: The middle of the face.
        side: From the hairline to the chin.
        points: Right eye, left eye, tip of the nose, middle of the mouth; left and right are the
            person's own.
        file: The portrait.
    """

    name: str
    label: str
    center: Point
    side: float
    points: tuple[Point, Point, Point, Point]
    file: Path

    @cached_property
    def portrait(self) -> Image:
        """The picture, uint8 [height, width, 3], BGR."""
        picture = cv2.imdecode(np.fromfile(self.file, np.uint8), cv2.IMREAD_COLOR)
        return np.asarray(picture, np.uint8)

    def depth(self, points: _Pixels) -> _Pixels:
        """How far parts of the face stand out from the ears, in pixels.

        An ellipsoid with a nose on it, in the proportions of MediaPipe's canonical face model.

        Args:
            points: float32 [..., 2], in pixels from the middle of the face.
        """
        x, y = np.moveaxis(points / (0.56 * self.side), -1, 0)
        head = 0.86 * np.sqrt(np.maximum(0, 1 - x**2 - (y / 1.5) ** 2))
        nose = 0.44 * np.exp(-(x**2 + y**2) / 0.09)
        return np.asarray(0.56 * self.side * (head + nose), np.float32)


HOPPER = Person(
    name="Grace Hopper",
    label="neutral",
    center=(267, 230),
    side=200,
    points=((221, 189), (304, 186), (267, 232), (269, 277)),
    file=PORTRAIT,
)
COLLINS = Person(
    name="Eileen Collins",
    label="happy",
    center=(128, 119),
    side=104,
    points=((107, 101), (150, 103), (128, 127), (128, 146)),
    file=Path(__file__).parent / "portraits" / "eileen_collins.jpg",
)


@lru_cache(maxsize=8)
def _turned(person: Person, degrees: float) -> tuple[Image, _Pixels]:
    """The portrait with the head turned to the person's left, and how opaque it is where.

    Returns:
        The picture as in `Person.portrait`, and float32 [height, width] from 0 to 1.
    """
    height, width = person.portrait.shape[:2]
    center = np.array(person.center, np.float32)
    seen = np.dstack(np.meshgrid(np.arange(width), np.arange(height))).astype(np.float32) - center
    source = seen.copy()
    angle = math.radians(degrees)
    for _ in range(8 if degrees else 0):  # where each pixel comes from, closer each time
        source[..., 0] = (seen[..., 0] - person.depth(source) * math.sin(angle)) / math.cos(angle)
    picture = cv2.remap(
        person.portrait, source + center, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    radius = np.hypot(seen[..., 0] / 0.9, seen[..., 1] / 1.1) / person.side
    opacity = np.clip((1 - radius) / 0.15, 0, 1)
    return np.asarray(picture, np.uint8), np.asarray(opacity, np.float32)


class Shown(NamedTuple):
    """A person in a frame.

    Attributes:
        person: Who it is.
        x, y: The middle of the face, in pixels of the frame.
        side: From the hairline to the chin, in pixels of the frame.
        tilt_deg: How far the head is tilted, clockwise in the frame.
        turn_deg: How far the head is turned to the person's own left.
        mirrored: Whether the portrait is flipped left to right.
    """

    person: Person
    x: float
    y: float
    side: float
    tilt_deg: float = 0
    turn_deg: float = 0
    mirrored: bool = False

    @property
    def box(self) -> Box:
        """The square around the face, in pixels of the frame."""
        return Box(self.x - self.side / 2, self.y - self.side / 2, self.side, self.side)

    @property
    def points(self) -> tuple[Point, Point, Point, Point]:
        """Right eye, left eye, nose and mouth in pixels of the frame; the person's own sides."""
        flat = np.array(self.person.points, np.float32) - np.array(self.person.center, np.float32)
        angle = math.radians(self._portrait_turn_deg)
        across = flat[:, 0] * math.cos(angle) + self.person.depth(flat) * math.sin(angle)
        seen = np.column_stack([across, flat[:, 1]]) * (self.side / self.person.side)
        a, b, nose, mouth = (
            (float(x), float(y)) for x, y in seen @ self._rotation.T + (self.x, self.y)
        )
        return (b, a, nose, mouth) if self.mirrored else (a, b, nose, mouth)

    def draw(self, frame: _Pixels) -> None:
        """Draw the person over what is there, with a soft edge."""
        picture, opacity = _turned(self.person, self._portrait_turn_deg)
        scale = self.side / self.person.side
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        center = np.array(self.person.center) * scale
        move = np.column_stack([self._rotation, (self.x, self.y) - self._rotation @ center])
        layer, alpha = (
            cv2.warpAffine(
                cv2.resize(part, None, fx=scale, fy=scale, interpolation=method),
                move,
                frame.shape[1::-1],
            )
            for part in (picture, opacity)
        )
        frame += alpha[..., None] * (layer - frame)

    @property
    def _portrait_turn_deg(self) -> float:
        return -self.turn_deg if self.mirrored else self.turn_deg

    @property
    def _rotation(self) -> npt.NDArray[np.float64]:
        cos, sin = math.cos(math.radians(self.tilt_deg)), math.sin(math.radians(self.tilt_deg))
        return np.array([[cos, -sin], [sin, cos]]) @ np.diag([-1 if self.mirrored else 1, 1])


_Script = Callable[[float], list[Shown]]


@dataclass(frozen=True)
class Clip:
    """Who is where at which time.

    Attributes:
        name: Names it in tests.
        seconds: How long it is.
        at: Who is where at a time in seconds from the beginning; out of view, too.
        light: How bright it is, 0 to 1; below 1 with the noise of a camera.
    """

    name: str
    seconds: float
    at: _Script
    light: float = 1

    def __len__(self) -> int:
        return round(self.seconds * FPS)

    def shown(self, index: int) -> list[Shown]:
        """Who is in view in a frame: the middle of the face is."""
        width, height = SIZE
        people = self.at(index / FPS)
        return [p for p in people if 0 <= p.x < width and 0 <= p.y < height]

    def render(self, index: int) -> Image:
        """Draw a frame: uint8 [height, width, 3], BGR."""
        width, height = SIZE
        across = np.linspace(190, 130, width, dtype=np.float32)
        frame = np.repeat(np.tile(across, (height, 1))[..., None], 3, axis=2)
        for person in self.at(index / FPS):
            person.draw(frame)
        if self.light < 1:
            noise = np.random.default_rng(index).normal(0, 4, frame.shape)
            frame = frame * self.light + noise.astype(np.float32)
        return np.asarray(np.clip(frame, 0, 255).round(), np.uint8)

    def write(self, path: Path) -> Path:
        """Write the clip to a file that ends in `.mp4` or `.avi`."""
        codec = {".mp4": "mp4v", ".avi": "MJPG"}[path.suffix]
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), FPS, SIZE)
        for index in range(len(self)):
            writer.write(self.render(index))
        writer.release()
        return path


def read_clip(path: Path) -> list[Frame]:
    """Read a whole video file, with media time."""
    video = cv2.VideoCapture(str(path))
    fps = video.get(cv2.CAP_PROP_FPS)
    frames: list[Frame] = []
    while (read := video.read())[0]:
        frames.append(Frame(np.asarray(read[1], np.uint8), len(frames) / fps, len(frames)))
    return frames


def _drifting(*people: Shown) -> _Script:
    """People who move about slowly, as those do who sit in front of a camera."""

    def move(person: Shown, t: float) -> Shown:
        return person._replace(
            x=person.x + 25 * _sine(t, 4.4),
            y=person.y + 10 * _sine(t, 3.1),
            side=person.side + 6 * _sine(t, 6.9),
            tilt_deg=5 * _sine(t, 5.7),
        )

    return lambda t: [move(person, t + person.x / 100) for person in people]


def _coming_closer(t: float) -> list[Shown]:
    return [Shown(HOPPER, 240, 135, side=100 - 60 * math.cos(2 * math.pi * t / 6))]


def _tilting(t: float) -> list[Shown]:
    return [Shown(COLLINS, 240, 135, side=90, tilt_deg=25 * _sine(t, 6))]


def _turning(t: float) -> list[Shown]:
    return [Shown(HOPPER, 240, 135, side=110, turn_deg=25 * _sine(t, 6))]


def _leaving(t: float) -> list[Shown]:
    """Out of the picture at the right, and back after four seconds."""
    return [Shown(HOPPER, float(np.interp(t, [4, 5, 8, 9], [240, 560, 560, 240])), 135, side=90)]


def _jumping(t: float) -> list[Shown]:
    """Somebody else, somewhere else, or nobody: every second."""
    cuts = [
        [Shown(COLLINS, 120, 130, side=100)],
        [Shown(HOPPER, 370, 130, side=70)],
        [],
        [Shown(HOPPER, 330, 150, side=150)],
    ]
    return cuts[int(t) % len(cuts)]


def _sine(t: float, period_s: float) -> float:
    return math.sin(2 * math.pi * t / period_s)


_TWO = (Shown(COLLINS, 140, 135, side=90), Shown(HOPPER, 340, 135, side=110))
_THREE = (
    Shown(COLLINS, 85, 135, side=80),
    Shown(HOPPER, 240, 135, side=105),
    Shown(HOPPER, 390, 135, side=90, mirrored=True),
)

#: The clips by name.
CLIPS = {
    clip.name: clip
    for clip in (
        Clip("smiling", 4, _drifting(Shown(COLLINS, 240, 135, side=90))),
        Clip("calm", 4, _drifting(Shown(HOPPER, 240, 135, side=90))),
        Clip("dim", 4, _drifting(Shown(HOPPER, 240, 135, side=90)), light=0.35),
        Clip("two", 4, _drifting(*_TWO)),
        Clip("three", 4, _drifting(*_THREE)),
        Clip("coming-closer", 6, _coming_closer),
        Clip("tilting", 6, _tilting),
        Clip("turning", 6, _turning),
        Clip("leaving", 12, _leaving),
        Clip("jumping", 8, _jumping),
    )
}
