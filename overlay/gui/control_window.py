"""The control window: what you see, what the call sees, and everything to do about it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QMoveEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QWidget

from overlay.gui import wording
from overlay.gui.bars import SET_UP, CallBar, ClassBar, ProblemList
from overlay.gui.calibration_panel import CalibrationPanel
from overlay.gui.dialog_window import DialogWindow
from overlay.gui.face_bar import FaceBar
from overlay.gui.instance import Instance
from overlay.gui.mode_buttons import ModeButtons
from overlay.gui.parts import (
    SPACE,
    make_button,
    make_column,
    make_label,
    make_menu_button,
    make_row,
    named,
    speak,
)
from overlay.gui.placement import remember, remembered
from overlay.gui.preview import Preview
from overlay.gui.record_bar import RecordBar
from overlay.gui.set_up import SetUp
from overlay.gui.settings_window import SettingsWindow
from overlay.gui.wording import Dialog
from overlay.language import _, language

#: How much of the screen it takes at first, at most.
_LARGEST_SHARE = 0.9

#: A picture of 1280x720 is just halved in it, which is done quickly.
_FIRST_SIZE, _COMPACT_SIZE = QSize(660, 610), QSize(340, 290)


#: For how long a window that was moved must stay where it is to have its place remembered, in
#: milliseconds.
_SETTLED_MS = 500


class ControlWindow(QMainWindow):
    """The private window with all controls.

    Args:
        preview: The live picture.
        instance: The application.
        on_top: Whether it stays above other windows.
    """

    def __init__(self, preview: Preview, instance: Instance, *, on_top: bool) -> None:
        super().__init__()
        self._instance, self._tell = instance, instance.tell
        self._preview, self._on_top = preview, on_top
        self._status: dict[str, Any] = {}
        self._was_on_air = False
        self._compact = self._wants_settings = self._sets_up = self._calibrates = False
        self._settings_window: SettingsWindow | None = None
        self._places: dict[bool, QByteArray] = {}
        self._moved = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._moved.timeout.connect(self._remember_place)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, on_top)
        self._build()
        preview.clicked.connect(lambda x, y: self._tell("toggle-face", {"x": x, "y": y}))
        # Mode, pause or recording have changed: that is shown at once.
        preview.described.connect(lambda _text: self._tell("status"))
        instance.answered.connect(self.show_answer)
        instance.refused.connect(lambda reason: self._ask(Dialog(reason)))
        instance.lost.connect(lambda: self._call.show_lost())
        self.resize(_FIRST_SIZE.boundedTo(self.screen().availableSize() * _LARGEST_SHARE))
        known = remembered()
        self._was_set_up = bool(known.get("has_set_up"))
        if place := known.get("window"):
            self.restoreGeometry(QByteArray.fromBase64(str(place).encode()))

    def show_answer(self, answer: dict[str, Any]) -> None:
        """Show how the application is.

        Args:
            answer: What it said over the control channel.
        """
        if answer["language"] != self._language:
            speak(answer["language"])
            self._build()
        if "settings" in answer and self._wants_settings:
            self._wants_settings = False
            self._settings_window = SettingsWindow(self._instance, answer)
            self._settings_window.show()
        self._status = status = answer["status"]
        offered = frozenset(answer.get("offers", ()))
        view = wording.call_view(status)
        self._call.show_view(view)
        on_air = view.tone == "on-air"
        self._was_on_air |= on_air or bool(status["labelled"])
        self._preview.set_on_air(on_air)
        self._modes.show_mode(status["mode"])
        self._pause.setText(_("Resume camera (P)") if status["paused"] else _("Pause camera (P)"))
        can_set_up = "find-virtual-camera" in offered
        self._problems.show_problems(
            status["problems"], offered | {SET_UP} if can_set_up else offered
        )
        for part in (self._set_up, self._calibration, self._records, self._faces, self._class):
            part.show_answer(answer)
        if can_set_up and not self._was_set_up:
            self._was_set_up = True
            self._act(SET_UP)
        self._steps.setVisible(can_set_up)
        self._report.setVisible("report" in offered)
        self._join.setVisible("ask-class" in offered and answer.get("class") is None)
        self._more.setVisible(not self._more.menu().isEmpty())
        self._footer.setText(wording.footer(status, has_tray="record" in offered))
        self._instance.follows = self._calibrates or self._faces.isVisible()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Remember the place, and say once that the application goes on."""
        self._remember_place()
        told = bool(remembered().get("told_still_running"))
        remember(told_still_running=True)
        if not told and self._status.get("output") not in (None, "none"):
            self._ask(wording.still_running())
        if self._settings_window is not None:
            self._settings_window.close()
        event.accept()

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802
        """Remember the place soon: the application may end without closing the window."""
        super().moveEvent(event)
        self._moved.start()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The same for the size."""
        super().resizeEvent(event)
        self._moved.start()

    def _remember_place(self) -> None:
        self._places[self._compact] = self.saveGeometry()
        if place := self._places.get(False):
            remember(window=bytes(place.toBase64().data()).decode())

    def _build(self) -> None:
        """Make all controls, in the language that is spoken now."""
        self._language = language()
        self._preview.setAccessibleName(_("Preview: your own picture"))
        self._preview.setToolTip(_("Click a face to remove its label, and again to bring it back."))
        self._call = CallBar()
        self._class = ClassBar(self._tell)
        self._details = self._make_details()
        self._page = make_column(
            self._call,
            self._class,
            self._preview,
            self._details,
            parent=named(QWidget(), "page"),
            grows=[self._preview],
            spacing=0,
        )
        for key, action in (
            ("P", self._pause.click),
            ("R", self._records.toggle),
            ("M", self._records.mark_moment),
            ("F", self._faces.toggle),
            ("S", self._open_settings),
            ("C", self._toggle_compact),
        ):
            QShortcut(QKeySequence(key), self._page, action)
        self.setCentralWidget(self._page)
        self._arrange()

    def _make_details(self) -> QWidget:
        """What is below the picture."""
        self._modes = ModeButtons(self._choose_mode)
        self._problems = ProblemList(self._act)
        self._set_up = SetUp(self._tell, self._end_set_up)
        self._records = RecordBar(self._tell, self._calibrate)
        self._faces = FaceBar(self._tell, self._preview.mark)
        self._calibration = CalibrationPanel(self._tell, self._end_calibration)
        self._pause = make_button(_("Pause camera (P)"), self._toggle_pause)
        self._more, (self._report, self._join, self._steps) = make_menu_button(
            _("More"),
            (_("Open report"), lambda: self._tell("report")),
            (_("Share with a class..."), lambda: self._tell("ask-class")),
            (_("Set-up steps"), lambda: self._act(SET_UP)),
        )
        self._actions = make_row(
            self._pause,
            self._records.opener,
            self._faces.opener,
            self._more,
            SPACE,
            make_button(_("Settings (S)"), self._open_settings),
            make_button(_("Compact (C)"), self._toggle_compact),
        )
        self._footer = make_label(name="muted", wraps=True)
        return make_column(
            self._set_up,
            self._calibration,
            self._problems,
            self._modes,
            self._records,
            self._faces,
            self._actions,
            self._footer,
            spacing=10,
            margins=(12, 12, 12, 10),
        )

    def _choose_mode(self, mode: str) -> None:
        if mode == "on-air" and not self._was_on_air:
            if not self._ask(wording.go_on_air()):
                self._modes.show_mode(self._status.get("mode", ""))
                return
            self._was_on_air = True
        self._tell("mode", mode)

    def _toggle_pause(self) -> None:
        self._tell("resume" if self._status.get("paused") else "pause")

    def _open_settings(self) -> None:
        if self._settings_window is not None and self._settings_window.isVisible():
            self._settings_window.activateWindow()
        else:
            self._wants_settings = True
            self._tell("settings")

    def _toggle_compact(self) -> None:
        """Only picture and modes, above all other windows; or all of it again."""
        self._places[self._compact] = self.saveGeometry()
        self._compact = not self._compact
        self._arrange()
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, self._compact or self._on_top)
        self._settle()
        if not (place := self._places.get(self._compact)) or not self.restoreGeometry(place):
            self.resize(_COMPACT_SIZE if self._compact else _FIRST_SIZE)
        self.show()

    def _settle(self) -> None:
        """Let the window be as small as what it shows now allows."""
        for widget in (self._details, self._page, self):
            if (layout := widget.layout()) is not None:
                layout.activate()

    def _act(self, command: str) -> None:
        """Have the application do something about a problem, or show the steps of the start."""
        if command != SET_UP:
            self._tell(command)
            return
        self._sets_up = True
        self._set_up.begin(1 if "output" in self._status.get("problems", {}) else 0)
        self._arrange()

    def _end_set_up(self) -> None:
        remember(has_set_up=True)
        self._sets_up = False
        self._arrange()

    def _calibrate(self, student: str) -> None:
        if not student:  # there is nobody yet
            self._tell("add-student")
            return
        self._calibrates = True
        self._arrange()
        self._calibration.begin(student)

    def _end_calibration(self) -> None:
        self._calibrates = False
        self._arrange()

    def _arrange(self) -> None:
        """Show what belongs to the form that the window has now."""
        self._call.set_compact(self._compact)
        self._modes.set_compact(self._compact)
        all_of_it = not (self._compact or self._sets_up or self._calibrates)
        self._set_up.setVisible(self._sets_up and not self._compact)
        self._calibration.setVisible(self._calibrates and not (self._compact or self._sets_up))
        for widget in (self._actions, self._footer, self._problems):
            widget.setVisible(all_of_it)
        self._records.set_compact(not all_of_it)
        self._faces.set_compact(not all_of_it)

    def _ask(self, dialog: Dialog) -> bool:
        return bool(DialogWindow(dialog, self).exec())
