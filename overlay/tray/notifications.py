"""Notifications as the application runs: on Linux over the session bus, elsewhere by the icon."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable

from overlay.app import App
from overlay.desktop.notifier import Notifier
from overlay.desktop.session_bus import SessionBus
from overlay.tray.calls import CallRecording
from overlay.tray.dialogs import Dialogs
from overlay.tray.notices import Notice, Notices

_log = logging.getLogger(__name__)

#: How often to look, in seconds, where no change is announced: for problems that last.
_LOOK_EVERY_S = 1.0


class Notifications:
    """Tells the user what they should know, unless they have turned that off.

    Args:
        app: What it follows.
        dialogs: Where it is shown that a button's action failed.
    """

    def __init__(self, app: App, dialogs: Dialogs) -> None:
        self._app = app
        self._dialogs = dialogs
        self._news = threading.Event()
        self._bus: SessionBus | None = None
        self._notifier: Notifier | None = None
        self._icon: Callable[[str, str], object] | None = None
        self._ended = False
        self._thread: threading.Thread | None = None

    def start(self, notices: Notices, calls: CallRecording) -> None:
        """Follow the application from now on.

        Args:
            notices: Decides what is shown.
            calls: Follows which calls there are, too.
        """
        self._app.subscribe(self._news.set)
        self._thread = threading.Thread(
            target=self._follow, args=(notices, calls), name="notifications", daemon=True
        )
        self._thread.start()

    def use_icon(self, notify: Callable[[str, str], object] | None) -> None:
        """Where there is no session bus, have an icon show them: a text, then its title."""
        self._icon = notify

    def show(self, notice: Notice) -> bool:
        """Show a notice, if the user wants that; whether it is shown."""
        if not self._app.settings.notifications:
            return False
        try:
            if sys.platform == "linux":
                self._show_on_bus(notice)
            elif self._icon is not None:
                self._icon(notice.text, notice.title)
            else:
                return False
        except Exception as error:
            self._leave_bus()  # it may be another one by the next time
            _log.info("a notification could not be shown: %s", error)
            return False
        return True

    def close(self) -> None:
        """Show nothing any more."""
        self._ended = True
        self._news.set()
        if self._thread is not None:
            self._thread.join(_LOOK_EVERY_S)
        self._leave_bus()

    def _follow(self, notices: Notices, calls: CallRecording) -> None:
        while not self._ended:
            app, now_s = self._app, time.monotonic()
            in_call = app.settings.offer_in_calls and app.in_call
            calls.follow(in_call, now_s)
            for notice in notices.follow(app.status(), in_call, now_s):
                self.show(notice)
            if self._news.wait(_LOOK_EVERY_S):
                self._news.clear()

    def _show_on_bus(self, notice: Notice) -> None:
        if self._notifier is None:
            self._bus = SessionBus()
            self._notifier = Notifier(self._bus)
        buttons = [
            (text, self._dialogs.in_background(action)) for text, action in notice.buttons.items()
        ]
        self._notifier.show(notice.about, notice.title, notice.text, buttons, stays=notice.stays)

    def _leave_bus(self) -> None:
        bus, self._bus, self._notifier = self._bus, None, None
        if bus is not None:
            bus.close()
