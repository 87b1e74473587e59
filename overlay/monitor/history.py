"""Chooses and reads a student's stored sessions for a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from overlay.errors import ReportError
from overlay.language import LazyText, _
from overlay.monitor.comparison import Comparison, compare
from overlay.monitor.records import Session
from overlay.monitor.statistics import Summary, Totals, add_up, summarize
from overlay.monitor.store import Store
from overlay.monitor.timeline import place
from overlay.monitor.wording import local_time

# A session is compared with at most this many earlier ones, to keep reports fast.
_MOST_COMPARED = 20


@dataclass(frozen=True, slots=True)
class Chapter:
    """One session and its comparison with earlier ones."""

    summary: Summary
    comparison: Comparison


def choose_sessions(
    sessions: Sequence[Session],
    *,
    number: int | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[Session]:
    """The sessions a report is about.

    Args:
        sessions: All sessions, oldest first.
        number: The one with this id; without number and days it is the latest.
        first: Those that began on this day of the student's own clock or later.
        last: Those that began on this day or earlier.

    Raises:
        ReportError: There is no such session.
    """
    if not sessions:
        raise ReportError(
            LazyText(
                "there are no sessions yet: record one with the tray's Start recording or "
                "`emotion-overlay monitor --student NAME`"
            )
        )
    if number is not None:
        chosen = [session for session in sessions if session.id == number]
        wanted = LazyText("session {number}", number=number)
    elif first is None and last is None:
        return [sessions[-1]]
    else:
        chosen = [session for session in sessions if _between(session, first, last)]
        wanted = LazyText(
            "session between {first} and {last}",
            first=first or LazyText("the beginning"),
            last=last or LazyText("today"),
        )
    if not chosen:
        days = _("{first} to {last}").format(first=day_of(sessions[0]), last=day_of(sessions[-1]))
        numbers = ", ".join(str(session.id) for session in sessions[-10:])
        raise ReportError(
            LazyText(
                "no {wanted}: there are sessions {numbers} ({days})",
                wanted=wanted,
                numbers=numbers,
                days=days,
            )
        )
    return chosen


def read_chapters(store: Store, chosen: Sequence[Session]) -> list[Chapter]:
    """Read the chosen sessions, and what a comparison needs of earlier ones.

    Raises:
        StoreError: The database cannot be read.
    """
    everything = [session for session in store.sessions() if session.ended_how != "running"]
    known: dict[int, Totals] = {}

    def totals(session: Session) -> Totals:
        if session.id not in known:
            known[session.id] = add_up(place(session, store.seconds(session.id)))
        return known[session.id]

    chapters = []
    for session in chosen:
        summary = summarize(session, store.seconds(session.id))
        known[session.id] = summary.totals
        before = [other for other in everything if other.began < session.began]
        earlier = [totals(other) for other in before[-_MOST_COMPARED:]]
        chapters.append(Chapter(summary, compare(summary.totals, earlier)))
    return chapters


def _between(session: Session, first: date | None, last: date | None) -> bool:
    day = day_of(session)
    return (first is None or first <= day) and (last is None or day <= last)


def day_of(session: Session) -> date:
    """The day on which a session began, of the student's own clock."""
    return local_time(session.began, session.utc_offset_s).date()
