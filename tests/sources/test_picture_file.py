"""Pictures of every format that people have come out as a viewer shows them, or with a reason."""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image as PillowImage
from PIL import ImageCms, ImageDraw

from overlay.errors import PictureError
from overlay.scene import Image
from overlay.sources.demo import PORTRAIT
from overlay.sources.picture_file import read_picture
from tests.linux_machine import linux_only

pillow_heif.register_heif_opener()

#: Formats and modes in which one picture is written.
WRITTEN = [
    ("JPEG", "L", {}),
    ("JPEG", "RGB", {"progressive": True}),
    ("JPEG", "CMYK", {}),
    ("PNG", "1", {}),
    ("PNG", "L", {}),
    ("PNG", "LA", {}),
    ("PNG", "P", {}),
    ("PNG", "RGB", {}),
    ("PNG", "RGBA", {}),
    ("WEBP", "RGB", {}),
    ("WEBP", "RGBA", {"lossless": True}),
    ("GIF", "P", {}),
    ("HEIF", "RGB", {}),
    ("HEIF", "RGBA", {}),
    ("HEIF", "L", {}),
    ("AVIF", "RGB", {}),
    ("AVIF", "RGBA", {}),
    ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    ("TIFF", "CMYK", {}),
    ("TIFF", "L", {"compression": "jpeg"}),
    ("BMP", "RGB", {}),
    ("BMP", "P", {}),
    ("JPEG2000", "RGB", {}),
    ("PPM", "RGB", {}),
]


def picture(size: tuple[int, int] = (64, 48)) -> PillowImage.Image:
    """Blue with a red left half."""
    image = PillowImage.new("RGB", size, (20, 40, 220))
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1]), (220, 40, 20))
    return image


def read(path: Path) -> Image:
    found = read_picture(path)
    assert found.notes == ()
    assert found.image.dtype == np.uint8
    assert found.image.flags.c_contiguous
    return found.image


def near(image: Image, x: int, y: int, rgb: tuple[int, int, int], within: int = 12) -> bool:
    return bool(np.abs(image[y, x, ::-1].astype(int) - rgb).max() <= within)


@pytest.mark.parametrize(("format", "mode", "options"), WRITTEN)
def test_every_format_and_mode_by_its_content_alone(
    tmp_path: Path, format: str, mode: str, options: dict[str, Any], capfd: pytest.CaptureFixture
) -> None:
    path = tmp_path / "picture.txt"
    picture().convert(mode).save(path, format, **options)
    image = read(path)
    assert image.shape == (48, 64, 3)
    expected = np.asarray(picture().convert(mode).convert("RGB"))[..., ::-1].astype(int)
    assert np.abs(image[:, 8:24] - expected[:, 8:24]).max() <= 12
    assert np.abs(image[:, 40:56] - expected[:, 40:56]).max() <= 12
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_upright_as_its_metadata_say(tmp_path: Path, format: str, orientation: int) -> None:
    turns = {
        2: PillowImage.Transpose.FLIP_LEFT_RIGHT,
        3: PillowImage.Transpose.ROTATE_180,
        4: PillowImage.Transpose.FLIP_TOP_BOTTOM,
        5: PillowImage.Transpose.TRANSPOSE,
        6: PillowImage.Transpose.ROTATE_90,
        7: PillowImage.Transpose.TRANSVERSE,
        8: PillowImage.Transpose.ROTATE_270,
    }
    shown = picture()
    ImageDraw.Draw(shown).rectangle((0, 0, 31, 15), (20, 220, 40))
    stored = shown if orientation == 1 else shown.transpose(turns[orientation])
    exif = PillowImage.Exif()
    exif[0x0112] = orientation
    stored.save(path := tmp_path / "a", format, exif=exif)
    image = read(path)
    assert image.shape == (48, 64, 3)
    assert near(image, 12, 6, (20, 220, 40), 40)
    assert near(image, 12, 40, (220, 40, 20), 40)
    assert near(image, 52, 24, (20, 40, 220), 40)


