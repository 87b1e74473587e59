"""One clear line when a library of the operating system is missing.

OpenCV and MediaPipe are built against libraries that their wheels do not carry. Without them
Python reports a loader error from somewhere deep inside; this turns it into a fix.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from overlay.errors import MissingLibraryError
from overlay.language import LazyText

#: What OpenCV's and MediaPipe's wheels need on a bare Debian or Ubuntu.
DEBIAN_PACKAGES = ("libxcb1", "libgl1", "libglib2.0-0", "libegl1", "libgles2")

#: What Qt's wheel needs besides, on X11; without it, everything but windows works.
QT_DEBIAN_PACKAGES = (
    *("libdbus-1-3", "libfontconfig1", "libxkbcommon-x11-0"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0"),
)

#: What to do where windows cannot be shown because Qt cannot be loaded.
QT_FIX = LazyText("install emotion-overlay[desktop]")
if sys.platform == "linux":
    QT_FIX = LazyText(
        "install emotion-overlay[desktop] and, on Debian or Ubuntu, sudo apt-get install "
        "{packages}",
        packages=" ".join(QT_DEBIAN_PACKAGES),
    )

_SHARED_OBJECT = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object file")
_WINDOWS_LOADER = re.compile(r"DLL load failed while importing (\w+)|Could not find module '(.+?)'")


@contextmanager
def system_libraries() -> Iterator[None]:
    """Import or load native code inside this block to get a `MissingLibraryError` if it fails.

    Example:
        >>> with system_libraries():
        ...     import cv2

    Raises:
        MissingLibraryError: A library of the operating system is missing; the message names it
            and the packages to install. Every other error passes unchanged.
    """
    try:
        yield
    except (ImportError, OSError) as error:
        message = _explain(str(error))
        if message is None:
            raise
        raise MissingLibraryError(message) from error


def _explain(loader_message: str) -> LazyText | None:
    """The line to show for a loader's message, or None if it is about something else."""
    if match := _SHARED_OBJECT.search(loader_message):
        packages = " ".join(DEBIAN_PACKAGES)
        return LazyText(
            "the system library {library} is missing; on Debian or Ubuntu, install it with: sudo "
            "apt-get install {packages}",
            library=match[1],
            packages=packages,
        )
    if match := _WINDOWS_LOADER.search(loader_message):
        return LazyText(
            "Windows cannot load {library}; install the Microsoft Visual C++ Redistributable (x64) "
            "from https://aka.ms/vs/17/release/vc_redist.x64.exe",
            library=match[1] or match[2],
        )
    return None
