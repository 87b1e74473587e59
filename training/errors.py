"""Errors of the training tools, and the one place where they become a line for the user."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class TrainingError(Exception):
    """A problem that the user can fix; its text names the thing and the fix."""


class SheetError(TrainingError):
    """A sprite sheet that cannot be read, or does not fit its labels."""


class LabelError(TrainingError):
    """A label table or folder with missing, unknown or malformed labels."""


class ConfigError(TrainingError):
    """A training configuration that is incomplete or invalid."""


class CheckpointError(TrainingError):
    """A checkpoint that is missing, damaged or belongs to another run."""


class ModelError(TrainingError):
    """A model file that does not load or does not meet the contract."""


def one_line_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a `TrainingError` or an operating-system error into one line and exit code 2."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (TrainingError, OSError) as error:
            print(f"error: {error}", file=sys.stderr)
            raise SystemExit(2) from None

    return wrapped
