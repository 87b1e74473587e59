"""The wheel that `models install` gets from the index: its one file, or a `ModelError`."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from overlay import models_store
from tests.fuzz.inputs import Input, damaged

_MEMBER = "mediapipe/modules/face_detection/face.tflite"
_CONTENT = b"a model" * 20


def inputs() -> st.SearchStrategy[Input]:
    """A small wheel, damaged."""
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    wheels = st.sampled_from([_wheel(method) for method in methods]).flatmap(damaged)
    return wheels.map(lambda content: Input("mediapipe-0.10.21-py3-none-any.whl", content))


def read(input: Input, folder: Path) -> None:
    """Take the model out of the wheel."""
    path = folder / input.name
    path.write_bytes(input.content)
    manifest = models_store.detector_manifest()
    origin = replace(manifest.origin, member=_MEMBER)
    models_store._member(path, replace(manifest, bytes=len(_CONTENT), origin=origin))


def _wheel(method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("mediapipe/__init__.py", "")
        archive.writestr(_MEMBER, _CONTENT)
    return file.getvalue()
