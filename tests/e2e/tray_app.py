"""`emotion-overlay` without arguments, with a virtual camera that a test can look into.

`python -m tests.e2e.tray_app FILE.png` keeps the newest frame that the call received in the file.
On SIGUSR1 it writes where its threads are to the standard error.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.camera_backend import CameraBackend


def _report(camera: CameraBackend, path: Path, ended: threading.Event) -> None:
    import cv2

    partial = path.with_suffix(".partial.png")
    while not ended.wait(0.1):
        if camera.frames:
            cv2.imwrite(str(partial), camera.frames[-1])
            os.replace(partial, path)


def main() -> None:
    # Here, because processes of windows import this module again, and need none of it.
    from overlay import cli
    from tests.camera_backend import CameraBackend, registered

    faulthandler.register(signal.SIGUSR1)
    with registered(CameraBackend(limit=1)) as camera:
        ended = threading.Event()
        report = threading.Thread(target=_report, args=(camera, Path(sys.argv[1]), ended))
        report.start()
        try:
            cli.main([])
        finally:  # a thread in native code at the interpreter's end would abort the process
            ended.set()
            report.join()


if __name__ == "__main__":
    main()
