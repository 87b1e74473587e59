"""What is part of the bundle, and how its program starts the application's helpers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BUNDLE = REPOSITORY / "installer" / "bundle"

sys.path.insert(0, str(BUNDLE))
from contents import belongs  # noqa: E402
from linux_libraries import shared, without_dangling  # noqa: E402


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/QtWidgets.abi3.so",
        "cv2/cv2.abi3.so",
        "mediapipe/tasks/c/libmediapipe.so",
        "onnxruntime/capi/onnxruntime_pybind11_state.cpython-311-x86_64-linux-gnu.so",
        "overlay/models/emotion.onnx",
        "pygments/lexers/python.py",
        "av-18.1.0.dist-info/licenses/LICENSE.txt",
    ],
)
def test_what_the_application_loads_is_part_of_it(path: str) -> None:
    assert belongs(path)


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/translations/qt_de.qm",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/Qt6Network.dll",
        "PySide6/QtNetwork.abi3.so",
        "cv2/data/haarcascade_frontalface_default.xml",
        "cv2/opencv_videoio_ffmpeg4140_64.dll",
        "opencv_python_headless.libs/libaom-a0d22147.so.3.14.1",
        "onnxruntime/capi/libonnxruntime.so.1.28.0",
        "mediapipe/modules/face_detection/x.binarypb",
        "av-18.1.0.dist-info/RECORD",
        "pygments/lexers/php.py",
    ],
)
def test_what_it_never_loads_stays_out(path: str) -> None:
    assert not belongs(path)


@pytest.mark.parametrize(
    ("source", "comes_along"),
    [
        ("/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", True),
        ("/usr/lib/python3.11/lib-dynload/_decimal.cpython-311-x86_64-linux-gnu.so", True),
        ("/lib/x86_64-linux-gnu/libEGL.so.1", False),
        ("/lib/x86_64-linux-gnu/libcrypto.so.3", False),
        ("/lib/x86_64-linux-gnu/libstdc++.so.6", False),
        ("/lib/x86_64-linux-gnu/libc.so.6", False),
    ],
)
def test_of_the_system_s_libraries_only_python_s_come_along(source: str, comes_along: bool) -> None:
    assert belongs(Path(source).name, source) is comes_along


def test_opencv_uses_pyav_s_ffmpeg_where_the_version_is_the_same() -> None:
    ours = ("av.libs/libavutil-5809ad29.so.60.26.102", "/wheel/a", "BINARY")
    same = ("opencv_python_headless.libs/libavutil-431feb49.so.60.26.102", "/wheel/b", "BINARY")
    other = ("opencv_python_headless.libs/libavutil-431feb49.so.59.0.0", "/wheel/c", "BINARY")

    link = (same[0], "../av.libs/libavutil-5809ad29.so.60.26.102", "SYMLINK")
    assert shared([same, ours, other]) == [link, ours, other]


def test_a_link_to_a_library_that_stays_out_stays_out_as_well() -> None:
    library = ("av.libs/libx264-1.so", "/wheel/x264", "BINARY")
    link = ("libx264-1.so", "av.libs/libx264-1.so", "SYMLINK")
    dangling = ("libssl-1.so", "opencv_python_headless.libs/libssl-1.so", "SYMLINK")
    assert without_dangling([link, dangling], [library]) == [link]


def _start(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, BUNDLE / "start.py", *arguments],
        cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_program_is_the_command_line() -> None:
    assert _start("--version").stdout.startswith("emotion-overlay ")


def test_the_program_starts_helpers_of_the_application_by_module() -> None:
    done = _start("-m", "overlay.analysis._worker_process")
    assert "Invalid JSON" in done.stderr, done.stderr  # no settings came in


def test_the_program_starts_no_other_module() -> None:
    done = _start("-m", "http.server")
    assert done.returncode == 2
    assert "No such option" in done.stderr


def test_programs_that_it_starts_do_not_get_its_libraries() -> None:
    code = "import os, start; start._restore_environment(); print(os.environ['LD_LIBRARY_PATH'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BUNDLE, capture_output=True, text=True, check=True,
        env={**os.environ, "LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": "/before"},
    )  # fmt: skip
    assert done.stdout == "/before\n"
