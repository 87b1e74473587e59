"""The menu over a real application that reads the demo and sends nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from overlay.app import App
from overlay.classroom.membership import Membership
from overlay.consent import CONSENT_VERSION
from overlay.settings import make_settings
from overlay.sources import CameraInfo
from overlay.tray.actions import Actions
from overlay.tray.cameras import Cameras
from overlay.tray.dialogs import CannotAskError, Dialog, Dialogs
from overlay.tray.menu import Entry, menu_entries
from overlay.tray.recording import Recording
from tests.waiting import until

WEBCAM = CameraInfo(0, "Logitech", "/dev/v4l/by-id/logitech")
LOOPBACK = CameraInfo(2, "Emotion Overlay", "/dev/video2", virtual=True)
METADATA = CameraInfo(1, "Logitech", "/dev/video1", capture=False)


class Answers(Dialogs):
    """Stands for the user: answers dialogs and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.told: list[str] = []
        self.answer: bool | None = True
        self.typed: str | None = None
        self.can_ask = True

    def ask(self, dialog: Dialog) -> bool | None:
        self.asked.append(dialog.text.splitlines()[0])
        if not self.can_ask:
            raise CannotAskError("no desktop")
        return self.answer

    def ask_text(self, question: Dialog) -> str | None:
        self.asked.append(question.text.splitlines()[0])
        return self.typed

    def tell(self, text: str, **_options: str) -> None:
        self.told.append(text)


@pytest.fixture
def user() -> Answers:
    return Answers()


@pytest.fixture
def app() -> Iterator[App]:
    settings = make_settings(source="demo", output="none", window=False, consent=CONSENT_VERSION)
    with App(settings) as app:
        yield app


@pytest.fixture
def recording(app, user) -> Iterator[Recording]:
    recording = Recording(app, user)
    yield recording
    recording.close()


@pytest.fixture
def menu(app, user, recording) -> Callable[[], tuple[Entry, ...]]:
    actions = Actions(app, user, Cameras(), recording, Membership(app))

    def entries() -> tuple[Entry, ...]:
        cameras = Cameras()
        cameras.known = [WEBCAM, METADATA, LOOPBACK]
        return menu_entries(app.status(), app.settings, cameras, recording.state(), actions)

    return entries


def find(entries: tuple[Entry, ...], *path: str) -> Entry:
    """The entry at the end of a path of texts."""
    (entry,) = (entry for entry in entries if entry.text == path[0])
    return find(entry.children, *path[1:]) if path[1:] else entry


def ticked(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.text for entry in entries if entry.checked]


def click(menu: Callable[[], tuple[Entry, ...]], *path: str) -> None:
    action = find(menu(), *path).action
    assert action is not None
    action()


def test_one_mode_is_ticked_and_a_click_changes_it(app, menu):
    assert ticked(menu()) == ["Only me"]
    click(menu, "Off")
    until(lambda: app.status().mode == "off")
    assert ticked(menu()) == ["Off"]


def test_on_air_asks_once_a_session(app, menu, user):
    for mode, text in (("on-air", "On air"), ("only-me", "Only me"), ("on-air", "On air")):
        click(menu, text)
        until(lambda mode=mode: app.status().mode == mode)
    assert user.asked == ["Go on air?"]


def test_refusing_leaves_the_mode_and_is_asked_again(app, menu, user):
    user.answer = False
    click(menu, "On air")
    until(lambda: len(user.asked) == 1)
    click(menu, "Labels on or off")
    until(lambda: len(user.asked) == 2)
    assert app.status().mode == "only-me"


def test_where_nobody_can_be_asked_labels_stay_off_the_air(app, menu, user):
    user.can_ask = False
    click(menu, "On air")
    until(lambda: bool(user.told))
    assert app.status().mode == "only-me"


def test_toggling_takes_labels_off_again_without_asking(app, menu, user):
    app.set_mode("on-air")
    click(menu, "Labels on or off")
    until(lambda: app.status().mode == "only-me")
    assert not user.asked


def test_pause_becomes_resume(app, menu):
    click(menu, "Pause camera")
    until(lambda: app.status().paused)
    click(menu, "Resume camera")
    until(lambda: not app.status().paused)


def test_resting_faces_can_be_learnt_anew(app, menu):
    for times in (1, 2):
        click(menu, "Labels", "Learn resting faces again")
        until(lambda times=times: app._engine.desired.resting_forgotten == times)
    assert ticked(menu()) == ["Only me"]


def test_panic_takes_labels_off_everywhere(app, menu):
    app.set_mode("on-air")
    click(menu, "Panic: labels off everywhere")
    until(lambda: app.status().mode == "off")


def test_only_real_cameras_are_offered_as_camera(menu):
    camera = find(menu(), "Camera").children
    texts = [entry.text for entry in camera if entry.radio]
    assert texts == ["Automatic", "Logitech", "Demo"]
    assert ticked(camera) == ["Demo"]


def test_only_virtual_cameras_are_offered_as_virtual_camera(menu):
    offered = find(menu(), "Virtual camera").children
    assert [entry.text for entry in offered] == ["Automatic", "Emotion Overlay", "None"]
    assert ticked(offered) == ["None"]


def test_a_source_that_is_not_in_the_list_is_ticked_all_the_same(app, menu):
    app.change(source="demo:3")
    assert ticked(find(menu(), "Camera").children) == ["demo:3"]


def test_the_password_of_a_network_camera_is_not_in_the_menu(app, menu):
    app.change(source="rtsp://ana:opensesame@127.0.0.1:9/cam")
    assert ticked(find(menu(), "Camera").children) == ["rtsp://127.0.0.1:9"]


@pytest.mark.parametrize(
    ("path", "setting", "value"),
    [
        (("Labels", "Boxes"), "boxes", False),
        (("Labels", "Bars for all expressions"), "bars", True),
        (("Labels", "Theme", "Light"), "theme", "light"),
        (("Labels", "Size", "Large"), "scale", 1.5),
        (("Private window", "Always on top"), "window_on_top", True),
        (("Camera", "Automatic"), "source", "auto"),
    ],
)
def test_a_click_changes_a_setting(app, menu, path, setting, value):
    before = find(menu(), *path).checked
    click(menu, *path)
    until(lambda: getattr(app.settings, setting) == value)
    assert find(menu(), *path).checked is not before


def test_another_language_is_spoken_at_once(app, menu):
    click(menu, "Labels", "Language", "हिन्दी")
    until(lambda: app.settings.language == "hi")
    assert find(menu(), "लेबल", "भाषा", "हिन्दी").checked
    click(menu, "लेबल", "भाषा", "English")
    until(lambda: app.settings.language == "en")
    assert find(menu(), "Labels", "Language", "English").checked


def test_problems_are_said_in_words(app, menu):
    app.change(output="virtual:backend=missing")
    until(lambda: any(entry.text.startswith("Virtual camera: ") for entry in menu()))


def test_two_menus_that_look_the_same_are_equal(menu):
    assert menu() == menu()


def test_quit_stops_the_application(app, menu):
    click(menu, "Quit")
    until(lambda: app.stopped)


def test_an_error_is_told(app, menu, user):
    click(menu, "Settings file")  # this application has none
    until(lambda: bool(user.told))
    assert "without a settings file" in user.told[0]
