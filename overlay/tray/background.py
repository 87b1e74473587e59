"""Work that must not keep whoever asks for it waiting."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from overlay.errors import OverlayError
from overlay.gui.wording import APP_TITLE
from overlay.tray.dialogs import Dialogs

_log = logging.getLogger(__name__)


def in_background(work: Callable[[], object], dialogs: Dialogs) -> Callable[[], None]:
    """A function that does the work in a thread of its own, and shows the user what fails."""

    def run() -> None:
        try:
            work()
        except OverlayError as error:
            dialogs.tell(APP_TITLE, str(error))
        except Exception:
            _log.exception("an action of the tray failed")

    return lambda: threading.Thread(target=run, name="tray-action", daemon=True).start()
