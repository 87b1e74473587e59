"""The tray on real desktops, driven with mouse and keyboard; pictures go to `artifacts/`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.consent import CONSENT_VERSION
from overlay.gui.wording import APP_TITLE
from overlay.monitor.store import Store
from overlay.tray.icons import COLORS
from overlay.tray.wording import NO_TRAY
from tests.desktop.bus import NotificationServer
from tests.e2e.desktop import ARTIFACTS, Desktop
from tests.e2e.tray_process import TrayApp
from tests.waiting import until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: these desktops are for Linux"),
]


@pytest.fixture
def start(desktop: Desktop, portrait: Path) -> Callable[..., TrayApp]:
    """Start the application after consent, unless told otherwise."""

    def start(consent: bool = True, **environment: str) -> TrayApp:
        agreed = {"EMOTION_OVERLAY_CONSENT": str(CONSENT_VERSION if consent else 0)}
        return TrayApp(desktop, portrait, **(agreed | environment))

    return start


def skip_set_up(desktop: Desktop) -> None:
    """The user has been through the first start."""
    folder = desktop.home / ".config" / "emotion-overlay"
    folder.mkdir(parents=True)
    (folder / "window.json").write_text('{"has_set_up": true, "told_still_running": true}')


def test_the_menu_changes_what_the_call_receives(desktop, start, portrait):
    desktop.start_xfce_panel(dark=True)
    app = start()
    place = app.icon("only-me")
    clean = cv2.imread(str(portrait))
    assert np.array_equal(app.frame, clean)

    desktop.open_menu(place)
    desktop.press("Down")
    desktop.screenshot("tray-menu")
    desktop.press("Return")  # On air
    app.answer_dialog("tray-ask-on-air", "Return")
    app.icon("on-air")
    until(lambda: not np.array_equal(app.frame, clean), "labels in the call")
    cv2.imwrite(str(ARTIFACTS / "labelled-frame.png"), app.frame)

    desktop.open_menu(place)
    desktop.press("Down", "Down", "Return")  # Only me
    app.icon("only-me")
    until(lambda: np.array_equal(app.frame, clean), "a clean picture in the call")

    desktop.open_menu(place)
    desktop.press("Down", "Return")  # On air again, without being asked again
    app.icon("on-air")
    desktop.open_menu(place)
    desktop.press("Down", "Down", "Down", "Down", "Return")  # Pause
    app.icon("paused")
    assert app.status["paused"]

    desktop.open_menu(place)
    desktop.press("Up", "Return")  # Quit
    app.wait_for_end()
    until(lambda: not desktop.find_icon(COLORS["paused"]), "the icon goes")


def test_the_first_start_asks_before_the_webcam_opens(desktop, start):
    desktop.start_xfce_panel(dark=False)
    app = start(consent=False)
    place = app.icon("paused")
    desktop.click(place, 3)  # what is chosen meanwhile does nothing
    desktop.press("Down", "Return")
    assert app.status["frames_in"] == 0
    app.answer_dialog("tray-consent", "Tab", "Return")
    app.icon("only-me")
    until(lambda: app.status["frames_in"] > 0, "the webcam opens")
    assert app.status["labelled"] == 0
    app.command("stop")
    app.wait_for_end()
    settings = desktop.home / ".config/emotion-overlay/settings.toml"
    assert f"\nconsent = {CONSENT_VERSION}" in settings.read_text()


@pytest.mark.parametrize(
    ("language", "recording"), [("en", "Recording Ana"), ("hi", "Ana की रिकॉर्डिंग")]
)
def test_a_student_records_themself_and_reads_the_page(desktop, start, language, recording):
    desktop.start_xfce_panel(dark=True)
    skip_set_up(desktop)
    students = desktop.home / ".local/share/emotion-overlay/students"
    browser, opened = desktop.home / "browser", desktop.home / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    app = start(EMOTION_OVERLAY_WINDOW="true", BROWSER=str(browser), LANGUAGE=language)
    place = app.icon("only-me")
    until(lambda: app.status["faces"] == 1, "a face in the private window")
    time.sleep(1)
    desktop.open_menu(place)
    desktop.press(*["Up"] * 9, "Return")  # Start recording
    app.answer_dialog("tray-name", "A", "n", "a", "Return")
    until(lambda: list(students.glob("*/profile.json")), "the profile")
    app.answer_dialog("tray-consent-to-record", "Tab", "Return")
    until(lambda: app.status["recording"] == "Ana", "the recording")
    app.icon("on-air")  # in the colour of the point
    (window,) = until(
        lambda: desktop.windows(f"{APP_TITLE}: .*{recording}.*"), "the window says so"
    )
    time.sleep(2)
    desktop.screenshot_of(window, f"private-window-recording-{language}")
    desktop.open_menu(place)
    desktop.screenshot(f"tray-menu-recording-{language}")
    desktop.press(*["Up"] * 8, "Return")  # Open report
    until(opened.exists, "the browser")
    assert "session-1" in opened.read_text()
    (page,) = students.glob("*/reports/*.html")
    assert f'<html lang="{language}"' in page.read_text(encoding="utf-8")
    app.command("stop")
    app.wait_for_end()
    (database,) = students.glob("*/*.sqlite")
    with Store.open(database) as store:
        (session,) = store.sessions()
        assert session.ended_how == "app-ended"
        assert any(second.present for second in store.seconds(session.id))


def test_without_agreement_it_ends(desktop, start):
    desktop.start_tint2()
    app = start(consent=False)
    app.answer_dialog("tray-refused", "Escape")
    app.wait_for_end()


@pytest.mark.parametrize("panel", ["tint2", "trayer"])
def test_a_click_puts_labels_on_air_where_there_are_no_menus(desktop, start, portrait, panel):
    show_panel = getattr(desktop, f"start_{panel}")
    running = show_panel()
    app = start()
    place = app.icon("only-me")
    clean = cv2.imread(str(portrait))
    assert np.array_equal(app.frame, clean)

    desktop.click(place, 1)
    app.answer_dialog(f"tray-ask-{panel}", "Return")
    app.icon("on-air")
    until(lambda: not np.array_equal(app.frame, clean), "labels in the call")
    time.sleep(1)
    desktop.screenshot(f"tray-on-air-{panel}")
    desktop.click(place, 1)
    app.icon("only-me")
    until(lambda: np.array_equal(app.frame, clean), "a clean picture in the call")

    desktop.click(place, 3)
    app.answer_dialog(f"tray-right-click-{panel}", "Return")
    until(lambda: app.status["window"], "the window, which has what a menu would")

    desktop.end(running, signal.SIGKILL)
    show_panel()
    app.icon("only-me")  # it is back
    app.process.terminate()
    app.wait_for_end()


def test_the_icon_moves_from_an_old_tray_to_one_with_menus(desktop, start):
    desktop.start_trayer()
    app = start()
    app.icon("only-me")
    registered = desktop.home / "registered"
    with registered.open("w") as file:
        desktop.start(sys.executable, "-m", "tests.tray.watcher", stdout=file)
    until(registered.read_text, "the icon is registered")
    until(lambda: not desktop.find_icon(COLORS["only-me"]), "it leaves the old tray")
    app.command("stop")
    app.wait_for_end()


def test_without_a_tray_it_runs_and_is_controlled_from_the_command_line(desktop, start):
    app = start()
    until(lambda: app.status["mode"] == "only-me", "it runs")
    app.command("mode", "on-air")
    until(lambda: app.status["labelled"] > 0, "labels in the call")

    desktop.start_tint2()  # a panel that starts late
    app.icon("on-air")
    app.command("stop")
    assert app.wait_for_end().count(NO_TRAY) == 1


def test_a_problem_shows_in_the_icon(desktop, start):
    desktop.start_tint2()
    app = start(EMOTION_OVERLAY_OUTPUT="virtual:backend=missing")
    app.icon("problem")
    desktop.screenshot("tray-problem")
    app.command("mode", "on-air")
    app.icon("problem-on-air")
    app.command("stop")
    app.wait_for_end()


def test_the_private_window_shows_labels_that_the_call_does_not_see(desktop, start, portrait):
    desktop.start_tint2()
    skip_set_up(desktop)
    app = start(EMOTION_OVERLAY_WINDOW="true")
    app.icon("only-me")
    (window,) = until(lambda: desktop.windows(f"{APP_TITLE}.*"), "the private window")
    until(lambda: app.status["faces"] == 1, "a face")
    time.sleep(1)
    desktop.screenshot_of(window, "private-window")
    assert np.array_equal(app.frame, cv2.imread(str(portrait)))
    app.command("stop")
    app.wait_for_end()


def test_the_first_start_leads_to_the_call_and_the_window_s_keys_change_what_it_receives(
    desktop, start, portrait
):
    desktop.start_tint2()
    app = start(consent=False, EMOTION_OVERLAY_WINDOW="true")
    app.answer_dialog("first-start-consent", "Tab", "Return")
    until(lambda: desktop.windows(f"{APP_TITLE}: Only me.*"), "the window")
    until(lambda: app.status["faces"] == 1, "a face")
    time.sleep(1)
    desktop.screenshot("first-start-camera")
    # "Do this later" has the keyboard after the preview; the modes have it first.
    desktop.press_in(f"{APP_TITLE}: Only me.*", "3")
    app.answer_dialog("first-start-on-air", "Return")
    app.icon("on-air")
    until(lambda: not np.array_equal(app.frame, cv2.imread(str(portrait))), "labels in the call")
    time.sleep(1)
    desktop.screenshot("window-on-air")
    desktop.press_in(f"{APP_TITLE}: .*", "2")
    app.icon("only-me")
    desktop.press_in(f"{APP_TITLE}: .*", "p")
    app.icon("paused")
    app.command("stop")
    app.wait_for_end()


def test_on_air_is_told_through_the_desktop_and_can_be_ended_there(desktop, start):
    address = desktop.environment["DBUS_SESSION_BUS_ADDRESS"]
    with NotificationServer(address, desktop.home / "shown", clicks="Remove labels") as server:
        app = start()
        until(lambda: app.status["mode"] == "only-me", "it runs")
        app.command("mode", "on-air")
        until(lambda: app.status["mode"] == "off", "the button takes labels off")
        assert [shown["title"] for shown in server.shown] == ["On air"]
        app.command("stop")
        app.wait_for_end()
