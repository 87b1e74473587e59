"""The models in `models` are those whose checksums are in the program."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from overlay import shipped
from overlay.host import resources
from overlay.perception.face_check import face_check_path
from training.shipped import sums_of

MODELS = resources.models_dir()


def test_the_program_names_the_models_that_are_shipped() -> None:
    # After a new export elsewhere: python -m training.shipped
    assert Path(shipped.__file__).read_text(encoding="utf-8") == sums_of(MODELS)
    content = (MODELS / "emotion.onnx").read_bytes()
    assert hashlib.sha256(content).hexdigest() == shipped.EMOTION_SHA256
    assert hashlib.sha256(face_check_path().read_bytes()).hexdigest() == shipped.FACE_CHECK_SHA256


def test_the_sums_are_those_of_the_descriptions(tmp_path: Path) -> None:
    for name in ("emotion", "detector"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"sha256": f"sum of {name}"}))
    (tmp_path / "face_check.json").write_text("{}")
    written: dict[str, str] = {}
    exec(sums_of(tmp_path), written)
    assert written["EMOTION_SHA256"] == "sum of emotion"
    assert written["DETECTOR_SHA256"] == "sum of detector"
    assert written["FACE_CHECK_SHA256"] == hashlib.sha256(b"{}").hexdigest()
