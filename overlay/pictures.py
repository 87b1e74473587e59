"""Saving a picture the user asked for."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from overlay.errors import OutputError
from overlay.host.atomic_file import output_file
from overlay.scene import Image

# As fast as the encoders get: with their defaults a phone's HEIC would take half a minute. Colour
# in full resolution, where it costs little, since labels have thin coloured lines.
_JPEG = ("JPEG", {"quality": 95, "subsampling": 0})
_HEIF = ("HEIF", {"quality": 85, "enc_params": {"preset": "ultrafast"}})
_TIFF = ("TIFF", {"compression": "tiff_lzw"})

#: Pillow's name of the format, and the encoder's options, by suffix.
_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif"), _JPEG),
    ".png": ("PNG", {"compress_level": 1}),
    ".webp": ("WEBP", {"quality": 90, "method": 2}),
    **dict.fromkeys((".heic", ".heif", ".hif"), _HEIF),
    ".avif": ("AVIF", {"quality": 85, "subsampling": "4:4:4", "speed": 10}),
    **dict.fromkeys((".tif", ".tiff"), _TIFF),
    ".bmp": ("BMP", {}),
    ".jp2": ("JPEG2000", {"irreversible": True, "quality_layers": [10]}),
    ".ppm": ("PPM", {}),
}

#: Suffixes under which pictures can be saved.
WRITABLE_SUFFIXES = frozenset(_FORMATS)


def save_picture(path: Path, image: Image) -> None:
    """Write a picture in the format its name asks for, whole or not at all.

    It gets no metadata, such as place, time or camera, whatever the picture came from has.

    Args:
        path: Where to; the suffix, one of `WRITABLE_SUFFIXES`, decides the format; without one it
            is PNG.
        image: uint8 [height, width, 3], BGR, in sRGB.

    Raises:
        OutputError: The format is unknown or cannot hold such a picture, or the file cannot be
            written.
    """
    if path.suffix and path.suffix.lower() not in WRITABLE_SUFFIXES:
        raise OutputError(
            f"{path}: pictures cannot be saved as {path.suffix}; name a .png or .jpg file"
        )
    data = _encoded(path, image)
    with output_file(path) as file:
        file.write(data)


def _encoded(path: Path, image: Image) -> bytes:
    import cv2
    from PIL import Image as PillowImage

    format, options = _FORMATS[path.suffix.lower() or ".png"]
    if format == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    data = io.BytesIO()
    try:
        rgb = PillowImage.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        rgb.save(data, format, **options)
    except (OSError, ValueError, RuntimeError) as error:  # mostly too many pixels for the format
        height, width = image.shape[:2]
        raise OutputError(
            f"{path}: {format} cannot hold a picture of {width}x{height}; name a .png file"
        ) from error
    return data.getvalue()
