"""Reports as files that only their owner can read, complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from overlay import __version__
from overlay.errors import ReportError
from overlay.language import LazyText, _
from overlay.monitor import owner_only, profile_files
from overlay.monitor.formats import seconds_csv, sessions_json
from overlay.monitor.history import choose_sessions, read_chapters
from overlay.monitor.period import PeriodKind, period_of, read_review
from overlay.monitor.records import Session
from overlay.monitor.report.page import build_page
from overlay.monitor.report.period_page import build_period_page
from overlay.monitor.store import Store
from overlay.monitor.students import Student
from overlay.monitor.wording import clock_time, local_time
from overlay.targets import check_targets

Format = Literal["html", "csv", "json"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report, not yet written anywhere.

    Attributes:
        name: A file name without ending: its first day and its sessions.
        texts: The content in each format that was asked for.
        notice: A line for the user, or None.
    """

    name: str
    texts: Mapping[Format, str]
    notice: str | None = None


def make_report(
    student: Student,
    formats: Sequence[Format],
    *,
    number: int | None = None,
    first: date | None = None,
    last: date | None = None,
    period: PeriodKind | None = None,
) -> Report:
    """Read a student's sessions and make a report on them.

    Args:
        student: Whose.
        formats: In which formats.
        number: The session with this id; without number and days the latest.
        first: Sessions that began on this day or later.
        last: Sessions that began on this day or earlier.
        period: The week or the month of the day `first`, or of the latest session.

    Raises:
        ReportError: There is no such session.
        StoreError: The database cannot be read.
    """
    with Store.open(student.store_path) as store:
        sessions = store.sessions()
        damaged = profile_files.damaged_databases(student.folder)
        if not sessions and (store.notice or damaged):
            raise ReportError(store.notice or _all_lost(damaged))
        days = period_of(sessions, period, first) if period else None
        if days is not None:
            first, last = days.first, days.last
        chosen = choose_sessions(sessions, number=number, first=first, last=last)
        texts: dict[Format, str] = {}
        if "csv" in formats:
            recorded = ((session, store.seconds(session.id)) for session in chosen)
            texts["csv"] = seconds_csv(recorded)
        if "json" in formats:
            texts["json"] = sessions_json(student.name, read_chapters(store, chosen))
        if "html" in formats and days is not None:
            review = read_review(store, days, chosen)
            texts["html"] = build_period_page(student.name, review, _made())
        elif "html" in formats:
            texts["html"] = build_page(student.name, read_chapters(store, chosen), _made())
        name = f"{days.first}-{days.kind}" if days is not None else _name(chosen)
        return Report(name, texts, store.notice)


def save_report(
    student: Student, report: Report, out: Path | None = None, *, force: bool = False
) -> list[Path]:
    """Write a report.

    Args:
        student: Whose; by default the files lie in the student's own folder, in `reports`, and
            go when the student is removed.
        report: What to write.
        out: The file; with several formats each gets its own ending.
        force: Whether it may replace one that is there already, without asking.

    Returns:
        The files.

    Raises:
        ReportError: A file cannot be written; nothing half-written is left.
        TargetError: It would overwrite a file of the profile, or another one unasked.
    """
    files = _files(student, report, out)
    if out is not None:
        check_targets(files, inputs=student.own_files, force=force)
    for path, text in files.items():
        if os.path.isdir(path):
            raise ReportError(LazyText("{path} is a folder: name a file in it", path=path))
        try:
            if out is None:
                owner_only.make_folder(path.parent)
            owner_only.replace(path, text.encode())
        except OSError as error:
            raise ReportError(
                LazyText(
                    "{path} cannot be written: {reason}; name another with --out",
                    path=path,
                    reason=error.strerror or error,
                )
            ) from error
    return list(files)


def _all_lost(damaged: Sequence[Path]) -> str:
    names = ", ".join(map(str, damaged))
    text = _("no session could be read: the database was damaged and is kept as {names}")
    return text.format(names=names)


def _files(student: Student, report: Report, out: Path | None) -> dict[Path, str]:
    """What goes into which file."""
    if out is not None and len(report.texts) == 1:
        return dict(zip([out], report.texts.values(), strict=True))
    folder, stem = (out.parent, out.stem) if out else (reports_dir(student), report.name)
    return {folder / f"{stem}.{kind}": text for kind, text in report.texts.items()}


def reports_dir(student: Student) -> Path:
    """Where reports are written unless the user names a file; it may not exist yet."""
    return student.folder / profile_files.REPORTS


def _name(chosen: Sequence[Session]) -> str:
    days = [local_time(session.began, session.utc_offset_s).date() for session in chosen]
    if len(chosen) == 1:
        return f"{days[0]}-session-{chosen[0].id}"
    return f"{days[0]}-to-{days[-1]}"


def _made() -> str:
    now = datetime.now().astimezone()
    offset = now.utcoffset()
    time = clock_time(now.timestamp(), int(offset.total_seconds()) if offset else 0)
    text = _("Made by Emotion Overlay {version} on {date} at {time}.")
    return text.format(version=__version__, date=now.date(), time=time)
