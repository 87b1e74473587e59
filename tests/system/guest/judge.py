"""What a picture shows, found out by looking at its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np

from guest import pattern
from overlay.drawing import Painter
from overlay.scene import Image

#: A colour may differ so much on its way through YUV and back, in levels of 255.
_COLOUR_TOLERANCE = 30

#: A pixel is drawn over when it differs so much from the pattern, in levels of 255.
_DRAWN = 60

LABELS_MISSING = "no labels"
#: What a host that stands still for a second brings about, and a second look clears.
PASSING = {LABELS_MISSING, "the unavailable picture"}

#: A reader that is held up finds a newer picture in the buffer that it was given, and then the
#: older one in the next; v4l2loopback has two.
BUFFERS = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture.

    Attributes:
        number: The frame's number, or None if it is not the pattern.
        faults: What is wrong with it.
        labels: Whether anything is drawn on or around the face.
        placeholder: Whether it is the application's own picture, `unavailable` or `paused`.
    """

    number: int | None
    faults: tuple[str, ...] = ()
    labels: bool = False
    placeholder: str | None = None


def look(image: Image, size: tuple[int, int]) -> Seen:
    """Judge one picture.

    Args:
        image: uint8 [height, width, 3], BGR.
        size: Width and height that it should have.
    """
    if (image.shape[1], image.shape[0]) != size:
        return Seen(None, (f"{image.shape[1]}x{image.shape[0]}",))
    placeholder = _which_placeholder(image, size)
    if placeholder is not None:
        return Seen(None, placeholder=placeholder)
    number = _read_number(image, size)
    if number is None:
        return Seen(None, ("no number",))
    faults = [*_wrong_colours(image, size), *_wrong_text(image, size)]
    return Seen(number, tuple(faults), _has_labels(image, size))


def faults_of(images: list[Image], size: tuple[int, int], expected: str) -> list[str]:
    """What is wrong with a stretch of video.

    Args:
        images: What a reader got, in its order; each uint8 [height, width, 3], BGR.
        size: Width and height that each should have.
        expected: `labels`, `clean`, `unavailable` or `paused`.
    """
    if len(images) < 3:
        return [f"{len(images)} pictures"]
    seen = [look(image, size) for image in images]
    faults = {fault for each in seen for fault in each.faults}
    if expected in ("unavailable", "paused"):
        faults |= {f"not the {expected} picture" for each in seen if each.placeholder != expected}
        return sorted(faults)
    faults |= {f"the {each.placeholder} picture" for each in seen if each.placeholder}
    labelled = any(each.labels for each in seen)
    # On a machine as slow as this, some pictures come when the newest labels are too old.
    if labelled != (expected == "labels"):
        faults.add(LABELS_MISSING if expected == "labels" else "labels")
    numbers = [each.number for each in seen if each.number is not None]
    if any(after < before - BUFFERS for before, after in pairwise(numbers)):
        faults.add(f"numbers go back: {numbers}")
    if len(set(numbers)) < 2:
        faults.add("frozen")
    return sorted(faults)


@cache
def _placeholder(size: tuple[int, int], key: str) -> Image:
    return Painter().placeholder(*size, key)


def _which_placeholder(image: Image, size: tuple[int, int]) -> str | None:
    """They differ in their text alone, so the nearer one it is, if it is near."""
    far = {
        key: float(cv2.absdiff(image, _placeholder(size, key)).mean())
        for key in ("unavailable", "paused")
    }
    nearest = min(far, key=far.__getitem__)
    return nearest if far[nearest] < 6 else None


def _read_number(image: Image, size: tuple[int, int]) -> int | None:
    number = 0
    for index in range(pattern.BITS):
        level = _inner(image[pattern.cell(index, size)]).mean()
        if 70 < level < 185:
            return None
        number = number << 1 | int(level > 128)
    return number


def _wrong_colours(image: Image, size: tuple[int, int]) -> list[str]:
    wrong = []
    for index, (name, colour) in enumerate(pattern.COLOURS):
        mean = _inner(image[pattern.patch(index, size)]).mean(axis=(0, 1))
        if np.abs(mean - colour).max() > _COLOUR_TOLERANCE:
            wrong.append(f"{name} is {mean.round().astype(int).tolist()}")
    return wrong


def _wrong_text(image: Image, size: tuple[int, int]) -> list[str]:
    place = pattern.region(pattern.TEXT, size)
    right = pattern.background(size)[place].astype(np.float32)
    shown = image[place].astype(np.float32)
    if np.abs(shown - right).mean() > np.abs(shown - right[:, ::-1]).mean():
        return ["text is mirrored"]
    return []


def _has_labels(image: Image, size: tuple[int, int]) -> bool:
    place = pattern.region(pattern.FACE, size)
    difference = cv2.absdiff(image[place], pattern.background(size)[place]).max(axis=2)
    return bool((difference > _DRAWN).mean() > 0.01)


def _inner(area: Image) -> Image:
    """Without the edges, which scaling and chroma subsampling blur."""
    rows, columns = area.shape[0] // 4, area.shape[1] // 4
    return area[rows:-rows, columns:-columns]
