"""The program that reads files for `Worker`, in a process of its own, which may die of one.

On standard input it gets JSON lines: the settings, then one job after another. On standard output
it answers in JSON lines, so that a hostile file that takes this process over can pass nothing on
that is executed: `{"ready": true}`; then for each job `{"begun": true}`, `{"expect": COUNT}`, the
scene of each frame, and `{"left_out": REASON, "warnings": [...]}`. `{"error": [NAME, MESSAGE]}` may
stand in for any.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import IO, Any

from overlay.analysis.job import Job, to_line
from overlay.analysis.reading import FileReader
from overlay.engine.tuning import tune_process
from overlay.errors import OverlayError
from overlay.settings import Settings


def main() -> None:
    """Read files until standard input is closed or nobody reads the answers."""
    tune_process()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    with contextlib.suppress(BrokenPipeError):
        _serve(sys.stdin.buffer, partial(_send, answers))
    # What is still to be written cannot be, and must not fail.
    os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())


def _serve(requests: IO[bytes], answer: Callable[[dict[str, Any]], None]) -> None:
    try:
        reader = FileReader(Settings.model_validate_json(requests.readline()))
        answer({"ready": True})
        for line in requests:
            answer({"begun": True})
            outcome = reader.read(
                Job.from_json(json.loads(line)), answer, lambda count: answer({"expect": count})
            )
            answer(outcome.to_json())
    except OverlayError as error:
        answer({"error": [type(error).__name__, str(error)]})


def _send(answers: IO[bytes], content: dict[str, Any]) -> None:
    answers.write(to_line(content))
    answers.flush()


if __name__ == "__main__":
    main()
