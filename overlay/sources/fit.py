"""Converts any picture to BGR, turns it, and brings it to a given size."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from overlay.errors import SourceError
from overlay.language import LazyText
from overlay.scene import Image

#: How a picture of another shape fills a frame; auto crops where that cuts little off.
FitMode = Literal["auto", "crop", "letterbox"]

#: The most that `auto` cuts off, as a part of the picture: what 4:3 loses in a frame of 16:9, and
#: a little for sizes that are only nearly of these shapes.
_MOST_CUT = 0.26

_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


class Part(NamedTuple):
    """A part of a picture, in whole pixels."""

    x: int
    y: int
    width: int
    height: int


def to_bgr(image: npt.NDArray[Any]) -> Image:
    """Convert a picture to the format that all packages use.

    Args:
        image: [H, W] or [H, W, 1 to 4]: gray, gray with alpha, BGR, or BGRA. uint8, uint16
            (0 to 65535), bool, or floating point (0 to 1; beyond that is clipped, NaN is black).
            Alpha is dropped.

    Returns:
        uint8 [H, W, 3], BGR, C-contiguous; the same array if it already was that.

    Raises:
        SourceError: The array is empty or cannot be a picture.
    """
    if image.ndim not in (2, 3) or image.size == 0 or (image.ndim == 3 and image.shape[2] > 4):
        raise SourceError(
            LazyText(
                "not a picture: an array of shape {shape}; expected [H, W, 3]", shape=image.shape
            )
        )
    pixels = _to_uint8(image)
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if channels <= 2:
        gray = pixels if pixels.ndim == 2 else pixels[..., 0]
        return np.ascontiguousarray(np.broadcast_to(gray[..., None], (*gray.shape, 3)))
    return np.ascontiguousarray(pixels if channels == 3 else pixels[..., :3])


def _to_uint8(image: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    if image.dtype == np.uint8:
        return np.asarray(image, np.uint8)
    if image.dtype == np.uint16:
        return np.asarray(image >> 8, np.uint8)
    if image.dtype == np.bool_ or np.issubdtype(image.dtype, np.floating):
        scaled = np.round(np.nan_to_num(np.clip(image, 0, 1)) * 255.0)
        return np.asarray(scaled, np.uint8)
    raise SourceError(
        LazyText("not a picture: values of type {dtype}; expected uint8", dtype=image.dtype)
    )


def turn(image: Image, rotate: int, flip: bool) -> Image:
    """Turn a picture the right way up and the right way round.

    Args:
        image: uint8 [H, W, 3], BGR.
        rotate: By how much to turn it clockwise, in degrees: 0, 90, 180 or 270.
        flip: Whether left and right are swapped after that.

    Returns:
        uint8, C-contiguous; the same array if there is nothing to turn.
    """
    turned = cv2.rotate(image, _TURNS[rotate]) if rotate else image
    return np.asarray(cv2.flip(turned, 1) if flip else turned, np.uint8)


def fit(image: Image, width: int, height: int, mode: FitMode = "auto") -> Image:
    """Bring a picture to an exact size and keep its aspect ratio.

    Args:
        image: uint8 [H, W, 3], BGR.
        width: Wanted width in pixels, at least 1.
        height: Wanted height in pixels, at least 1.
        mode: `crop` fills the frame and cuts off the same amount at two opposite edges;
            `letterbox` keeps the whole picture and adds black bars; `auto` crops if that cuts off
            a quarter of the picture at most.

    Returns:
        uint8 [height, width, 3]; the same array if the size is already right.
    """
    if image.shape[:2] == (height, width):
        return image
    shown = shown_part((image.shape[1], image.shape[0]), (width, height), mode)
    if mode != "crop" and shown[2:] == (image.shape[1], image.shape[0]):
        return _letterbox(image, width, height)
    x, y, shown_width, shown_height = shown
    return _resize(image[y : y + shown_height, x : x + shown_width], width, height)


def shown_part(size: tuple[int, int], frame: tuple[int, int], mode: FitMode) -> Part:
    """Which part of a picture `fit` shows.

    Args:
        size: Width and height of the picture, in pixels.
        frame: Width and height of the frame that it fills, in pixels.
        mode: As for `fit`.

    Returns:
        The part, in pixels of the picture; all of it where nothing is cut off.
    """
    (width, height), whole = size, Part(0, 0, *size)
    if mode == "letterbox":
        return whole
    scale = max(frame[0] / width, frame[1] / height)
    shown_width = min(width, max(1, round(frame[0] / scale)))
    shown_height = min(height, max(1, round(frame[1] / scale)))
    if mode == "auto" and shown_width * shown_height < (1 - _MOST_CUT) * width * height:
        return whole
    x, y = (width - shown_width) // 2, (height - shown_height) // 2
    return Part(x, y, shown_width, shown_height)


def _letterbox(image: Image, width: int, height: int) -> Image:
    source_height, source_width = image.shape[:2]
    scale = min(width / source_width, height / source_height)
    inner_width = min(width, max(1, round(source_width * scale)))
    inner_height = min(height, max(1, round(source_height * scale)))
    x, y = (width - inner_width) // 2, (height - inner_height) // 2
    canvas = np.zeros((height, width, 3), np.uint8)
    canvas[y : y + inner_height, x : x + inner_width] = _resize(image, inner_width, inner_height)
    return canvas


def _resize(image: Image, width: int, height: int) -> Image:
    # Averaging costs five times as much and is only visible when shrinking to less than half.
    shrinking = 2 * width < image.shape[1] or 2 * height < image.shape[0]
    method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    resized: Image = cv2.resize(image, (width, height), interpolation=method)  # type: ignore[assignment]
    return resized
