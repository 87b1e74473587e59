"""The running instance's end of the control channel."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from typing import Any, Protocol

from overlay.control.address import private_address
from overlay.control.channel import Channel
from overlay.errors import ControlError, OverlayError
from overlay.host.file_lock import FileLock
from overlay.language import LazyText, language

_LOGGER = logging.getLogger(__name__)

#: How long a client may take for one message, in seconds.
_TIMEOUT_S = 2.0

#: How long to wait at the end for clients that are being answered, in seconds.
_LAST_ANSWERS_S = 1.0

#: How long to wait for processes that hold the lock only to see whether it is free, in seconds.
_LOOKED_AT_S = 0.25

_WAITING_CLIENTS = 128


class AlreadyRunningError(ControlError):
    """Another instance of this user is running."""


class Controlled(Protocol):
    """What clients can control: an `overlay.app.App`."""

    def status(self) -> _Status:
        """What it is doing."""

    def set_mode(self, mode: Any) -> None:
        """Change who sees labels."""

    def change(self, **values: Any) -> None:
        """Change settings."""

    def settings_form(self) -> list[dict[str, Any]]:
        """Every setting with its value and what it takes."""

    def agree(self) -> None:
        """Note that the user has agreed."""

    def toggle(self) -> None:
        """Go on air, or back."""

    def pause(self) -> None:
        """Release the webcam."""

    def resume(self) -> None:
        """Use the webcam again."""

    def panic(self) -> None:
        """Take labels off everywhere."""

    def mark(self, note: str, *, ago_s: float) -> None:
        """Mark this moment of a recording."""

    def faces(self) -> dict[str, Any]:
        """Which faces are in view, and which of them get no labels."""

    def toggle_face(self, number: int) -> None:
        """Take labels off a face, or put them on again."""

    def toggle_face_at(self, x: float, y: float) -> None:
        """The same for the face at a place."""

    def show_faces(self) -> None:
        """Put the labels of all faces on again."""

    def forget_resting(self) -> None:
        """Learn resting faces anew."""

    def stop(self) -> None:
        """End."""

    def activate(self) -> None:
        """Come to the front."""


class _Status(Protocol):
    def as_dict(self) -> dict[str, Any]:
        """In types that JSON knows."""


#: Something that the application does for its windows: takes a value, and may answer with names
#: and values of types that JSON knows.
Offer = Callable[[Any], Mapping[str, Any] | None]


class ControlServer:
    """Makes an application the only running instance, which other processes can control.

    Each client gets a thread of its own, so that one that is silent or sends nonsense does not
    disturb the others. Commands are carried out one at a time, in the order of their numbers.

    Example:
        >>> with ControlServer() as server:  # doctest: +SKIP
        ...     app = App(settings)
        ...     server.serve(app)
        ...     with app:
        ...         app.wait()
    """

    def __init__(self) -> None:
        self._order = threading.Lock()
        self._number = 0
        self._stopping = False
        self._listener: Listener | None = None
        self._threads: list[threading.Thread] = []
        self._offers: dict[str, Offer] = {}
        self._describe: Callable[[], Mapping[str, Any]] = dict

    def start(self) -> None:
        """Become the only instance.

        Raises:
            AlreadyRunningError: Another one is running.
            ControlError: There is no folder to listen in.
        """
        self._address = private_address()
        self._lock = FileLock(self._address.lock)
        try:
            acquired = self._lock.acquire(_LOOKED_AT_S)
        except OSError as error:
            raise self._failure(error) from error
        if not acquired:
            raise AlreadyRunningError(
                LazyText("it is already running: `emotion-overlay stop` ends it")
            )
        self._address.clear()

    def serve(self, app: Controlled) -> None:
        """Let other processes control an application until `stop`.

        Raises:
            ControlError: There is no folder to listen in.
        """
        self._app = app
        self._commands: dict[str, Callable[[], None]] = {
            "status": lambda: None,
            "agree": app.agree,
            "toggle": app.toggle,
            "pause": app.pause,
            "resume": app.resume,
            "panic": app.panic,
            "forget-resting": app.forget_resting,
            "show-faces": app.show_faces,
            "stop": app.stop,
            "activate": app.activate,
        }
        try:
            self._key = self._address.write_key()
            self._listener = Listener(
                self._address.name, self._address.family, backlog=_WAITING_CLIENTS
            )
        except OSError as error:
            raise self._failure(error) from error
        self._begin("control", self._accept, self._listener)

    def offer(self, offers: Mapping[str, Offer], describe: Callable[[], Mapping[str, Any]]) -> None:
        """Have clients find more commands, as a tray has them.

        Args:
            offers: What each does; it must not wait for the user.
            describe: What each answer says besides.
        """
        self._offers, self._describe = dict(offers), describe

    def stop(self) -> None:
        """Stop listening, and let another instance start."""
        if self._stopping:
            return
        self._stopping = True
        if self._listener is not None:
            with contextlib.suppress(OSError):
                # Closing a listener does not wake the thread that waits in it; a client does.
                Client(self._address.name, self._address.family).close()
            self._listener.close()
        self._address.clear()
        self._lock.release()
        self._join()

    def _begin(self, name: str, work: Callable[[Any], None], argument: Any) -> None:
        thread = threading.Thread(target=work, args=(argument,), name=name, daemon=True)
        thread.start()
        self._threads = [each for each in (*self._threads, thread) if each.is_alive()]

    def _join(self) -> None:
        """Let the last answers reach their clients, and the threads end before the interpreter."""
        deadline_s = time.monotonic() + _LAST_ANSWERS_S
        own = threading.current_thread()
        while alive := [each for each in self._threads if each.is_alive() and each is not own]:
            if (left_s := deadline_s - time.monotonic()) <= 0:
                return
            alive[0].join(left_s)

    def _accept(self, listener: Listener) -> None:
        while not self._stopping:
            try:
                connection = listener.accept()
            except OSError as error:
                if not self._stopping:
                    _LOGGER.warning("control channel: %s", error)
                    time.sleep(0.05)  # too many open files, perhaps; it passes
                continue
            if self._stopping:
                connection.close()
            else:
                self._begin("control-client", self._serve, connection)

    def _serve(self, connection: Connection) -> None:
        try:
            with Channel(connection, _TIMEOUT_S) as channel:
                channel.welcome(self._key)
                self._converse(channel)
        except (EOFError, OSError, AuthenticationError, ValueError) as error:
            _LOGGER.debug("control client: %s", error)

    def _converse(self, channel: Channel) -> None:
        while not self._stopping:
            try:
                request = channel.receive()
            except ValueError as error:
                channel.send({"ok": False, "error": f"the request cannot be read: {error}"})
                raise
            channel.send(self._answer(request))

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._order:
            try:
                more = self._carry_out(request.get("command"), request.get("value"))
                more |= self._describe()
            except OverlayError as error:
                return {"ok": False, "error": str(error)}
            self._number += 1
            status = self._app.status().as_dict()
            more |= {"offers": sorted(self._offers)} if self._offers else {}
            return more | {
                "ok": True,
                "number": self._number,
                "pid": os.getpid(),
                "status": status,
                "faces": self._app.faces(),
                "language": language(),
            }

    def _carry_out(self, name: Any, value: Any) -> dict[str, Any]:
        """Do what a client asks for; what it is answered besides the status."""
        if name == "mode":
            self._app.set_mode(value)
        elif name == "set":
            self._set(value)
        elif name == "mark":
            self._mark(value)
        elif name == "toggle-face":
            self._toggle_face(value)
        elif name == "settings":
            return {"settings": self._app.settings_form()}
        elif isinstance(name, str) and name in self._commands:
            self._commands[name]()
        elif isinstance(name, str) and name in self._offers:
            return dict(self._offers[name](value) or {})
        else:
            raise ControlError(LazyText("there is no command {name!r}", name=str(name)[:40]))
        return {}

    def _set(self, values: Any) -> None:
        if not isinstance(values, dict):
            raise ControlError(LazyText("settings are names with values"))
        self._app.change(**values)

    def _mark(self, note: Any) -> None:
        """Mark this moment, or with `{"note": ..., "ago_s": ...}` an earlier one."""
        ago_s = note.get("ago_s", 0.0) if isinstance(note, dict) else 0.0
        note = note.get("note") if isinstance(note, dict) else note
        if not isinstance(note, str | None) or not isinstance(ago_s, int | float):
            raise ControlError(LazyText("a note is a text"))
        self._app.mark(note or "", ago_s=ago_s)

    def _toggle_face(self, face: Any) -> None:
        """Take labels off a face, or put them on again: a number, or `{"x": ..., "y": ...}`."""
        if isinstance(face, int):
            self._app.toggle_face(face)
            return
        x, y = (face.get("x"), face.get("y")) if isinstance(face, dict) else (None, None)
        if not isinstance(x, int | float) or not isinstance(y, int | float):
            raise ControlError(LazyText("a face has a number, or a place with an x and a y"))
        self._app.toggle_face_at(x, y)

    def _failure(self, error: OSError) -> ControlError:
        return ControlError(
            LazyText(
                "cannot listen in {folder}: {reason}",
                folder=self._address.folder,
                reason=error.strerror or error,
            )
        )

    def __enter__(self) -> ControlServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
