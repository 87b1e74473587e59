"""Whether the application is already running, and whether it has problems."""

from __future__ import annotations

from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.errors import ControlError

_CHECK = "instance"


def check_instance(machine: Machine) -> Finding:
    """Whether a running instance answers, and what problems it reports."""
    from overlay.control import ask, wait_until_gone

    try:
        answer = ask("status")
    except ControlError:
        if wait_until_gone(0):
            return Finding(_CHECK, "ok", "no other instance is running")
        message = "it is running but does not answer: it may be starting, or be stuck"
        fix = (
            "run the doctor again; if it still does not answer, end its process and start it again"
        )
        return Finding(_CHECK, "warning", message, fix)
    status = answer["status"]
    message = f"it is running (process {answer['pid']}) in mode {status['mode']}"
    if status["paused"]:
        message += ", paused"
    problems = dict(status["problems"])
    if not problems:
        return Finding(_CHECK, "ok", message)
    message += f" and reports: {next(iter(problems.values()))}"
    fix = "see the findings above; it keeps trying on its own"
    return Finding(_CHECK, "warning", message, fix)
