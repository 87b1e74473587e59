"""A session bus for tests, and programs on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from overlay.desktop.session_bus import SessionBus
from tests.e2e.desktop import REPOSITORY, require
from tests.waiting import until


@contextmanager
def session_bus(environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """A session bus of its own; gives its address.

    Args:
        environment: What the programs that it starts find in their environment besides.
    """
    require("dbus-daemon")
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    everything = os.environ | (environment or {})
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=everything) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


class NotificationServer:
    """Shows notifications on a bus. Use as a context manager."""

    def __init__(self, address: str, log: Path, clicks: str = "") -> None:
        self._log = log
        self._command = [sys.executable, "-m", "tests.desktop.notification_server", clicks]
        self._environment = os.environ | {"DBUS_SESSION_BUS_ADDRESS": address}
        self._address = address

    def __enter__(self) -> NotificationServer:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=REPOSITORY, stdout=log
            )
        until(self._is_there, "the notification server")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def shown(self) -> list[dict[str, Any]]:
        """All notifications so far: number, title, text, and actions."""
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def _is_there(self) -> bool:
        with SessionBus(self._address) as bus:
            names = bus.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames")[0]
        return "org.freedesktop.Notifications" in names
