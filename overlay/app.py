"""One running instance: an engine, its settings, and control over both from any thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from overlay.consent import CONSENT_VERSION, has_consented
from overlay.engine import Engine, SceneObserver, SceneSharer, Status
from overlay.errors import ControlError, SettingsError
from overlay.host.display import has_display
from overlay.host.login import set_start_at_login
from overlay.language import LazyText, use_language
from overlay.opening import open_named_output, open_window, source_opener, wants_window
from overlay.outputs import Output
from overlay.scene import Frame
from overlay.settings import Mode, Settings, change_settings, settings_form
from overlay.settings.file import SettingsFile
from overlay.sources import Source
from overlay.standby import Standby

Listener = Callable[[], None]

_log = logging.getLogger(__name__)

#: Windows does not interrupt a wait, so it is done in slices of this length, in seconds.
_SLICE_S = 0.25

#: How long the listeners may take to note the end, in seconds.
_JOIN_S = 0.5


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
        use_language(settings.language)
        self._file = file
        self._retry_open = retry_open
        self._loop = loop
        self._other_mode: Mode = "only-me" if settings.mode == "on-air" else settings.mode
        self._standby: Standby | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._changed = threading.Event()
        self._listeners: list[Listener] = []
        self._activation_listeners: list[Listener] = []
        self._notifier = threading.Thread(target=self._notify, name="listeners", daemon=True)
        self._engine = Engine(
            settings,
            open_source=self._opener(settings.source),
            open_output=(lambda _: open_output()) if open_output else open_named_output,
            open_window=partial(open_window) if wants_window(settings) else None,
            retry_open=retry_open,
            changed=self._changed.set,
        )

    @property
    def settings(self) -> Settings:
        """The current settings; `mode` is the mode that is on now."""
        return self._engine.desired.settings

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    @property
    def shows_window(self) -> bool:
        """Whether the private window is open or opening."""
        return self._engine.desired.open_window is not None

    @property
    def in_call(self) -> bool:
        """Whether a program has begun to read the virtual camera (Linux)."""
        standby = self._standby
        return standby is not None and standby.in_call

    @property
    def window_closed(self) -> bool:
        """Whether the user has closed the private window."""
        return self._engine.window_closed

    def start(self) -> None:
        """Open everything and begin; does nothing the second time.

        Raises:
            SourceError: The source cannot be opened, and `retry_open` is off.
            OutputError: The same for the output or the private window.
        """
        with self._lock:
            if self._is_started or self.stopped:
                return
            self._notifier.start()
        try:
            self._engine.start()
        except BaseException:
            self.close()
            raise
        with self._lock:
            if not self.stopped:
                self._watch_for_viewers(self.settings)
        self._changed.set()

    def stop(self) -> None:
        """Ask the application to end and return at once; `close` waits for it."""
        self._stopped.set()  # first, as the engine may hang
        self._engine.update(stopping=True)
        self._changed.set()

    def close(self) -> None:
        """End the application and release webcam, output and window.

        Takes at most five seconds; what hangs then is left behind.
        """
        self.stop()
        with self._lock:
            self._watch_for_viewers(None)
            self._engine.stop()
        if self._is_started and self._notifier is not threading.current_thread():
            self._notifier.join(_JOIN_S)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the application was stopped or its source is at its end.

        Args:
            seconds: How long to wait at most; None for as long as it takes.

        Returns:
            Whether it has ended.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        while not (self.stopped or self._engine.wait(0)):
            left = _SLICE_S if deadline is None else min(_SLICE_S, deadline - time.monotonic())
            if left <= 0:
                return False
            self._stopped.wait(left)
        return True

    def status(self) -> Status:
        """A snapshot of what the engine is doing."""
        return self._engine.status()

    def set_mode(self, mode: Mode) -> None:
        """Change who sees labels, at once; not saved, so the next start is as the file says.

        Raises:
            SettingsError: There is no such mode.
        """
        self._update({"mode": mode})

    def toggle(self) -> None:
        """Change from on-air to the last other mode, or from that to on-air."""
        with self._engine.condition:
            self.set_mode(self._other_mode if self.settings.mode == "on-air" else "on-air")

    def panic(self) -> None:
        """Take labels off everywhere, at once: mode `off`."""
        self.set_mode("off")

    def pause(self) -> None:
        """Release the webcam, so that its light goes out, and send the pause picture."""
        self._engine.update(paused=True)

    def resume(self) -> None:
        """Take the webcam up again."""
        self._engine.update(paused=False)

    def forget_resting(self) -> None:
        """Learn all resting faces again, as if they had just come into view."""
        with self._engine.condition:
            times = self._engine.desired.resting_forgotten
            self._engine.update(resting_forgotten=times + 1)

    def faces(self) -> dict[str, Any]:
        """The faces in the private window, for who shows a list of them.

        Returns:
            `in_view`: `SeenFace` as names and values, from the left of the window to the right;
            `hidden`: whether labels were taken off any face, in view or not.
        """
        faces = self._engine.faces()
        if self.settings.mirror_window:
            faces = [replace(face, x=1 - face.x - face.width) for face in reversed(faces)]
        hidden = bool(self._engine.desired.hidden_faces)
        return {"in_view": [asdict(face) for face in faces], "hidden": hidden}

    def toggle_face(self, number: int) -> None:
        """Take the labels of a face off everywhere, or put them on again."""
        self._engine.toggle_face(number)

    def toggle_face_at(self, x: float, y: float) -> None:
        """The same for the face at a place, if there is one.

        Args:
            x: From the left of the picture in the private window, as a share of its width.
            y: From the top, as a share of its height.
        """
        self._engine.toggle_face_at(1 - x if self.settings.mirror_window else x, y)

    def show_faces(self) -> None:
        """Put the labels of all faces on again."""
        self._engine.show_faces()

    def agree(self) -> None:
        """Note that the user has agreed, and start in `only-me`, as the text says.

        Does nothing if they had agreed before.

        Raises:
            SettingsError: The settings file cannot be written.
        """
        if not has_consented(self.settings):
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
        with self._lock:
            before = self.settings
            after = change_settings(before, **values)
            if after.size != before.size:
                self._refuse_if_in_use()
            if after.start_at_login != before.start_at_login:
                set_start_at_login(after.start_at_login)
            self._update(values)
            if self._is_started and not self.stopped:
                self._watch_for_viewers(after)
            if self._file is not None:
                self._file.save({name: getattr(after, name) for name in values})

    def settings_form(self) -> list[dict[str, Any]]:
        """Every setting with its value and what it takes, as a settings window needs it."""
        return settings_form(self.settings)

    def frames(self, wanted: Callable[[], bool]) -> Iterator[Frame]:
        """The newest frames from now on, as `Engine.frames` gives them."""
        return self._engine.frames(lambda: wanted() and not self.stopped)

    def observe(self, observer: SceneObserver) -> None:
        """Show every scene to this observer from now on, in every mode."""
        self._engine.update(observer=observer)

    def detach(self, observer: SceneObserver) -> None:
        """Show scenes to an observer no longer; one that has taken its place stays."""
        with self._engine.condition:
            if self._engine.desired.observer is observer:
                self._engine.update(observer=None)

    def share(self, sharer: SceneSharer | None) -> None:
        """Show every scene, in every mode, to who shares some of it with a class; None to end."""
        self._engine.update(sharer=sharer)
        self._changed.set()

    def mark(self, note: str = "", *, ago_s: float = 0.0) -> None:
        """Mark this moment in the recording, or one just before it.

        Args:
            note: What the user wants to remember about it.
            ago_s: How long ago the moment was, in seconds.

        Raises:
            ControlError: Nothing is being recorded.
            StoreError: The recording is paused, or the note is too long.
        """
        observer = self._engine.desired.observer
        if observer is None:
            raise ControlError(
                LazyText("nothing is being recorded: start a recording to mark moments")
            )
        observer.mark(note, ago_s=ago_s)

    def show_window(self) -> None:
        """Open the private window, if it is not open."""
        engine = self._engine
        with engine.condition:
            if engine.desired.open_window is None or engine.window_closed:
                engine.update(open_window=partial(open_window))  # a new one: another window

    def hide_window(self) -> None:
        """Close the private window, if it is open."""
        self._engine.update(open_window=None)

    def settings_path(self) -> Path:
        """The settings file, written with all settings explained if it was not there.

        Raises:
            SettingsError: There is none for this instance, or it cannot be written.
        """
        if self._file is None:
            raise SettingsError(
                LazyText(
                    "this app was started without a settings file, so settings cannot be saved"
                )
            )
        return self._file.ensure()

    def subscribe(self, listener: Listener) -> None:
        """Have a function called, from a thread of its own, after any change worth showing.

        That is mode, pause, settings, a problem that came or went, the window, and the end.
        Several changes may come as one call; the last call comes after the end.
        """
        self._listeners.append(listener)

    def on_activate(self, listener: Listener) -> None:
        """Have a function called when somebody starts the application a second time."""
        self._activation_listeners.append(listener)

    def activate(self) -> None:
        """Come to the front, because somebody started the application a second time."""
        if self.settings.window and has_display():
            self.show_window()
        _call_all(self._activation_listeners)

    @property
    def _is_started(self) -> bool:
        return self._notifier.ident is not None

    def _notify(self) -> None:
        """Call the listeners after each change, so that nothing that changes waits for them."""
        ended = False
        while not ended:
            self._changed.wait()
            self._changed.clear()
            # Asked before the calls: what changes while they are under way is told once more.
            ended = self.stopped
            _call_all(self._listeners)

    def _update(self, values: dict[str, Any]) -> None:
        """Change settings in the running call, in one step."""
        with self._engine.condition:
            before = self.settings
            after = change_settings(before, **values)
            openers: dict[str, Any] = {}
            if after.source != before.source:
                openers["open_source"] = self._opener(after.source)
            if after.output != before.output:
                openers["open_output"] = open_named_output
            use_language(after.language)
            self._engine.update(settings=after, **openers)
            if after.mode != "on-air":
                self._other_mode = after.mode
            if before.window and not after.window:
                self.hide_window()
            elif not {"mode", "output", "window"}.isdisjoint(values) and wants_window(after):
                self.show_window()

    def _refuse_if_in_use(self) -> None:
        """Programs that read a camera do not expect its size to change, and some drivers refuse."""
        output = self._engine.output
        if output is not None and output.in_use:
            raise SettingsError(
                LazyText(
                    "the size cannot change while a program uses the virtual camera: turn the "
                    "camera off in the call, or leave it, then change the size"
                )
            )

    def _watch_for_viewers(self, settings: Settings | None) -> None:
        """Follow who reads the output, if the settings need it; None to do so no longer."""
        wanted = settings is not None and (settings.standby_when_unused or settings.offer_in_calls)
        if wanted and self._standby is None:
            self._standby = Standby(lambda: self._engine.output, self._note_viewers)
        elif not wanted and self._standby is not None:
            self._standby.stop()
            self._standby = None
        self._note_viewers(self._standby is not None and self._standby.unused)

    def _note_viewers(self, unused: bool) -> None:
        """Put the webcam on standby while nobody reads the output, if the user wants that."""
        unused = unused and self.settings.standby_when_unused
        if unused != self._engine.desired.output_unused:
            self._engine.update(output_unused=unused)
        self._changed.set()

    def _opener(self, source: str) -> Callable[[Settings], Source]:
        return source_opener(source, loop=self._loop, demo=not self._retry_open)

    def __enter__(self) -> App:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.close()
        except KeyboardInterrupt:  # it came too late to change anything
            self.close()


def _call_all(listeners: Iterable[Listener]) -> None:
    """Call each; one that fails is logged and keeps none of the others from being called."""
    for listener in list(listeners):
        try:
            listener()
        except Exception:
            _log.exception("a listener failed")
