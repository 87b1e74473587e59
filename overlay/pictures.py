"""Saving a picture the user asked for."""

from __future__ import annotations

from pathlib import Path

from overlay.atomic_file import atomic_write
from overlay.errors import OutputError
from overlay.scene import Image


def save_picture(path: Path, image: Image) -> None:
    """Write a picture in the format its name asks for, whole or not at all.

    Args:
        path: Where to; the suffix decides the format, for example `.png` or `.jpg`.
        image: uint8 [height, width, 3], BGR.

    Raises:
        OutputError: The format is unknown, or the file cannot be written.
    """
    import cv2

    try:
        ok, data = cv2.imencode(path.suffix or ".png", image)
        if not ok:
            raise OutputError(f"{path}: the picture cannot be encoded; name a .png or .jpg file")
        with atomic_write(path) as file:
            file.write(data.tobytes())
    except cv2.error:
        raise OutputError(f"{path}: unknown picture format; name a .png or .jpg file") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
