"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ok: nothing to do. warning: calls work, something else does not. problem: calls do not work.
#: skipped: it could not be checked, or does not apply here.
State = Literal["ok", "warning", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: Name of the check, for example `webcam`; stable, for programs.
        state: The result.
        message: One line for people.
        fix: The command or the click that fixes it on this operating system, or empty.
        fixable: Whether the function `fix` can fix it without involving the user.
    """

    check: str
    state: State
    message: str
    fix: str = ""
    fixable: bool = False
