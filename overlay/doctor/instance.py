"""Whether the application is already running, and whether it has problems."""

from __future__ import annotations

from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.errors import ControlError
from overlay.language import _

_CHECK = "instance"


def check_instance(machine: Machine) -> Finding:
    """Whether a running instance answers, and what problems it reports."""
    from overlay.control import ask, wait_until_gone

    try:
        answer = ask("status")
    except ControlError:
        if wait_until_gone(0):
            return Finding(_CHECK, "ok", _("it is not running"))
        message = _("it is running but does not answer: it may be starting, or be stuck")
        fix = _("check again; if it still does not answer, end its process and start it again")
        return Finding(_CHECK, "warning", message, fix)
    status = answer["status"]
    message = _("it is running in mode {mode} (process {pid})")
    if status["paused"]:
        message = _("it is running in mode {mode}, paused (process {pid})")
    message = message.format(mode=status["mode"], pid=answer["pid"])
    problems = dict(status["problems"])
    if not problems:
        return Finding(_CHECK, "ok", message)
    message = f"{message}: {next(iter(problems.values()))}"
    fix = _("see the findings above; it keeps trying on its own")
    return Finding(_CHECK, "warning", message, fix)
