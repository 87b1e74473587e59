"""The first start in the control window, without a screen."""

from __future__ import annotations

import pytest

from tests.gui.conftest import Told

pytest.importorskip("PySide6", reason="QT MISSING: install emotion-overlay[desktop]")

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from overlay.gui.set_up import SetUp

CHOICES = {"source": [["auto", "Automatic"], ["webcam:0", "Logitech C920"]]}
MISSING = {
    "state": "missing", "message": "v4l2loopback is not installed.", "fix": "sudo apt install it",
    "can_install": True, "name": "Emotion Overlay",
}  # fmt: skip


@pytest.fixture
def application() -> Told:
    return Told()


@pytest.fixture
def left() -> list[str]:
    return []


@pytest.fixture
def steps(qt, application, left):
    steps = SetUp(application.tell, lambda: left.append("left"))
    steps.show()
    yield steps
    steps.close()


def press(steps, text: str) -> None:
    (found,) = (b for b in steps.findChildren(QPushButton) if b.text() == text and b.isVisible())
    found.click()


def words(steps) -> str:
    return "\n".join(label.text() for label in steps.findChildren(QLabel) if label.isVisible())


def test_four_steps_lead_from_the_camera_to_the_call(steps, left):
    seen = []
    for button in ("Next", "Next", "Next", "Done"):
        seen.append(words(steps).splitlines()[0])
        press(steps, button)
    assert seen == [
        "1 of 4:  Your camera", "2 of 4:  Virtual camera", "3 of 4:  Your call", "4 of 4:  Try it"
    ]  # fmt: skip
    assert left == ["left"]


def test_it_can_be_left_at_once(steps, left):
    press(steps, "Do this later")
    assert left == ["left"]


def test_choosing_a_camera_takes_effect_at_once(steps, application):
    steps.show_answer({"choices": CHOICES})
    steps._cameras.activated.emit(1)
    assert application.orders == [("set", {"source": "webcam:0"})]


def test_a_missing_virtual_camera_is_explained_and_set_up_by_a_button(steps, application):
    steps.begin(1)
    steps.show_answer({"virtual_camera": MISSING})
    assert "v4l2loopback is not installed" in words(steps)
    assert "sudo apt install it" in words(steps)
    press(steps, "Set it up now")
    steps.show_answer({"virtual_camera": {"state": "installing"}})
    assert "some minutes" in words(steps)
    steps.show_answer({"virtual_camera": {"state": "ready"}})
    assert "camera is ready" in words(steps)
    assert [command for command, _ in application.orders] == [
        "find-virtual-camera", "install-virtual-camera"
    ]  # fmt: skip


def test_where_it_cannot_be_installed_from_here_there_is_no_such_button(steps):
    steps.begin(1)
    steps.show_answer({"virtual_camera": MISSING | {"can_install": False}})
    assert "Set it up now" not in {
        b.text() for b in steps.findChildren(QPushButton) if b.isVisible()
    }


@pytest.mark.parametrize("program", ["Zoom", "Meet", "Teams"])
def test_it_says_which_camera_to_choose_in_the_call(steps, program):
    steps.begin(2)
    steps.show_answer({"virtual_camera": {"state": "ready", "name": "OBS Virtual Camera"}})
    assert program in words(steps)
    assert words(steps).count("OBS Virtual Camera") == 4  # above the plans, and below each


def test_plans_show_where_that_is_also_to_who_cannot_see_them(steps):
    steps.begin(2)
    steps.show_answer({"virtual_camera": {"state": "ready", "name": "OBS Virtual Camera"}})
    plans = {
        each.accessibleName().partition(":")[0]: each
        for each in steps.findChildren(QWidget)
        if each.accessibleName().endswith("OBS Virtual Camera")
    }
    assert list(plans) == ["Zoom", "Meet", "Teams"]
    for plan in plans.values():
        drawn = plan.grab().toImage()
        assert len({drawn.pixel(x, y) for x in range(0, 150, 3) for y in range(0, 84, 3)}) > 5
