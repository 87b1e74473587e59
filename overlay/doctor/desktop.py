"""Whether the desktop can show the icon and the private window; calls work without them."""

from __future__ import annotations

import ctypes
import importlib.util
import os

from overlay.desktop.hotkeys import needs_portal
from overlay.desktop.portal_hotkeys import has_portal
from overlay.desktop.tray_host import find_host
from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.host.display import has_display
from overlay.host.libraries import QT_FIX
from overlay.language import N_, _

_FROM_TERMINAL = N_("`emotion-overlay --help` shows how to control it from the command line")
_GNOME = N_(
    "sudo apt install gnome-shell-extension-appindicator, log in again, and turn on "
    '"AppIndicator and KStatusNotifierItem Support" in the program Extensions'
)
_PANEL = N_(
    "add a notification area (system tray) to your panel, or start a tray such as stalonetray"
)


def check_display(machine: Machine) -> Finding:
    """Whether a window can be shown."""
    if machine.system in ("darwin", "win32"):
        return Finding("display", "ok", _("this system has a desktop"))
    if has_display():
        if not _has_qt():
            message = _(
                "no windows and dialogs, because Qt cannot be loaded; calls work without them"
            )
            return Finding("display", "warning", message, str(QT_FIX))
        name = os.environ.get("DISPLAY") or os.environ["WAYLAND_DISPLAY"]
        return Finding("display", "ok", _("windows open on the display {name}").format(name=name))
    message = _("there is no display, so no icon and no private window; calls work without them")
    fix = _("start it from a desktop; {otherwise}").format(otherwise=_(_FROM_TERMINAL))
    return Finding("display", "warning", message, fix)


def _has_qt() -> bool:
    """Whether Qt is installed, and the library that X11 desktops most often lack."""
    if importlib.util.find_spec("PySide6") is None:
        return False
    if not os.environ.get("DISPLAY"):
        return True
    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError:
        return False
    return True


def check_tray(machine: Machine) -> Finding:
    """Whether this desktop has a tray that can show the icon."""
    if machine.system in ("darwin", "win32"):
        return Finding("tray", "ok", _("this system has a tray"))
    if not has_display():
        return Finding("tray", "skipped", _("without a display there is no icon"))

    host = find_host()
    if host == "status-notifier":
        return Finding("tray", "ok", _("the desktop shows the icon with its menu"))
    if host == "xorg":
        message = _(
            "the panel shows the icon, but no menu; a click turns the labels on and off, a right "
            "click opens the window"
        )
        return Finding("tray", "ok", message)
    gnome = "GNOME" in os.environ.get("XDG_CURRENT_DESKTOP", "").upper()
    message = _("this desktop has no tray")
    if gnome:
        message = _("GNOME needs an extension to show the icon")
    fix = _("{fix}; until then, {otherwise}").format(
        fix=_(_GNOME if gnome else _PANEL), otherwise=_(_FROM_TERMINAL)
    )
    return Finding("tray", "warning", message, fix)


def check_hotkeys(machine: Machine) -> Finding:
    """Whether this desktop lets programs have hotkeys; the application needs none."""
    if machine.system in ("darwin", "win32"):
        return Finding("hotkeys", "ok", _("this system lets programs have hotkeys"))
    if not has_display():
        return Finding("hotkeys", "skipped", _("without a display there are no hotkeys"))
    if not needs_portal():
        return Finding("hotkeys", "ok", _("X11 lets programs have hotkeys"))
    if has_portal():
        message = _("the desktop asks you which keys it may give to the application")
        return Finding("hotkeys", "ok", message)
    message = _(
        "this desktop gives programs no hotkeys; its own shortcuts can run `emotion-overlay "
        "toggle`, `panic` or `mark`"
    )
    return Finding("hotkeys", "ok", message)
