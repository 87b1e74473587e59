"""Records a session: takes scenes and writes seconds to the store, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from overlay import __version__
from overlay.drawing import Panel
from overlay.errors import StoreError
from overlay.language import LazyText, _
from overlay.monitor.clock import Clock
from overlay.monitor.measures import Meter
from overlay.monitor.notes import tidy
from overlay.monitor.records import EndedHow, Mark, Second
from overlay.monitor.store import Store
from overlay.perception.personal import Personal
from overlay.scene import Scene

_log = logging.getLogger(__name__)

#: How often finished seconds are written, in seconds. A killed process loses this, the current
#: second, and `_LATE_S`: less than 2 s together.
_WRITE_EVERY_S = 0.1

# How long after its frame a scene may arrive, in seconds; only then is its second finished.
_LATE_S = 0.45

#: How many unwritten seconds are kept if the disk takes none; the oldest are dropped.
_MOST_UNWRITTEN = 7200

#: How many attempts to make to write the rest when the session ends.
_LAST_TRIES = 3

#: How long `stop` waits for the disk, in seconds.
_STOP_S = 5.0

#: How much of the session the panel shows, in seconds.
_HISTORY_S = 300


class Recorder:
    """A `SceneObserver` of the engine that records what it sees until it is stopped.

    If the disk is full or another program has locked the database, `problem` says so; the seconds
    wait in memory and are written once that is over. All methods may be called from any thread.

    Attributes:
        name: The student's name.
        session_id: Its number in the store.
        personal: What adapts readings to the student, or None.
    """

    def __init__(
        self,
        store: Store,
        *,
        name: str,
        title: str = "",
        model_version: str = "",
        goal: str = "",
        personal: Personal | None = None,
        idle_s: float | None = None,
        clock: Clock | None = None,
        on_end: Callable[[Recorder], None] = lambda _: None,
    ) -> None:
        """Start a session.

        Args:
            store: Opened for recording; the recorder closes it.
            name: Of the student.
            title: What the student calls the session.
            model_version: Version of the expression network.
            goal: The student's goal for the session; empty for none.
            personal: What adapts readings to the student, or None.
            idle_s: End the session if the student was not seen for this long; None for never.
            clock: The clocks to record by.
            on_end: Called once with this recorder when the session has ended, from its thread.

        Raises:
            StoreError: The session cannot be written.
        """
        self.name = name
        self.personal = personal
        self._store = store
        self._idle_s = idle_s
        self._clock = clock or Clock()
        self._on_end = on_end
        self._began = self._clock.elapsed()
        self.session_id = store.begin_session(
            title=title,
            began=self._clock.wall(),
            utc_offset_s=self._clock.utc_offset_s(),
            app_version=__version__,
            model_version=model_version,
            goal=goal,
        )
        self._lock = threading.Lock()
        self._meter = Meter()
        self._unwritten: deque[Second] = deque(maxlen=_MOST_UNWRITTEN)
        self._marks: list[Mark] = []
        self._marks_written = 0
        self._history: deque[str | None] = deque([None] * _HISTORY_S, maxlen=_HISTORY_S)
        self._history_s = 0
        self._seen_s = self._observed_s = self._present_s = 0.0
        self._paused = self._video_paused = False
        self._pauses: list[tuple[float, float]] = []
        self._pauses_written = list(self._pauses)
        self._problem: str | None = None
        self._how: EndedHow = "running"
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def recording(self) -> str | None:
        """Who is being recorded; None during a pause and after the end."""
        return None if self._still or self._ending.is_set() else self.name

    @property
    def paused(self) -> bool:
        """Whether the student has paused the recording."""
        return self._paused

    @property
    def ended_how(self) -> EndedHow:
        """`running`, or how the session ended."""
        return self._how

    @property
    def problem(self) -> str | None:
        """Why the newest seconds are not saved, or None."""
        return self._problem

    def observe(self, scene: Scene) -> None:
        """Add a scene that was just perceived."""
        late = self._clock.monotonic() - scene.time_s
        late = late if 0 <= late <= 1 else 0.0
        with self._lock:
            if not self._still:
                time_s, wall = self._now() - late, self._clock.wall() - late
                self._meter.observe(scene, time_s, wall)
                if self._meter.face is not None:
                    self._present_s = time_s

    def panel(self) -> Panel:
        """What the private window shows."""
        with self._lock:
            face = self._meter.face
            state = "unsaved" if self._problem else "paused" if self._still else "recording"
            return Panel(
                name=self.name,
                state=state,
                label=face.emotion.label if face and face.emotion else None,
                unidentified=self._meter.unidentified,
                own=face.emotion.own if face and face.emotion else None,
                history=tuple(self._history),
                seen_s=self._seen_s,
                observed_s=self._observed_s,
            )

    def set_paused(self, paused: bool) -> None:
        """Note that the video is paused, or that it goes on."""
        self._set_still(self._paused, paused)

    def pause(self) -> None:
        """Pause the recording; the video goes on."""
        self._set_still(True, self._video_paused)

    def resume(self) -> None:
        """Resume the recording."""
        self._set_still(False, self._video_paused)

    def mark(self, note: str = "", *, ago_s: float = 0.0) -> None:
        """Mark this moment, or one just before it, so that the report shows it.

        Args:
            note: What the student wants to remember about it.
            ago_s: How long ago the moment was, in seconds; not before the session began.

        Raises:
            StoreError: Nothing is being recorded just now, or the note is too long.
        """
        note = tidy(note)
        with self._lock:
            if self._ending.is_set():
                raise StoreError(
                    LazyText("the recording has ended: start another one to mark moments")
                )
            if self._still:
                raise StoreError(LazyText("the recording is paused: resume it to mark moments"))
            self._marks.append(Mark(max(0.0, self._now() - max(0.0, ago_s)), note))

    @property
    def marks(self) -> int:
        """How many moments were marked."""
        return len(self._marks)

    def stop(self, how: EndedHow = "stopped") -> None:
        """End the session, write what is left, and close the store; safe to call twice.

        Waits five seconds at most for a disk that does not respond, and says so in `problem`.
        """
        with self._lock:
            if self._how == "running":
                self._how = how
        self._ending.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(_STOP_S)
            if self._thread.is_alive():
                self._problem = _("the end was not saved: the disk does not respond")

    @property
    def _still(self) -> bool:
        return self._paused or self._video_paused

    def _now(self) -> float:
        """Seconds since the session began."""
        return max(0.0, self._clock.elapsed() - self._began)

    def _set_still(self, paused: bool, video_paused: bool) -> None:
        with self._lock:
            before, wall = self._still, self._clock.wall()
            self._paused, self._video_paused = paused, video_paused
            if self._still and not before:
                self._meter.interrupt()
                self._pauses.append((wall, wall))
            elif before and not self._still:
                self._pauses[-1] = (self._pauses[-1][0], max(wall, self._pauses[-1][0]))
                self._present_s = self._now()

    def _run(self) -> None:
        while not self._ending.wait(_WRITE_EVERY_S):
            with self._lock:
                now = self._now()
                self._collect(now - _LATE_S)
                if self._is_idle(now):
                    self._how = "idle"
                    self._ending.set()
            self._write()
        self._end()
        self._on_end(self)

    def _is_idle(self, now: float) -> bool:
        return self._idle_s is not None and not self._still and now - self._present_s > self._idle_s

    def _collect(self, until_s: float) -> None:
        """Take the seconds that are finished; called with the lock."""
        for second in self._meter.take(until_s):
            self._unwritten.append(second)
            self._seen_s += second.present * second.observed_s
            self._observed_s += second.observed_s
            gap = min(int(second.time_s) - self._history_s, _HISTORY_S)
            self._history.extend([None] * gap)
            self._history.append(second.label)
            self._history_s = int(second.time_s) + 1

    def _write(self) -> bool:
        """Write what is unwritten; whether all of it is now on the disk."""
        with self._lock:
            seconds, pauses = list(self._unwritten), list(self._pauses)
            marks = self._marks[self._marks_written :]
        try:
            if seconds:
                self._store.append(self.session_id, seconds)
            if pauses != self._pauses_written:
                self._store.set_pauses(self.session_id, pauses)
            if marks:
                self._store.add_marks(self.session_id, marks)
        except StoreError as error:
            if self._problem is None:
                _log.info("seconds cannot be written", exc_info=True)
            self._problem = _("{n} s are not saved yet: {reason}").format(
                n=len(seconds), reason=error
            )
            return False
        # A second written twice is stored once, so an error in between does no harm.
        with self._lock:
            self._pauses_written = pauses
            self._marks_written += len(marks)
            for _second in seconds:
                self._unwritten.popleft()
        self._problem = None
        return True

    def _end(self) -> None:
        """Write the rest and the end; `problem` says what cannot be written."""
        with self._lock:
            ended = self._clock.wall()
            if self._still:
                self._pauses[-1] = (self._pauses[-1][0], max(ended, self._pauses[-1][0]))
            self._collect(float("inf"))
        try:
            # Each attempt waits for a locked database itself.
            if any(self._write() for _ in range(_LAST_TRIES)):
                self._store.end_session(self.session_id, ended=ended, how=self._how)
        except StoreError as error:
            _log.info("the end of the session cannot be written", exc_info=True)
            self._problem = _("the end was not saved: {reason}").format(reason=error)
        finally:
            self._store.close()
