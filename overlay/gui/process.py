"""What runs in the process of a window."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import TYPE_CHECKING, Any, NoReturn

from overlay.gui.dialog import Dialog
from overlay.gui.frames import FrameBuffer

if TYPE_CHECKING:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

#: The exit code of a window where Qt cannot be loaded.
NO_QT = 3

#: What a dialog sends when it is answered.
YES, NO = b"yes", b"no"

#: What a dialog sends when it is there.
_SHOWN = b"shown"

#: How often a window looks whether it should end, in milliseconds.
_LOOK_MS = 100


def show_preview(
    memory_name: str, size: tuple[int, int], title: str, on_top: bool, language: str
) -> NoReturn:
    """Show the newest frame until the window or the application closes; the process then ends."""
    application = _begin(language)
    from overlay.gui.control_window import ControlWindow
    from overlay.gui.instance import Instance
    from overlay.gui.preview import Preview

    try:
        memory = SharedMemory(memory_name)
    except FileNotFoundError:  # the application is gone already
        sys.exit(0)
    buffer = FrameBuffer(memory, size)
    parent = multiprocessing.parent_process()
    instance: Instance | None = Instance(None if parent is None else parent.pid)
    assert instance is not None
    if (answer := instance.first_answer()) is None:
        instance = None
    preview = Preview(buffer)
    window = ControlWindow(preview, instance, title, on_top)
    if instance is not None and answer is not None:
        window.show_answer(answer)
        instance.start()
    window.show()
    buffer.report_shown()
    ending = _end_with_the_application(application, buffer)
    application.exec()
    ending.stop()
    if instance is not None:
        instance.close()
    # At once: neither Qt's objects nor the memory need to be taken apart.
    os._exit(0)


def show_settings(language: str) -> NoReturn:
    """Show the settings of the running application until they are closed; the process then ends."""
    application = _begin(language)
    from overlay.gui.instance import Instance
    from overlay.gui.settings_window import SettingsWindow

    instance = Instance()
    if (answer := instance.first_answer("settings")) is None:
        os._exit(0)
    window = SettingsWindow(instance, answer)
    instance.start()
    window.show()
    _end_with_the_application(application)
    application.exec()
    os._exit(0)


def show_dialog(dialog: Dialog, answers: Connection, language: str) -> NoReturn:
    """Show a dialog until it is answered; the process then ends.

    Sends that it is there, then `YES` or `NO`, then what the user typed, if they were asked for
    it, as UTF-8.
    """
    application = _begin(language)
    from PySide6.QtCore import QTimer

    from overlay.gui.dialog_window import DialogWindow

    window = DialogWindow(dialog)
    _end_with_the_application(application)
    QTimer.singleShot(0, lambda: answers.send_bytes(_SHOWN))
    agreed = window.exec()
    answers.send_bytes(YES if agreed else NO)
    if agreed and dialog.asks_text:
        answers.send_bytes(window.typed.encode())
    os._exit(0)


def show_board(channel: Connection, language: str) -> NoReturn:
    """Show the board of a class until it or its window is closed; the process then ends.

    Args:
        channel: Brings JSON: once what stays the same, then a view for each interval; takes what
            the teacher wants. See `BoardWindow`.
        language: The window's.
    """
    application = _begin(language)
    from PySide6.QtCore import QTimer

    from overlay.gui.board_window import BoardWindow

    def send(wanted: dict[str, Any]) -> None:
        channel.send_bytes(json.dumps(wanted).encode())

    try:
        window = BoardWindow(json.loads(channel.recv_bytes()), send)
        window.show_view(json.loads(channel.recv_bytes()))
    except (EOFError, OSError):  # the board is gone already
        sys.exit(0)
    window.show()

    def look() -> None:
        try:
            while channel.poll():
                window.show_view(json.loads(channel.recv_bytes()))
        except (EOFError, OSError):
            os._exit(0)

    timer = QTimer(application, interval=_LOOK_MS)
    timer.timeout.connect(look)
    timer.start()
    _end_with_the_application(application)
    application.exec()
    os._exit(0)


def _begin(language: str) -> QApplication:
    """Start Qt, in a language.

    If it is missing, the process exits with `NO_QT`; without a display it aborts.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the application, which ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with _without_stderr():  # Qt explains at length what is missing, and aborts
        try:
            from PySide6.QtWidgets import QApplication
        except ImportError:
            os._exit(NO_QT)
        from overlay.gui.parts import add_font, speak
        from overlay.gui.style import apply_style

        application = QApplication([sys.argv[0]])
    application.setApplicationName("emotion-overlay")
    application.setDesktopFileName("emotion-overlay")
    apply_style(application)
    add_font()
    speak(language)
    return application


def _end_with_the_application(
    application: QApplication, buffer: FrameBuffer | None = None
) -> QTimer:
    """End the process when the application has ended or wants that."""
    from PySide6.QtCore import QTimer

    parent = multiprocessing.parent_process()

    def look() -> None:
        unwanted = buffer is not None and buffer.stop_requested
        if unwanted or (parent is not None and not parent.is_alive()):
            os._exit(0)

    timer = QTimer(application, interval=_LOOK_MS)
    timer.timeout.connect(look)
    timer.start()
    return timer


@contextlib.contextmanager
def _without_stderr() -> Iterator[None]:
    try:
        saved = os.dup(2)
    except OSError:  # there is none, as under pythonw
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
