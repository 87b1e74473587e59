"""A call without a driver: `python -m tests.kills.call CLIP FPS TIMES`, until its input ends.

So it ends with whoever has started it, even if that is killed.

The whole application in mode `only-me`, with tray and window. The pictures of the clip are
numbered; TIMES gets one line for each that the call was sent: its number and when, as
`time.monotonic()` of the machine.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from overlay.settings import Settings
    from overlay.sources import Source


def main(clip: Path, fps: float, times: Path) -> None:
    """Carry the clip until standard input ends, then say what the call was sent."""
    # Here, because processes of windows import this module again, and need none of it.
    from overlay.app import App
    from overlay.bench.sink import Sink
    from overlay.consent import CONSENT_VERSION
    from overlay.control import ControlServer
    from overlay.settings import make_settings
    from overlay.tray import run_tray
    from tests.kills.numbered import NumberedClip

    class NumberedApp(App):
        def _opener(self, source: str) -> Callable[[Settings], Source]:
            return lambda settings: NumberedClip(clip, fps=fps)

    with NumberedClip(clip, fps=fps) as probe:
        width, height = probe.size
    settings = make_settings(
        mode="only-me", width=width, height=height, fps=fps, consent=CONSENT_VERSION
    )
    sink = Sink((width, height))
    with ControlServer() as server:
        app = NumberedApp(settings, open_output=lambda: sink)
        server.serve(app)
        threading.Thread(target=_stop_at_the_end_of_input, args=(app.stop,), daemon=True).start()
        run_tray(app, server)
    times.write_text("".join(f"{number} {at:.6f}\n" for number, at in sink.sent))


def _stop_at_the_end_of_input(stop: Callable[[], None]) -> None:
    os.read(0, 1)  # not `sys.stdin`, which Python could not take apart while it is read
    stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
