"""A missing system library becomes one line that names it and the packages."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from pathlib import Path

import pytest

from overlay.errors import MissingLibraryError
from overlay.host.libraries import QT_FIX, system_libraries

on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="PLATFORM: the ELF loader of Linux speaks"
)


@on_linux
def test_mediapipe_without_libegl_names_the_packages(tmp_path: Path) -> None:
    # MediaPipe's own library, made to ask for a name that no machine has: the real loader fails.
    package = importlib.util.find_spec("mediapipe")
    assert package is not None
    assert package.origin is not None
    library = Path(package.origin).parent / "tasks" / "c" / "libmediapipe.so"
    content = library.read_bytes()
    assert b"libEGL.so.1\0" in content
    broken = tmp_path / "libmediapipe.so"
    broken.write_bytes(content.replace(b"libEGL.so.1\0", b"libEGX.so.1\0"))
    with pytest.raises(MissingLibraryError) as caught, system_libraries():
        ctypes.CDLL(str(broken))
    line = str(caught.value)
    assert "libEGX.so.1 is missing" in line
    assert "libxcb1 libgl1 libglib2.0-0 libegl1 libgles2" in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("libGL.so.1: cannot open shared object file: No such file or directory", "libGL.so.1"),
        (
            "libgthread-2.0.so.0: cannot open shared object file: No such file or directory",
            "libgthread-2.0.so.0",
        ),
        ("DLL load failed while importing cv2: The specified module could not be found.", "cv2"),
    ],
)
def test_what_import_cv2_says_is_translated(message: str, named: str) -> None:
    with pytest.raises(MissingLibraryError, match=named), system_libraries():
        raise ImportError(message)


@pytest.mark.parametrize(
    "error",
    [ModuleNotFoundError("No module named 'cv2'"), FileNotFoundError("clip.mp4"), ValueError("x")],
)
def test_other_errors_pass_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, system_libraries():
        raise error
    assert caught.value is error


def test_nothing_happens_when_all_is_there() -> None:
    with system_libraries():
        import cv2
    assert cv2.__version__


def test_the_fix_for_qt_names_packages_of_debian_on_linux_alone() -> None:
    assert ("apt-get" in str(QT_FIX)) is (sys.platform == "linux")
