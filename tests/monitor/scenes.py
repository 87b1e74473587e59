"""Scenes made by hand: one student, or several people, in a frame of 1280x720."""

from __future__ import annotations

from overlay.scene import EMOTIONS, Box, Emotion, Face, KeyPoints, Scene

# A face that looks into the camera, as the detector saw one; in box widths and heights.
_POINTS = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.5, 0.78), (0.03, 0.5), (0.97, 0.5))


def emotion(label: str = "happy") -> Emotion:
    best = "neutral" if label == "unsure" else label
    probability = 0.4 if label == "unsure" else 0.88
    rest = (1 - probability) / 6
    values = tuple(probability if name == best else rest for name in EMOTIONS)
    return Emotion(label, probability, values)


def face(
    number: int = 1,
    *,
    x: float = 540,
    y: float = 200,
    size: float = 200,
    label: str | None = "happy",
    luminance: float | None = 120.0,
) -> Face:
    box = Box(x, y, size, size)
    points = KeyPoints(*((x + size * px, y + size * py) for px, py in _POINTS))
    read = None if label is None else emotion(label)
    return Face(number, box, 0.9, points, read, luminance=luminance)


def scene(time_s: float, *faces: Face) -> Scene:
    largest_first = tuple(sorted(faces, key=lambda f: -f.box.area))
    return Scene(round(time_s * 15), time_s, 1280, 720, largest_first)
