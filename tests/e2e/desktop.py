"""A whole desktop without a screen: X server, session bus, window manager, and a panel to choose.

Everything runs for real in a home folder of its own, and is driven with `xdotool` as a user
would with mouse and keyboard.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.waiting import until

REPOSITORY = Path(__file__).resolve().parents[2]

#: Screenshots and pictures that the tests make, to be looked at.
ARTIFACTS = REPOSITORY / "artifacts"

SIZE = (1280, 720)
BACKGROUND = "#41586b"
PANEL_HEIGHT = 32

#: What each program is in.
PACKAGES = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus",
    "openbox": "openbox",
    "xdotool": "xdotool",
    "xfce4-panel": "xfce4-panel",
    "gdbus": "libglib2.0-bin",
    "tint2": "tint2",
    "trayer": "trayer",
    "sway": "sway",
    "waybar": "waybar",
    "grim": "grim",
    "wtype": "wtype",
}

_TINT2 = f"""\
rounded = 0
background_color = #dddddd 100
panel_items = S
panel_size = 100% {PANEL_HEIGHT}
panel_position = top left horizontal
panel_background_id = 1
systray_padding = 4 4 4
systray_icon_size = 24
"""


def require(*programs: str) -> None:
    """Skip the test, naming the packages, where a program is missing."""
    missing = [PACKAGES[program] for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"DESKTOP MISSING: apt-get install {' '.join(missing)}")


def _has_color(image: np.ndarray, color: str) -> np.ndarray:
    """Which pixels have a color as in HTML, or almost."""
    bgr = [int(color[i : i + 2], 16) for i in (5, 3, 1)]
    return np.abs(image.astype(int) - bgr).max(axis=2) < 24


class Desktop:
    """One desktop. Use as a context manager, or the fixture `desktop`.

    Attributes:
        home: The home folder of whoever uses it.
        environment: The environment variables of its programs.
        witnesses: What tells something of its programs if a test fails.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.witnesses: list[Callable[[], str]] = []
        self._processes: list[subprocess.Popen[Any]] = []
        runtime = home / "run"
        runtime.mkdir(mode=0o700)
        kept = ("PATH", "LANG", "VIRTUAL_ENV", "EMOTION_OVERLAY_SHARED", "LD_LIBRARY_PATH")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ} | {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "PYTHONPATH": str(REPOSITORY),
            "NO_AT_BRIDGE": "1",
        }

    def __enter__(self) -> Desktop:
        require("Xvfb", "dbus-daemon", "openbox", "xdotool")
        try:
            self.environment["DISPLAY"] = self._start_display()
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus()
            self._start_window_manager()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            self.end(process)

    def start(self, *command: str, **options: Any) -> subprocess.Popen[Any]:
        """Start a program on this desktop; it ends with the desktop at the latest."""
        environment = self.environment | options.pop("environment", {})
        options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
        process = subprocess.Popen(
            command, env=environment, cwd=self.home, start_new_session=True, **options
        )
        self._processes.append(process)
        return process

    def end(self, process: subprocess.Popen[Any], number: int = signal.SIGTERM) -> None:
        """End a program and whatever it started."""
        for next_number in (number, signal.SIGKILL):
            try:
                os.killpg(process.pid, next_number)
            except ProcessLookupError:
                break
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                continue
        process.wait()

    def testimony(self) -> str:
        """What its programs did, for whoever has to find out why a test failed."""
        polled = [(" ".join(process.args[:4]), process.poll()) for process in self._processes]
        lines = [f"ended with {code}: {name}" for name, code in polled if code is not None]
        lines += [witness() for witness in self.witnesses]
        for log in sorted(self.home.rglob("emotion-overlay*.log")):
            lines += [f"{log}:", *log.read_text(errors="replace").splitlines()[-120:]]
        return "\n".join(lines)

    def start_xfce_panel(self, *, dark: bool) -> subprocess.Popen[Any]:
        """A panel that shows StatusNotifier icons, and XEMBED ones as well."""
        require("xfce4-panel", "gdbus")
        folder = self.home / ".config/xfce4/xfconf/xfce-perchannel-xml"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(__file__).with_name("xfce4-panel.xml"), folder)
        theme = "Adwaita:dark" if dark else "Adwaita"
        panel = self._started_panel("xfce4-panel", "--disable-wm-check", GTK_THEME=theme)
        until(self._shows_status_notifiers, "xfce4-panel shows StatusNotifier icons")
        return panel

    def start_tint2(self) -> subprocess.Popen[Any]:
        """A light panel that shows XEMBED icons."""
        require("tint2")
        config = self.home / "tint2rc"
        config.write_text(_TINT2)
        return self._started_panel("tint2", "-c", str(config))

    def start_trayer(self) -> subprocess.Popen[Any]:
        """A dark panel that shows XEMBED icons."""
        require("trayer")
        look = ("--tint", "0x202020", "--transparent", "true", "--alpha", "0")
        place = ("--edge", "top", "--align", "left", "--height", str(PANEL_HEIGHT))
        return self._started_panel(
            "trayer", *look, *place, "--widthtype", "pixel", "--width", "300"
        )

    def screenshot(self, name: str | None = None) -> np.ndarray:
        """What the screen shows, uint8 [height, width, 3], BGR; kept as an artefact if named."""
        import cv2
        from Xlib import X
        from Xlib.display import Display

        display = Display(self.environment["DISPLAY"])
        try:
            root = display.screen().root
            pixels = root.get_image(0, 0, *SIZE, X.ZPixmap, 0xFFFFFFFF).data
        finally:
            display.close()
        image = np.frombuffer(pixels, np.uint8).reshape(SIZE[1], SIZE[0], 4)[:, :, :3].copy()
        if name is not None:
            ARTIFACTS.mkdir(exist_ok=True)
            cv2.imwrite(str(ARTIFACTS / f"{name}.png"), image)
        return image

    def screenshot_of(self, window: str, name: str) -> None:
        """Keep the picture of one window, with its title bar, as an artefact."""
        import cv2
        from Xlib.display import Display

        display = Display(self.environment["DISPLAY"])
        outer = display.create_resource_object("window", int(window))
        while (parent := outer.query_tree().parent) != display.screen().root:
            outer = parent
        place = outer.get_geometry()
        display.close()
        ARTIFACTS.mkdir(exist_ok=True)
        shot = self.screenshot()
        shot = shot[place.y : place.y + place.height, place.x : place.x + place.width]
        cv2.imwrite(str(ARTIFACTS / f"{name}.png"), shot)

    def find_icon(self, color: str) -> tuple[int, int] | None:
        """The middle of the icon of a color in the panel; None where there is none."""
        ys, xs = np.nonzero(_has_color(self.screenshot()[:PANEL_HEIGHT], color))
        return (int(np.median(xs)), int(np.median(ys))) if len(xs) > 12 else None

    def count_icons(self, color: str) -> int:
        """How many icons of a color there are in the panel."""
        import cv2

        spots = _has_color(self.screenshot()[:PANEL_HEIGHT], color).astype(np.uint8)
        joined = cv2.dilate(spots, np.ones((5, 5), np.uint8))  # an icon may be of several parts
        return int(cv2.connectedComponents(joined)[0] - 1)

    def open_menu(self, place: tuple[int, int]) -> None:
        """Click with the right button, and wait until a menu lies below the panel."""
        before = self.screenshot()

        def is_open() -> bool:
            changed = (self.screenshot() != before)[PANEL_HEIGHT + 20 : 300, :150]
            return bool(changed.any(axis=2).mean() > 0.9)

        self.click(place, 3)
        until(is_open, "the menu")
        time.sleep(0.5)  # it takes the keyboard a little later

    def click(self, place: tuple[int, int], button: int) -> None:
        """Click a mouse button: 1 is the left one, 3 the right one."""
        self._xdotool("mousemove", *map(str, place))
        time.sleep(0.2)
        self._xdotool("click", str(button))

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self._xdotool("key", key)
            time.sleep(0.1)

    def press_in(self, title: str, *keys: str, picture: str | None = None) -> None:
        """Press keys once a window with a title has the keyboard; may keep a picture before."""
        until(
            lambda: set(self.windows(title)) & set(self.focused()),
            f"a window with the keyboard and the title {title}",
        )
        if picture is not None:
            time.sleep(0.5)  # so that it is drawn
            self.screenshot(picture)
        self.press(*keys)

    def add_key(self, name: str) -> None:
        """Give the keyboard a key; for one that it lacks, xdotool has it for a moment only."""
        from Xlib import XK
        from Xlib.display import Display

        display = Display(self.environment["DISPLAY"])
        first, last = display.display.info.min_keycode, display.display.info.max_keycode
        keys = display.get_keyboard_mapping(first, last - first + 1)
        free = max(first + number for number, symbols in enumerate(keys) if not any(symbols))
        display.change_keyboard_mapping(free, [[XK.string_to_keysym(name)]])
        display.sync()
        display.close()

    def windows(self, title: str) -> Sequence[str]:
        """The visible windows with a title, a regular expression."""
        return self._asked("search", "--onlyvisible", "--name", f"^{title}$")

    def focused(self) -> Sequence[str]:
        """The window that has the keyboard."""
        return self._asked("getwindowfocus")

    def _asked(self, *arguments: str) -> list[str]:
        """The words that xdotool answers; none where it finds nothing."""
        command = ["xdotool", *arguments]
        found = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        return found.stdout.split()

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self.environment, check=True)

    def _started_panel(self, *command: str, **environment: str) -> subprocess.Popen[Any]:
        process = self.start(*command, environment=environment)
        until(self._has_tray, f"{command[0]} takes icons in")
        return process

    def _has_tray(self) -> bool:
        from Xlib.display import Display

        display = Display(self.environment["DISPLAY"])
        try:
            tray = display.intern_atom("_NET_SYSTEM_TRAY_S0")
            return bool(display.get_selection_owner(tray))
        finally:
            display.close()

    def _shows_status_notifiers(self) -> bool:
        command = ["gdbus", "call", "--session", "--dest", "org.kde.StatusNotifierWatcher"]
        command += ["--object-path", "/StatusNotifierWatcher"]
        command += ["--method", "org.freedesktop.DBus.Properties.Get"]
        command += ["org.kde.StatusNotifierWatcher", "IsStatusNotifierHostRegistered"]
        answer = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        return "true" in answer.stdout

    def _start_display(self) -> str:
        # Xvfb chooses a free display itself, and writes its number when it is ready.
        reading, writing = os.pipe()
        screen = f"{SIZE[0]}x{SIZE[1]}x24"
        self.start(
            "Xvfb", "-displayfd", str(writing), "-screen", "0", screen, "-noreset",
            pass_fds=[writing],
        )  # fmt: skip
        os.close(writing)
        with os.fdopen(reading) as pipe:
            return f":{pipe.readline().strip()}"

    def _start_window_manager(self) -> None:
        """Start it, wait until it shows windows, and paint the background it has painted black."""
        from Xlib import X
        from Xlib.display import Display

        self.start("openbox")
        display = Display(self.environment["DISPLAY"])
        root = display.screen().root
        window = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)

        def shows_windows() -> bool:
            window.map()  # again: while it starts, openbox loses requests and never shows a panel
            return bool(window.get_attributes().map_state == X.IsViewable)

        begun = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
        until(lambda: root.get_full_property(begun, 0), "openbox begins")
        until(shows_windows, "openbox shows windows")
        window.destroy()
        root.change_attributes(background_pixel=int(BACKGROUND[1:], 16))
        root.clear_area(0, 0, *SIZE)
        display.sync()
        display.close()

    def _start_bus(self) -> str:
        bus = self.start(
            "dbus-daemon", "--session", "--nofork", "--print-address=1", stdout=subprocess.PIPE
        )
        assert bus.stdout is not None
        return str(bus.stdout.readline().decode().strip())
