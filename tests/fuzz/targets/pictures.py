"""Pictures of every suffix, damaged or under a wrong one: faces, or one line."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from hypothesis import strategies as st

from overlay.analysis.job import Job
from overlay.analysis.reading import FileReader
from overlay.errors import SourceError
from overlay.settings import Settings
from overlay.sources.demo import PORTRAIT
from overlay.sources.image import IMAGE_SUFFIXES, load_image
from tests.fuzz.inputs import Input, damaged

_SUFFIXES = sorted(IMAGE_SUFFIXES)
_OTHERS = (".gif", ".jp2", ".pbm", ".hdr", ".avif", ".exr", ".sr", ".pfm", ".pam")


def inputs() -> st.SearchStrategy[Input]:
    """Pictures of every format that OpenCV writes, under every suffix, damaged."""
    sound = st.sampled_from(_SUFFIXES) | st.sampled_from((*_SUFFIXES, *_OTHERS))
    content = sound.filter(_written).flatmap(lambda suffix: damaged(_written(suffix)))
    name = st.sampled_from(_SUFFIXES).map(lambda suffix: f"picture{suffix}")
    return st.builds(Input, name, content)


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
    image = load_image(labelled)
    assert image is not None
    assert image.shape[:2] == (scene["height"], scene["width"])


@cache
def _reader() -> FileReader:
    return FileReader(Settings())


@cache
def _written(suffix: str) -> bytes:
    picture = cv2.resize(cv2.imread(str(PORTRAIT)), (48, 40), interpolation=cv2.INTER_AREA)
    try:
        if suffix in (".pbm", ".pfm", ".exr", ".hdr"):
            kind = picture[..., :1] if suffix == ".pbm" else np.float32(picture) / 255
            return cv2.imencode(suffix, kind)[1].tobytes()
        return cv2.imencode(suffix, picture)[1].tobytes()
    except cv2.error:  # this build of OpenCV does not write it
        return b""
