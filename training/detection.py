"""Measure how many faces are found, and how many other things are taken for faces.

    python -m training.detection --portraits FOLDER --backgrounds FOLDER

Portraits, each of one face, are put into pictures without faces at known places and sizes, in
colour and in gray, upright and turned. The place of the face in a portrait comes from the detector
itself, which sees it large and alone there. The same pictures without portraits give the false
detections. Any folders of pictures will do; desktop wallpapers and astronomical pictures are the
hardest backgrounds that are easy to get.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import cv2
import numpy as np

from overlay.perception.detector import Detection, FaceDetector
from overlay.perception.face_check import FaceCheck
from overlay.perception.picture_search import DOUBTFUL, find_faces
from overlay.scene import Box, Image
from training.data import IMAGE_SUFFIXES
from training.errors import LabelError, one_line_errors

#: Width of the faces, in pixels.
WIDTHS = (24, 32, 48, 64, 96, 160, 320, 640)
#: Size of the composed pictures, in pixels.
SIZE = (1280, 720)

# A portrait is cut so far around its face, in widths of the face.
_AROUND = 1.1
# How many faces of one size a picture has room for, at most.
_MOST = 12
# A found box is a face's if they overlap by this much (intersection over union).
_MATCH = 0.4

Find = Callable[[Image], list[Detection]]


@dataclass(frozen=True)
class Portrait:
    """A picture of one face and where it is, in pixels."""

    image: Image
    face: Box


@dataclass(frozen=True)
class Case:
    """A picture and the faces in it.

    Attributes:
        kind: Row of the table.
        image: uint8 [height, width, 3], BGR.
        faces: Where they are, in pixels.
    """

    kind: str
    image: Image
    faces: tuple[Box, ...]


@dataclass
class Count:
    """What was found in all pictures of a kind.

    Attributes:
        pictures: Number of pictures.
        faces: Faces in them, and how many of those were `found`.
        false: Boxes that are nobody's; in `spoilt` pictures.
        seconds: Time it took.
    """

    pictures: int = 0
    faces: int = 0
    found: int = 0
    false: int = 0
    spoilt: int = 0
    seconds: float = field(default=0.0, compare=False)

    def add(self, case: Case, found: Sequence[Detection]) -> None:
        """Count one picture."""
        hits = matched([each.box for each in found], case.faces)
        self.pictures += 1
        self.faces += len(case.faces)
        self.found += hits
        self.false += len(found) - hits
        self.spoilt += len(found) > hits


def matched(found: Sequence[Box], faces: Sequence[Box]) -> int:
    """How many faces have a box of their own, closest pairs first."""
    pairs = sorted(
        ((box.iou(face), i, j) for (i, box), (j, face) in product(*map(enumerate, (found, faces)))),
        reverse=True,
    )
    taken: set[tuple[str, int]] = set()
    for overlap, i, j in pairs:
        if overlap >= _MATCH and not {("box", i), ("face", j)} & taken:
            taken |= {("box", i), ("face", j)}
    return len(taken) // 2


def measure(find: Find, cases: Iterator[Case]) -> dict[str, Count]:
    """Count by kind, in the order of the cases."""
    counts: dict[str, Count] = {}
    for case in cases:
        begin = time.perf_counter()
        found = find(case.image)
        count = counts.setdefault(case.kind, Count())
        count.seconds += time.perf_counter() - begin
        count.add(case, found)
    return counts


def compose(
    portraits: Sequence[Portrait], backgrounds: Sequence[Image], *, rounds: int, seed: int = 0
) -> Iterator[Case]:
    """Put portraits into backgrounds: faces of each size, in colour and gray, upright and turned.

    Args:
        portraits: One face each.
        backgrounds: Pictures without faces.
        rounds: Pictures of each kind.
        seed: The same seed gives the same pictures.
    """
    random = np.random.default_rng(seed)
    for width, gray, turn in product(WIDTHS, (False, True), (0, 1, 2, 3)):
        kind = f"{width:3} px{' gray' if gray else ''}{f' turned {90 * turn}' if turn else ''}"
        for _ in range(rounds):
            image, faces = _scene(portraits, backgrounds, width, random)
            if gray:
                image = as_gray(image)
            yield Case(kind, *_turned(image, faces, turn))


def close_ups(portraits: Sequence[Portrait]) -> Iterator[Case]:
    """Portraits cut at the edges of the face, as they are and with a black border."""
    for portrait in portraits:
        x, y, width, height = (round(each) for each in portrait.face)
        cut = portrait.image[max(0, y) : y + height, max(0, x) : x + width]
        tight = np.asarray(cv2.resize(cut, (100, 100), interpolation=cv2.INTER_AREA), np.uint8)
        yield Case("close-up", tight, (Box(0, 0, 100, 100),))
        framed = cv2.copyMakeBorder(tight, 50, 50, 50, 50, cv2.BORDER_CONSTANT)
        yield Case("close-up in a black border", np.asarray(framed), (Box(50, 50, 100, 100),))


def without_faces(pictures: Sequence[tuple[str, Image]]) -> Iterator[Case]:
    """Pictures in which everything that is found is wrong, in colour and in gray."""
    for name, image in pictures:
        yield Case(f"no face: {name}", image, ())
        yield Case(f"no face, gray: {name}", as_gray(image), ())


def read_portraits(folder: Path, detector: FaceDetector) -> list[Portrait]:
    """The pictures of a folder in which the detector sees exactly one face."""
    portraits = []
    for _, image in read_pictures(folder):
        found = detector.detect(image)
        if len(found) == 1:
            portraits.append(Portrait(image, found[0].box))
    if not portraits:
        raise LabelError(f"{folder}: no picture of exactly one face")
    return portraits


def read_pictures(folder: Path) -> list[tuple[str, Image]]:
    """The pictures of a folder and their names, without what cannot be read."""
    paths = [each for each in sorted(folder.rglob("*")) if each.suffix.lower() in IMAGE_SUFFIXES]
    images = [(path.name, cv2.imread(str(path))) for path in paths]
    pictures = [(name, np.asarray(image, np.uint8)) for name, image in images if image is not None]
    if not pictures:
        raise LabelError(f"{folder}: no pictures")
    return pictures


def as_gray(image: Image) -> Image:
    """The picture without its colours, uint8 [height, width, 3]."""
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), np.uint8)


def _scene(
    portraits: Sequence[Portrait],
    backgrounds: Sequence[Image],
    width: int,
    random: np.random.Generator,
) -> tuple[Image, tuple[Box, ...]]:
    """Faces of one width, in the cells of a grid over a background."""
    image = _fill(backgrounds[int(random.integers(len(backgrounds)))])
    side = min(round(width * (1 + 2 * _AROUND)), SIZE[1])
    columns, rows = SIZE[0] // side, SIZE[1] // side
    cells = random.permutation(columns * rows)[:_MOST]
    faces = []
    for cell in cells:
        portrait = portraits[int(random.integers(len(portraits)))]
        patch, face = _cut(portrait, width, side)
        height, across = patch.shape[:2]
        left = (cell % columns) * side + random.integers(side - across + 1)
        top = (cell // columns) * side + random.integers(side - height + 1)
        image[top : top + height, left : left + across] = patch
        faces.append(face._replace(x=face.x + left, y=face.y + top))
    return image, tuple(faces)


def _fill(background: Image) -> Image:
    """The middle of a background at the size of the composed pictures, as a copy."""
    height, width = background.shape[:2]
    scale = max(SIZE[0] / width, SIZE[1] / height)
    size = max(SIZE[0], round(width * scale)), max(SIZE[1], round(height * scale))
    large = cv2.resize(background, size, interpolation=cv2.INTER_AREA)
    x, y = (size[0] - SIZE[0]) // 2, (size[1] - SIZE[1]) // 2
    return np.array(large[y : y + SIZE[1], x : x + SIZE[0]], np.uint8)


def _cut(portrait: Portrait, width: int, side: int) -> tuple[Image, Box]:
    """A portrait with its face at this width, no larger than a cell."""
    face, (height, across) = portrait.face, portrait.image.shape[:2]
    reach = min(_AROUND * face.width, (side / width - 1) / 2 * face.width)
    left, top = max(0, int(face.x - reach)), max(0, int(face.y - reach))
    right = min(across, int(face.x + face.width + reach))
    bottom = min(height, int(face.y + face.height + reach))
    scale = width / face.width
    size = min(side, round((right - left) * scale)), min(side, round((bottom - top) * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    patch = cv2.resize(portrait.image[top:bottom, left:right], size, interpolation=how)
    x, y = (face.x - left) * scale, (face.y - top) * scale
    return np.asarray(patch, np.uint8), Box(x, y, width, face.height * scale)


def _turned(image: Image, faces: Sequence[Box], turn: int) -> tuple[Image, tuple[Box, ...]]:
    """A picture and its faces, turned by a quarter `turn` times, counter-clockwise."""
    boxes = list(faces)
    for quarter in range(turn):
        width = image.shape[1 - quarter % 2]
        boxes = [Box(y, width - x - w, h, w) for x, y, w, h in boxes]
    return np.ascontiguousarray(np.rot90(image, turn)), tuple(boxes)


def _print(counts: dict[str, Count]) -> None:
    print(f"{'':28} pictures  faces  found missed  false   ms each")
    none = {kind: each for kind, each in counts.items() if kind.startswith("no face")}
    for kind, each in counts.items():
        if kind not in none:
            _print_row(kind, each)
    for prefix in ("no face:", "no face, gray:"):
        total = Count()
        for kind, each in none.items():
            if kind.startswith(prefix):
                for name in ("pictures", "false", "spoilt", "seconds"):
                    setattr(total, name, getattr(total, name) + getattr(each, name))
        _print_row(prefix.rstrip(":"), total)
        print(f"{'':28} {total.spoilt} of {total.pictures} pictures have a false face")
    for kind, each in none.items():
        if each.false:
            print(f"  {kind}: {each.false}")


def _print_row(kind: str, each: Count) -> None:
    ms = 1000 * each.seconds / max(1, each.pictures)
    missed = each.faces - each.found
    print(
        f"{kind:28} {each.pictures:8} {each.faces:6} {each.found:6} {missed:6} {each.false:6}"
        f" {ms:9.0f}"
    )


@one_line_errors
def main() -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description="Measure how many faces are found.")
    parser.add_argument("--portraits", type=Path, required=True, help="folder, one face in each")
    parser.add_argument("--backgrounds", type=Path, required=True, help="folder without faces")
    parser.add_argument("--rounds", type=int, default=3, help="composed pictures of each kind")
    options = parser.parse_args()
    detector = FaceDetector(threshold=DOUBTFUL)
    check = FaceCheck(detector)
    try:
        portraits = read_portraits(options.portraits, detector)
        pictures = read_pictures(options.backgrounds)

        def cases() -> Iterator[Case]:
            images = [image for _, image in pictures]
            yield from compose(portraits, images, rounds=options.rounds)
            yield from close_ups(portraits)
            yield from without_faces(pictures)

        _print(measure(lambda image: find_faces(detector, check, image), cases()))
    finally:
        detector.close()


if __name__ == "__main__":
    main()
