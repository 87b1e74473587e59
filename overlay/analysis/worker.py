"""Reads files in a process of its own: one that crashes its decoder costs no other."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Protocol

from overlay import errors
from overlay.analysis.job import Job, Outcome, to_line
from overlay.errors import OverlayError
from overlay.settings import Settings

#: How long the process is waited for at the end, in seconds, before it is killed.
_CLOSING_S = 10.0

#: The errors that a worker may report, by name.
_KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, OverlayError)
}

_CRASHED = Outcome(left_out="it crashes the decoder: save it again as .png, .jpg or .mp4")

_KILLED = Outcome(left_out="its process was killed, perhaps for want of memory: use fewer --jobs")


class Receiver(Protocol):
    """Takes what is read in a file. Files that are read at once call it from several threads."""

    def expect(self, job: Job, count: int) -> None:
        """So many frames will be read; 0 if that is not known."""

    def add(self, job: Job, scene: dict[str, Any]) -> None:
        """This was read in the next frame, as `describe` gives it."""


class Worker:
    """A process that reads one file after another; it starts with the first.

    Use it from one thread; others may call `stop` and `kill`.
    """

    def __init__(self, settings: Settings) -> None:
        """Start nothing yet.

        Args:
            settings: Sensitivity, and style of the labels.
        """
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def read(self, job: Job, receiver: Receiver) -> Outcome:
        """Read a file.

        If the process dies of it, the file is left out, and the next one gets a new process.

        Raises:
            OutputError: The labelled file cannot be written.
            ModelError: A model is missing or altered.
            OverlayError: The process does not start.
        """
        left_out = _CRASHED
        try:
            process = self._hand_over(job)
            for answer in _answers(process):
                if self._stopped:  # the process learns of it when it answers again, and tidies up
                    break
                if "faces" in answer:
                    receiver.add(job, answer)
                elif "expect" in answer:
                    receiver.expect(job, answer["expect"])
                else:
                    return Outcome.from_json(answer)
            if not self._stopped:
                left_out = _how_it_ended(process)
        except OverlayError:
            self.close()
            raise
        except (OSError, ValueError, KeyError, TypeError):  # died, or says what no worker would
            self.kill()
        self.close()
        return left_out

    def _hand_over(self, job: Job) -> subprocess.Popen[bytes]:
        """Give a job to the process, or to a new one if somebody ended it while it was idle."""
        process = self._process or self._start()
        try:
            _send(process, job.to_json())
            begun = next(_answers(process), None) is not None
        except OSError:
            begun = False
        if not begun:
            self.close()
            process = self._start()
            _send(process, job.to_json())
            next(_answers(process), None)
        return process

    def stop(self) -> None:
        """Have `read` end with the next frame, leaving nothing half-written."""
        self._stopped = True

    def kill(self) -> None:
        """End the process at once; `read` takes that for a crash."""
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """End the process, once it has tidied up; safe to call twice."""
        if self._process is None:
            return
        process, self._process = self._process, None
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):  # what is left in the buffer cannot be sent
            process.stdin.close()
        process.stdout.close()
        try:
            process.wait(_CLOSING_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        # A session or group of its own: Ctrl-C and a closed terminal are for the application,
        # which then ends it.
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "overlay.analysis._worker_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
            | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            _send(process, self._settings.model_dump())
            ready = next(_answers(process), None)
        except OSError:
            ready = None
        except BaseException:
            self.close()
            raise
        if ready is None:
            self.close()
            raise OverlayError(
                "the process that reads files does not start: `emotion-overlay logs` shows more"
            )
        return process


def _how_it_ended(process: subprocess.Popen[bytes]) -> Outcome:
    """Why a file was left out whose process answers no more."""
    try:
        code = process.wait(_CLOSING_S)
    except subprocess.TimeoutExpired:
        code = None
    return _KILLED if code == -getattr(signal, "SIGKILL", 9) else _CRASHED


def _send(process: subprocess.Popen[bytes], content: dict[str, Any]) -> None:
    assert process.stdin is not None
    process.stdin.write(to_line(content))
    process.stdin.flush()


def _answers(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """The answers of the process until it ends.

    Raises:
        OverlayError: The one that the process reports.
        ValueError, KeyError: An answer is nothing that a worker would say.
    """
    assert process.stdout is not None
    for line in process.stdout:
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise ValueError(answer)
        if "error" in answer:
            name, message = answer["error"]
            raise _KINDS[name](message)
        yield answer
