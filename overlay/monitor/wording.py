"""How the monitor puts durations, times and shares; of faces, only what they looked like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from overlay.monitor.records import Session
from overlay.monitor.timeline import ABSENT, PAUSED, UNIDENTIFIED, UNOBSERVED
from overlay.scene import UNSURE

#: The names of the states of the timeline; emotions have their own.
STATE_NAMES = {
    UNSURE: "unsure",
    ABSENT: "no face in view",
    UNIDENTIFIED: "not sure it was you",
    PAUSED: "paused",
    UNOBSERVED: "not observed",
}


def state_name(state: str) -> str:
    """The name of a state of the timeline, as in a legend."""
    return STATE_NAMES.get(state, state)


def adjective(label: str) -> str:
    """The label of an emotion as it follows the word `looked`."""
    return {"disgust": "disgusted", "fear": "afraid", "surprise": "surprised"}.get(label, label)


def duration(seconds: float) -> str:
    """A duration in words, for example `40 s`, `1 min 20 s` or `2 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if whole < 600:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(whole / 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


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
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def shortened(text: str, most: int) -> str:
    """The text, cut to at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def local_time(clock: float, utc_offset_s: int) -> datetime:
    """UTC epoch seconds as local time of the student."""
    return datetime.fromtimestamp(clock, timezone(timedelta(seconds=utc_offset_s)))


def clock_time(clock: float, utc_offset_s: int, *, seconds: bool = False) -> str:
    """Time of day, for example `14:32` or `14:32:05`."""
    return local_time(clock, utc_offset_s).strftime("%H:%M:%S" if seconds else "%H:%M")


def long_date(clock: float, utc_offset_s: int) -> str:
    """The day, for example `Friday, 20 November 2026`."""
    at = local_time(clock, utc_offset_s)
    return f"{_WEEKDAYS[at.weekday()]}, {whole_date(at)}"


def whole_date(day: date) -> str:
    """A day, for example `20 November 2026`."""
    return f"{day.day} {month_name(day)} {day.year}"


def month_name(day: date) -> str:
    """The month of a day, for example `November`."""
    return _MONTHS[day.month - 1]


def short_weekday(day: date) -> str:
    """A day of a week or a month, for example `Fri 20`."""
    return f"{_WEEKDAYS[day.weekday()][:3]} {day.day}"


def session_title(session: Session) -> str:
    """What the student calls a session, or its number."""
    return session.title.strip() or f"Session {session.id}"


def short_date(clock: float, utc_offset_s: int) -> str:
    """The day, for example `20 Nov`."""
    at = local_time(clock, utc_offset_s)
    return f"{at.day} {_MONTHS[at.month - 1][:3]}"


# Not from strftime, whose names depend on the locale; the rest of the page is English.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
