"""A desktop's session of PipeWire without a desktop: its own bus, daemon and session manager."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_PACKAGES = {
    "dbus-daemon": "dbus",
    "pipewire": "pipewire",
    "pw-cli": "pipewire-bin",
    "wireplumber": "wireplumber",
    "gst-launch-1.0": "gstreamer1.0-tools",
    "/usr/lib/python3/dist-packages/gi/__init__.py": "python3-gi",
}
_PATIENCE_S = 30.0

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: PipeWire is Linux's")


@contextlib.contextmanager
def pipewire_session(folder: Path) -> Iterator[dict[str, str]]:
    """Run PipeWire for this process and its children; gives the environment they need."""
    missing = {
        p for name, p in _PACKAGES.items() if not (shutil.which(name) or Path(name).exists())
    }
    if missing:
        pytest.skip(f"DESKTOP MISSING: apt-get install {' '.join(sorted(missing))}")
    if os.geteuid() == 0:  # wireplumber looks here, also where systemd does not run
        for name in ("seats", "sessions", "users", "machines"):
            Path("/run/systemd", name).mkdir(parents=True, exist_ok=True)
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    environment = {
        "XDG_RUNTIME_DIR": str(runtime),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus",
    }
    with contextlib.ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in environment.items():
            patch.setenv(name, value)
        address = environment["DBUS_SESSION_BUS_ADDRESS"]
        stack.enter_context(
            _running("dbus-daemon", "--session", "--nofork", f"--address={address}")
        )
        _wait_for(runtime / "bus")
        stack.enter_context(_running("pipewire"))
        _wait_for(runtime / "pipewire-0")
        stack.enter_context(_running("wireplumber"))
        yield environment


@contextlib.contextmanager
def _running(*command: str) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(_PATIENCE_S)


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.05)
