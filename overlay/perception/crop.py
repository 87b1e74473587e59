"""Cuts faces out of a frame with the geometry of the tiles the network was trained on.

The mapping from the detector's box to the tile was fitted by `python -m training.fit_crop`, which
runs the detector on the FER2013 tiles themselves. The crop matters more than the network: change
these constants only together with a new fit.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from overlay.scene import Box, Image, KeyPoints, Point

#: Side of the tile, in box widths.
SIDE = 1.15
#: Centre of the tile relative to that of the upright box, right and down, in box widths.
OFFSET = (0.004, -0.041)

# A tile is first drawn at up to this many times its side, then scaled down by averaging.
_MAX_OVERSAMPLING = 8


class Tile(NamedTuple):
    """The square of a frame that becomes a crop.

    Attributes:
        center: Its centre, in pixels of the frame.
        side: Its side, in pixels of the frame.
        roll: Tilt of the head in radians; positive is clockwise in the picture.
    """

    center: Point
    side: float
    roll: float


def tile_of(box: Box, keypoints: KeyPoints) -> Tile:
    """The square around a face that matches the training tiles, rotated so that eyes are level."""
    (right_x, right_y), (left_x, left_y) = keypoints.right_eye, keypoints.left_eye
    roll = math.atan2(left_y - right_y, left_x - right_x)
    cos, sin = math.cos(roll), math.sin(roll)
    dx, dy = OFFSET[0] * box.width, OFFSET[1] * box.width
    x, y = box.center
    center = (x + cos * dx - sin * dy, y + sin * dx + cos * dy)
    return Tile(center, max(1.0, SIDE * box.width), roll)


def crop(image: Image, tile: Tile, size: int) -> npt.NDArray[np.uint8]:
    """Cut one tile out of a frame.

    Beyond the frame's edge the border is repeated. A face larger than the crop is drawn large and
    then scaled down by averaging, because sampling it directly would alias.

    Args:
        image: uint8 [height, width, 3], BGR.
        tile: The square to cut out.
        size: Side of the crop in pixels.

    Returns:
        uint8 [size, size], grayscale (ITU-R BT.601 weights, as in FER2013).
    """
    drawn = size * min(_MAX_OVERSAMPLING, max(1, math.ceil(tile.side / size)))
    (left, top), region = _region(image, tile)
    step = tile.side / drawn
    a, b = step * math.cos(tile.roll), step * math.sin(tile.roll)
    # From the centre of a crop pixel to the centre of a region pixel; both are at 0.5, 1.5, ...
    middle = drawn / 2 - 0.5
    x, y = tile.center[0] - left - 0.5, tile.center[1] - top - 0.5
    to_region = np.array([[a, -b, x - (a - b) * middle], [b, a, y - (a + b) * middle]])
    large = cv2.warpAffine(
        cv2.cvtColor(region, cv2.COLOR_BGR2GRAY),
        to_region,
        (drawn, drawn),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if drawn > size:
        large = cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(large, np.uint8)


def crop_faces(
    image: Image, faces: list[tuple[Box, KeyPoints]], size: int
) -> npt.NDArray[np.uint8]:
    """Cut all faces out of a frame.

    Args:
        image: uint8 [height, width, 3], BGR.
        faces: Box and key points of each face.
        size: Side of the crops in pixels.

    Returns:
        uint8 [faces, 1, size, size], grayscale: the network's input.
    """
    crops = np.empty((len(faces), 1, size, size), np.uint8)
    for i, (box, keypoints) in enumerate(faces):
        crops[i, 0] = crop(image, tile_of(box, keypoints), size)
    return crops


def _region(image: Image, tile: Tile) -> tuple[tuple[int, int], Image]:
    """The upper left corner and the pixels, at least one, of the part of a frame a tile needs."""
    height, width = image.shape[:2]
    reach = tile.side / 2 * (abs(math.cos(tile.roll)) + abs(math.sin(tile.roll))) + 2
    x, y = tile.center
    left = min(max(0, math.floor(x - reach)), width - 1)
    top = min(max(0, math.floor(y - reach)), height - 1)
    right = max(left + 1, min(width, math.ceil(x + reach)))
    bottom = max(top + 1, min(height, math.ceil(y + reach)))
    return (left, top), image[top:bottom, left:right]
