"""What the menu entries do. Nothing here blocks the thread that draws the tray."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from overlay.app import App
from overlay.classroom import texts as class_texts
from overlay.classroom.membership import Membership
from overlay.consent import has_consented
from overlay.control import Offer
from overlay.gui.wording import go_on_air
from overlay.language import _
from overlay.printable import printable
from overlay.settings import Mode
from overlay.tray import wording
from overlay.tray.calibrating import Calibrating
from overlay.tray.cameras import Cameras
from overlay.tray.dialogs import CannotAskError, Dialog, Dialogs
from overlay.tray.recording import Recording
from overlay.tray.virtual_camera import VirtualCameraSetUp

_log = logging.getLogger(__name__)

#: How long a title from a window may be, in characters.
_LONGEST_TITLE = 120

Action = Callable[[], None]


class Actions:
    """Actions on one application, each in a thread of its own.

    Args:
        app: What they act on.
        dialogs: Where questions and errors are shown.
        cameras: What the menu offers.
        recording: What records the student.
        membership: What shares with a class.
    """

    def __init__(
        self,
        app: App,
        dialogs: Dialogs,
        cameras: Cameras,
        recording: Recording,
        membership: Membership,
    ) -> None:
        self._app = app
        self._membership = membership
        self._dialogs = dialogs
        self._in_background = dialogs.in_background
        self._recording = recording
        self._asked_on_air = False
        self.virtual_camera = VirtualCameraSetUp()
        self.look_for_cameras = cameras.forget
        self.toggle = self._in_background(self._toggle)
        self.pause = self._in_background(app.pause)
        self.resume = self._in_background(self._resume)
        self.panic = self._in_background(app.panic)
        self.forget_resting = self._in_background(app.forget_resting)
        self.quit = self._in_background(app.stop)
        self.open_settings = self._in_background(self._open_settings)
        self.open_settings_file = self._in_background(self._open_settings_file)
        self.help_me_set_up = self._in_background(self._help_me_set_up)
        self.ask_consent = self._in_background(self._ask_consent)
        self.add_student = self._in_background(recording.add_student)
        self.start_recording = self._in_background(self._start_recording)
        self.stop_recording = self._in_background(recording.stop)
        self.pause_recording = self._in_background(recording.pause)
        self.resume_recording = self._in_background(recording.resume)
        self.mark_moment = self._in_background(recording.mark)
        self.open_report = self._in_background(recording.open_report)
        self.join_class = self._in_background(self._join_class)
        self.leave_class = self._in_background(membership.leave)
        self.calibrating = Calibrating(app, recording)

    @property
    def has_consent(self) -> bool:
        """Whether the user has agreed to the current text."""
        return has_consented(self._app.settings)

    def offers(self) -> Mapping[str, Offer]:
        """What a window can have done over the control channel, by the name of the command."""

        def plain(action: Action) -> Offer:
            return lambda _value: action()

        def valued(step: Callable[[Any], object]) -> Offer:
            return lambda value: self._in_background(lambda: step(value))()

        return {
            "ask-consent": plain(self.ask_consent),
            "record": valued(self._record),
            "stop-recording": plain(self.stop_recording),
            "pause-recording": plain(self.pause_recording),
            "resume-recording": plain(self.resume_recording),
            "add-student": plain(self.add_student),
            "report": plain(self.open_report),
            "calibrate": valued(self._calibrate),
            "end-calibration": valued(lambda keep: self.calibrating.end(keep is True)),
            "help": plain(self.help_me_set_up),
            "find-virtual-camera": plain(self._in_background(self.virtual_camera.look)),
            "install-virtual-camera": plain(self._in_background(self.virtual_camera.install)),
            "ask-class": plain(self.join_class),
            **self._membership.offers(),
        }

    def mode(self, mode: Mode) -> Action:
        """Change who sees labels; the first change to on-air asks."""
        return self._in_background(lambda: self._set_mode(mode))

    def change(self, **values: Any) -> Action:
        """Change settings."""
        return self._in_background(lambda: self._app.change(**values))

    def window(self, shown: bool) -> Action:
        """Open or close the private window."""
        return self._in_background(self._app.show_window if shown else self._app.hide_window)

    def about(self) -> None:
        """Show what this application is."""
        self._dialogs.tell(wording.about())

    def explain_tray(self) -> None:
        """Say what can be done without a menu, and open the window, which can do nearly all."""
        question = Dialog(_(wording.NO_MENU), yes=_("Open the window"), no=_("Cancel"))

        def ask() -> None:
            if self._dialogs.ask(question):
                self._app.show_window()

        self._in_background(ask)()

    def _set_mode(self, mode: Mode) -> None:
        if mode == "off" or (self._ask_consent() and (mode != "on-air" or self._may_go_on_air())):
            self._app.set_mode(mode)

    def _toggle(self) -> None:
        if self._app.settings.mode == "on-air":
            self._app.toggle()
        else:
            self._set_mode("on-air")

    def _resume(self) -> None:
        if self._ask_consent():
            self._app.resume()

    def _start_recording(self) -> None:
        if self._ask_consent():
            self._recording.start()

    def _record(self, wanted: Any) -> None:
        """Start to record, as a window asks for it: `student` and `title`, both may be empty."""
        student, title = _texts(wanted, "student", "title")
        self._choose(student)
        if self._ask_consent():
            self._recording.start(title[:_LONGEST_TITLE])

    def _calibrate(self, wanted: Any) -> None:
        """Take pictures of a `label` of a `student`, as a window asks for it."""
        student, label = _texts(wanted, "student", "label")
        self._choose(student)
        if self._ask_consent():
            self.calibrating.take(label)

    def _choose(self, student: str) -> None:
        if student and student != self._app.settings.student:
            self._app.change(student=student)

    def _join_class(self) -> None:
        """Tell what a class gets, and join it if the user agrees by giving its link."""
        question = Dialog(class_texts.question(), yes=_("Agree and share"), no=_("Cancel"))
        link = self._dialogs.ask_text(question)
        if link and self._ask_consent():
            self._membership.join(link)

    def _ask_consent(self) -> bool:
        """Ask the user to agree, unless they have; the webcam opens only then."""
        if self.has_consent:
            return True
        question = Dialog(
            wording.consent(),
            yes=_("Agree and start"),
            no=_("Quit"),
            yes_is_default=False,
        )
        try:
            answer = self._dialogs.ask(question)
        except CannotAskError:
            _log.warning(wording.CONSENT_UNASKED)
            return False
        if answer:
            self._app.agree()
        elif answer is not None:
            self._app.stop()
        return bool(answer)

    def _may_go_on_air(self) -> bool:
        if not (self._asked_on_air or self._app.status().labelled):
            self._asked_on_air = bool(self._dialogs.ask(go_on_air()))
            return self._asked_on_air
        return True

    def _open_settings(self) -> None:
        if not self._dialogs.open_settings():
            self._open_settings_file()

    def _open_settings_file(self) -> None:
        _open_file(self._app.settings_path())

    def _help_me_set_up(self) -> None:
        from overlay.doctor import examine
        from overlay.doctor.report import as_text

        self._dialogs.tell(as_text(examine()))


def _texts(wanted: Any, *names: str) -> Iterator[str]:
    """What a window sent under these names; it may have sent anything."""
    known = wanted if isinstance(wanted, dict) else {}
    return (printable(str(known.get(name) or "")) for name in names)


def _open_file(path: Path) -> None:
    """Open a file in the program that the desktop has for it."""
    if sys.platform == "win32":
        os.startfile(path)
        return
    opener = ["open", "-t"] if sys.platform == "darwin" else ["xdg-open"]
    subprocess.Popen(
        [*opener, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
