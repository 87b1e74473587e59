"""The menu as a panel sees it, over a real session bus."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from overlay.tray import icon_class
from tests.waiting import PATIENCE_S

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: the session bus is Linux's"),
]

if sys.platform == "linux":
    from overlay.desktop.session_bus import SessionBus
    from tests.desktop.bus import session_bus

icon_class._import_pystray()

_INTERFACE = "com.canonical.dbusmenu"

Ask = Callable[..., list[Any]]


class Panel:
    """What asks for the menu."""

    def __init__(self, ours: SessionBus, panel: SessionBus) -> None:
        from overlay.tray._dbus_menu import DBusMenu

        self.menu = DBusMenu()
        self._ours, self._panel = ours, panel
        ours.export("/Menu", self.menu)

    def show(self, *items: Any) -> dict[str, Any]:
        """Let the application have this menu, and fetch it."""
        nodes, done = self.menu.nodes(items), threading.Event()
        self._ours.do(lambda: (self.menu.replace(nodes), done.set()))
        assert done.wait(PATIENCE_S)
        return _texts(self.ask("GetLayout", "iias", 0, -1, [])[1])

    def ask(self, method: str, signature: str, *body: Any) -> list[Any]:
        return self._panel.call(self._ours.name, "/Menu", _INTERFACE, method, signature, *body)

    def click(self, number: int) -> None:
        from dbus_fast import Variant

        self.ask("Event", "isvu", number, "clicked", Variant("i", 0), 0)


def _texts(node: list[Any]) -> dict[str, Any]:
    """Numbers of entries by their texts; for a submenu, its entries."""
    found: dict[str, Any] = {}
    for child in (each.value for each in node[2]):
        label = child[1]["label"].value if "label" in child[1] else "---"
        found[label] = _texts(child) if "children-display" in child[1] else child[0]
    return found


@pytest.fixture
def panel(monkeypatch) -> Iterator[Panel]:
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with SessionBus() as ours, SessionBus() as panel:
            yield Panel(ours, panel)


def test_it_has_submenus_ticks_and_separators_but_nothing_hidden(panel):
    from pystray import Menu, MenuItem

    on_air = MenuItem("On_air", lambda: None, checked=lambda _: True, radio=True)
    shown = panel.show(
        MenuItem("Hidden", lambda: None, visible=False),
        MenuItem("Grey", None, enabled=False),
        Menu.SEPARATOR,
        MenuItem("More", Menu(on_air)),
    )
    assert list(shown) == ["Grey", "---", "More"]
    (number,) = shown["More"].values()
    assert list(shown["More"]) == ["On__air"]  # one underline would mark a key
    (groups,) = panel.ask("GetGroupProperties", "aias", [shown["Grey"], number], [])
    (_, grey), (_, ticked) = groups
    assert grey["enabled"].value is False
    assert (ticked["toggle-type"].value, ticked["toggle-state"].value) == ("radio", 1)


def test_a_click_does_what_the_entry_says_also_when_the_menu_has_just_changed(panel):
    from pystray import MenuItem

    clicked: list[str] = []
    happened = threading.Event()

    def item(text: str) -> MenuItem:
        def act() -> None:
            clicked.append(text)
            happened.set()

        return MenuItem(text, act)

    before = panel.show(item("Pause"))
    after = panel.show(item("On air"))
    for number, text in ((before["Pause"], "Pause"), (after["On air"], "On air")):
        panel.click(number)
        assert happened.wait(PATIENCE_S)
        happened.clear()
        assert clicked.pop() == text


def test_a_click_on_what_is_long_gone_does_nothing(panel):
    from pystray import MenuItem

    clicked: list[str] = []
    long_ago = panel.show(MenuItem("Pause", lambda: clicked.append("Pause")))
    panel.show()
    panel.show()
    panel.click(long_ago["Pause"])
    assert panel.ask("EventGroup", "a(isvu)", []) == [[]]
    assert not clicked
