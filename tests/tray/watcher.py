"""A watcher of StatusNotifier icons that is its own host; prints `registered NAME` for each icon.

`python -m tests.tray.watcher [SECONDS]` refuses all icons for so long after it took its name, like
a panel that is still starting.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from overlay.desktop.system_gi import import_gi

_NAME = "org.kde.StatusNotifierWatcher"
_INTERFACE = f"""
<node>
  <interface name="{_NAME}">
    <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
    <property name="RegisteredStatusNotifierItems" type="as" access="read"/>
    <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
  </interface>
</node>
"""


def main() -> None:
    assert import_gi()
    from gi.repository import Gio, GLib

    deaf_until = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 0)
    icons: list[str] = []

    def on_call(*call: Any) -> None:
        _, sender, _, _, _, parameters, invocation = call
        if time.monotonic() < deaf_until:
            invocation.return_dbus_error("org.freedesktop.DBus.Error.UnknownMethod", "not yet")
            return
        icon = sender + parameters.unpack()[0]
        if icon not in icons:
            icons.append(icon)
            print(f"registered {icon}", flush=True)
        invocation.return_value(None)

    def on_get(*request: Any) -> GLib.Variant:
        values = {
            "RegisteredStatusNotifierItems": GLib.Variant("as", icons),
            "IsStatusNotifierHostRegistered": GLib.Variant("b", time.monotonic() >= deaf_until),
        }
        return values[request[4]]

    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    interface = Gio.DBusNodeInfo.new_for_xml(_INTERFACE).interfaces[0]
    bus.register_object("/StatusNotifierWatcher", interface, on_call, on_get, None)
    Gio.bus_own_name_on_connection(bus, _NAME, Gio.BusNameOwnerFlags.NONE, None, None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
