"""The icon alone, in whatever tray there is: `python -m tests.tray.icon_process [FAILURES]`.

Its menu cannot be made so many times, and is made again every second.
"""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from overlay.desktop.tray_host import HostKind, find_host
from overlay.tray.icon_class import icon_class
from overlay.tray.icons import draw_icon


def main() -> None:
    failures = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    made = itertools.count()
    while True:
        if host := find_host():
            _show(host, failures, made)
        time.sleep(0.1)


def _show(host: HostKind, failures: int, made: Iterator[int]) -> None:
    kind = icon_class(host)
    from pystray import Menu, MenuItem

    def items() -> Iterator[Any]:
        if next(made) < failures:
            raise OSError("the menu cannot be made")
        yield MenuItem("Quit", None, default=True)

    icon = kind("emotion-overlay", draw_icon("only-me"), "Only me", Menu(items))

    def update_menu() -> None:
        for _ in range(failures):
            time.sleep(1)
            icon.update_menu()

    threading.Thread(target=update_menu, daemon=True).start()
    icon.run()


if __name__ == "__main__":
    main()
