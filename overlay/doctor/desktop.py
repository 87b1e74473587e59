"""Whether the desktop shows our icon and window; a call works without both."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine

_WATCHER = "org.kde.StatusNotifierWatcher"
_FROM_TERMINAL = "Emotion Overlay is controlled from the command line: emotion-overlay --help"
_GNOME = (
    "sudo apt install gnome-shell-extension-appindicator, log in again, then "
    "gnome-extensions enable ubuntu-appindicators@ubuntu.com (or turn it on in Extensions)"
)
_PANEL = (
    "add a notification area (system tray) to your panel, or start one, for example stalonetray"
)
_MENUS = "sudo apt install python3-gi gir1.2-ayatanaappindicator3-0.1"


def check_display(machine: Machine) -> Finding:
    """Whether a window can be shown."""
    if machine.system in ("darwin", "win32"):
        return Finding("display", "ok", "this system has a desktop")
    for variable, kind in (("WAYLAND_DISPLAY", "Wayland"), ("DISPLAY", "X11")):
        if value := machine.environ.get(variable):
            return Finding("display", "ok", f"{kind} display {value}")
    message = "there is no display, so neither icon nor private window; the call is not concerned"
    return Finding("display", "warning", message, f"start it from a desktop; {_FROM_TERMINAL}")


def check_tray(machine: Machine) -> Finding:
    """Whether anything on this desktop takes tray icons in."""
    if machine.system in ("darwin", "win32"):
        return Finding("tray", "ok", "this system has a place for the icon")
    if check_display(machine).state != "ok":
        return Finding("tray", "skipped", "without a display there is no icon")
    watcher = _has_watcher(machine)
    if watcher and importlib.util.find_spec("gi"):
        return Finding("tray", "ok", "the desktop shows icons with menus (StatusNotifier)")
    if _has_xembed_tray(machine):
        return Finding("tray", "ok", "the panel shows icons; a click changes the mode (no menu)")
    if watcher:
        message = "the desktop shows icons, but Python's bridge to it (PyGObject) is missing"
        return Finding("tray", "warning", message, _MENUS)
    gnome = "GNOME" in machine.environ.get("XDG_CURRENT_DESKTOP", "").upper()
    message = "GNOME shows no tray icons by itself" if gnome else "no tray takes our icon in"
    cure = f"{_GNOME if gnome else _PANEL}; until then {_FROM_TERMINAL}"
    return Finding("tray", "warning", message, cure)


def _has_watcher(machine: Machine) -> bool:
    """Ask the session bus whether anybody owns the StatusNotifierWatcher's name.

    https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
    """
    bus = "org.freedesktop.DBus"
    questions: Sequence[Sequence[str]] = (
        ("dbus-send", "--session", "--print-reply=literal", f"--dest={bus}", "/",
         f"{bus}.NameHasOwner", f"string:{_WATCHER}"),
        ("gdbus", "call", "--session", "--dest", bus, "--object-path", "/",
         "--method", f"{bus}.NameHasOwner", _WATCHER),
    )  # fmt: skip
    answers = (machine.output_of(*question) for question in questions)
    return "true" in (next((answer for answer in answers if answer), ""))


def _has_xembed_tray(machine: Machine) -> bool:
    """Whether a program owns the tray of the first X11 screen.

    https://specifications.freedesktop.org/systemtray-spec/latest/
    """
    if not (display := machine.environ.get("DISPLAY")):
        return False
    try:
        from Xlib import X
        from Xlib.display import Display
        from Xlib.error import DisplayError

        connection = Display(display)
    except (ImportError, OSError, DisplayError):
        return False
    try:
        owner = connection.get_selection_owner(connection.intern_atom("_NET_SYSTEM_TRAY_S0"))
        return bool(owner != X.NONE)
    finally:
        connection.close()
