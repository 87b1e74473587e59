"""The processes of windows: how the application starts one, and what runs in it."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.shared_memory import SharedMemory
from typing import TYPE_CHECKING, Any, NoReturn

from overlay.gui.frames import FrameBuffer
from overlay.gui.wording import Dialog
from overlay.language import language

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

#: The exit code of a window where Qt cannot be loaded.
NO_QT = 3

#: How much less urgent a window is than the call, as `nice` counts: loading Qt takes a second of
#: a core.
_NICE = 10

#: What a dialog sends when it is there.
_SHOWN = b"shown"

#: How often a board looks for news, in milliseconds.
_LOOK_MS = 100


def start_window(make: Callable[..., QWidget | None], *arguments: Any) -> SpawnProcess:
    """Show a window until it is closed, or this process ends, in a process of its own.

    It is less urgent than the call from its first instruction on. Without Qt it exits with `NO_QT`,
    without a display it aborts.

    Args:
        make: Makes the window there; a function that can be imported, such as those below. If it
            returns None, the process ends without a window.
        *arguments: What that is given.
    """
    # spawn: a forked copy of a process with threads and a camera would not be safe.
    process = multiprocessing.get_context("spawn").Process(
        target=_run, args=(language(), make, *arguments), name=make.__name__, daemon=True
    )
    process.start()
    if sys.platform != "win32" and process.pid is not None:
        with contextlib.suppress(OSError):  # it has ended
            ours = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, process.pid, ours + _NICE)
    return process


def make_preview(
    memory_name: str, size: tuple[int, int], title: str, on_top: bool
) -> QWidget | None:
    """The private window, which shows the newest frame of this memory.

    It controls the application that started it; if that cannot be controlled, it is a picture.
    """
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QMainWindow

    from overlay.gui.control_window import ControlWindow
    from overlay.gui.instance import Instance
    from overlay.gui.preview import Preview

    try:
        buffer = FrameBuffer(SharedMemory(memory_name), size)
    except FileNotFoundError:  # the application is gone already
        return None
    parent = multiprocessing.parent_process()
    instance = Instance(None if parent is None else parent.pid)
    preview = Preview(buffer)
    window: QMainWindow
    if (answer := instance.first_answer()) is not None:
        window = control = ControlWindow(preview, instance, on_top=on_top)
        control.show_answer(answer)
        instance.start()
    else:
        window = QMainWindow()
        window.setCentralWidget(preview)
        window.resize(preview.sizeHint())
        window.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, on_top)
    window.setWindowTitle(title)
    preview.described.connect(lambda text: window.setWindowTitle(f"{title}: {text}"))
    QTimer.singleShot(0, buffer.report_shown)
    return window


def make_settings() -> QWidget | None:
    """The settings of the running application."""
    from overlay.gui.instance import Instance
    from overlay.gui.settings_window import SettingsWindow

    instance = Instance()
    if (answer := instance.first_answer("settings")) is None:
        return None
    window = SettingsWindow(instance, answer)
    instance.start()
    return window


def make_dialog(dialog: Dialog, answers: Connection) -> QWidget:
    """A dialog, which sends that it is there, then its `DialogWindow.answer` as JSON."""
    from PySide6.QtCore import QTimer

    from overlay.gui.dialog_window import DialogWindow

    window = DialogWindow(dialog)
    QTimer.singleShot(0, lambda: answers.send_bytes(_SHOWN))
    window.finished.connect(lambda _: answers.send_bytes(json.dumps(window.answer).encode()))
    return window


def make_board(channel: Connection) -> QWidget | None:
    """The board of a class; its process ends with the channel.

    Args:
        channel: Brings JSON: once what stays the same, then a view for each interval; takes what
            the teacher wants. See `BoardWindow`.
    """
    from PySide6.QtCore import QTimer

    from overlay.gui.board_window import BoardWindow

    def read() -> dict[str, Any]:
        return dict(json.loads(channel.recv_bytes()))

    def send(wanted: dict[str, Any]) -> None:
        channel.send_bytes(json.dumps(wanted).encode())

    def look() -> None:
        try:
            while channel.poll():
                window.show_view(read())
        except (EOFError, OSError):
            os._exit(0)

    try:
        window = BoardWindow(read(), send)
        window.show_view(read())
    except (EOFError, OSError):  # the board is gone already
        return None
    timer = QTimer(window, interval=_LOOK_MS)
    timer.timeout.connect(look)
    timer.start()
    return window


def _run(language: str, make: Callable[..., QWidget | None], *arguments: Any) -> NoReturn:
    """What the process of a window does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the application, which ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_the_application, name="parent", daemon=True).start()
    application = _start_qt(language)
    if (window := make(*arguments)) is not None:
        window.show()
        application.exec()
    os._exit(0)  # at once: neither Qt's objects nor shared memory need to be taken apart


def _end_with_the_application() -> NoReturn:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
    os._exit(0)


def _start_qt(language: str) -> QApplication:
    try:
        from PySide6.QtCore import qInstallMessageHandler
        from PySide6.QtWidgets import QApplication
    except ImportError:
        os._exit(NO_QT)
    from overlay.gui.parts import add_font, speak
    from overlay.gui.style import apply_style

    qInstallMessageHandler(lambda *_: None)  # without a display, Qt explains that at length
    application = QApplication([sys.argv[0]])
    qInstallMessageHandler(None)
    application.setApplicationName("emotion-overlay")
    application.setDesktopFileName("emotion-overlay")
    apply_style(application)
    add_font()
    speak(language)
    return application
