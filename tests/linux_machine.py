"""A made-up Linux machine: the traces that cameras and the steps of a set-up leave in a folder."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="PLATFORM: looks at Linux's device and process files"
)


class LinuxMachine:
    """Builds them step by step; every step returns the machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def install(self) -> LinuxMachine:
        """The kernel module v4l2loopback, not loaded."""
        folder = self.root / "lib/modules" / platform.release() / "updates/dkms"
        folder.mkdir(parents=True)
        (folder / "v4l2loopback.ko.xz").touch()
        return self

    def load(self, **parameters: str) -> LinuxMachine:
        """The module loaded, with the values of its parameters as sysfs shows them."""
        folder = self.root / "sys/module/v4l2loopback/parameters"
        folder.mkdir(parents=True)
        for name, value in parameters.items():
            (folder / name).write_text(f"{value}\n")
        return self

    def opened(self, times: int) -> LinuxMachine:
        """The module's devices opened so often, not by this process."""
        (self.root / "sys/module/v4l2loopback/refcnt").write_text(f"{times}\n")
        (self.root / "proc/self/fd").mkdir(parents=True)
        return self

    def loopback(self, number: int, label: str, *, node: bool = True) -> LinuxMachine:
        """A device of v4l2loopback."""
        folder = self._device(f"sys/devices/virtual/video4linux/video{number}", label)
        (folder / "max_openers").write_text("10\n")
        return self._node(number) if node else self

    def webcam(self, number: int, name: str) -> LinuxMachine:
        """A camera on a USB port."""
        self._device(f"sys/devices/pci0/usb1/video4linux/video{number}", name)
        return self._node(number)

    def node(self, number: int) -> Path:
        """Where a device node lies."""
        return self.root / f"dev/video{number}"

    def _device(self, path: str, name: str) -> Path:
        folder = self.root / path
        folder.mkdir(parents=True)
        (folder / "name").write_text(f"{name}\n")
        (folder / "index").write_text("0\n")
        link = self.root / "sys/class/video4linux" / folder.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(folder)
        return folder

    def _node(self, number: int) -> LinuxMachine:
        node = self.node(number)
        node.parent.mkdir(exist_ok=True)
        node.touch()
        return self
