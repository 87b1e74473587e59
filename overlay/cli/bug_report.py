"""`emotion-overlay doctor --report FILE`: what somebody else needs to understand a fault.

The file shows nobody's face and names nobody: every line passes through `logs.redacted`, which by
then knows the students, the cameras, and the files in the settings.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import metadata
from json import dumps as to_json
from pathlib import Path

from overlay.doctor import Finding
from overlay.errors import ReportError, SettingsError
from overlay.host.atomic_file import atomic_write
from overlay.installation import describe_version, find_installation
from overlay.logs import redacted, tail
from overlay.monitor.students import list_students
from overlay.settings.precedence import resolve
from overlay.targets import check_targets

#: How much of the log is in it, in lines.
_LOG_LINES = 400

#: What says which desktop this is.
_DESKTOP = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "DESKTOP_SESSION")

_REQUIREMENT = re.compile(r"[\w.-]+")
_QUOTED = re.compile(r"'[^'\n]*'")


def write_report(path: Path, findings: Sequence[Finding], *, force: bool = False) -> None:
    """Write versions, settings, the doctor's findings and the end of the log to a text file.

    Args:
        path: The file; readable by its owner alone.
        findings: What the doctor has found.
        force: Whether a file that is there already may be replaced, without asking.

    Raises:
        TargetError: There is a file already, and it is not to be replaced.
        ReportError: It cannot be written; nothing half-written is left.
    """
    check_targets([path], force=force)
    list_students()  # from now on their names are left out
    text = "".join(f"{line}\n" for line in _lines(findings))
    try:
        with atomic_write(path, private=True) as file:
            file.write(redacted(text).encode())
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror or error}") from error


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    yield f"Emotion Overlay, report of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    yield "Names, files and cameras are left out: [...]. Please read it before you send it."
    sections = (
        ("Versions", _versions()),
        ("Settings", _settings()),
        ("Doctor", _findings(findings)),
        (f"Log, the last {_LOG_LINES} lines", iter(tail(_LOG_LINES))),
    )
    for title, lines in sections:
        yield f"\n{title}\n{'-' * len(title)}"
        yield from lines


def _versions() -> Iterator[str]:
    yield f"{describe_version()}, installed {find_installation().name}"
    yield f"Python {platform.python_version()} ({platform.python_implementation()})"
    yield platform.platform()
    yield from (f"{name}={os.environ[name]}" for name in _DESKTOP if name in os.environ)
    for requirement in metadata.requires("emotion-overlay") or []:
        match = _REQUIREMENT.match(requirement)
        if match and "extra ==" not in requirement:
            try:
                yield f"{match[0]} {metadata.version(match[0])}"
            except metadata.PackageNotFoundError:  # it is for another system
                yield f"{match[0]} is not installed"


def _settings() -> Iterator[str]:
    try:
        effective = resolve()
    except SettingsError as error:  # a variable has a value that cannot be used
        yield _unquoted(str(error))
        return
    yield from (_unquoted(warning) for warning in effective.warnings)
    for name, value in effective.settings.model_dump().items():
        yield f"{name} = {to_json(value, ensure_ascii=False)} ({effective.origins[name]})"


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        yield f"{finding.state} {finding.check}: {_unquoted(finding.message)}"


def _unquoted(message: str) -> str:
    """A message without what it quotes: a value somebody has typed, a file, a camera."""
    return _QUOTED.sub("'[...]'", message)
