"""A menu that the desktop shows for an application: com.canonical.dbusmenu.

https://github.com/AyatanaIndicators/libdbusmenu/blob/main/libdbusmenu-glib/dbus-menu.xml
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from dbus_fast import Variant
from dbus_fast.annotations import (
    DBusBool,
    DBusInt32,
    DBusSignature,
    DBusStr,
    DBusUInt32,
    DBusVariant,
)
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from overlay.language import is_right_to_left, language

_NODE = "(ia{sv}av)"
_VERSION = 3
_ROOT = 0

_Names = Annotated[list[str], DBusSignature("as")]
_Numbers = Annotated[list[int], DBusSignature("ai")]
_Layout = Annotated[tuple[int, list[Any]], DBusSignature(f"u{_NODE}")]
_Groups = Annotated[list[Any], DBusSignature("a(ia{sv})")]
_Events = Annotated[list[Any], DBusSignature("a(isvu)")]
_Shown = Annotated[tuple[list[int], list[int]], DBusSignature("aiai")]
Nothing = Annotated[None, DBusSignature("")]  # the library takes a bare None for a mistake
_Updated = Annotated[tuple[int, int], DBusSignature("ui")]


@dataclass(frozen=True, slots=True)
class Node:
    """One entry.

    Attributes:
        number: By which the desktop knows it; never used again for another one.
        properties: How it looks.
        action: What a click does.
        children: The entries of its submenu.
    """

    number: int
    properties: dict[str, Variant]
    action: Callable[[], None] | None = None
    children: tuple[Node, ...] = ()

    def below(self) -> Iterable[Node]:
        """It and all entries below it."""
        yield self
        for child in self.children:
            yield from child.below()


@dataclass
class _Menu:
    """A menu as the desktop has fetched it, and how many came before it."""

    root: Node = field(default_factory=lambda: Node(_ROOT, {}))
    revision: int = 0
    nodes: dict[int, Node] = field(default_factory=dict)


class DBusMenu(ServiceInterface):
    """The menu; a click on one that has just been replaced still does what it said."""

    def __init__(self) -> None:
        super().__init__("com.canonical.dbusmenu")
        self._numbers = itertools.count(1)
        self._menu = self._before = _Menu()

    def nodes(self, items: Iterable[Any]) -> tuple[Node, ...]:
        """Entries for items of a pystray menu, in any thread."""
        from pystray import Menu

        return tuple(self._node(item, item is Menu.SEPARATOR) for item in items if item.visible)

    def replace(self, nodes: Sequence[Node]) -> None:
        """Show these entries from now on; in the bus's thread."""
        root = Node(_ROOT, {"children-display": Variant("s", "submenu")}, None, tuple(nodes))
        known = {node.number: node for node in root.below()}
        self._before, self._menu = self._menu, _Menu(root, self._menu.revision + 1, known)
        self.LayoutUpdated()

    def _node(self, item: Any, is_separator: bool) -> Node:
        number = next(self._numbers)
        if is_separator:
            return Node(number, {"type": Variant("s", "separator")})
        properties = {
            # An underline would mark the letter behind it.
            "label": Variant("s", item.text.replace("_", "__")),
            "enabled": Variant("b", bool(item.enabled)),
        }
        if item.checked is not None:
            kind = "radio" if item.radio else "checkmark"
            properties["toggle-type"] = Variant("s", kind)
            properties["toggle-state"] = Variant("i", int(item.checked))
        if item.submenu is None:
            return Node(number, properties, lambda: item(None))
        properties["children-display"] = Variant("s", "submenu")
        return Node(number, properties, None, self.nodes(item.submenu.items))

    def _find(self, number: int) -> Node | None:
        return self._menu.nodes.get(number) or self._before.nodes.get(number)

    @dbus_property(access=PropertyAccess.READ)
    def Version(self) -> DBusUInt32:  # noqa: N802
        """The version of this interface."""
        return _VERSION

    @dbus_property(access=PropertyAccess.READ)
    def TextDirection(self) -> DBusStr:  # noqa: N802
        """That of the user's language."""
        return "rtl" if is_right_to_left(language()) else "ltr"

    @dbus_property(access=PropertyAccess.READ)
    def Status(self) -> DBusStr:  # noqa: N802
        """Nothing asks for attention."""
        return "normal"

    @dbus_property(access=PropertyAccess.READ)
    def IconThemePath(self) -> _Names:  # noqa: N802
        """No entry has an icon."""
        return []

    @dbus_method()
    def GetLayout(self, parent: DBusInt32, depth: DBusInt32, names: _Names) -> _Layout:  # noqa: N802
        """The entries below one, so many levels deep; -1 for all."""
        node = self._find(parent) or self._menu.root
        return self._menu.revision, _layout(node, depth)

    @dbus_method()
    def GetGroupProperties(self, numbers: _Numbers, names: _Names) -> _Groups:  # noqa: N802
        """How entries look."""
        found = [node for number in numbers if (node := self._find(number)) is not None]
        return [[node.number, node.properties] for node in found]

    @dbus_method()
    def GetProperty(self, number: DBusInt32, name: DBusStr) -> DBusVariant:  # noqa: N802
        """How an entry looks in one respect."""
        node = self._find(number)
        return (node.properties if node is not None else {}).get(name) or Variant("s", "")

    @dbus_method()
    def Event(  # noqa: N802
        self, number: DBusInt32, kind: DBusStr, data: DBusVariant, when: DBusUInt32
    ) -> Nothing:
        """What the user did with an entry."""
        node = self._find(number)
        if kind == "clicked" and node is not None and node.action is not None:
            threading.Thread(target=node.action, name="menu", daemon=True).start()

    @dbus_method()
    def EventGroup(self, events: _Events) -> _Numbers:  # noqa: N802
        """What the user did with several; returns the numbers that are unknown."""
        for event in events:
            DBusMenu.Event(self, *event)
        return [number for number, *_ in events if self._find(number) is None]

    @dbus_method()
    def AboutToShow(self, number: DBusInt32) -> DBusBool:  # noqa: N802
        """Whether a submenu must be fetched anew: never, it is always up to date."""
        return False

    @dbus_method()
    def AboutToShowGroup(self, numbers: _Numbers) -> _Shown:  # noqa: N802
        """The same for several, and the numbers that are unknown."""
        return [], [number for number in numbers if self._find(number) is None]

    @dbus_signal()
    def LayoutUpdated(self) -> _Updated:  # noqa: N802
        """The menu is another one now."""
        return self._menu.revision, _ROOT


def _layout(node: Node, depth: int) -> list[Any]:
    children = [] if depth == 0 else [_layout(child, depth - 1) for child in node.children]
    return [node.number, node.properties, [Variant(_NODE, child) for child in children]]
