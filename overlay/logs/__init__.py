"""The log: what went wrong, in a file that its owner alone can read and that names nobody.

Modules write to `logging.getLogger(__name__)`; nothing is written anywhere until the command line
starts `logging_to_file`. All processes of a user share one file, which is rotated: 5 MB in all.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from overlay.host import resources
from overlay.host.private_folder import check_private_folder
from overlay.logs._crash import crashes_noted, ended_if_slow
from overlay.logs._discretion import DiscreetFormatter, keep_out, redacted
from overlay.logs._file import BACKUPS, LogFile
from overlay.logs._native import native_output_logged, native_output_on_terminal
from overlay.logs._repeats import Repeats

__all__ = [
    "crash_file",
    "crashes_noted",
    "delete_logs",
    "ended_if_slow",
    "keep_out",
    "log_file",
    "logging_to_file",
    "native_output_on_terminal",
    "redacted",
    "refusal",
    "tail",
]

_log = logging.getLogger(__name__)

_FORMAT = "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"
_TIME = "%Y-%m-%dT%H:%M:%S%z"


def log_file() -> Path:
    """The file that is written now; it need not exist yet. Older ones lie beside it."""
    return resources.log_dir() / "emotion-overlay.log"


@contextmanager
def logging_to_file(*, verbose: bool = False) -> Iterator[None]:
    """Have everything that is logged written to the file, until the end of the block.

    That includes what native libraries and child processes print on standard error, Python's
    warnings, and errors that end a thread. Warnings are shown on standard error, too, in a line
    each.

    Args:
        verbose: Whether details are logged as well, and everything is shown on standard error.
    """
    to_file = LogFile(log_file())
    to_file.setFormatter(DiscreetFormatter(_FORMAT, _TIME))
    with _handlers(to_file, _to_stderr(verbose)), _levels(verbose), native_output_logged():
        logging.captureWarnings(True)
        hooks = threading.excepthook, sys.unraisablehook
        threading.excepthook, sys.unraisablehook = _log_thread, _log_unraisable
        try:
            yield
        finally:
            threading.excepthook, sys.unraisablehook = hooks
            logging.captureWarnings(False)


def refusal() -> str | None:
    """Why nothing is logged in the folder of the log, in a few words, or None."""
    try:
        check_private_folder(log_file().parent)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        return str(error.strerror)
    return None


def tail(lines: int) -> list[str]:
    """The last lines of the log, oldest first, without line ends.

    Args:
        lines: How many at most.
    """
    newest: deque[str] = deque(maxlen=lines)
    for path in _files():
        try:
            newest.extend(path.read_text(encoding="utf-8", errors="replace").splitlines())
        except OSError:  # not there, or just being rotated
            continue
    return list(newest)


def delete_logs() -> int:
    """Delete everything that was logged.

    Returns:
        How many files were deleted.

    Raises:
        OSError: One cannot be deleted.
    """
    there = [path for path in (*_files(), crash_file()) if path.exists()]
    for path in there:
        path.unlink()
    return len(there)


def crash_file() -> Path:
    """Where a crash or a hang leaves the stacks of all threads, until the next run logs them."""
    return log_file().with_suffix(".crash")


def _files() -> list[Path]:
    """The files of the log, oldest first."""
    newest = log_file()
    older = [newest.with_name(f"{newest.name}.{number}") for number in range(BACKUPS, 0, -1)]
    return [*older, newest]


@contextmanager
def _handlers(*handlers: logging.Handler) -> Iterator[None]:
    root, repeats = logging.getLogger(), Repeats()
    for handler in handlers:
        handler.addFilter(repeats)
        root.addHandler(handler)
    raised = logging.raiseExceptions
    logging.raiseExceptions = False  # a full disk is no reason to write on the terminal
    try:
        yield
    finally:
        logging.raiseExceptions = raised
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


@contextmanager
def _levels(verbose: bool) -> Iterator[None]:
    levels = {"": logging.WARNING, "overlay": logging.DEBUG if verbose else logging.INFO}
    before = {name: logging.getLogger(name).level for name in levels}
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def _to_stderr(verbose: bool) -> logging.Handler:
    handler = _Stderr()
    if verbose:
        handler.setFormatter(logging.Formatter(_FORMAT, _TIME))
    else:
        handler.setLevel(logging.WARNING)
        handler.setFormatter(_OneLine())
    return handler


class _Stderr(logging.Handler):
    """Writes to what `sys.stderr` is at the time: `native_output_logged` replaces it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if sys.stderr is not None:
                print(self.format(record), file=sys.stderr)
        except Exception:
            self.handleError(record)


class _OneLine(logging.Formatter):
    """For people: the message alone; the traceback is in the file."""

    def format(self, record: logging.LogRecord) -> str:
        more = "; `emotion-overlay logs` shows more" if record.exc_info else ""
        return f"emotion-overlay: {' '.join(record.getMessage().split())}{more}"


def _log_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    _log.error("an error could not be raised", exc_info=unraisable.exc_value)


def _log_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        name = ended.thread.name if ended.thread else "unknown"
        _log.error("the thread %s ended with an error", name, exc_info=ended.exc_value)
