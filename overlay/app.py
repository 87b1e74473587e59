"""One running instance: an engine, its settings, and control over both from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from overlay.consent import CONSENT_VERSION, check_consent, has_consented
from overlay.display import has_display
from overlay.engine import Engine, SceneObserver, Status
from overlay.errors import SettingsError
from overlay.login import set_start_at_login
from overlay.news import Listener, News, call_all
from overlay.outputs import Output, open_output
from overlay.settings import Mode, Settings, change_settings
from overlay.settings_file import SettingsFile
from overlay.sources import SameSource, Source
from overlay.standby import Standby

#: Settings that the engine is built with; a change of these builds another one.
_BUILT_IN = frozenset({"width", "height", "fps", "fit", "perception_hz"})

_SIZE = frozenset({"width", "height"})

#: Settings that drawing takes up at once.
_STYLE = frozenset({"theme", "language", "boxes", "bars", "scale", "mirror_window"})

#: Windows does not interrupt a wait, so it is done in slices of this length, in seconds.
_SLICE_S = 0.25


class App:
    """The running application, as tray, control channel and `run` see it.

    Owned by the process that shows the tray or runs without one. All methods may be called from
    any thread, in any order, any number of times; `status` and the commands never wait for a
    device.

    Example:
        >>> with App(settings) as app:  # doctest: +SKIP
        ...     app.set_mode("on-air")
        ...     app.wait()
    """

    def __init__(
        self,
        settings: Settings,
        *,
        file: SettingsFile | None = None,
        retry_open: bool = True,
        loop: bool = True,
        open_output: Callable[[], Output] | None = None,
    ) -> None:
        """Prepare; nothing is opened before `start`.

        Args:
            settings: What to begin with.
            file: Where `change` saves; None for nowhere.
            retry_open: Whether what cannot be opened at the start is retried and shown as a
                problem meanwhile; else `start` raises.
            loop: Whether files begin again at their end.
            open_output: Opens the output, where it is not what the settings name.
        """
        self._settings = settings
        self._file = file
        self._retry_open = retry_open
        self._loop = loop
        self._planned_output = open_output
        self._source = self._find(settings.source)
        self._output: Output | None = None
        self._standby: Standby | None = None
        self._engine: Engine | None = None
        self._paused = False
        self._watcher: SceneObserver | None = None
        self._other_mode: Mode = "only-me" if settings.mode == "on-air" else settings.mode
        self._lock = threading.RLock()
        self._building = threading.Lock()
        self._stopped = threading.Event()
        self._notice_listeners: list[Listener] = []
        self._news = News()

    @property
    def settings(self) -> Settings:
        """The current settings; `mode` is the mode that is on now."""
        return self._settings

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    @property
    def window_closed(self) -> bool:
        """Whether the user has closed the private window."""
        engine = self._engine
        return engine is not None and engine.window_closed

    def start(self) -> None:
        """Open everything and begin; does nothing the second time.

        Raises:
            SourceError: The source cannot be opened, and `retry_open` is off.
            OutputError: The same for the output or the private window.
        """
        with self._building:
            if self._engine is not None or self.stopped:
                return
            self._news.start()
            engine = self._make_engine(self._retry_open)
            self._install(engine)
            self._begin(engine)

    def stop(self) -> None:
        """Ask the application to end and return at once; `close` waits for it."""
        self._stopped.set()
        self._news.end()

    def close(self) -> None:
        """End the application and release webcam, output and window."""
        self.stop()
        with self._building:
            self._watch_for_viewers(False)
            if self._engine is not None:
                self._engine.stop()
        self._news.join(3.0)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the application was stopped or its source is at its end.

        Args:
            seconds: How long to wait at most; None for as long as it takes.

        Returns:
            Whether it has ended.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self._has_ended():
            left = _SLICE_S if deadline is None else min(_SLICE_S, deadline - time.monotonic())
            if left <= 0:
                return False
            self._stopped.wait(left)
        return True

    def status(self) -> Status:
        """A snapshot of what the engine is doing."""
        with self._lock:
            if self._engine is not None:
                return self._engine.status()
            now = self._settings
            return Status(
                mode=now.mode,
                paused=self._paused,
                running=False,
                source=now.source,
                output=now.output,
                window=None,
                width=now.width,
                height=now.height,
            )

    def set_mode(self, mode: Mode) -> None:
        """Change who sees labels, at once; not saved, so the next start is as the file says.

        Raises:
            SettingsError: There is no such mode.
        """
        with self._lock:
            self._settings = change_settings(self._settings, mode=mode)
            if mode != "on-air":
                self._other_mode = mode
            if self._engine is not None:
                self._engine.set_mode(mode)
                if self._wants_window():
                    self._engine.show_window(self._open_window)
        self._news.announce()

    def toggle(self) -> None:
        """Change from on-air to the last other mode, or from that to on-air."""
        with self._lock:
            self.set_mode(self._other_mode if self._settings.mode == "on-air" else "on-air")

    def panic(self) -> None:
        """Take labels off everywhere, at once: mode `off`."""
        self.set_mode("off")

    def pause(self) -> None:
        """Release the webcam, so that its light goes out, and send the pause picture."""
        self._set_paused(True)

    def resume(self) -> None:
        """Take the webcam up again."""
        self._set_paused(False)

    def agree(self) -> None:
        """Note that the user has agreed, and start in `only-me`, as the text says.

        Does nothing if they had agreed before.

        Raises:
            SettingsError: The settings file cannot be written.
        """
        if not has_consented(self._settings):
            self.change(consent=CONSENT_VERSION)
            self.set_mode("only-me")
            self.resume()

    def change(self, **values: Any) -> None:
        """Change settings: at once in the running call, and in the settings file.

        Args:
            **values: New values under the names of `Settings`.

        Raises:
            SettingsError: A name is unknown, a value cannot be used, or the file not written.
        """
        with self._building:
            before = self._settings
            after = change_settings(before, **values)
            changed = {name for name in values if getattr(before, name) != getattr(after, name)}
            if changed & _SIZE:
                self._refuse_if_in_use()
            if "start_at_login" in changed:
                set_start_at_login(after.start_at_login)
            if "source" in changed:
                self._source = self._find(after.source)
            with self._lock:  # commands may have changed the mode meanwhile
                self._settings = change_settings(self._settings, **values)
            if self._engine is not None:
                self._apply(changed, self._engine)
            self._news.announce()
            if self._file is not None:
                self._file.save({name: getattr(after, name) for name in values})

    def watch(self, watcher: SceneObserver | None) -> None:
        """Show every scene to a watcher, in every mode, or with None to nobody any more."""
        with self._lock:
            self._watcher = watcher
            if self._engine is not None:
                self._engine.watch(watcher)
        self._news.announce()

    def detach(self, observer: SceneObserver) -> None:
        """Show scenes to an observer no longer; one that has taken its place stays."""
        with self._lock:
            if self._watcher is observer:
                self.watch(None)

    def show_window(self) -> None:
        """Open the private window, if it is not open."""
        with self._lock:
            if self._engine is not None:
                self._engine.show_window(self._open_window)

    def hide_window(self) -> None:
        """Close the private window, if it is open."""
        with self._lock:
            if self._engine is not None:
                self._engine.hide_window()

    def settings_path(self) -> Path:
        """The settings file, written with all settings explained if it was not there.

        Raises:
            SettingsError: There is none for this instance, or it cannot be written.
        """
        if self._file is None:
            raise SettingsError("this instance has no settings file: its options are its settings")
        return self._file.ensure()

    def subscribe(self, listener: Listener) -> None:
        """Have a function called, from a thread of its own, after any change worth showing.

        That is mode, pause, settings, a problem that came or went, the window, and the end.
        Several changes may come as one call.
        """
        self._news.subscribe(listener)

    def on_notify(self, listener: Listener) -> None:
        """Have a function called when somebody starts the application a second time."""
        self._notice_listeners.append(listener)

    def notify(self) -> None:
        """Come to the user's notice, because somebody started the application a second time."""
        if self._settings.window and has_display():
            self.show_window()
        call_all(self._notice_listeners)

    def _set_paused(self, paused: bool) -> None:
        with self._lock:
            self._paused = paused
            if self._engine is not None:
                self._engine.pause() if paused else self._engine.resume()
        self._news.announce()

    def _refuse_if_in_use(self) -> None:
        """Programs that read a camera do not expect its size to change, and some drivers refuse."""
        if self._output is not None and self._output.in_use:
            raise SettingsError(
                "the size cannot change while a program uses the virtual camera: "
                "turn the camera off in the call, or leave it, then change the size"
            )

    def _apply(self, changed: set[str], engine: Engine) -> None:
        if "standby_when_unused" in changed:
            self._watch_for_viewers(self._settings.standby_when_unused)
        if "mode" in changed:
            self.set_mode(self._settings.mode)
        if changed & _BUILT_IN or ("source" in changed and engine.wait(0)):
            self._replace(engine, keep_output=not changed & (_SIZE | {"output"}))
            return
        if "source" in changed:
            engine.set_source(self._open_source)
        if "output" in changed:
            self._planned_output = None
            engine.set_output(self._open_output)
        if changed & _STYLE:
            engine.restyle(self._settings)
        if "window" in changed and not self._settings.window:
            engine.hide_window()
        elif "window_on_top" in changed and engine.status().window:
            engine.hide_window()
            engine.show_window(self._open_window)
        elif self._wants_window():
            engine.show_window(self._open_window)

    def _replace(self, engine: Engine, keep_output: bool) -> None:
        """Put another engine in the place of one whose sizes or rates no longer hold."""
        another = self._make_engine(retry_open=True)
        self._install(another)  # before the first one ends, which would look like the very end
        another.adopt_output(engine.stop(keep_output=keep_output))
        self._begin(another)

    def _install(self, engine: Engine) -> None:
        """Let commands reach an engine, beginning with those given while it was made."""
        with self._lock:
            if self._engine is not None:
                self._engine.watch(None)
            self._engine = engine
            engine.set_mode(self._settings.mode)
            engine.watch(self._watcher)
            if self._paused:
                engine.pause()
            if self._standby is not None:
                engine.set_standby(self._standby.active)

    def _begin(self, engine: Engine) -> None:
        if not self.stopped:
            engine.start()
            self._watch_for_viewers(self._settings.standby_when_unused)
        self._news.announce()

    def _watch_for_viewers(self, wanted: bool) -> None:
        """Let the webcam rest while nobody looks at the output, or do so no longer."""
        if wanted and self._standby is None:
            self._standby = Standby(lambda: self._output, self._set_standby)
        elif not wanted and self._standby is not None:
            self._standby.stop()
            self._standby = None

    def _set_standby(self, standby: bool) -> None:
        with self._lock:
            if self._engine is not None:
                self._engine.set_standby(standby)
        self._news.announce()

    def _make_engine(self, retry_open: bool) -> Engine:
        return Engine(
            self._settings,
            open_source=self._open_source,
            open_output=self._open_output,
            open_window=self._open_window if self._wants_window() else None,
            retry_open=retry_open,
            changed=self._news.announce,
        )

    def _wants_window(self) -> bool:
        now = self._settings
        if now.output == "window":
            return True
        return now.window and now.mode == "only-me" and has_display()

    def _find(self, source: str) -> SameSource:
        """What a source setting means: who waits for a webcam does not want the demo in a call."""
        return SameSource("webcam" if self._retry_open and source == "auto" else source)

    def _open_source(self) -> Source:
        now = self._settings
        return self._source.open(
            size=now.size,
            fps=now.fps,
            loop=self._loop,
            before_webcam=lambda: check_consent(now),
        )

    def _open_output(self) -> Output:
        now = self._settings
        spec = {"auto": "virtual", "window": "none"}.get(now.output, now.output)
        if self._planned_output is not None:
            self._output = self._planned_output()
        else:
            self._output = open_output(spec, size=now.size, fps=now.fps)
        return self._output

    def _open_window(self) -> Output:
        from overlay.outputs.window import PreviewWindow

        return PreviewWindow(self._settings.size, on_top=self._settings.window_on_top)

    def _has_ended(self) -> bool:
        engine = self._engine
        if engine is None or not engine.wait(0):
            return self.stopped
        return engine is self._engine  # else it only gave way to another one

    def __enter__(self) -> App:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
