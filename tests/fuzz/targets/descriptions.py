"""`emotion.json` and `detector.json`: what describes a model, or a `ModelError`."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

from hypothesis import strategies as st

from overlay import models_store
from overlay.host import resources
from overlay.monitor.calibration import Model
from overlay.perception.classifier import Classifier
from tests.fuzz.inputs import Input, json_like

_FILES = ("emotion.json", "detector.json")


def inputs() -> st.SearchStrategy[Input]:
    """Descriptions with other values, or damaged."""
    return st.one_of(*map(_damaged, _FILES))


def read(input: Input, folder: Path) -> None:
    """Open the models by that description, the others as they are shipped."""
    shipped = resources.models_dir()
    for name in (*_FILES, "emotion.onnx"):
        (folder / name).symlink_to(shipped / name)
    (folder / input.name).unlink()
    (folder / input.name).write_bytes(input.content)
    with mock.patch.object(resources, "models_dir", return_value=folder):
        if input.name == "emotion.json":
            Model.current()
            Classifier()
        else:
            models_store.detector_path()


def _damaged(name: str) -> st.SearchStrategy[Input]:
    sound = json.loads((resources.models_dir() / name).read_text(encoding="utf-8"))
    return json_like(sound).map(lambda content: Input(name, content))
