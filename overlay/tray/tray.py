"""One icon in one tray, kept up to date with the application."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from overlay.app import App
from overlay.engine import Status
from overlay.tray import wording
from overlay.tray.actions import Actions
from overlay.tray.cameras import Cameras
from overlay.tray.icons import draw_icon
from overlay.tray.menu import SEPARATOR, Entry, menu_entries
from overlay.tray.recording import Recording

if TYPE_CHECKING:
    from PIL.Image import Image

_log = logging.getLogger(__name__)

_NAME = "emotion-overlay"

#: Changes are announced; this is how often to look for those that are not, in seconds.
_POLL_S = 1.0

#: How often to look on the disk for cameras and students added by others, in seconds.
_LOOK_EVERY_S = 10.0


class Tray:
    """An icon with its menu.

    Args:
        app: What it shows and controls.
        actions: What its menu does.
        cameras: What its menu offers.
        recording: Who is recorded.
        icon_class: The kind of icon for this desktop, a subclass of `pystray.Icon`.
        news: Set when something has changed.
        fits: Asked now and then; the icon ends when it no longer fits this desktop.
    """

    def __init__(
        self,
        app: App,
        actions: Actions,
        cameras: Cameras,
        recording: Recording,
        icon_class: type[Any],
        news: threading.Event,
        fits: Callable[[], bool] = lambda: True,
    ) -> None:
        from pystray import Menu

        self._app = app
        self._actions = actions
        self._cameras = cameras
        self._recording = recording
        self._news = news
        self._fits = fits
        self._ended = threading.Event()
        self._looked_s = -math.inf
        self._recorded = recording.state()
        status = app.status()
        self._picture = _picture(status)
        self._entries: tuple[Entry, ...] = ()
        self._icon = icon_class(_NAME, self._picture, wording.tooltip(status), Menu(self._menu))
        self._icon.on_right_click = self._actions.explain_tray

    def notify(self, text: str, title: str) -> None:
        """Show a notification beside the icon."""
        self._icon.notify(text, title)

    def run(self) -> None:
        """Show the icon until the application or the tray ends; call in the main thread."""
        follower = threading.Thread(target=self._follow, name="tray", daemon=True)

        def show(icon: Any) -> None:
            icon.visible = True
            follower.start()  # not before: a picture set while pystray shows the icon can be lost

        try:
            self._icon.run(show)
        finally:
            self._ended.set()
            self._news.set()
            if follower.is_alive():
                follower.join(_POLL_S)

    def _follow(self) -> None:
        while not self._ended.is_set():
            if self._app.wait(0):
                self._icon.stop()  # repeated, as it does nothing before the icon's loop runs
            else:
                try:
                    self._refresh()
                except Exception:  # the next attempt may succeed
                    _log.exception("the tray icon could not be updated")
            if self._news.wait(_POLL_S):
                self._news.clear()
                # What has changed may be on the disk.
                self._looked_s = -math.inf

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = now
            self._cameras.refresh()
            self._recorded = self._recording.state()
            if not self._fits():
                self._icon.stop()
        status = self._app.status()
        picture = _picture(status)
        if picture is not self._picture:  # each picture is drawn only once
            self._icon.icon = self._picture = picture
        self._icon.title = wording.tooltip(status)
        entries = self._make_entries()
        if entries != self._entries:  # an update closes an open menu
            self._entries = entries
            self._icon.update_menu()

    def _make_entries(self) -> tuple[Entry, ...]:
        app = self._app
        return menu_entries(
            app.status(), app.settings, self._cameras, self._recorded, self._actions
        )

    def _menu(self) -> Iterator[Any]:
        return _to_pystray(self._make_entries())


def _picture(status: Status) -> Image:
    return draw_icon(
        wording.icon_name(status),
        recording=status.recording is not None,
        sharing=status.sharing is not None,
    )


def _to_pystray(entries: Sequence[Entry]) -> Iterator[Any]:
    from pystray import Menu, MenuItem

    for entry in entries:
        if entry is SEPARATOR:
            yield Menu.SEPARATOR
            continue
        action = Menu(*_to_pystray(entry.children)) if entry.children else entry.action
        yield MenuItem(
            entry.text,
            action,
            checked=None if entry.checked is None else lambda _, ticked=entry.checked: ticked,
            radio=entry.radio,
            enabled=entry.enabled,
            default=entry.hidden,
            visible=not entry.hidden,
        )
