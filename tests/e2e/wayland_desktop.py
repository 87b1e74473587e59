"""A whole Wayland desktop without a screen: sway, a session bus, and waybar with its tray."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.e2e.desktop import ARTIFACTS, BACKGROUND, PANEL_HEIGHT, SIZE, Desktop, require
from tests.e2e.wayland_pointer import WaylandPointer
from tests.waiting import until

_SWAY = f"""\
output * resolution {SIZE[0]}x{SIZE[1]} background {BACKGROUND} solid_color
xwayland disable
for_window [title=".*"] floating enable
bar {{
    swaybar_command waybar
}}
"""
_WAYBAR = {
    "layer": "top",
    "height": PANEL_HEIGHT,
    "modules-left": ["tray"],
    "tray": {"icon-size": 24},
}
_STYLE = "window#waybar { background: #202020; }"

#: sway refuses to be root; in a namespace of its own, root is `nobody` and keeps its files.
_AS_A_USER = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


_A_DAY_MS = 24 * 3600 * 1000


class WaylandDesktop(Desktop):
    """One desktop; what `Desktop` has for panels of X11 is not here."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self._prefix = _AS_A_USER if os.getuid() == 0 else ()
        self.environment |= {
            "WLR_BACKENDS": "headless",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_RENDERER": "pixman",
        }

    def __enter__(self) -> WaylandDesktop:
        require("dbus-daemon", "sway", "waybar", "grim", "wtype", "gdbus")
        if self._prefix and subprocess.run([*self._prefix, "true"], capture_output=True).returncode:
            pytest.skip("PLATFORM: sway does not run as root, and there is no other user here")
        try:
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus()
            self._start_compositor()
            until(self._shows_status_notifiers, "waybar shows StatusNotifier icons")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "_pointer"):
            self._pointer.close()
        super().__exit__()

    def start(self, *command: str, **options: Any) -> subprocess.Popen[Any]:
        return super().start(*self._prefix, *command, **options)

    def screenshot(self, name: str | None = None) -> np.ndarray:
        png = subprocess.run(["grim", "-"], env=self.environment, capture_output=True, check=True)
        image = cv2.imdecode(np.frombuffer(png.stdout, np.uint8), cv2.IMREAD_COLOR)
        if name is not None:
            ARTIFACTS.mkdir(exist_ok=True)
            cv2.imwrite(str(ARTIFACTS / f"{name}.png"), image)
        return image

    def click(self, place: tuple[int, int], button: int) -> None:
        self._pointer.click(place, button)

    def press(self, *keys: str) -> None:
        for key in keys:
            subprocess.run(["wtype", "-k", key], env=self.environment, check=True)

    def windows(self, title: str) -> Sequence[str]:
        return [str(window["id"]) for window in self._tree() if window.get("name") == title]

    def focused(self) -> Sequence[str]:
        return [str(window["id"]) for window in self._tree() if window.get("focused")]

    def _tree(self) -> list[dict[str, Any]]:
        """All windows and what contains them."""
        asked = ["swaymsg", "--type", "get_tree"]
        answer = subprocess.run(asked, env=self.environment, capture_output=True, check=True)
        nodes = [json.loads(answer.stdout)]
        for node in nodes:
            nodes += [*node["nodes"], *node["floating_nodes"]]
        return nodes

    def _start_compositor(self) -> None:
        config = self.home / ".config"
        (config / "waybar").mkdir(parents=True)
        (config / "waybar" / "config").write_text(json.dumps(_WAYBAR))
        (config / "waybar" / "style.css").write_text(_STYLE)
        (config / "sway").write_text(_SWAY)
        runtime = self.home / "run"
        self.environment["SWAYSOCK"] = str(runtime / "sway")
        self.start("sway", "--config", str(config / "sway"))
        self.environment["WAYLAND_DISPLAY"] = "wayland-1"
        until((runtime / "wayland-1").is_socket, "the compositor's socket")
        self._pointer = WaylandPointer(runtime / "wayland-1", SIZE)
        # A window that has just learnt that there is a keyboard misses its first keys.
        self.start("wtype", "-s", str(_A_DAY_MS))
