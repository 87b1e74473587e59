"""Starting at login: one entry of our own where the operating system looks for such."""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from pathlib import Path

from overlay.errors import OverlayError
from overlay.host.atomic_file import atomic_write
from overlay.language import LazyText

_NAME = "Emotion Overlay"
_LAUNCH_LABEL = "emotion-overlay"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


def set_start_at_login(enabled: bool) -> None:
    """Start the application whenever this user logs in, or no longer; doing it twice is harmless.

    Linux: an XDG autostart file (https://specifications.freedesktop.org/autostart-spec/latest/).
    macOS: a launchd agent, from the next login on. Windows: a value of the user's Run key.

    Raises:
        OverlayError: The entry cannot be written or removed.
    """
    try:
        if sys.platform == "win32":
            _set_run_value(_run_value(_command()) if enabled else None)
        elif enabled:
            _entry_path().parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(_entry_path()) as file:
                file.write(_entry(_command()))
        else:
            _entry_path().unlink(missing_ok=True)
    except OSError as error:
        where = _RUN_KEY if sys.platform == "win32" else _entry_path()
        raise OverlayError(
            LazyText(
                "cannot change what starts at login in {where} ({reason}); make it writable "
                "for yourself",
                where=where,
                reason=error.strerror or error,
            )
        ) from error


def starts_at_login() -> bool:
    """Whether there is such an entry that the user has not switched off elsewhere."""
    if sys.platform == "win32":
        return _run_value_exists()
    try:
        content = _entry_path().read_bytes()
    except OSError:
        return False
    if sys.platform == "darwin":
        return True
    # Desktops' own settings switch an entry off by one of these lines.
    lines = {line.replace(" ", "").lower() for line in content.decode(errors="replace").split("\n")}
    return lines.isdisjoint({"hidden=true", "x-gnome-autostart-enabled=false"})


def _command() -> list[str]:
    """The command that starts the tray application."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    python = Path(sys.executable)
    windowed = python.with_name("pythonw.exe")  # on Windows, a Python without a console window
    return [str(windowed if windowed.exists() else python), "-m", "overlay"]


def _entry_path() -> Path:
    if sys.platform == "darwin":
        return Path.home() / f"Library/LaunchAgents/{_LAUNCH_LABEL}.plist"
    # platformdirs knows no folder for autostart; the specification names this one.
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "autostart/emotion-overlay.desktop"


def _entry(command: list[str]) -> bytes:
    return _launch_agent(command) if sys.platform == "darwin" else _desktop_entry(command)


def _desktop_entry(command: list[str]) -> bytes:
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        f"Name={_NAME}",
        "Comment=Labels facial expressions in video calls",
        f"Exec={' '.join(map(_quote_exec, command))}",
        "Icon=camera-web",
        "Terminal=false",
        "Categories=AudioVideo;Video;",
    )
    return ("\n".join(lines) + "\n").encode()


def _quote_exec(argument: str) -> str:
    """Quote one argument of a desktop entry's Exec key.

    https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html: quoting
    comes first, then the escapes of any string value, so a backslash ends up four times.
    """
    for character in '\\"`$':
        argument = argument.replace(character, f"\\{character}")
    return '"' + argument.replace("\\", "\\\\").replace("%", "%%") + '"'


def _launch_agent(command: list[str]) -> bytes:
    return plistlib.dumps(
        {
            "Label": _LAUNCH_LABEL,
            "ProgramArguments": command,
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
    )


def _run_value(command: list[str]) -> str:
    return subprocess.list2cmdline(command)


def _set_run_value(command: str | None) -> None:
    if sys.platform == "win32":
        import winreg

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
            if command is not None:
                winreg.SetValueEx(key, _NAME, 0, winreg.REG_SZ, command)
            elif _run_value_exists():
                winreg.DeleteValue(key, _NAME)


def _run_value_exists() -> bool:
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                winreg.QueryValueEx(key, _NAME)
        except FileNotFoundError:
            return False
        return True
    return False
