"""Runs in the process of a dialog that asks for a line of text."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import NoReturn

from overlay.tray._dialog_process import (
    NO,
    NOT_SHOWN,
    WIDTH_CHARACTERS,
    WIDTH_PX,
    YES,
    CannotShowError,
    load_gtk,
)


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """What a dialog asks for.

    Attributes:
        title: What its title bar says.
        text: What it asks.
        yes: The button that sends what was typed; the Return key does as well.
        no: The button that refuses; closing the dialog refuses as well.
    """

    title: str
    text: str
    yes: str = "OK"
    no: str = "Cancel"


def show_text_question(question: TextQuestion, answers: Connection) -> NoReturn:
    """Ask until it is answered, send what was typed as UTF-8, then exit as `show_dialog` does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the application, which stops us
    for ask in _ways():
        try:
            typed = ask(question)
        except (ImportError, OSError, CannotShowError):
            continue
        if typed is None:
            sys.exit(NO)
        answers.send_bytes(typed.encode())
        sys.exit(YES)
    sys.exit(NOT_SHOWN)


def _ways() -> list[Callable[[TextQuestion], str | None]]:
    if sys.platform == "win32":
        return [_ask_tk]
    if sys.platform == "darwin":
        return [_ask_macos]
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return []
    return [_ask_gtk, _ask_tk, _ask_zenity, _ask_kdialog]


def _ask_macos(question: TextQuestion) -> str | None:
    # Texts go in as arguments, so that nothing in them can be read as AppleScript.
    script = (
        'display dialog (item 2 of argv) with title (item 1 of argv) default answer "" '
        "buttons {item 4 of argv, item 3 of argv} "
        "default button (item 3 of argv) cancel button (item 4 of argv)"
    )
    lines = ("on run argv", "activate", f"return text returned of ({script})", "end run")
    texts = (question.title, question.text, question.yes, question.no)
    return _typed_into("osascript", *(word for line in lines for word in ("-e", line)), *texts)


def _ask_gtk(question: TextQuestion) -> str | None:
    gtk = load_gtk()
    window = gtk.Dialog(title=question.title)
    window.set_keep_above(True)
    window.set_position(gtk.WindowPosition.CENTER)
    content = window.get_content_area()
    content.set_property("margin", 18)
    content.set_spacing(12)
    label = gtk.Label(label=question.text, wrap=True, xalign=0, max_width_chars=WIDTH_CHARACTERS)
    entry = gtk.Entry(activates_default=True)
    content.add(label)
    content.add(entry)
    window.add_button(question.no, gtk.ResponseType.NO)
    window.add_button(question.yes, gtk.ResponseType.YES)
    window.set_default_response(gtk.ResponseType.YES)
    window.show_all()
    entry.grab_focus()
    return str(entry.get_text()) if window.run() == gtk.ResponseType.YES else None


def _ask_tk(question: TextQuestion) -> str | None:
    import tkinter
    from tkinter import ttk

    try:
        window = tkinter.Tk()
    except tkinter.TclError:
        raise CannotShowError from None
    typed: list[str] = []

    def send(_: object = None) -> None:
        typed.append(entry.get())
        window.destroy()

    window.title(question.title)
    window.attributes("-topmost", True)
    ttk.Label(window, text=question.text, wraplength=WIDTH_PX).pack(padx=20, pady=(20, 8))
    entry = ttk.Entry(window, width=40)
    entry.pack(fill="x", padx=20)
    row = ttk.Frame(window)
    row.pack(anchor="e", padx=20, pady=16)
    ttk.Button(row, text=question.no, command=window.destroy).pack(side="left", padx=6)
    ttk.Button(row, text=question.yes, command=send).pack(side="left")
    window.bind("<Return>", send)
    window.bind("<Escape>", lambda _: window.destroy())
    window.eval("tk::PlaceWindow . center")
    entry.focus_force()
    window.mainloop()
    return typed[0] if typed else None


def _ask_zenity(question: TextQuestion) -> str | None:
    texts = [f"--title={question.title}", f"--text={question.text}"]
    buttons = [f"--ok-label={question.yes}", f"--cancel-label={question.no}"]
    return _typed_into("zenity", "--entry", *texts, *buttons, f"--width={WIDTH_PX}")


def _ask_kdialog(question: TextQuestion) -> str | None:
    return _typed_into("kdialog", "--title", question.title, "--inputbox", question.text, "")


def _typed_into(program: str, *arguments: str) -> str | None:
    """What a program that asks the user prints; None unless it exits with 0."""
    path = shutil.which(program)
    if path is None:
        raise CannotShowError
    with subprocess.Popen([path, *arguments], stdout=subprocess.PIPE, encoding="utf-8") as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())  # it must not outlive us
        typed, _ = process.communicate()
    return typed.removesuffix("\n") if process.returncode == 0 else None
