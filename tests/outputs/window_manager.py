"""As much of a window manager as the tests need: `python window_manager.py DISPLAY`.

Qt waits for a window manager to map its windows. On a display without one the window appears
at once, and in about one of ten runs Qt misses that and never paints.
"""

from __future__ import annotations

import sys
import time

from Xlib import X
from Xlib.display import Display


def manage(display_name: str) -> None:
    display = Display(display_name)
    root = display.screen().root
    root.change_attributes(event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    display.sync()
    print("ready", flush=True)
    while True:
        event = display.next_event()
        if event.type == X.MapRequest:
            time.sleep(0.1)  # what framing a window takes
            event.window.map()
        elif event.type == X.ConfigureRequest:
            event.window.configure(x=event.x, y=event.y, width=event.width, height=event.height)
        display.flush()


if __name__ == "__main__":
    manage(sys.argv[1])
