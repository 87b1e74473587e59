"""The control window: what you see, what the call sees, and everything to do about it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QWidget

from overlay.gui import wording
from overlay.gui.calibration_panel import CalibrationPanel
from overlay.gui.call_bar import CallBar
from overlay.gui.class_bar import ClassBar
from overlay.gui.dialog import Dialog
from overlay.gui.dialog_window import DialogWindow
from overlay.gui.face_bar import FaceBar
from overlay.gui.instance import Instance
from overlay.gui.mode_buttons import ModeButtons
from overlay.gui.parts import (
    make_button,
    make_column,
    make_label,
    make_row,
    named,
    speak,
)
from overlay.gui.placement import remember, remembered
from overlay.gui.preview import Preview
from overlay.gui.problem_list import SET_UP, ProblemList
from overlay.gui.record_bar import RecordBar
from overlay.gui.set_up import SetUp
from overlay.gui.settings_window import SettingsWindow
from overlay.language import _, language

#: How much of the screen it takes at first, at most.
_LARGEST_SHARE = 0.9

_FIRST_SIZE, _COMPACT_SIZE = QSize(760, 660), QSize(340, 290)


class ControlWindow(QMainWindow):
    """The private window with all controls; without an application to control, the picture alone.

    Args:
        preview: The live picture.
        instance: The application; None for a picture alone.
        title: What the title bar says, before the application's own line.
        on_top: Whether it stays above other windows.
    """

    def __init__(
        self, preview: Preview, instance: Instance | None, title: str, on_top: bool
    ) -> None:
        super().__init__()
        self._instance, self._title = instance, title
        self._status: dict[str, Any] = {}
        self._was_on_air = self._was_set_up = False
        self._language = language()
        self._compact = self._wants_settings = self._sets_up = self._calibrates = False
        self._settings_window: SettingsWindow | None = None
        self._on_top = on_top
        self._places: dict[bool, QByteArray] = {}
        self._preview = preview
        self.setWindowTitle(title)
        preview.described.connect(lambda text: self.setWindowTitle(f"{title}: {text}"))
        if instance is None:
            self.setCentralWidget(preview)
            self.resize(preview.sizeHint())
        else:
            self._begin(instance)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, on_top)

    def show_answer(self, answer: dict[str, Any]) -> None:
        """Show how the application is.

        Args:
            answer: What it said over the control channel.
        """
        if answer["language"] != self._language and self._instance is not None:
            speak(answer["language"])
            self._build(self._instance)
        if "settings" in answer and self._wants_settings and self._instance is not None:
            self._wants_settings = False
            self._settings_window = SettingsWindow(self._instance, answer)
            self._settings_window.show()
        self._status = status = answer["status"]
        self._offers = frozenset(answer.get("offers", ()))
        view = wording.call_view(status)
        self._call.show_view(view)
        on_air = view.tone == "on-air"
        self._was_on_air |= on_air or bool(status["labelled"])
        self._preview.set_on_air(on_air)
        self._modes.show_mode(status["mode"])
        self._pause.setText(_("Resume camera (P)") if status["paused"] else _("Pause camera (P)"))
        offers = self._offers | ({SET_UP} if "find-virtual-camera" in self._offers else set())
        self._problems.show_problems(status["problems"], offers)
        self._set_up.show_answer(answer)
        if SET_UP in offers and not self._was_set_up:
            self._was_set_up = True
            self._act(SET_UP)
        self._records.show_answer(answer)
        self._faces.show_answer(answer)
        self._class.show_answer(answer)
        self._calibration.show_answer(answer)
        for name, button in self._offered.items():
            button.setVisible(name in self._offers)
        may_join = "ask-class" in self._offers and answer.get("class") is None
        self._offered["ask-class"].setVisible(may_join)
        self._footer.setText(wording.footer(status, has_tray="record" in self._offers))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Remember the place, and say once that the application goes on."""
        self._places[self._compact] = self.saveGeometry()
        if self._instance is not None:
            place = bytes(self._places.get(False, QByteArray()).toBase64().data()).decode()
            told = bool(remembered().get("told_still_running"))
            remember(window=place, told_still_running=True)
            if not told and self._status.get("output") not in (None, "none"):
                self._ask(wording.still_running())
        if self._settings_window is not None:
            self._settings_window.close()
        event.accept()

    def _begin(self, instance: Instance) -> None:
        """Fill the window, put it where it was, and follow the application."""
        self._build(instance)
        self._preview.clicked.connect(lambda x, y: instance.tell("toggle-face", {"x": x, "y": y}))
        instance.answered.connect(self.show_answer)
        instance.refused.connect(self._show_refusal)
        instance.lost.connect(lambda: self._call.show_lost())
        self.resize(_FIRST_SIZE.boundedTo(self.screen().availableSize() * _LARGEST_SHARE))
        known = remembered()
        self._was_set_up = bool(known.get("has_set_up"))
        if place := known.get("window"):
            self.restoreGeometry(QByteArray.fromBase64(str(place).encode()))

    def _build(self, instance: Instance) -> None:
        """Make all controls, in the language that is spoken now."""
        self._language = language()
        page = named(QWidget(), "page")
        self._layout = make_column(page, spacing=0)
        self._preview.setAccessibleName(_("Preview: your own picture"))
        self._preview.setToolTip(_("Click a face to take its label off, and again to put it back."))
        self._call = CallBar()
        self._class = ClassBar(instance.tell)
        self._modes = ModeButtons(self._choose_mode)
        self._problems = ProblemList(self._act)
        self._set_up = SetUp(instance.tell, self._end_set_up)
        self._records = RecordBar(instance.tell, self._calibrate)
        self._faces = FaceBar(instance.tell, self._preview.mark)
        self._calibration = CalibrationPanel(instance.tell, self._end_calibration)
        self._footer = make_label(name="muted", wraps=True)
        self._details = self._make_details(instance)
        for widget in (self._call, self._class, self._preview, self._details):
            self._layout.addWidget(widget, int(widget is self._preview))
        for key, action in (
            ("P", self._pause.click),
            ("R", self._records.toggle),
            ("M", self._records.mark_moment),
            ("F", self._faces.toggle),
            ("S", self._open_settings),
            ("C", self._toggle_compact),
        ):
            QShortcut(QKeySequence(key), page, action)
        self.setCentralWidget(page)
        self._arrange()

    def _make_details(self, instance: Instance) -> QWidget:
        details = QWidget()
        column = make_column(details, spacing=10, margins=(12, 12, 12, 10))
        self._pause = make_button(_("Pause camera (P)"), self._toggle_pause)
        self._compact_button = make_button(_("Compact (C)"), self._toggle_compact)
        self._offered = {
            "find-virtual-camera": make_button(_("Set-up steps"), lambda: self._act(SET_UP)),
            "ask-class": make_button(
                _("Share with a class..."), lambda: instance.tell("ask-class")
            ),
            "report": make_button(_("Open report"), lambda: instance.tell("report")),
        }
        self._actions = QWidget()
        row = make_row(self._actions)
        row.addWidget(self._pause)
        row.addWidget(self._records.opener)
        row.addWidget(self._faces.opener)
        row.addWidget(self._offered["report"])
        row.addWidget(self._offered["ask-class"])
        row.addStretch()
        row.addWidget(self._offered["find-virtual-camera"])
        row.addWidget(make_button(_("Settings (S)"), self._open_settings))
        row.addWidget(self._compact_button)
        for widget in (
            self._set_up,
            self._calibration,
            self._problems,
            self._modes,
            self._records,
            self._faces,
            self._actions,
            self._footer,
        ):
            column.addWidget(widget)
        return details

    def _choose_mode(self, mode: str) -> None:
        assert self._instance is not None
        if mode == "on-air" and not self._was_on_air:
            if not self._ask(wording.go_on_air()):
                self._modes.show_mode(self._status.get("mode", ""))
                return
            self._was_on_air = True
        self._instance.tell("mode", mode)

    def _toggle_pause(self) -> None:
        assert self._instance is not None
        self._instance.tell("resume" if self._status.get("paused") else "pause")

    def _open_settings(self) -> None:
        assert self._instance is not None
        if self._settings_window is not None and self._settings_window.isVisible():
            self._settings_window.activateWindow()
        else:
            self._wants_settings = True
            self._instance.tell("settings")

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
        for layout in (self._details.layout(), self._layout, self.layout()):
            if layout is not None:
                layout.activate()

    def _act(self, command: str) -> None:
        """Have the application do something about a problem, or show the steps of the start."""
        assert self._instance is not None
        if command != SET_UP:
            self._instance.tell(command)
            return
        self._sets_up = True
        self._set_up.begin(1 if "output" in self._status.get("problems", {}) else 0)
        self._arrange()

    def _end_set_up(self) -> None:
        remember(has_set_up=True)
        self._sets_up = False
        self._arrange()

    def _calibrate(self, student: str) -> None:
        assert self._instance is not None
        if not student:  # there is nobody yet
            self._instance.tell("add-student")
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

    def _show_refusal(self, reason: str) -> None:
        self._ask(Dialog(wording.APP_TITLE, reason))

    def _ask(self, dialog: Dialog) -> bool:
        return bool(DialogWindow(dialog, self).exec())
