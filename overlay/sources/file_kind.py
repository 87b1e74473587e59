"""Whether a file is a picture or a video, by its first bytes; names are often wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

Kind = Literal["picture", "video"]

#: How much of a file tells its kind: three packets of an MPEG transport stream, or the brands of
#: an ISO file.
_HEAD_BYTES = 600

_PICTURES = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",  # TIFF, little and big endian, and BigTIFF
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"\xff\x4f\xff\x51",  # JPEG 2000, bare and in its container
    b"\0\0\0\x0cjP  \r\n\x87\n",
)

_VIDEOS = (
    b"\x1a\x45\xdf\xa3",  # Matroska and WebM
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF: Windows Media
    b"FLV\x01",
    b"\0\0\x01\xba",  # MPEG program stream
    b"\0\0\x01\xb3",  # bare MPEG-1 and 2, then MPEG-4 part 2, H.264 and H.265
    b"\0\0\x01\xb0",
    b"\0\0\0\x01\x09",
    b"\0\0\0\x01\x27",
    b"\0\0\0\x01\x67",
    b"\0\0\0\x01\x40\x01",
    b"\0\0\0\x01\x46\x01",
    b"\x12\x00\x0a",  # bare AV1
    b"DKIF",  # IVF
    b"YUV4MPEG2",
    b"nut/multimedia container",
    b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01",  # MXF
    b"\x1f\x07\x00",  # DV
    b".RMF",  # RealMedia
    b"\xb7\xd8\x00\x20\x37\x49\xda\x11",  # WTV: Windows recorded TV
)

#: Brands of ISO files that hold pictures: HEIF (ISO/IEC 23008-12) and AVIF.
_PICTURE_BRANDS = frozenset(
    (b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"avif", b"avis")
)
_STILL_BRANDS = frozenset((b"mif1", b"heic", b"avif"))

#: Those of sound, and of Canon's raw photos.
_OTHER_BRANDS = frozenset((b"M4A ", b"M4B ", b"M4P ", b"crx "))

_RIFF: dict[bytes, Kind] = {b"WEBP": "picture", b"AVI ": "video"}

#: Boxes with which ISO and QuickTime files begin.
_ISO_BOXES = frozenset((b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp"))

#: Sizes of the second header of a BMP; its signature alone, "BM", may begin a text.
_BMP_HEADERS = frozenset((12, 16, 40, 52, 56, 64, 108, 124))

_PICTURE_NAMES = """
    .jpg .jpeg .jpe .jfif .mpo .png .apng .gif .bmp .dib .webp .tif .tiff .heic .heif .hif .avif
    .avifs .jp2 .j2k .jpx .ppm .pgm .pbm .pnm .jxl .psd .dng .cr2 .cr3 .nef .nrw .arw .orf .rw2
    .raf .pef .srw
"""
_VIDEO_NAMES = """
    .mp4 .m4v .mov .qt .3gp .3g2 .avi .divx .mkv .webm .mpg .mpeg .vob .m2v .mts .m2ts .wmv .asf
    .flv .f4v .ogv .mxf .dv .rm .rmvb .y4m .wtv .nut .ivf
"""

#: What counts where the first bytes say nothing, so that damaged files are named as such, and
#: pictures in formats that cannot be read.
PICTURE_SUFFIXES = frozenset(_PICTURE_NAMES.split())
VIDEO_SUFFIXES = frozenset(_VIDEO_NAMES.split())
_MOTION_JPEG = frozenset((".mjpeg", ".mjpg"))


def kind_of(path: Path) -> Kind | None:
    """What a file is: by its content, or by its name where the content does not tell.

    Args:
        path: A regular file.

    Raises:
        OSError: It cannot be read.
    """
    kind = kind_by_content(path)
    suffix = path.suffix.lower()
    if suffix in _MOTION_JPEG:  # JPEGs one after another
        return "video"
    if kind is None and suffix in PICTURE_SUFFIXES:
        return "picture"
    return "video" if kind is None and suffix in VIDEO_SUFFIXES else kind


def is_still(path: Path) -> bool:
    """Whether a source shows it as still pictures: a picture, or a folder, which may hold some.

    An animated GIF is none: it is played like a video.
    """
    try:
        if os.path.isdir(path):
            return True
        return os.path.isfile(path) and kind_of(path) == "picture" and not _is_animated_gif(path)
    except OSError:  # opening it will say so
        return False


def kind_by_content(path: Path) -> Kind | None:
    """What a file is by its first bytes alone; None for what is neither, or is damaged there.

    Raises:
        OSError: It cannot be read.
    """
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_PICTURES) or _is_bmp(head) or _is_netpbm(head):
        return "picture"
    if head.startswith(_VIDEOS) or _is_transport_stream(head):
        return "video"
    if head[4:8] in _ISO_BOXES:
        return _kind_of_iso(head)
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    return "video" if head.startswith(b"OggS") and b"theora" in head else None


def _is_animated_gif(path: Path) -> bool:
    with open(path, "rb") as file:
        if file.read(4) != b"GIF8":
            return False
        from PIL.GifImagePlugin import GifImageFile

        file.seek(0)
        try:
            return GifImageFile(file).is_animated
        except Exception:  # on damaged files Pillow's parsers raise anything
            return False


def _kind_of_iso(head: bytes) -> Kind | None:
    if head[4:8] != b"ftyp":
        return "video"
    end = min(int.from_bytes(head[:4], "big"), len(head))
    major, others = head[8:12], {head[at : at + 4] for at in range(16, end, 4)}
    if major in _PICTURE_BRANDS or others & _STILL_BRANDS:
        return "picture"
    return None if major in _OTHER_BRANDS else "video"


def _is_bmp(head: bytes) -> bool:
    return head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS


def _is_netpbm(head: bytes) -> bool:
    return head[:1] == b"P" and head[1:2] in b"123456" and head[2:3] in b" \t\r\n" and len(head) > 3


def _is_transport_stream(head: bytes) -> bool:
    """Whether three packets begin with their mark; those of Blu-ray discs have four bytes more."""
    return any(
        len(head) > first + 2 * size and set(head[first : first + 2 * size + 1 : size]) == {0x47}
        for first, size in ((0, 188), (4, 192))
    )
