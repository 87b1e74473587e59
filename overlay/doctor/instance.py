"""Whether the application runs already, and how it fares."""

from __future__ import annotations

from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.errors import ControlError

_CHECK = "instance"


def check_instance(machine: Machine) -> Finding:
    """Whether a running instance answers, and which problems it has."""
    from overlay.control import ask, wait_until_gone

    try:
        answer = ask("status")
    except ControlError:
        if wait_until_gone(0):
            return Finding(_CHECK, "ok", "no other instance is running")
        message = "it is running but does not answer; it may be starting, or hang"
        fix = "look again; if it stays so, end its process, then start it"
        return Finding(_CHECK, "warning", message, fix)
    status = answer["status"]
    message = f"it is running (process {answer['pid']}) in mode {status['mode']}"
    if status["paused"]:
        message += ", paused"
    problems = dict(status["problems"])
    if not problems:
        return Finding(_CHECK, "ok", message)
    message += f" and says: {next(iter(problems.values()))}"
    return Finding(_CHECK, "warning", message, "look at the findings above; it tries again itself")
