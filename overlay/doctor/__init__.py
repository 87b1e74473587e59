"""Checks, in order, what a call needs on this machine, and says how to fix what is missing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from overlay.doctor import desktop, folders, foundation, instance, recordings, settings
from overlay.doctor.finding import Finding, State
from overlay.doctor.machine import Machine
from overlay.errors import OverlayError
from overlay.language import _

__all__ = ["Finding", "Machine", "State", "examine", "fix", "works"]


_log = logging.getLogger(__name__)


class _Check(NamedTuple):
    name: str
    examine: Callable[[Machine], Finding]
    fix: Callable[[Machine], str] | None = None
    needs_libraries: bool = False


def _webcam(machine: Machine) -> Finding:
    from overlay.doctor.webcam import check_webcam

    return check_webcam(machine)


def _virtual_camera(machine: Machine) -> Finding:
    from overlay.doctor.virtual_camera import check_virtual_camera

    return check_virtual_camera(machine)


_CHECKS = (
    _Check("installation", foundation.check_installation),
    _Check("python", foundation.check_python),
    _Check("libraries", foundation.check_libraries),
    _Check("models", foundation.check_models, needs_libraries=True),
    _Check("webcam", _webcam, needs_libraries=True),
    _Check("virtual-camera", _virtual_camera, needs_libraries=True),
    _Check("display", desktop.check_display),
    _Check("tray", desktop.check_tray),
    _Check("hotkeys", desktop.check_hotkeys),
    _Check("instance", instance.check_instance),
    _Check("data-folder", folders.check_folder),
    _Check("recordings", recordings.check_recordings, recordings.delete_leftovers),
    _Check("settings", settings.check_settings, settings.set_aside_settings),
)


def examine(machine: Machine | None = None) -> list[Finding]:
    """Check everything a call needs, the most basic things first.

    Nothing is changed, no camera's light turns on, and a check that fails does not stop the others.

    Args:
        machine: What to check; this computer if not given.

    Returns:
        One finding for each check, always in the same order.
    """
    machine = machine or Machine()
    findings: list[Finding] = []
    for check in _CHECKS:
        if check.needs_libraries and _is_problem(findings, "libraries"):
            findings.append(Finding(check.name, "skipped", _("needs the libraries first")))
        else:
            findings.append(_examine_one(check, machine))
    return findings


def fix(findings: Iterable[Finding], machine: Machine | None = None) -> list[str]:
    """Fix what can be fixed without surprises: delete leftovers, set settings aside; never as root.

    Args:
        findings: From `examine`; only those that are `fixable` count.
        machine: What to fix; this computer if not given.

    Returns:
        One line for each fix, or the reason why it failed.
    """
    machine = machine or Machine()
    fixes = {check.name: check.fix for check in _CHECKS if check.fix}
    done = []
    for finding in findings:
        if not finding.fixable:
            continue
        try:
            done.append(f"{finding.check}: {fixes[finding.check](machine)}")
        except (OverlayError, OSError) as error:
            done.append(f"{finding.check}: not fixed, {error}")
    return done


def works(findings: Sequence[Finding]) -> bool:
    """Whether a call would work, going by these findings."""
    return all(finding.state != "problem" for finding in findings)


def _examine_one(check: _Check, machine: Machine) -> Finding:
    try:
        return check.examine(machine)
    except Exception as error:  # one check that fails must not hide the others
        _log.info("the check %s failed", check.name, exc_info=True)
        line = " ".join(f"{type(error).__name__}: {error}".split())
        message = _("could not be checked ({error})").format(error=line)
        return Finding(check.name, "warning", message)


def _is_problem(findings: Sequence[Finding], name: str) -> bool:
    return any(f.check == name and f.state == "problem" for f in findings)
