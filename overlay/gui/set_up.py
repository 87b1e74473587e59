"""The first start in four steps: your camera, a virtual camera, the call, and trying it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStackedWidget

from overlay.gui.call_pictures import CallPictures
from overlay.gui.parts import (
    SPACE,
    make_button,
    make_choice,
    make_column,
    make_label,
    make_row,
    offer,
)
from overlay.language import N_, _

_STEPS = (N_("Your camera"), N_("Virtual camera"), N_("Your call"), N_("Try it"))

_CAMERA = N_(
    "This is what your camera sees, as a mirror. If it is not the right camera, choose another one."
)
_CALL = N_("Start your call after Emotion Overlay, and choose “{name}” as its camera:")
_NOT_THERE = N_(
    "Is it not in the list? Close the program or browser completely, and open it again."
)
_TRY = N_(
    "Press 2 and smile: you see a label, and the call sees plain video. "
    "This is the mode in which it starts.\n\n"
    "Press 3 to show labels to everyone in the call, and 1 or 2 to remove "
    "them again. The icon in the tray shows the mode, and its menu has all "
    "this and more."
)

#: What the virtual camera's state is called.
_READY = N_("The virtual camera is ready.")
_LOOKING = N_("Looking for a virtual camera...")
_INSTALLING = N_("Setting it up; this can take some minutes...")


class SetUp(QFrame):
    """The steps, one at a time; the live picture is above them.

    Args:
        tell: Has the application do something, with a value.
        done: Called when the user leaves, at the end or before.
    """

    def __init__(self, tell: Callable[..., None], done: Callable[[], None]) -> None:
        super().__init__()
        self._tell, self._done = tell, done
        self._steps = QStackedWidget()
        self._title = make_label(name="heading")
        self._cameras = make_choice(_("Camera"), self._choose_camera, width=280)
        self._state, self._fix = make_label(wraps=True), make_label(wraps=True)
        self._fix.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._install = make_button(
            _("Set it up now"), lambda: tell("install-virtual-camera"), "primary"
        )
        self._again = make_button(_("Check again"), lambda: tell("find-virtual-camera"))
        self._call, self._pictures = make_label(wraps=True), CallPictures()
        self._back = make_button(_("Back"), lambda: self._show(self._steps.currentIndex() - 1))
        self._next = make_button(_("Next"), self._go_on, "primary")
        for parts in (
            (make_label(_(_CAMERA), wraps=True), self._cameras),
            (self._state, self._fix, make_row(self._install, self._again, SPACE)),
            (self._call, self._pictures, make_label(_(_NOT_THERE), "muted", wraps=True)),
            (make_label(_(_TRY), wraps=True),),
        ):
            self._steps.addWidget(make_column(*parts, SPACE))
        make_column(
            self._title,
            self._steps,
            make_row(make_button(_("Do this later"), done), SPACE, self._back, self._next),
            parent=self,
            spacing=10,
        )
        self._show(0)

    def show_answer(self, answer: dict[str, Any]) -> None:
        """Show which cameras there are."""
        cameras = answer.get("choices", {}).get("source", ())
        offer(self._cameras, [(value, text) for value, text in cameras])
        self._show_camera(answer.get("virtual_camera", {}))

    def begin(self, step: int = 0) -> None:
        """Show a step, and look what there is."""
        self._tell("find-virtual-camera")
        self._show(step)

    def _show_camera(self, camera: dict[str, Any]) -> None:
        state = camera.get("state", "looking")
        texts = {"ready": _READY, "looking": _LOOKING, "installing": _INSTALLING}
        self._state.setText(_(texts[state]) if state in texts else camera.get("message", ""))
        missing = state == "missing"
        self._fix.setText(_("What to do: {fix}").format(fix=camera.get("fix")) if missing else "")
        self._fix.setVisible(missing)
        self._install.setVisible(missing and bool(camera.get("can_install")))
        self._again.setVisible(missing)
        name = camera.get("name") or "Emotion Overlay"
        self._call.setText(_(_CALL).format(name=name))
        self._pictures.show_name(name)

    def _choose_camera(self, index: int) -> None:
        self._tell("set", {"source": self._cameras.itemData(index)})

    def _go_on(self) -> None:
        if self._steps.currentIndex() == len(_STEPS) - 1:
            self._done()
        else:
            self._show(self._steps.currentIndex() + 1)

    def _show(self, step: int) -> None:
        self._steps.setCurrentIndex(step)
        self._title.setText(
            _("{step} of {steps}:  {title}").format(
                step=step + 1, steps=len(_STEPS), title=_(_STEPS[step])
            )
        )
        self._back.setEnabled(step > 0)
        self._next.setText(_("Done") if step == len(_STEPS) - 1 else _("Next"))
