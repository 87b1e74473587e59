"""The tray on a Wayland desktop, driven with mouse and keyboard; pictures go to `artifacts/`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.consent import CONSENT_VERSION
from tests.e2e.tray_process import TrayApp
from tests.e2e.wayland_desktop import WaylandDesktop
from tests.waiting import until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: these desktops are for Linux"),
]


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[WaylandDesktop]:
    with WaylandDesktop(tmp_path) as desktop:
        yield desktop


def test_the_menu_changes_the_icon_and_what_the_call_receives(desktop, portrait):
    app = TrayApp(desktop, portrait, EMOTION_OVERLAY_CONSENT=str(CONSENT_VERSION))
    place = app.icon("only-me")
    clean = cv2.imread(str(portrait))
    assert np.array_equal(app.frame, clean)

    desktop.open_menu(place)
    desktop.screenshot("tray-menu-wayland")
    desktop.click((place[0] + 60, place[1] + 44), 1)  # On air
    app.answer_dialog("tray-ask-on-air-wayland", "Return")
    app.icon("on-air")
    until(lambda: not np.array_equal(app.frame, clean), "labels in the call")
    desktop.screenshot("tray-on-air-wayland")

    desktop.open_menu(place)
    desktop.screenshot("tray-menu-on-air-wayland")
    desktop.click((place[0] + 60, place[1] + 70), 1)  # Only me
    app.icon("only-me")
    until(lambda: np.array_equal(app.frame, clean), "a clean picture in the call")
