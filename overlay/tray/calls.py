"""A recording that was started for a call ends with it."""

from __future__ import annotations

from collections.abc import Callable

from overlay.tray.recording import Recording

#: So long after a call has closed the camera it counts as ended, in seconds: people turn their
#: camera off and on again.
ENDED_AFTER_S = 60.0


class CallRecording:
    """Records a call.

    Args:
        start: Starts a recording; it may ask the user first.
        recording: What records.
    """

    def __init__(self, start: Callable[[], object], recording: Recording) -> None:
        self._start = start
        self._recording = recording
        self._began = self._runs = False
        self._closed_s: float | None = None

    def start(self) -> None:
        """Record until the call ends."""
        self._began = True
        self._start()

    def follow(self, in_call: bool, now_s: float) -> None:
        """End the recording if the call has.

        Args:
            in_call: Whether a program reads the virtual camera.
            now_s: The time, in seconds.
        """
        before, self._runs = self._runs, self._recording.is_running
        if before and not self._runs:  # ended otherwise; the next one is not for this call
            self._began = False
        if in_call or not self._began:
            self._closed_s = None
            return
        self._closed_s = now_s if self._closed_s is None else self._closed_s
        if now_s - self._closed_s >= ENDED_AFTER_S:
            self._began = False
            self._recording.stop()
