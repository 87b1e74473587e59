"""One picture from a file, as a viewer would show it."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from PIL import (  # plugins that are imported here need no search among those of all formats
    AvifImagePlugin,  # noqa: F401
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    Jpeg2KImagePlugin,  # noqa: F401
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,  # noqa: F401
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from overlay import scene
from overlay.errors import PictureError
from overlay.language import LazyText
from overlay.sources.file_kind import kind_by_content
from overlay.sources.pixels import to_pixels

pillow_heif.register_heif_opener()

#: Pillow also opens formats that are programs (EPS) or that nobody's photos are in; every parser
#: is one more that a hostile file can attack.
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF", "TIFF", "BMP", "JPEG2000", "PPM")

#: Larger pictures would take gigabytes of memory.
MOST_PIXELS = 2**28
_UNDECODABLE = LazyText("cannot be decoded")

#: Pillow's own limit; above it there is a warning, above twice as much an error.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

#: Editors write more into a PNG about how it was made than the megabyte that Pillow allows.
PngImagePlugin.MAX_TEXT_CHUNK = 2**24

#: TIFF tags: NewSubfileType (1: a reduced version of another image), DNGVersion.
_SUBFILE_TYPE, _DNG_VERSION = 254, 50706


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was read.

    Attributes:
        image: uint8 [height, width, 3], BGR in sRGB, upright; transparent parts are white.
        notes: What the user should know about it, each as what follows its name.
    """

    image: scene.Image
    notes: tuple[str, ...] = ()


def read_picture(path: Path) -> Picture:
    """Read a picture, by its content, whatever its name.

    Of animations, pages and photos with several pictures it is the first, or what the file says
    is the main one. It is turned as its metadata say, its colours are converted to sRGB, and 16
    bits a channel become 8. Where a JPEG ends early or is damaged, that part is gray.

    Args:
        path: A JPEG, PNG, WebP, HEIF (HEIC), AVIF, GIF, TIFF, BMP, JPEG 2000 or PPM file.

    Raises:
        PictureError: It cannot be read, is damaged, in another format, or has more than 268
            million pixels.
    """
    if not os.path.isfile(path):  # reading a FIFO would wait for somebody who writes into it
        raise PictureError(path, LazyText("is not a file"), LazyText("name a picture"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(path)
        except PictureError:
            raise
        except UnidentifiedImageError:
            raise _unknown(path) from None
        except (MemoryError, Image.DecompressionBombError):
            raise _too_large(path) from None
        except PermissionError as error:
            raise PictureError(
                path,
                LazyText("cannot be read: {reason}", reason=error.strerror),
                LazyText("change its permissions"),
            ) from error
        except Exception as error:  # on damaged files Pillow's parsers raise anything
            raise PictureError(path, _UNDECODABLE) from error


def _unknown(path: Path) -> PictureError:
    if not path.stat().st_size:
        return PictureError(path, LazyText("is empty"), LazyText("copy or download it again"))
    known = kind_by_content(path) == "picture"
    return PictureError(
        path, _UNDECODABLE if known else LazyText("is in no format that can be read")
    )


def _too_large(path: Path) -> PictureError:
    return PictureError(
        path, LazyText("has more than 268 million pixels"), LazyText("scale it down")
    )


def _read(path: Path) -> Picture:
    with Image.open(path, formats=_FORMATS) as file:
        _check(path, file)
        notes = _notes(file)
        try:
            file.load()
        except OSError:
            if file.format not in ("JPEG", "MPO"):
                raise
            return Picture(
                to_pixels(_mended(path)), ("is damaged: part of the picture is missing",)
            )
        return Picture(to_pixels(file), notes)


def _check(path: Path, file: Image.Image) -> None:
    if file.width * file.height > MOST_PIXELS:
        raise _too_large(path)
    if isinstance(file, TiffImagePlugin.TiffImageFile) and (
        file.tag_v2.get(_SUBFILE_TYPE, 0) & 1 or _DNG_VERSION in file.tag_v2
    ):
        reason = LazyText("is a raw photo, of which only a preview could be read")
        raise PictureError(path, reason, LazyText("export it as .jpg"))


def _notes(file: Image.Image) -> tuple[str, ...]:
    several = getattr(file, "is_animated", False)  # not n_frames, for which a GIF is read whole
    if isinstance(file, MpoImagePlugin.MpoImageFile):
        several = _has_more_as_large(file)
    if not several:
        return ()
    if file.format == "TIFF":
        return ("has several pages: only the first was read",)
    if file.format in ("HEIF", "MPO"):
        return ("holds several pictures: only the main one was read",)
    return ("is an animation: only its first picture was read",)


def _has_more_as_large(file: MpoImagePlugin.MpoImageFile) -> bool:
    """Whether others are as large as the main one; phones add previews and brightness maps."""
    size = file.size
    sizes = []
    with contextlib.suppress(Exception):  # those behind the main one may be damaged
        for number in range(1, file.n_frames):
            file.seek(number)
            sizes.append(file.size)
    file.seek(0)
    return size in sizes


def _mended(path: Path) -> Image.Image:
    """A JPEG that ends early, ended properly, so that its decoder fills in what is missing."""
    content = io.BytesIO(path.read_bytes() + b"\xff\xd9")
    image = Image.open(content, formats=["JPEG"])
    image.load()
    return image
