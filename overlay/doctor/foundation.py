"""What everything else needs: Python, the libraries, the models."""

from __future__ import annotations

import importlib
import platform
import sys

from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.errors import MissingLibraryError
from overlay.host.telemetry import refuse_telemetry
from overlay.installation import describe_version, find_installation
from overlay.language import _

_SYSTEMS = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}

#: Import name of each package with native code, and its usual name.
_LIBRARIES = {
    "numpy": "NumPy",
    "cv2": "OpenCV",
    "onnxruntime": "ONNX Runtime",
    "mediapipe": "MediaPipe",
    "pyvirtualcam": "pyvirtualcam",
}


def check_installation(machine: Machine) -> Finding:
    """Which version this is, how it was installed, and how to update it."""
    found = find_installation()
    message = _("{version}, installed {how}; to update it: {command}").format(
        version=describe_version(), how=_(found.name), command=_(found.update)
    )
    return Finding("installation", "ok", message)


def check_python(machine: Machine) -> Finding:
    """Whether this Python and this operating system are supported."""
    here = f"Python {platform.python_version()}, {platform.platform(terse=True)}"
    if not (3, 11) <= sys.version_info < (3, 15) or sys.maxsize < 2**32:
        fix = _("install a 64-bit Python 3.11 to 3.14 from python.org, then install again")
        return Finding("python", "problem", _("{name} is not supported").format(name=here), fix)
    if machine.system not in _SYSTEMS:
        return Finding(
            "python",
            "warning",
            _("{name}: this operating system has not been tried yet").format(name=here),
        )
    return Finding("python", "ok", here)


def check_libraries(machine: Machine) -> Finding:
    """Whether the packages with native code can be loaded."""
    from overlay.host.libraries import system_libraries

    refuse_telemetry()
    for module, name in _LIBRARIES.items():
        try:
            with system_libraries():
                _load(module)
        except MissingLibraryError as error:
            message, _semicolon, fix = str(error).partition("; ")
            return Finding("libraries", "problem", _unloadable(name, message), fix)
        except ImportError as error:
            fix = _(find_installation().repair)
            return Finding("libraries", "problem", _unloadable(name, error), fix)
    names = ", ".join(_LIBRARIES.values())
    return Finding("libraries", "ok", _("{names} can be loaded").format(names=names))


def _unloadable(name: str, reason: object) -> str:
    return _("{name} cannot be loaded: {reason}").format(name=name, reason=reason)


def _load(module: str) -> None:
    if module == "mediapipe":
        # Only what the app uses of it: the rest loads matplotlib, which leaves files in the home
        # folder, and looks for sound libraries with a compiler.
        from overlay.perception.detector import import_mediapipe

        import_mediapipe()
    else:
        importlib.import_module(module)


def check_models(machine: Machine) -> Finding:
    """Whether both models are there, unaltered, and can be opened."""
    from overlay.perception.verify import verify_models

    try:
        statuses = verify_models()
    except MissingLibraryError as error:  # MediaPipe loads its own libraries only now
        message, _semicolon, fix = str(error).partition("; ")
        return Finding("models", "problem", message, fix)
    for status in statuses:
        if not status.ok:
            message, _semicolon, fix = status.detail.rpartition("; ")
            return Finding("models", "problem", message, fix)
    return Finding(
        "models", "ok", _("the face detector and the expression network are complete and unaltered")
    )
