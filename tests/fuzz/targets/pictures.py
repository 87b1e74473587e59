"""Pictures of every format, damaged or under a wrong name: faces, or one line."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pillow_heif
from hypothesis import strategies as st
from PIL import Image as PillowImage

from overlay.analysis.job import Job
from overlay.analysis.reading import FileReader
from overlay.errors import SourceError
from overlay.settings import Settings
from overlay.sources.demo import PORTRAIT
from overlay.sources.picture_file import read_picture
from tests.fuzz.inputs import Input, damaged

pillow_heif.register_heif_opener()

#: Options for files with more than one picture.
_SEVERAL = {"save_all": True, "append_images": [PillowImage.new("RGB", (48, 40), "red")]}

#: Pillow's names of formats, each with the mode and the options with which it is written.
_FORMATS: dict[str, tuple[str, str, dict[str, object]]] = {
    "jpeg": ("JPEG", "RGB", {}),
    "jpeg progressive": ("JPEG", "RGB", {"progressive": True}),
    "jpeg cmyk": ("JPEG", "CMYK", {}),
    "mpo": ("MPO", "RGB", _SEVERAL),
    "png": ("PNG", "RGB", {}),
    "png palette": ("PNG", "P", {"transparency": 3}),
    "png gray 16": ("PNG", "I;16", {}),
    "apng": ("PNG", "RGB", _SEVERAL),
    "webp": ("WEBP", "RGBA", {}),
    "gif": ("GIF", "RGB", _SEVERAL),
    "heif": ("HEIF", "RGB", {}),
    "heif several": ("HEIF", "RGB", _SEVERAL),
    "avif": ("AVIF", "RGBA", {}),
    "tiff": ("TIFF", "RGB", {}),
    "tiff lab": ("TIFF", "LAB", {}),
    "tiff jpeg": ("TIFF", "RGB", {"compression": "jpeg"}),
    "tiff fax": ("TIFF", "1", {"compression": "group4"}),
    "bmp": ("BMP", "RGB", {}),
    "jpeg 2000": ("JPEG2000", "RGB", {}),
    "ppm": ("PPM", "RGB", {}),
}
_NAMES = ("a.jpg", "a.png", "a.webp", "a.heic", "a.avif", "a.gif", "a.tif", "a.txt", "a")


def inputs() -> st.SearchStrategy[Input]:
    """Pictures of every format, damaged."""
    content = st.sampled_from(sorted(_FORMATS)).flatmap(lambda name: damaged(_written(name)))
    return st.builds(Input, st.sampled_from(_NAMES), content)


def read(input: Input, folder: Path) -> None:
    """Label it, and write what was read."""
    path, labelled = folder / input.name, folder / "labelled.png"
    path.write_bytes(input.content)
    job = Job(path, input.name, len(input.content), 0, "picture", labelled)
    scenes: list[dict[str, Any]] = []
    outcome = _reader().read(job, scenes.append)
    if outcome.left_out is not None:
        assert not labelled.exists()
        raise SourceError(outcome.left_out)
    (scene,) = scenes
    json.dumps(scene)
    image = read_picture(labelled).image
    assert image.shape[:2] == (scene["height"], scene["width"])


@cache
def _reader() -> FileReader:
    return FileReader(Settings())


@cache
def _written(name: str) -> bytes:
    format, mode, options = _FORMATS[name]
    picture = PillowImage.open(PORTRAIT).resize((48, 40))
    exif = PillowImage.Exif()
    exif[0x0112] = 6  # turned
    with_exif = {} if format in ("GIF", "BMP", "JPEG2000", "PPM", "MPO") else {"exif": exif}
    content = io.BytesIO()
    if mode == "I;16":
        picture = picture.convert("L")
    picture = picture.convert(mode) if mode != "LAB" else PillowImage.new("LAB", (48, 40))
    picture.save(content, format, **with_exif, **options)
    return content.getvalue()
