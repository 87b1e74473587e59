"""Pictures of every window, to look at: `python -m tests.gui.gallery FOLDER [LANGUAGE] [THEME]`.

They are made from made-up answers of the application. The language is `en` or `hi`, or one
without a catalogue such as `ar`, which shows the windows from right to left; the theme is `light`
or `dark`. `QT_SCALE_FACTOR=2` shows them as on a screen with twice as many pixels, and
`QT_QPA_PLATFORM=offscreen` needs no display. Text in Devanagari needs a font that has it, such as
Debian's fonts-lohit-deva.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

import overlay
from overlay.doctor import Machine, examine
from overlay.doctor.report import as_text
from overlay.gui import wording
from overlay.gui.control_window import ControlWindow
from overlay.gui.dialog_window import DialogWindow
from overlay.gui.frames import FrameBuffer
from overlay.gui.parts import add_font, speak
from overlay.gui.placement import remember
from overlay.gui.preview import Preview
from overlay.gui.settings_window import SettingsWindow
from overlay.gui.style import apply_style
from overlay.gui.wording import Dialog
from overlay.language import AUTO, LANGUAGES, _, language
from overlay.monitor.consent import CONSENT_TEXT
from overlay.settings import Settings, change_settings, settings_form
from overlay.tray import wording as tray_wording
from tests.gui.conftest import Told
from tests.gui.test_wording import status

SIZE = (1280, 720)
OFFERS = [
    "add-student", "ask-class", "find-virtual-camera", "help", "install-virtual-camera",
    "pause-recording", "record", "report", "stop-recording",
]  # fmt: skip
RECORDING = {"students": ["Ada Lovelace", "Ana"], "student": "Ada Lovelace", "session": "none"}
RUNNING = {**RECORDING, "session": "running", "title": "Physics, lesson 4"}
HIDDEN = {"number": 1, "x": 0.38, "y": 0.2, "width": 0.2, "height": 0.4, "hidden": True}
CLASS = {"title": "Physics, lesson 4", "state": "sharing", "problem": None}
MISSING = {
    "state": "missing",
    "name": "Emotion Overlay",
    "message": "There is no virtual camera.",
    "fix": "sudo installer/linux/virtual-camera.sh",
    "can_install": True,
}


def answer(**values: Any) -> dict[str, Any]:
    """What the application says."""
    cameras = [["auto", _("Automatic")], ["webcam:0", "Logitech HD Pro Webcam C920"]]
    return {
        "status": status(labelled=0, faces=1, source="Logitech HD Pro Webcam C920") | values,
        "offers": OFFERS,
        "recording": RECORDING,
        "faces": {"in_view": [], "hidden": False},
        "choices": {"source": cameras},
        "virtual_camera": {"state": "ready", "name": "Emotion Overlay"},
        "language": language(),
    }


def problems() -> dict[str, str]:
    """What goes wrong most."""
    camera = _("webcam {camera} is unplugged: plug it in again, or choose another")
    virtual = _("No virtual camera: {problem}. Run: {command}").format(
        problem=_("v4l2loopback is installed but not loaded"),
        command="sudo modprobe v4l2loopback exclusive_caps=1",
    )
    return {"output": virtual, "source": camera.format(camera="Logitech C920")}


def control_windows(buffer: FrameBuffer) -> Iterator[tuple[str, QWidget]]:
    """The control window in its states."""
    window = ControlWindow(Preview(buffer), Told(), on_top=False)
    window.show_answer(answer())
    window.show()
    QTest.qWaitForWindowExposed(window)
    for step in range(4):
        yield f"set-up-{step + 1}", window
        window._set_up._go_on()
        if step == 0:
            window.show_answer(answer() | {"virtual_camera": MISSING})
    window.show_answer(answer())
    yield "only-me", window
    window.show_answer(answer(mode="on-air"))
    yield "on-air", window
    window.show_answer(answer(paused=True))
    yield "paused", window
    window.show_answer(answer() | {"class": CLASS})
    yield "class", window
    window._faces.toggle()
    window.show_answer(answer() | {"faces": {"in_view": [HIDDEN], "hidden": True}})
    yield "faces", window
    window._faces.toggle()
    window.show_answer(answer(problems=problems()))
    yield "problems", window
    window.show_answer(answer())
    window._records.toggle()
    yield "record", window
    window.show_answer(answer() | {"recording": {**RUNNING, "since": time.time() - 754}})
    yield "recording", window
    window.show_answer(answer())
    window._calibrate("Ada Lovelace")
    labels = {"labels": ["neutral", "happy", "sad"], "step": "none", "count": 10}
    window.show_answer(answer() | {"calibration": labels})
    yield "calibration", window
    window._end_calibration()
    window._toggle_compact()
    yield "compact", window
    window._toggle_compact()
    window._call.show_lost()
    yield "no-answer", window
    window._status = {}
    window.close()


def settings_windows() -> Iterator[tuple[str, QWidget]]:
    """Each page of the settings."""
    known = language() if language() in LANGUAGES else AUTO
    settings = change_settings(Settings(), language=known, student="Ada Lovelace")
    window = SettingsWindow(Told(), answer() | {"settings": settings_form(settings)})
    window.show()
    for page in range(window._list.count()):
        window._list.setCurrentRow(page)
        yield f"settings-{page + 1}", window
    window.close()


def dialogs() -> Iterator[tuple[str, QWidget]]:
    """Each dialog."""
    cancel = _("Cancel")
    name = "Ada Lovelace"
    consent = _("{name}, before you are recorded").format(name=name)
    about_recording = _(CONSENT_TEXT).format(days=90).replace("\n", " ").replace("  ", "\n\n")
    for name, dialog in {
        "consent": Dialog(
            tray_wording.consent(), yes=_("Agree and start"), no=_("Quit"),
            yes_is_default=False,
        ),
        "go-on-air": wording.go_on_air(),
        "still-running": wording.still_running(),
        "about": Dialog(tray_wording.about()),
        "help": Dialog(as_text(examine(Machine(root=Path("/nowhere"))))),
        "no-menu": Dialog(_(tray_wording.NO_MENU)),
        "add-student": Dialog(
            _(tray_wording.ADD_STUDENT), yes=_("Add"), no=cancel, asks_text=True
        ),
        "record-consent": Dialog(
            f"{consent}\n\n{about_recording}", yes=_("Agree and record"), no=cancel
        ),
    }.items():  # fmt: skip
        window = DialogWindow(dialog)
        window.show()
        yield f"dialog-{name}", window
        window.close()


def main(folder: Path, code: str = "en", theme: str = "light") -> None:
    """Write the pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    apply_style(application, schemes[theme])
    add_font()
    speak(code)
    memory = SharedMemory(create=True, size=FrameBuffer.bytes_for(SIZE))
    buffer = FrameBuffer(memory, SIZE)
    with Image.open(Path(overlay.__file__).with_name("sources") / "grace_hopper.jpg") as face:
        image = np.asarray(ImageOps.fit(face.convert("RGB"), SIZE))[:, :, ::-1]
    with tempfile.TemporaryDirectory() as own:
        os.environ["EMOTION_OVERLAY_CONFIG_DIR"] = own
        remember(told_still_running=True)
        for windows in (control_windows(buffer), settings_windows(), dialogs()):
            for name, window in windows:
                buffer.put(image)
                QTest.qWait(120)
                window.grab().save(str(folder / f"{name}.png"))
    buffer.release()
    memory.close()
    memory.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
