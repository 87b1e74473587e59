"""The tray: an icon that tells the truth, and a menu that controls the running application."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from overlay.host.interrupts import SIGNALS
from overlay.logs import crash_file, ended_if_slow

if TYPE_CHECKING:
    from overlay.app import App
    from overlay.control import ControlServer

__all__ = ["run_tray"]

_log = logging.getLogger(__name__)

#: How often to look for a tray where there is none, in seconds; a panel may start late.
_LOOK_EVERY_S = 3.0

#: How long the end may take, in seconds, if a desktop or a device does not answer.
_END_S = 60.0


def run_tray(app: App, server: ControlServer) -> None:
    """Run the application and show it in the tray until it ends; call this in the main thread.

    The first time, the user is asked to agree to what the application does: until then the webcam
    stays closed, after that the mode is `only-me`, and without agreement the application ends.
    Without a tray, this says so and waits in case one appears. A session that is being recorded
    ends with the application.

    Args:
        app: An application that is not started yet; it is closed when this returns.
        server: Lets windows do what the menu does.
    """
    from overlay.classroom.membership import Membership
    from overlay.desktop.tray_host import find_host, still_fits
    from overlay.tray import wording
    from overlay.tray.actions import Actions
    from overlay.tray.calls import CallRecording
    from overlay.tray.cameras import Cameras
    from overlay.tray.dialogs import Dialogs
    from overlay.tray.hotkeys import HotkeySettings
    from overlay.tray.icon_class import icon_class
    from overlay.tray.notices import Notices
    from overlay.tray.notifications import Notifications
    from overlay.tray.recording import Recording
    from overlay.tray.tray import Tray

    dialogs, news = Dialogs(), threading.Event()
    cameras = Cameras(changed=news.set)
    notifications = Notifications(app, dialogs)
    recording = Recording(app, dialogs, changed=news.set, notify=notifications.show)
    membership = Membership(app, changed=news.set)
    actions = Actions(app, dialogs, cameras, recording, membership)
    calls = CallRecording(actions.start_recording, recording)
    notices = Notices(app.panic, actions.mode("on-air"), calls.start)
    hotkeys = HotkeySettings(
        app,
        dialogs,
        {
            "hotkey_on_air": actions.toggle,
            "hotkey_panic": actions.panic,
            "hotkey_mark": actions.mark_moment,
        },
    )
    app.subscribe(news.set)
    app.subscribe(hotkeys.follow)
    describing = (
        recording.describe,
        cameras.describe,
        actions.virtual_camera.describe,
        actions.calibrating.describe,
        membership.describe,
        hotkeys.describe,
    )
    server.offer(actions.offers(), lambda: {k: v for say in describing for k, v in say().items()})

    def say_that_it_runs() -> None:
        if not app.shows_window:
            dialogs.tell(wording.already_running())

    app.on_activate(say_that_it_runs)
    if not actions.has_consent:
        app.set_mode("off")
        app.pause()
        app.hide_window()  # it opens when the user has agreed
    with _ends_with_signals(app), _ends_in_time(app), app:
        try:
            notifications.start(notices, calls)
            if not actions.has_consent:
                actions.ask_consent()
            if find_host() is None:
                _log.warning(wording.NO_TRAY)
            while not app.wait(0):
                if host := find_host():
                    kind, fits = icon_class(host), partial(still_fits, host)
                    tray = Tray(app, actions, cameras, recording, kind, news, fits)
                    notifications.use_icon(tray.notify)
                    tray.run()
                    notifications.use_icon(None)
                else:
                    app.wait(_LOOK_EVERY_S)
        finally:
            app.stop()
            hotkeys.close()
            notifications.close()
            dialogs.close()
            recording.close()
            membership.leave()


@contextmanager
def _ends_with_signals(app: App) -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and a closed terminal end the application in order."""

    def stop(*_: object) -> None:
        # In another thread: the interrupted one may hold a lock that `stop` needs.
        threading.Thread(target=app.stop, name="signal", daemon=True).start()

    ignored = [each for each in SIGNALS if signal.getsignal(each) is signal.SIG_IGN]
    before = {each: signal.signal(each, stop) for each in SIGNALS if each not in ignored}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _ends_in_time(app: App) -> Iterator[None]:
    """Have the process end once the application was stopped, whatever hangs."""
    ended = threading.Event()

    def watch() -> None:
        app.wait()
        with ended_if_slow(crash_file(), _END_S):
            ended.wait()

    threading.Thread(target=watch, name="end", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
