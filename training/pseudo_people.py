"""Make a folder of pseudo-people from PublicTest: ``python -m training.pseudo_people --out DIR``.

FER2013 has no identities, so these are not people. A "person" is a group of strangers' faces that
look alike when blurred (k-means on 12x12 pixels, independent of the network), all seen by one
camera: the same light, tilt, framing and sharpness. With ``--takes 4`` each face is "photographed"
four times with small changes of pose, framing and light, and a person shows each expression with
two faces: closer to somebody who makes the same face again, but still not one identity.

File names are ``s012_0345_0.png``: person, tile, take. Classes are the FER+ majority.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import typer

from training.config import data_folder
from training.data import FER2013, TILE, read_sheet
from training.errors import one_line_errors
from training.metrics import ferplus_majority

PEOPLE = 24
FACES_WITH_TAKES = 2
Image = npt.NDArray[np.uint8]


class Camera(NamedTuple):
    """How one camera changes pictures; the neutral one leaves them as they are."""

    gamma: float = 1.0
    roll: float = 0.0
    scale: float = 1.0
    aspect: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    blur: float = 0.0
    light_x: float = 0.0
    light_y: float = 0.0

    @classmethod
    def draw(cls, rng: np.random.Generator, strength: float) -> Camera:
        """A random camera; `strength` 1 varies as much as people's rooms do, 0 not at all."""
        normal = strength * rng.normal(size=9)
        return cls(
            gamma=math.exp(0.45 * normal[0]),
            roll=0.14 * normal[1],
            scale=math.exp(0.12 * normal[2]),
            aspect=math.exp(0.07 * normal[3]),
            shift_x=2.5 * normal[4],
            shift_y=2.5 * normal[5],
            blur=abs(0.8 * normal[6]),
            light_x=0.35 * normal[7],
            light_y=0.35 * normal[8],
        )

    def see(self, tile: Image) -> Image:
        """The tile as this camera shows it, uint8 [48, 48]."""
        cos, sin = math.cos(self.roll) * self.scale, math.sin(self.roll) * self.scale
        turn = np.array([[cos * self.aspect, -sin], [sin, cos / self.aspect]])
        middle = np.full(2, (TILE - 1) / 2)
        move = middle + np.array([self.shift_x, self.shift_y]) - turn @ middle
        seen = cv2.warpAffine(
            tile, np.c_[turn, move], (TILE, TILE), borderMode=cv2.BORDER_REPLICATE
        )
        if self.blur > 0.3:
            seen = cv2.GaussianBlur(seen, (0, 0), self.blur)
        y, x = np.mgrid[-1 : 1 : TILE * 1j, -1 : 1 : TILE * 1j]
        light = np.clip(1 + self.light_x * x + self.light_y * y, 0.2, 2)
        bright = 255 * (np.asarray(seen) / 255) ** self.gamma * light
        return np.asarray(np.clip(bright, 0, 255), np.uint8)


def look_alikes(
    images: npt.NDArray[np.uint8], labels: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Group faces [N, 48, 48] by how they look when blurred, less the mean face of each class."""
    small = np.stack(
        [
            cv2.resize(cv2.GaussianBlur(i, (0, 0), 2), (12, 12), interpolation=cv2.INTER_AREA)
            for i in images
        ]
    )
    looks = small.reshape(len(images), -1).astype(np.float32)
    looks -= looks.mean(axis=1, keepdims=True)
    looks /= looks.std(axis=1, keepdims=True) + 1e-6
    for label in np.unique(labels):
        looks[labels == label] -= looks[labels == label].mean(axis=0)
    _, _, axes = np.linalg.svd(looks - looks.mean(axis=0), full_matrices=False)
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 50, 1e-3)
    features = np.asarray(looks @ axes[:16].T, np.float32)
    groups = np.zeros((len(images), 1), np.int32)
    cv2.kmeans(features, PEOPLE, groups, criteria, 3, cv2.KMEANS_PP_CENTERS)
    return np.asarray(groups[:, 0], np.int64)


@one_line_errors
def main(
    out: Annotated[Path, typer.Option(help="Folder to write, with a subfolder for each class.")],
    takes: Annotated[int, typer.Option(min=1, help="Pictures of each face.")] = 1,
    data: Annotated[Path | None, typer.Option(help="Folder with the sheets.")] = None,
) -> None:
    """Write the pictures of the pseudo-people."""
    folder = data or data_folder()
    tiles = read_sheet(folder / "public_test.png", folder / "public_test.csv")
    assert tiles.votes is not None
    majority = ferplus_majority(tiles.votes)
    kept = np.flatnonzero((majority >= 0) & (majority < len(FER2013)))
    groups = look_alikes(tiles.images[kept], majority[kept])
    rng = np.random.default_rng(0)
    cameras = [Camera.draw(rng, 1.0) for _ in range(PEOPLE)]
    faces_left = dict.fromkeys(np.ndindex(PEOPLE, len(FER2013)), FACES_WITH_TAKES)
    written = 0
    for name in FER2013:
        (out / name).mkdir(parents=True, exist_ok=True)
    for tile, person in zip(kept.tolist(), groups.tolist(), strict=True):
        if takes > 1:
            faces_left[person, majority[tile]] -= 1
            if faces_left[person, majority[tile]] < 0:
                continue
        for take in range(takes):
            face = (
                tiles.images[tile] if takes == 1 else Camera.draw(rng, 0.4).see(tiles.images[tile])
            )
            name = f"s{person:03}_{tile:04}_{take}.png"
            path = out / FER2013[majority[tile]] / name
            cv2.imencode(".png", cameras[person].see(face))[1].tofile(path)
            written += 1
    typer.echo(f"{out}: {written} pictures of {PEOPLE} made-up people")


if __name__ == "__main__":
    typer.run(main)
