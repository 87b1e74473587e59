"""Native lines on file descriptor 2 go to the log."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from overlay.perception.native_log import native_stderr_logged


@contextmanager
def _terminal(path: Path) -> Iterator[None]:
    """Put a file in the place of the terminal behind descriptor 2."""
    original = os.dup(2)
    with path.open("wb") as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(original, 2)
            os.close(original)


def test_lines_are_logged_and_not_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "overlay.perception.native_log")
    with _terminal(tmp_path / "terminal"):
        with native_stderr_logged():
            os.write(2, b"INFO: created delegate\nW0000 something\n")
        os.write(2, b"after")
    assert caplog.messages == ["INFO: created delegate", "W0000 something"]
    assert (tmp_path / "terminal").read_bytes() == b"after"


def test_the_terminal_comes_back_after_an_error(tmp_path: Path) -> None:
    with _terminal(tmp_path / "terminal"):
        with pytest.raises(RuntimeError, match="native failure"), native_stderr_logged():
            raise RuntimeError("native failure")
        os.write(2, b"after")
    assert (tmp_path / "terminal").read_bytes() == b"after"


def test_a_process_without_standard_error_goes_on() -> None:
    original = os.dup(2)
    os.close(2)
    try:
        with native_stderr_logged():
            reached = True
    finally:
        os.dup2(original, 2)
        os.close(original)
    assert reached
