"""The icon comes and goes with whoever shows icons, on real session buses and in real panels."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from overlay.tray.icons import COLORS
from tests.e2e.desktop import Desktop
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="PLATFORM: StatusNotifier is for Linux"
)

#: How long to look whether something that must not happen does, in seconds.
_A_WHILE_S = 3.0


class Watcher:
    """A watcher, and the icons that were registered with it."""

    def __init__(self, desktop: Desktop, log: Path, deaf_for: float) -> None:
        self._log = log
        with log.open("w") as file:
            self.process = desktop.start(
                sys.executable, "-m", "tests.tray.watcher", str(deaf_for), stdout=file
            )

    @property
    def icons(self) -> list[str]:
        return self._log.read_text().splitlines()

    def wait_for_icon(self) -> None:
        until(lambda: self.icons, "the icon is registered")
        time.sleep(_A_WHILE_S)
        assert len(self.icons) == 1


@pytest.fixture
def start_icon(desktop: Desktop) -> Callable[..., subprocess.Popen[str]]:
    def start(*failures: str) -> subprocess.Popen[str]:
        return desktop.start(sys.executable, "-m", "tests.tray.icon_process", *failures)

    return start


@pytest.fixture
def start_watcher(desktop: Desktop, tmp_path: Path) -> Callable[..., Watcher]:
    numbers = iter(range(100))

    def start(deaf_for: float = 0) -> Watcher:
        return Watcher(desktop, tmp_path / f"watcher-{next(numbers)}", deaf_for)

    return start


def test_a_watcher_that_appears_late_gets_the_icon_once(start_icon, start_watcher):
    start_icon()
    time.sleep(1)
    start_watcher().wait_for_icon()


def test_a_watcher_that_restarts_gets_the_icon_again(desktop, start_icon, start_watcher):
    watcher = start_watcher()
    start_icon()
    watcher.wait_for_icon()
    for ends_with in (signal.SIGTERM, signal.SIGKILL):
        desktop.end(watcher.process, ends_with)
        watcher = start_watcher()
        watcher.wait_for_icon()


def test_a_watcher_that_is_not_ready_when_it_takes_its_name_gets_the_icon_later(
    desktop, start_icon, start_watcher
):
    watcher = start_watcher()
    start_icon()
    watcher.wait_for_icon()
    desktop.end(watcher.process)
    start_watcher(deaf_for=0.5).wait_for_icon()


def test_a_panel_that_starts_after_the_icon_and_restarts_shows_it_once(desktop, start_icon):
    start_icon()
    time.sleep(1)
    for ends_with in (signal.SIGTERM, signal.SIGKILL):
        panel = desktop.start_xfce_panel(dark=False)
        until(lambda: desktop.find_icon(COLORS["only-me"]), "the icon in the panel")
        time.sleep(_A_WHILE_S)
        assert desktop.count_icons(COLORS["only-me"]) == 1
        desktop.end(panel, ends_with)
    desktop.start_xfce_panel(dark=False)
    until(lambda: desktop.find_icon(COLORS["only-me"]), "the icon in the panel again")
    desktop.screenshot("tray-after-panel-restart")


def test_an_icon_whose_first_menu_fails_appears_all_the_same(desktop, start_icon):
    desktop.start_xfce_panel(dark=False)
    start_icon("3")
    until(lambda: desktop.find_icon(COLORS["only-me"]), "the icon in the panel")


def test_whether_somebody_shows_icons_is_known(desktop, start_watcher):
    script = (
        "from overlay.desktop.tray_host import has_status_notifier; print(has_status_notifier())"
    )

    def answer() -> str:
        command = [sys.executable, "-c", script]
        return subprocess.check_output(command, env=desktop.environment, text=True).strip()

    assert answer() == "False"
    start_watcher()
    until(lambda: answer() == "True", "a host is found")