@pytest.mark.parametrize(("format", "mode"), [("PNG", "RGBA"), ("WEBP", "RGBA"), ("PNG", "LA")])
def test_transparent_parts_are_white(tmp_path: Path, format: str, mode: str) -> None:
    image = PillowImage.new("RGBA", (64, 48), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 0, 31, 47), (0, 0, 0, 255))
    image.convert(mode).save(path := tmp_path / "a", format, lossless=True)
    found = read(path)
    assert near(found, 10, 24, (0, 0, 0))
    assert near(found, 50, 24, (255, 255, 255))


def test_where_all_is_transparent_the_colours_count(tmp_path: Path) -> None:
    image = picture().convert("RGBA")
    image.putalpha(0)
    image.save(path := tmp_path / "a.png")
    assert near(read(path), 10, 24, (220, 40, 20))


@pytest.mark.parametrize(("most", "shown"), [(65535, 128), (4095, 128), (300, 9)])
def test_gray_of_16_bits_and_of_12_in_16(tmp_path: Path, most: int, shown: int) -> None:
    values = np.zeros((4, 4), np.uint16)
    values[0], values[1] = most, most // 2 + 1
    PillowImage.fromarray(values).save(path := tmp_path / "a.png")
    assert abs(int(read(path)[1, 0, 0]) - shown) <= 1


def test_numbers_of_32_bits_use_their_whole_range(tmp_path: Path) -> None:
    values = np.linspace(-3, 7, 100, dtype=np.float32).reshape(10, 10)
    values[5, 5] = np.nan
    PillowImage.fromarray(values).save(path := tmp_path / "a.tif")
    image = read(path)
    assert (image[0, 0, 0], image[9, 9, 0]) == (0, 255)


def test_colours_are_converted_from_their_profile(tmp_path: Path) -> None:
    # A profile whose red and blue are exchanged shows at once whether it counts.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for one, other in ((b"rXYZ", b"bXYZ"), (b"sRGB", b"sBGR")):
        profile = bytearray(
            bytes(profile).replace(one, b"\0\1\2\3").replace(other, one).replace(b"\0\1\2\3", other)
        )
    utf_16 = "sRGB".encode("utf-16-be")
    profile = bytearray(bytes(profile).replace(utf_16, "test".encode("utf-16-be")))
    picture().save(path := tmp_path / "a.png", icc_profile=bytes(profile))
    assert near(read(path), 10, 24, (20, 40, 220), 30)


def test_an_hdr_photo_is_as_bright_as_an_ordinary_screen_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    # 128 of 255 on the PQ curve are 94 cd/m²; with paper white at 203, that is 185 of 255.
    PillowImage.new("RGB", (64, 64), (128, 128, 128)).save(
        path, color_primaries=9, transfer_characteristics=16, matrix_coefficients=9
    )
    assert near(read(path), 30, 30, (185, 185, 185), 4)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "LA"])
def test_a_large_picture_is_converted_part_by_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    portrait = PillowImage.open(PORTRAIT).convert("RGBA" if mode in ("RGBA", "LA") else "RGB")
    if portrait.mode == "RGBA":
        portrait.putalpha(PillowImage.linear_gradient("L").resize(portrait.size))
    portrait.convert(mode).save(path := tmp_path / "a.tif")
    at_once = read(path)
    monkeypatch.setattr("overlay.sources.pixels._AT_A_TIME", 10_000)
    assert np.array_equal(read(path), at_once)


def test_a_damaged_profile_does_not_count(tmp_path: Path) -> None:
    picture().save(path := tmp_path / "a.png", icc_profile=b"no profile")
    assert near(read(path), 10, 24, (220, 40, 20))


@pytest.mark.parametrize(
    ("format", "note"),
    [
        ("GIF", "is an animation: only its first picture was read"),
        ("PNG", "is an animation: only its first picture was read"),
        ("WEBP", "is an animation: only its first picture was read"),
        ("AVIF", "is an animation: only its first picture was read"),
        ("TIFF", "has several pages: only the first was read"),
        ("HEIF", "holds several pictures: only the main one was read"),
        ("MPO", "holds several pictures: only the main one was read"),
    ],
)
def test_the_first_or_main_picture_of_several_is_read_and_the_others_are_mentioned(
    tmp_path: Path, format: str, note: str
) -> None:
    others = [PillowImage.new("RGB", (64, 48), color) for color in ("black", "white")]
    picture().save(path := tmp_path / "a", format, save_all=True, append_images=others)
    found = read_picture(path)
    assert near(found.image, 10, 24, (220, 40, 20), 40)
    assert found.notes == (note,)


