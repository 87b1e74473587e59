from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

_IMPORT = re.compile(r"^\s*(?:import|from) onnxruntime\b", re.M)

#: Fails the import of ONNX Runtime where nothing was refused before.
_WATCH = """
import os, sys
class Watch:
    def find_spec(self, name, *_):
        assert name != "onnxruntime" or os.environ.get("ORT_DISABLE_TELEMETRY") == "1"
sys.meta_path.insert(0, Watch())
"""


@pytest.mark.parametrize(
    "use",
    [
        "from overlay.perception.classifier import Classifier; Classifier()",
        "from overlay.doctor import Machine; from overlay.doctor.foundation import check_libraries;"
        "check_libraries(Machine())",
    ],
    ids=["classifier", "doctor"],
)
def test_onnx_runtime_is_loaded_only_after_its_telemetry_was_refused(use, monkeypatch):
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    script = f"{_WATCH}\n{use}\nassert 'onnxruntime' in sys.modules"
    subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, check=True)


def test_no_module_loads_it_without_refusing():
    for path in sorted((REPOSITORY / "overlay").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if found := _IMPORT.search(text):
            assert "refuse_telemetry()" in text[: found.start()], path
