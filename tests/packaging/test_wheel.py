"""The wheel: everything the application needs is inside, and it works without the repository."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

import overlay
from overlay.models_store import detector_path
from tests.waiting import PATIENCE_S

REPOSITORY = Path(__file__).resolve().parents[2]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel as `make wheel` builds it, from a copy so that the checkout stays as it is."""
    checkout = tmp_path_factory.mktemp("checkout")
    for folder in ("overlay", "models", "installer"):
        shutil.copytree(
            REPOSITORY / folder, checkout / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for file in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(REPOSITORY / file, checkout)
    page = checkout / "web" / "dist"
    page.mkdir(parents=True)
    (page / "index.html").write_text("the page")  # stands for what `make web` builds
    dist = tmp_path_factory.mktemp("dist")
    command = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", dist, checkout]
    subprocess.run(command, check=True)
    (built,) = dist.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which only the wheel was installed; its dependencies are this Python's."""
    target = tmp_path_factory.mktemp("installed")
    subprocess.run([*PIP, "install", "--no-deps", "--target", target, wheel], check=True)
    return target


def _environment(installed: Path, folder: Path) -> dict[str, str]:
    """Of a user with an empty home who has installed the application and nothing else."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XDG_", "PYTHON", "COV"))
    }
    own = {"PYTHONPATH": str(installed), "HOME": str(folder), "LOCALAPPDATA": str(folder)}
    return environment | own


def _run(installed: Path, folder: Path, *arguments: str) -> str:
    """Run the installed application from an empty folder."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=_environment(installed, folder),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "name",
    ["emotion.onnx", "emotion.json", detector_path().name, "detector.json", "face_check.json"],
)
def test_the_models_are_inside(files: set[str], name: str) -> None:
    assert f"overlay/models/{name}" in files


def test_the_face_detector_comes_with_its_licence(files: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/models/LICENSE.detector.txt") for name in files)


def test_each_shipped_font_comes_with_its_licence(files: set[str]) -> None:
    assert any(re.fullmatch(r"overlay/drawing/fonts/.+\.[ot]tf", name) for name in files)
    assert any(re.search(r"\.dist-info/licenses/.*fonts/OFL.*\.txt$", name) for name in files)


def test_the_licence_is_the_gpl(files: set[str], metadata: Message) -> None:
    assert metadata["License-Expression"] == "GPL-2.0-or-later"
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in files)


def test_the_page_for_the_browser_is_inside(files: set[str]) -> None:
    assert "overlay/web/page/index.html" in files


def test_nothing_but_the_application_is_inside(files: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in files} == {"overlay", "emotion_overlay"}
    assert not [name for name in files if name.endswith((".pyc", ".partial"))]


def test_the_version_is_that_of_the_package(metadata: Message) -> None:
    assert metadata["Version"] == overlay.__version__


def test_every_dependency_has_an_upper_bound(metadata: Message) -> None:
    for requirement in metadata.get_all("Requires-Dist", []):
        assert re.search(r"==|<", requirement), requirement


def test_the_dependencies_are_those_the_privacy_promise_rests_on(metadata: Message) -> None:
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    names = {re.split(r"[^\w.-]", line)[0] for line in needed}

    assert "mediapipe==0.10.33" in needed
    assert "opencv-contrib-python" in names
    assert not names & {"opencv-python", "opencv-python-headless", "torch", "onnx", "requests"}


def test_the_installed_package_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    where = _run(installed, tmp_path, "-c", "import overlay; print(overlay.__file__)")

    assert Path(where.strip()).is_relative_to(installed)


def test_the_command_tells_its_version(installed: Path, tmp_path: Path) -> None:
    output = _run(installed, tmp_path, "-m", "overlay", "--version")

    assert output.startswith(f"emotion-overlay {overlay.__version__}, ")
    assert "model emotion " in output


def test_it_sets_up_a_virtual_camera_on_linux(files: set[str]) -> None:
    assert "overlay/virtual-camera.sh" in files


def test_the_command_is_installed(installed: Path) -> None:
    assert list(installed.glob("bin/emotion-overlay*")) or list(installed.glob("Scripts/*.exe"))


def test_the_models_are_found_without_repository_or_data_folder(
    installed: Path, tmp_path: Path
) -> None:
    _run(installed, tmp_path, "-m", "overlay", "models", "verify")

    assert not list(tmp_path.rglob("emotion-overlay")), "a data folder was made"


def test_the_page_is_served_from_the_wheel_until_ctrl_c(installed: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "overlay", "web", "--port", "0"],
        cwd=tmp_path,
        env=_environment(installed, tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process, urllib.request.urlopen(process.stdout.readline().split()[0]) as response:
        assert response.read() == b"the page"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 130