def test_previews_and_brightness_maps_are_no_further_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    small = PillowImage.new("L", (32, 24))
    picture().save(path, "MPO", save_all=True, append_images=[small])
    assert read_picture(path).notes == ()


def test_a_heic_photo_is_put_together_from_its_tiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pillow_heif.options.GRID_TILE_SIZE", 256)
    shown = picture((1024, 768))
    path = tmp_path / "phone.heic"
    shown.save(path, "HEIF")
    assert b"grid" in path.read_bytes()
    image = read(path)
    assert image.shape == (768, 1024, 3)
    assert near(image, 100, 700, (220, 40, 20))
    assert near(image, 1000, 700, (20, 40, 220))


def test_half_a_jpeg_is_read_and_said_to_be_damaged(tmp_path: Path) -> None:
    content = PORTRAIT.read_bytes()
    path = tmp_path / "half.jpg"
    path.write_bytes(content[: len(content) // 2])
    found = read_picture(path)
    assert found.notes == ("is damaged: part of the picture is missing",)
    whole = read_picture(PORTRAIT).image
    assert found.image.shape == whole.shape
    upper = slice(0, whole.shape[0] // 4)
    assert np.abs(found.image[upper].astype(int) - whole[upper]).mean() < 3


@pytest.mark.parametrize("format", ["PNG", "WEBP", "HEIF", "AVIF", "TIFF", "BMP", "JPEG2000"])
def test_half_of_any_other_is_left_out_without_a_line_of_its_decoder(
    tmp_path: Path, format: str, capfd: pytest.CaptureFixture
) -> None:
    content = io.BytesIO()
    PillowImage.open(PORTRAIT).save(content, format)
    path = tmp_path / "half"
    path.write_bytes(content.getvalue()[: content.tell() // 2])
    with pytest.raises(PictureError) as refused:
        read_picture(path)
    assert refused.value.reason == "it cannot be decoded"
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"text", "it is in no format that can be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "it is in no format that"),
        (b"%PDF-1.7", "it is in no format that"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "it is in no format that"),
        (b"\xff\x0a", "it is in no format that"),  # JPEG XL
        (b"\x89PNG\r\n\x1a\n", "it cannot be decoded"),
    ],
)
def test_what_is_no_picture_is_left_out_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=r"a\.jpg") as refused:
        read_picture(path)
    assert refused.value.reason.startswith(reason)


@pytest.mark.parametrize("tag", [{254: 1}, {50706: b"\1\4\0\0"}])
def test_a_raw_photo_is_not_taken_for_its_preview(tmp_path: Path, tag: dict[int, Any]) -> None:
    picture().save(path := tmp_path / "a.dng", "TIFF", tiffinfo=tag)
    with pytest.raises(PictureError, match=r"raw photo.*export it as \.jpg"):
        read_picture(path)


def _black_png(width: int, height: int) -> bytes:
    """A black picture of any size in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = zlib.crc32(kind + data)
        return len(data).to_bytes(4, "big") + kind + data + sum_.to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    pixels = zlib.compress(bytes((1 + -(-width // 8)) * height), 9)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def test_a_picture_too_large_for_the_memory_is_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(_black_png(17_000, 17_000))
    assert path.stat().st_size < 50_000
    with pytest.raises(PictureError, match="more than 268 million pixels: scale it down"):
        read_picture(path)
    path.write_bytes(_black_png(4_000, 3_000))
    image = read(path)
    assert image.shape == (3_000, 4_000, 3)
    assert not np.any(image)


@linux_only
def test_a_fifo_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "picture.png")
    with pytest.raises(PictureError, match="is not a file"):
        read_picture(tmp_path / "picture.png")


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: None])
def test_a_folder_or_nothing_is_no_picture(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a")
    with pytest.raises(PictureError, match="is not a file"):
        read_picture(tmp_path / "a")
