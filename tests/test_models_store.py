"""Models are found and checked."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from overlay.errors import ModelError
from overlay.host import resources
from overlay.models_store import check_file, detector_manifest, detector_path, read_json


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models of which the face detector's is missing."""
    shutil.copy(resources.models_dir() / "detector.json", tmp_path)
    monkeypatch.setattr(resources, "models_dir", lambda: tmp_path)
    return tmp_path


def test_the_face_detector_is_the_file_of_its_manifest() -> None:
    manifest = detector_manifest()
    content = detector_path().read_bytes()
    assert len(content) == manifest.bytes == 676_746
    assert hashlib.sha256(content).hexdigest() == manifest.sha256
    assert manifest.licence == "Apache-2.0"


def test_a_missing_face_detector_says_what_to_do(models: Path) -> None:
    with pytest.raises(ModelError, match="is missing; install the application again"):
        detector_path()


def test_an_altered_face_detector_is_refused(models: Path) -> None:
    (models / detector_manifest().file).write_bytes(b"something else")
    with pytest.raises(ModelError, match="altered"):
        detector_path()


@pytest.mark.parametrize("file", ["", "../detector.tflite", "/dev/zero", "a\x00b", "\ud800", "a\n"])
def test_a_description_can_only_name_a_file_beside_it(models: Path, file: str) -> None:
    path = models / "detector.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"file": file}))
    with pytest.raises(ModelError, match=r"detector\.json is"):
        detector_path()


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_a_damaged_description_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "emotion.json"
    path.write_text(text)
    with pytest.raises(ModelError, match=r"emotion\.json") as caught:
        read_json(path)
    assert "\n" not in str(caught.value)


def test_check_file_tells_missing_from_altered(tmp_path: Path) -> None:
    path = tmp_path / "model"
    with pytest.raises(ModelError, match="missing; fix it"):
        check_file(path, "00", fix="fix it")
    path.write_bytes(b"x")
    with pytest.raises(ModelError, match="altered"):
        check_file(path, "00", fix="fix it")
    check_file(path, hashlib.sha256(b"x").hexdigest(), fix="fix it")
