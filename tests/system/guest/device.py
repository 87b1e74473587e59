"""The kernel module v4l2loopback and its devices."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from pathlib import Path

from guest.running import LABEL

_ROOT = Path("/sys/devices/virtual/video4linux")


def load(*parameters: str) -> str:
    """Load the module, by default with one device as the README says.

    Returns:
        The node of the first device.
    """
    options = parameters or ("exclusive_caps=1", f"card_label={LABEL}")
    quoted = [_quoted(option) for option in options]
    subprocess.run(["insmod", os.environ["MODULE"], *quoted], check=True)
    time.sleep(0.2)
    return nodes()[0]


def install() -> None:
    """Put the module where `modprobe` finds it, as its package does."""
    folder = Path("/lib/modules", platform.release(), "extra")
    folder.mkdir(parents=True)
    shutil.copy(os.environ["MODULE"], folder / "v4l2loopback.ko")
    subprocess.run(["depmod"], check=True)


def unload() -> None:
    """Remove the module; whoever used it must have let go."""
    for _ in range(50):
        if subprocess.run(["rmmod", "v4l2loopback"], capture_output=True).returncode == 0:
            return
        time.sleep(0.2)
    subprocess.run(["rmmod", "v4l2loopback"], check=True)


def nodes() -> list[str]:
    """The device nodes there are."""
    return sorted(f"/dev/{entry.name}" for entry in _ROOT.glob("video*"))


def _quoted(option: str) -> str:
    name, _, value = option.partition("=")
    return f'{name}="{value}"' if " " in value else option
