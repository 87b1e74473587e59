"""From a picture as Pillow decodes it to pixels as all packages use them."""

from __future__ import annotations

import contextlib
import io
from functools import cache
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageFilter, ImageOps

from overlay import scene
from overlay.sources.hdr import Curve, curve_of, table

#: So many pixels are converted at a time: photos at once, and what is larger without several more
#: copies in memory.
_AT_A_TIME = 2**24

#: Pillow's modes for the colour spaces of ICC profiles.
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}


def to_pixels(image: Image.Image) -> scene.Image:
    """Turn a picture upright and convert its colours.

    Args:
        image: A decoded picture of any mode, with its metadata. It may be changed.

    Returns:
        uint8 [height, width, 3], BGR in sRGB, upright as its metadata say; HDR as an ordinary
        screen shows it, where a HEIF file says that it is that. Over transparent parts
        it is white; where all is transparent, the colours below count.
    """
    profile, curve = image.info.get("icc_profile"), _curve(image)
    with contextlib.suppress(Exception):  # where the metadata are damaged and the picture is not
        ImageOps.exif_transpose(image, in_place=True)
    image = _eight_bits(image)
    shows_through = image.has_transparency_data and _is_visible(image)
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    rows = max(1, _AT_A_TIME // image.width)
    for top in range(0, image.height, rows):
        part = image
        if rows < image.height:
            part = image.crop((0, top, image.width, min(image.height, top + rows)))
        rgb = _over_white(part, profile) if shows_through else _to_srgb(part, profile)
        if curve is not None:
            rgb = rgb.filter(_tone_map(curve))
        cv2.cvtColor(np.asarray(rgb), cv2.COLOR_RGB2BGR, dst=pixels[top : top + rows])
    return pixels


def _curve(image: Image.Image) -> Curve | None:
    """The curve of an HDR picture; only HEIF files of cameras say it (ISO/IEC 23091-2, nclx)."""
    colours = image.info.get("nclx_profile")
    if not colours or image.info.get("icc_profile"):
        return None
    return curve_of(colours["transfer_characteristics"], colours["color_primaries"])


@cache
def _tone_map(curve: Curve) -> ImageFilter.Color3DLUT:
    colours = table(curve).reshape(-1, 3)
    steps = round(len(colours) ** (1 / 3))
    return ImageFilter.Color3DLUT(steps, (colours / 65535).astype(np.float32).ravel())


def _eight_bits(image: Image.Image) -> Image.Image:
    """The picture with 8 bits a channel.

    Cameras for science and industry keep 12 bits in 16; of 32 bits any part may be in use.
    """
    if image.mode.startswith("I;16"):
        wide = np.asarray(image).astype(np.uint16)
        return Image.fromarray((wide >> (8 if wide.max() > 4095 else 4)).astype(np.uint8))
    if image.mode not in ("I", "F"):
        return image
    values = np.nan_to_num(np.asarray(image, np.float64))
    low, high = values.min(), values.max()
    scaled = (values - low) * (255 / (high - low) if high > low else 0)
    return Image.fromarray(np.round(scaled).astype(np.uint8))


def _is_visible(image: Image.Image) -> bool:
    return image.convert("RGBA").getchannel("A").getbbox() is not None


def _over_white(image: Image.Image, profile: bytes | None) -> Image.Image:
    image = image.convert("RGBA")
    rgb = _to_srgb(image.convert("RGB"), profile)
    return Image.composite(rgb, Image.new("RGB", rgb.size, "white"), image.getchannel("A"))


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in RGB, its colours converted from those of its ICC profile, if it has one."""
    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):  # damaged
        if image.mode == "LAB":
            return _converted(image, ImageCms.createProfile("LAB"))
        if profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = _MODES.get(source.profile.xcolor_space.strip())
            if mode == "RGB" and image.mode != "CMYK":
                if "sRGB" not in ImageCms.getProfileDescription(source):
                    return _converted(image.convert("RGB"), source)
            elif mode == image.mode:
                return _converted(image, source)
    return image if image.mode == "RGB" else image.convert("RGB")


def _converted(image: Image.Image, source: Any) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert converted is not None  # it is only where the picture is converted in place
    return converted
