from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from overlay.doctor import Machine
from overlay.doctor.foundation import check_libraries, check_models, check_python
from overlay.host import resources
from overlay.host.libraries import DEBIAN_PACKAGES
from overlay.installation import find_installation
from tests.conftest import REPOSITORY


@pytest.mark.parametrize(
    ("system", "state"), [("linux", "ok"), ("darwin", "ok"), ("sunos5", "warning")]
)
def test_python_and_operating_system(system, state):
    finding = check_python(Machine(system))
    assert finding.state == state
    assert "Python 3." in finding.message


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 15, 0)])
def test_a_python_without_wheels_is_named(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    assert check_python(Machine("linux")).state == "problem"


def test_the_libraries_here_load():
    assert check_libraries(Machine()).state == "ok"


def test_a_missing_system_library_names_the_packages(monkeypatch):
    load = importlib.import_module

    def fail_like_a_bare_debian(name):
        if name == "cv2":
            raise ImportError("libGL.so.1: cannot open shared object file: No such file")
        return load(name)

    monkeypatch.setattr(importlib, "import_module", fail_like_a_bare_debian)
    finding = check_libraries(Machine())
    assert finding.state == "problem"
    assert "OpenCV cannot be loaded: the system library libGL.so.1 is missing" in finding.message
    assert finding.fix.endswith("sudo apt-get install " + " ".join(DEBIAN_PACKAGES))


def test_a_package_that_is_not_installed_is_installed_again(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    finding = check_libraries(Machine())
    assert finding.state == "problem"
    assert "pyvirtualcam cannot be loaded" in finding.message
    assert finding.fix == find_installation().repair


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A copy of the shipped models, to be damaged."""
    copy = tmp_path / "models"
    copy.mkdir()
    for path in filter(Path.is_file, resources.models_dir().iterdir()):
        (copy / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(resources, "models_dir", lambda: copy)
    return copy


def test_a_missing_detector_is_named(models):
    for path in models.glob("*.tflite"):
        path.unlink()
    finding = check_models(Machine())
    assert finding.state == "problem"
    assert "face_detection_full_range_sparse.tflite is missing" in finding.message
    assert finding.fix == "install the application again"


def test_an_altered_network_is_named(models):
    with open(models / "emotion.onnx", "ab") as file:
        file.write(b"!")
    finding = check_models(Machine())
    assert finding.state == "problem"
    assert "altered" in finding.message
    assert finding.fix.startswith("install the application again")


def test_looking_at_the_libraries_leaves_nothing_in_the_home_folder(tmp_path):
    script = (
        "from overlay.doctor import Machine\n"
        "from overlay.doctor.foundation import check_libraries\n"
        "assert check_libraries(Machine()).state == 'ok'\n"
    )
    hidden = ("XDG_", "MPLCONFIGDIR", "HOME")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
    subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        cwd=REPOSITORY,
        env={**inherited, "HOME": str(tmp_path)},
    )
    assert list(tmp_path.iterdir()) == []
