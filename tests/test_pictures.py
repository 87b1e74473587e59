"""Saved pictures are in the format of their name, look as they did, and tell nothing else."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image as PillowImage

from overlay.errors import OutputError
from overlay.pictures import WRITABLE_SUFFIXES, save_picture
from overlay.sources.demo import PORTRAIT
from overlay.sources.picture_file import read_picture

pillow_heif.register_heif_opener()

FORMATS = {
    ".jpg": "JPEG",
    ".JPEG": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".heic": "HEIF",
    ".avif": "AVIF",
    ".tif": "TIFF",
    ".bmp": "BMP",
    ".jp2": "JPEG2000",
    ".ppm": "PPM",
    "": "PNG",
}


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_suffix_decides_the_format(tmp_path: Path, suffix: str) -> None:
    image = cv2.imread(str(PORTRAIT))
    path = tmp_path / f"saved{suffix}"
    save_picture(path, image)
    with PillowImage.open(path) as file:
        assert file.format == FORMATS[suffix]
        assert not {0x010F, 0x8825} & set(file.getexif())  # camera, place
    saved = read_picture(path).image
    assert saved.shape == image.shape
    assert np.abs(saved.astype(int) - image).mean() < 4
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", sorted(WRITABLE_SUFFIXES))
@pytest.mark.parametrize("size", [(1, 1), (3, 200), (33, 17)])
def test_every_size_is_kept(tmp_path: Path, suffix: str, size: tuple[int, int]) -> None:
    path = tmp_path / f"saved{suffix}"
    save_picture(path, np.full((*size, 3), 90, np.uint8))
    assert read_picture(path).image.shape == (*size, 3)


@pytest.mark.parametrize("name", ["a.gif", "a.txt", "a.mp4", "a.eps", "a.pdf"])
def test_other_formats_are_refused_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=rf"cannot be saved as {Path(name).suffix}"):
        save_picture(tmp_path / name, np.zeros((4, 4, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_large_for_its_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"WEBP cannot hold a picture of 17000x3; name a \.png"):
        save_picture(tmp_path / "a.webp", np.zeros((3, 17_000, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []
