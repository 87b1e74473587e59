"""Runs in a dialog's own process; the exit code is the answer."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

YES, NO, NOT_SHOWN = 0, 1, 3
#: How wide a line may be, in pixels and in characters; twice that for text in columns.
WIDTH_PX, WIDTH_CHARACTERS = 520, 72


@dataclass(frozen=True, slots=True)
class Dialog:
    """What a dialog says.

    Attributes:
        title: What its title bar says.
        text: What it says.
        yes: The button that agrees; in a notice, the only one.
        no: The button that refuses; None for a notice. Closing the dialog refuses as well.
        yes_is_default: Whether the Return key agrees at once.
        monospace: Whether the text has columns that must line up.
    """

    title: str
    text: str
    yes: str = "Close"
    no: str | None = None
    yes_is_default: bool = True
    monospace: bool = False


def show_dialog(dialog: Dialog) -> NoReturn:
    """Show a dialog, then exit: 0 for agreed, 1 for refused, 3 if it could not be shown."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the application, which closes this
    for show in _ways():
        try:
            sys.exit(YES if show(dialog) else NO)
        except (ImportError, OSError, CannotShowError):
            continue
    sys.exit(NOT_SHOWN)


class CannotShowError(Exception):
    """This way of showing a dialog does not work on this desktop."""


def _ways() -> list[Callable[[Dialog], bool]]:
    if sys.platform == "win32":
        return [_show_windows]
    if sys.platform == "darwin":
        return [_show_macos]
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return []
    return [_show_gtk, _show_tk, _show_zenity, _show_kdialog]


def _show_windows(dialog: Dialog) -> bool:
    # https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-messageboxw
    import ctypes

    ok, ok_cancel, second_is_default, foreground, topmost = 0x0, 0x1, 0x100, 0x10000, 0x40000
    style = (ok if dialog.no is None else ok_cancel) | foreground | topmost
    if not dialog.yes_is_default and dialog.no is not None:
        style |= second_is_default
    text = dialog.text
    if dialog.no is not None:
        text += f"\n\nOK: {dialog.yes}. Cancel: {dialog.no}."
    answer = ctypes.windll.user32.MessageBoxW(None, text, dialog.title, style)  # type: ignore[attr-defined]
    if answer == 0:
        raise CannotShowError
    return bool(answer == 1)


def _show_macos(dialog: Dialog) -> bool:
    # Texts go in as arguments, so that nothing in them can be read as AppleScript.
    buttons = "{item 3 of argv}" if dialog.no is None else "{item 4 of argv, item 3 of argv}"
    script = f"display dialog (item 2 of argv) with title (item 1 of argv) buttons {buttons}"
    if dialog.no is not None:
        script += " cancel button (item 4 of argv)"
    if dialog.yes_is_default:
        script += " default button (item 3 of argv)"
    arguments = [dialog.title, dialog.text, dialog.yes, *([dialog.no] if dialog.no else [])]
    lines = ("on run argv", "activate", script, "end run")
    _become("osascript", *(word for line in lines for word in ("-e", line)), *arguments)


def load_gtk() -> Any:
    """The module of GTK 3, ready to show windows.

    Raises:
        CannotShowError: It is not installed, or there is no display.
    """
    from overlay.desktop.system_gi import import_gi

    if not import_gi():
        raise CannotShowError
    import gi

    try:
        gi.require_version("Gtk", "3.0")
    except ValueError:
        raise CannotShowError from None
    from gi.repository import Gtk

    if not Gtk.init_check()[0]:
        raise CannotShowError
    return Gtk


def _show_gtk(dialog: Dialog) -> bool:
    gtk = load_gtk()
    window = gtk.Dialog(title=dialog.title)
    window.set_keep_above(True)
    window.set_position(gtk.WindowPosition.CENTER)
    width = WIDTH_CHARACTERS * (2 if dialog.monospace else 1)
    label = gtk.Label(label=dialog.text, wrap=True, xalign=0, margin=18, max_width_chars=width)
    label.set_selectable(dialog.monospace)  # commands can be copied
    if dialog.monospace:
        label.get_style_context().add_class("monospace")
    area = gtk.ScrolledWindow(propagate_natural_height=True, propagate_natural_width=True)
    area.set_policy(gtk.PolicyType.NEVER, gtk.PolicyType.AUTOMATIC)
    area.set_max_content_height(640)
    area.add(label)
    window.get_content_area().pack_start(area, True, True, 0)
    if dialog.no is not None:
        window.add_button(dialog.no, gtk.ResponseType.NO)
    window.add_button(dialog.yes, gtk.ResponseType.YES)
    if dialog.yes_is_default:
        window.set_default_response(gtk.ResponseType.YES)
        window.get_widget_for_response(gtk.ResponseType.YES).grab_focus()
    window.show_all()
    return bool(window.run() == gtk.ResponseType.YES)


def _show_tk(dialog: Dialog) -> bool:
    import tkinter
    from tkinter import font, ttk

    try:
        window = tkinter.Tk()
    except tkinter.TclError:
        raise CannotShowError from None
    answers: list[bool] = []

    def answer(agreed: bool) -> None:
        answers.append(agreed)
        window.destroy()

    window.title(dialog.title)
    window.attributes("-topmost", True)
    typeface = font.nametofont("TkFixedFont" if dialog.monospace else "TkDefaultFont")
    width = WIDTH_PX * (2 if dialog.monospace else 1)
    ttk.Label(window, text=dialog.text, wraplength=width, font=typeface).pack(padx=20, pady=20)
    row = ttk.Frame(window)
    row.pack(side="bottom", anchor="e", padx=20, pady=(0, 16))
    if dialog.no is not None:
        ttk.Button(row, text=dialog.no, command=lambda: answer(False)).pack(side="left", padx=6)
    agree = ttk.Button(row, text=dialog.yes, command=lambda: answer(True))
    agree.pack(side="left", padx=6)
    if dialog.yes_is_default:
        window.bind("<Return>", lambda _: answer(True))
        agree.focus_force()
    window.bind("<Escape>", lambda _: answer(False))
    window.eval("tk::PlaceWindow . center")
    window.mainloop()
    return bool(answers and answers[0])


def _show_zenity(dialog: Dialog) -> bool:
    kind = ["--info"] if dialog.no is None else ["--question", f"--cancel-label={dialog.no}"]
    texts = [f"--title={dialog.title}", f"--text={dialog.text}", f"--ok-label={dialog.yes}"]
    _become("zenity", *kind, *texts, "--no-markup", f"--width={WIDTH_PX}")


def _show_kdialog(dialog: Dialog) -> bool:
    kind = ["--msgbox", dialog.text]
    if dialog.no is not None:
        kind = ["--yesno", dialog.text, "--yes-label", dialog.yes, "--no-label", dialog.no]
    _become("kdialog", "--title", dialog.title, *kind)


def _become(program: str, *arguments: str) -> NoReturn:
    """Replace this process by a program that exits with 0 for yes and 1 for no."""
    path = shutil.which(program)
    if path is None:
        raise CannotShowError
    os.execv(path, [program, *arguments])
