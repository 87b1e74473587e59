"""What screen readers are told about the windows, over AT-SPI on D-Bus.

https://gnome.pages.gitlab.gnome.org/at-spi2-core/libatspi/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from overlay.consent import CONSENT_VERSION
from overlay.desktop.session_bus import BusError, SessionBus
from overlay.gui.wording import APP_TITLE
from tests.e2e.desktop import Desktop
from tests.e2e.test_tray import TrayApp, skip_set_up
from tests.waiting import until

pytestmark = pytest.mark.desktop

_LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
_ACCESSIBLE = "org.a11y.atspi.Accessible"
_ROOT = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
#: Bits of a state (AtspiStateType).
_FOCUSABLE, _SHOWING = 1 << 11, 1 << 25


@dataclass(frozen=True, slots=True)
class Part:
    """What a screen reader knows of a part of a window."""

    role: str
    name: str
    description: str
    focusable: bool
    showing: bool


def parts(bus: SessionBus, service: str, path: str) -> Iterator[Part]:
    """A part and all that is in it."""

    def texts(name: str) -> str:
        get = "org.freedesktop.DBus.Properties", "Get", "ss", _ACCESSIBLE, name
        return str(bus.call(service, path, *get)[0].value)

    (role,) = bus.call(service, path, _ACCESSIBLE, "GetRoleName")
    ((state, _high),) = bus.call(service, path, _ACCESSIBLE, "GetState")
    known = bool(state & _FOCUSABLE), bool(state & _SHOWING)
    yield Part(role, texts("Name"), texts("Description"), *known)
    (children,) = bus.call(service, path, _ACCESSIBLE, "GetChildren")
    for child in children:
        yield from parts(bus, *child)


def all_parts(address: str) -> list[Part]:
    """All windows of all programs that screen readers can read now."""
    try:
        with SessionBus(address) as session:
            (bus,) = session.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
        with SessionBus(bus) as accessible:
            return list(parts(accessible, *_ROOT))
    except BusError:  # the windows are still being made
        return []


def test_everything_that_can_be_reached_has_a_role_and_says_what_it_is(
    desktop: Desktop,
    portrait: Path,
):
    if not _LAUNCHER.exists():
        pytest.skip("DESKTOP MISSING: apt-get install at-spi2-core")
    skip_set_up(desktop)
    desktop.start(str(_LAUNCHER), "--launch-immediately")
    app = TrayApp(
        desktop, portrait, EMOTION_OVERLAY_CONSENT=str(CONSENT_VERSION),
        EMOTION_OVERLAY_WINDOW="true", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1",
    )  # fmt: skip
    desktop.press_in(f"{APP_TITLE}: .*", "f", "s")  # the row about faces, and the settings
    address = desktop.environment["DBUS_SESSION_BUS_ADDRESS"]

    def told() -> list[Part]:
        found = all_parts(address)
        there = [any(text in part.name for part in found) for text in ("settings", "Face 1 ")]
        return found if all(there) else []

    known = until(told, "the settings, and a face in the list")
    reachable = [part for part in known if part.focusable]
    shown = [part for part in reachable if part.showing]
    roles = {"push button", "check box", "combo box", "list", "list item", "spin box", "text"}
    roles |= {"push button menu", "button menu"}  # by the version of AT-SPI
    assert {part.role for part in shown} <= roles
    assert [part for part in shown if not part.name and part.role != "list"] == []
    names = {part.name for part in shown}
    assert {"Pause camera (P)", "2  Only me: Only you see labels"} <= names
    assert "Remove its label" in names
    assert [part.role for part in known if part.name == "Preview: your own picture"] == ["graphic"]
    boxes = [part for part in reachable if part.role == "combo box"]
    assert boxes
    assert [part for part in boxes if not part.description] == []
    app.command("stop")
    app.wait_for_end()
