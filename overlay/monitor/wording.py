"""How the monitor puts durations, times and shares; of faces, only what they looked like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from overlay.language import N_, _, ngettext
from overlay.monitor.records import Session
from overlay.monitor.timeline import ABSENT, PAUSED, UNIDENTIFIED, UNOBSERVED
from overlay.scene import UNSURE

#: All time in which the face was seen, whatever it looked like.
IN_VIEW = "in view"

#: The names of the states of the timeline, for `_`; emotions have their own.
STATE_NAMES = {
    UNSURE: N_("unsure"),
    ABSENT: N_("no face in view"),
    UNIDENTIFIED: N_("not sure it was you"),
    PAUSED: N_("paused"),
    UNOBSERVED: N_("not observed"),
    IN_VIEW: N_("in view"),
}


_ADJECTIVES = {"disgust": N_("disgusted"), "fear": N_("afraid"), "surprise": N_("surprised")}


def state_name(state: str) -> str:
    """The name of a state of the timeline, as in a legend."""
    return _(STATE_NAMES.get(state, state))


def adjective(label: str) -> str:
    """The label of an emotion as it follows the word `looked`."""
    return _(_ADJECTIVES.get(label, label))


def duration(seconds: float) -> str:
    """A duration in words, for example `40 s`, `1 min 20 s` or `2 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return _("{seconds} s").format(seconds=whole)
    minutes, rest = divmod(whole, 60)
    if whole < 600:
        text = _("{minutes} min {seconds} s") if rest else _("{minutes} min")
        return text.format(minutes=minutes, seconds=rest)
    hours, minutes = divmod(round(whole / 60), 60)
    if not hours:
        return _("{minutes} min").format(minutes=minutes)
    text = _("{hours} h {minutes} min") if minutes else _("{hours} h")
    return text.format(hours=hours, minutes=minutes)


def percent(share: float) -> str:
    """A share, 0 to 1, in whole per cent; one that is not zero but rounds to it is `< 1 %`."""
    if 0 < share < 0.005:
        return "< 1 %"
    if 0.995 <= share < 1:
        return "> 99 %"
    return f"{share:.0%}".replace("%", " %")


def per_minute(rate: float) -> str:
    """A number of times a minute, for example `1.5`."""
    return f"{rate:.1f}"


def joined(words: Sequence[str]) -> str:
    """Words as a list, for example `a, b and c`."""
    if len(words) == 1:
        return words[0]
    return _("{words} and {last}").format(words=", ".join(words[:-1]), last=words[-1])


def shortened(text: str, most: int) -> str:
    """The text, cut to at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def local_time(clock: float, utc_offset_s: int) -> datetime:
    """UTC epoch seconds as local time of the student."""
    return datetime.fromtimestamp(clock, timezone(timedelta(seconds=utc_offset_s)))


def clock_time(clock: float, utc_offset_s: int, *, seconds: bool = False) -> str:
    """Time of day, for example `14:32` or `14:32:05`."""
    return local_time(clock, utc_offset_s).strftime("%H:%M:%S" if seconds else "%H:%M")


def clock_span(start: float, end: float, utc_offset_s: int, *, seconds: bool = False) -> str:
    """Two times of day, for example `14:32 to 15:10`."""
    first, last = (clock_time(clock, utc_offset_s, seconds=seconds) for clock in (start, end))
    return _("{start} to {end}").format(start=first, end=last)


def long_date(clock: float, utc_offset_s: int) -> str:
    """The day, for example `Friday, 20 November 2026`."""
    at = local_time(clock, utc_offset_s)
    weekday = _(_WEEKDAYS[at.weekday()])
    return _("{weekday}, {date}").format(weekday=weekday, date=whole_date(at))


def day_span(first: str, last: str) -> str:
    """Two days, for example `16 November 2026 to 22 November 2026`."""
    return _("{first} to {last}").format(first=first, last=last)


def whole_date(day: date) -> str:
    """A day, for example `20 November 2026`."""
    date = _("{day} {month} {year}")
    return date.format(day=day.day, month=month_name(day), year=day.year)


def month_name(day: date) -> str:
    """The month of a day, for example `November`."""
    return _(_MONTHS[day.month - 1])


def short_weekday(day: date) -> str:
    """A day of a week or a month, for example `Fri 20`."""
    weekday = _(_SHORT_WEEKDAYS[day.weekday()])
    return _("{weekday} {day}").format(weekday=weekday, day=day.day)


def session_title(session: Session) -> str:
    """What the student calls a session, or its number."""
    return session.title.strip() or _("Session {number}").format(number=session.id)


def sessions_text(count: int) -> str:
    """A number of sessions, for example `1 session`."""
    return ngettext("{n} session", "{n} sessions", count).format(n=count)


def short_date(clock: float, utc_offset_s: int) -> str:
    """The day, for example `20 Nov`."""
    at = local_time(clock, utc_offset_s)
    return _("{day} {month}").format(day=at.day, month=_(_SHORT_MONTHS[at.month - 1]))


# Not from strftime, whose names depend on the locale of the process.
_WEEKDAYS = (
    *(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday")),
    *(N_("Friday"), N_("Saturday"), N_("Sunday")),
)
_SHORT_WEEKDAYS = (*(N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")),)
_MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April")),
    *(N_("May"), N_("June"), N_("July"), N_("August")),
    *(N_("September"), N_("October"), N_("November"), N_("December")),
)
_SHORT_MONTHS = (
    *(N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun")),
    *(N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")),
)
