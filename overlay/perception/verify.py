"""Checks the models by opening them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from overlay.errors import ModelError
from overlay.host import resources
from overlay.models_store import detector_path
from overlay.perception.classifier import Classifier
from overlay.perception.detector import FaceDetector
from overlay.perception.face_check import face_check_path, load_weights


class ModelStatus(NamedTuple):
    """Whether one model can be used.

    Attributes:
        name: What the model does.
        path: The file, or None if it was not found.
        ok: Whether it is the right file and can be opened.
        detail: What is wrong and the fix, or that it is fine.
    """

    name: str
    path: Path | None
    ok: bool
    detail: str


def verify_models() -> list[ModelStatus]:
    """Check the checksum and contract of all models, and open them.

    Raises:
        MissingLibraryError: A library of the operating system is missing.
    """
    return [
        _verify("face detector", _open_detector),
        _verify("face check", _open_face_check),
        _verify("expression network", _open_classifier),
    ]


def _verify(name: str, open_model: Callable[[], Path]) -> ModelStatus:
    try:
        path = open_model()
    except ModelError as error:
        return ModelStatus(name, None, False, str(error))
    return ModelStatus(name, path, True, "checksum and contract are correct")


def _open_detector() -> Path:
    FaceDetector().close()
    return detector_path()


def _open_face_check() -> Path:
    load_weights()
    return face_check_path()


def _open_classifier() -> Path:
    path = resources.models_dir() / "emotion.onnx"
    Classifier(path)
    return path
