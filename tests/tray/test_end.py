"""Once it was told to stop, the tray app ends, whatever hangs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from overlay.consent import CONSENT_VERSION
from tests.waiting import PATIENCE_S

_PROGRAM = f"""
import threading
from overlay import tray
from overlay.app import App
from overlay.bench.sink import Sink
from overlay.control import ControlServer
from overlay.settings import make_settings
from overlay.tray.recording import Recording

def hangs(self):
    threading.Event().wait()

Recording.close = hangs
tray._END_S = 1.0
settings = make_settings(
    mode="off", source="demo", width=320, height=180, consent={CONSENT_VERSION}
)
with ControlServer() as server:
    app = App(settings, open_output=lambda: Sink((320, 180)))
    server.serve(app)
    threading.Timer(1, app.stop).start()
    tray.run_tray(app, server)
"""


def test_the_process_ends_in_spite_of_what_hangs(tmp_path: Path) -> None:
    """What a desktop or a device does not answer must not keep the webcam from being released."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment["EMOTION_OVERLAY_LOG_DIR"] = str(tmp_path)
    run = subprocess.run([sys.executable, "-c", _PROGRAM], env=environment, timeout=PATIENCE_S)
    assert run.returncode == 1
    assert "hangs" in (tmp_path / "emotion-overlay.crash").read_text()
