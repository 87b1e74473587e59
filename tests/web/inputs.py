"""Files that visitors give the page: a webcam's picture, pictures of all kinds, a video."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pillow_heif
from PIL import Image as Pillow

from overlay.scene import Image
from tests.clips import CLIPS, FPS, HOPPER

#: What the page asks a webcam for.
_CAMERA = (1280, 720)


def write_inputs(folder: Path) -> None:
    """Write all of them into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    two = CLIPS["two"]
    frames = [two.render(index) for index in range(len(two))]
    _encode(folder / "two.mjpeg", "mjpeg", "mjpeg", frames)
    camera = [cv2.resize(each, _CAMERA) for each in frames]
    _encode(folder / "camera.mjpeg", "mjpeg", "mjpeg", camera)
    _encode(folder / "two.mp4", "mp4", "libx264", frames[:30])
    cv2.imwrite(str(folder / "two.jpg"), frames[0])
    cv2.imwrite(str(folder / "nobody.png"), np.full((480, 640, 3), 128, np.uint8))
    cv2.imwrite(str(folder / "thirty.jpg"), _tiled(rows=5, columns=6, side=220))
    cv2.imwrite(str(folder / "huge.jpg"), cv2.resize(HOPPER.portrait, (7000, 8600)))
    (folder / "text.jpg").write_text("This is no picture.\n")
    rgb = cv2.cvtColor(frames[0], cv2.COLOR_BGR2RGB)
    pillow_heif.from_pillow(Pillow.fromarray(rgb)).save(folder / "phone.heic")


def _tiled(rows: int, columns: int, side: int) -> Image:
    """A crowd: the same person many times."""
    (x, y), reach = HOPPER.center, HOPPER.side
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    head = HOPPER.portrait[top : int(y + reach), left : int(x + reach)]
    return np.asarray(np.tile(cv2.resize(head, (side, side)), (rows, columns, 1)), np.uint8)


def _encode(path: Path, container: str, codec: str, frames: list[Image]) -> None:
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream(codec, rate=Fraction(FPS))
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        file.mux(stream.encode(None))
