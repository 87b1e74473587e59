"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ok: nothing to do. warning: a call works, something else does not. problem: it stands in the
#: way of a call. skipped: it could not be looked at, or does not apply here.
State = Literal["ok", "warning", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: Name of the check, for example `webcam`; stable, for programs.
        state: How it is.
        message: One line for people.
        fix: The command or the click that fixes it on this operating system, or empty.
        fixable: Whether `fix` can fix it without asking anything of the user.
    """

    check: str
    state: State
    message: str
    fix: str = ""
    fixable: bool = False
