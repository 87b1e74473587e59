"""All models are really opened before they are called good."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from overlay.host import resources
from overlay.perception.verify import verify_models


def test_the_models_of_this_installation_are_right() -> None:
    assert [(status.name, status.ok) for status in verify_models()] == [
        ("face detector", True),
        ("face check", True),
        ("expression network", True),
    ]


def test_an_altered_model_is_named_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("detector.json", "emotion.json", "emotion.onnx", "face_check.json"):
        shutil.copy(resources.models_dir() / name, tmp_path)
    with (tmp_path / "emotion.onnx").open("ab") as file:
        file.write(b"x")
    monkeypatch.setattr(resources, "models_dir", lambda: tmp_path)
    detector, check, network = verify_models()
    assert (detector.ok, check.ok, network.ok) == (False, True, False)
    assert "is missing; install the application again" in detector.detail
    assert "altered" in network.detail
