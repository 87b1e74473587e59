"""A week or a month of a student's sessions."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from overlay.language import _
from overlay.monitor.history import choose_sessions, day_of
from overlay.monitor.records import Session
from overlay.monitor.statistics import Summary, Totals, add_up, summarize
from overlay.monitor.store import Store
from overlay.monitor.timeline import place
from overlay.monitor.wording import month_name, whole_date

PeriodKind = Literal["week", "month"]


@dataclass(frozen=True, slots=True)
class Period:
    """Days that belong together.

    Attributes:
        kind: A week from Monday to Sunday (ISO 8601), or a month.
        first: The first day.
        last: The last day.
    """

    kind: PeriodKind
    first: date
    last: date

    @classmethod
    def around(cls, day: date, kind: PeriodKind) -> Period:
        """The week or month in which a day lies."""
        if kind == "week":
            first = day - timedelta(days=day.weekday())
            return cls(kind, first, first + timedelta(days=6))
        _first, length = calendar.monthrange(day.year, day.month)
        return cls(kind, day.replace(day=1), day.replace(day=length))

    @property
    def before(self) -> Period:
        """The week or month before this one."""
        return Period.around(self.first - timedelta(days=1), self.kind)

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of it."""
        count = (self.last - self.first).days + 1
        return tuple(self.first + timedelta(days=index) for index in range(count))

    @property
    def title(self) -> str:
        """For example `Week of 16 November 2026`, or `November 2026`."""
        if self.kind == "week":
            return _("Week of {day}").format(day=whole_date(self.first))
        return _("{month} {year}").format(month=month_name(self.first), year=self.first.year)


@dataclass(frozen=True, slots=True)
class Review:
    """The sessions of a period.

    Attributes:
        period: Which one.
        summaries: Its sessions, oldest first; at least one.
        before: What those of the period before add up to; there may be none.
    """

    period: Period
    summaries: tuple[Summary, ...]
    before: tuple[Totals, ...]


def period_of(sessions: Sequence[Session], kind: PeriodKind, day: date | None) -> Period:
    """The week or month of a day; of the latest session if no day is given.

    Raises:
        ReportError: There are no sessions at all.
    """
    (latest,) = choose_sessions(sessions)
    return Period.around(day or day_of(latest), kind)


def read_review(store: Store, period: Period, chosen: Sequence[Session]) -> Review:
    """Read the sessions of a period, and the sums of those of the one before.

    Args:
        store: The student's.
        period: Which one.
        chosen: Its sessions, oldest first.

    Raises:
        StoreError: The database cannot be read.
    """
    before = [told for told in store.sessions() if day_of(told) in period.before.days]
    return Review(
        period,
        tuple(summarize(session, store.seconds(session.id)) for session in chosen),
        tuple(add_up(place(told, store.seconds(told.id))) for told in before),
    )
