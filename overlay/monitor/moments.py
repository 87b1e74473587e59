"""Moments of a session that may be worth a look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from overlay.language import _, ngettext
from overlay.monitor.records import Session
from overlay.monitor.timeline import ABSENT, SEEN, UNIDENTIFIED, Span, Stretch, changes_at, runs
from overlay.monitor.wording import adjective, duration, state_name
from overlay.scene import EMOTIONS, UNSURE

Kind = Literal["mark", "expression", "changes", "away", "absent", "unidentified", "unsure", "own"]

#: The most moments of a kind, and of an expression, that are reported: the longest ones.
MOST_OF_A_KIND = 3

# How long something must last to be reported, in seconds.
_EXPRESSION_S = 5.0
_OWN_S = 2.0
_AWAY_S = 20.0
_GAP_S = 60.0
_UNSURE_S = 60.0
# Interruptions up to this long, in seconds, do not end an expression or a turn of the head.
_BLIP_S = 2.0
# This many changes of expression within this time, in seconds, are a burst.
_BURST_CHANGES = 8
_BURST_S = 60.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that stands out.

    Attributes:
        kind: What it is.
        state: The state of the timeline it is about, or None.
        start: When it began, UTC epoch seconds.
        seconds: How long it lasted; 0 for a mark.
        text: What was seen, to follow a clock time: `looked happy for 40 s`.
    """

    kind: Kind
    state: str | None
    start: float
    seconds: float
    text: str


def find_moments(
    session: Session, spans: Sequence[Span], timeline: Sequence[Stretch]
) -> tuple[Moment, ...]:
    """The moments of a session, marked by the student or found, in order of time.

    Args:
        session: Which one.
        spans: Its seconds, from `place`.
        timeline: Its stretches, from `build_timeline`.
    """
    groups = [
        *(_expressions(spans, label) for label in EMOTIONS if label != "neutral"),
        *(_own(spans, label) for label in sorted({s.second.own for s in spans if s.second.own})),
        _lasting(
            spans,
            lambda span: span.state in SEEN and span.second.away >= 0.5,
            ("away", None, _("face turned away from the camera for {time}")),
            _AWAY_S,
        ),
        _lasting(
            spans,
            lambda span: span.state == UNSURE and span.second.away < 0.5,
            ("unsure", UNSURE, _("no clear reading for {time}")),
            _UNSURE_S,
        ),
        _gaps(timeline, "absent", ABSENT),
        _gaps(timeline, "unidentified", UNIDENTIFIED),
        _bursts(spans),
    ]
    kept = _marked(session)
    for group in groups:
        kept += sorted(group, key=lambda moment: -moment.seconds)[:MOST_OF_A_KIND]
    return tuple(sorted(kept, key=lambda moment: (moment.start, moment.kind)))


def _marked(session: Session) -> list[Moment]:
    return [
        Moment("mark", None, session.began + mark.time_s, 0.0, _marked_text(mark.note))
        for mark in session.marks
    ]


def _marked_text(note: str) -> str:
    return _("you marked this: “{note}”").format(note=note) if note else _("you marked this")


def _expressions(spans: Sequence[Span], label: str) -> list[Moment]:
    words = _("looked {look} for {time}").replace("{look}", adjective(label))
    told: tuple[Kind, str, str] = ("expression", label, words)
    return _lasting(spans, lambda span: span.state == label, told, _EXPRESSION_S)


def _own(spans: Sequence[Span], label: str) -> list[Moment]:
    words = _("your own label “{label}” for {time}").replace("{label}", label)
    told: tuple[Kind, None, str] = ("own", None, words)
    return _lasting(spans, lambda span: span.second.own == label, told, _OWN_S)


def _gaps(timeline: Sequence[Stretch], kind: Kind, state: str) -> list[Moment]:
    return [
        Moment(kind, state, s.start, s.seconds, _for(state_name(state), s.seconds))
        for s in timeline
        if s.state == state and s.seconds >= _GAP_S
    ]


def _for(what: str, seconds: float) -> str:
    return _("{what} for {time}").format(what=what, time=duration(seconds))


def _lasting(
    spans: Sequence[Span],
    holds: Callable[[Span], bool],
    told: tuple[Kind, str | None, str],
    least_s: float,
) -> list[Moment]:
    kind, state, words = told
    return [
        Moment(kind, state, start, end - start, words.replace("{time}", duration(end - start)))
        for start, end in runs(spans, holds, bridge_s=_BLIP_S)
        if end - start >= least_s
    ]


def _bursts(spans: Sequence[Span]) -> list[Moment]:
    """Minutes, none overlapping another, in which the expression changed often."""
    at = changes_at(spans)
    found: list[Moment] = []
    first = 0
    while first < len(at):
        last = first
        while last + 1 < len(at) and at[last + 1] - at[first] < _BURST_S:
            last += 1
        count = last - first + 1
        if count >= _BURST_CHANGES:
            text = ngettext(
                "expression changed {n} time within a minute",
                "expression changed {n} times within a minute",
                count,
            ).format(n=count)
            found.append(Moment("changes", None, at[first], at[last] - at[first], text))
            first = last
        first += 1
    return found
