"""Statistics of a session: shares, changes, certainty, the longest stretch that looked neutral.

Pure functions of stored numbers. They say what a face looked like to the network, never what
somebody felt, and there is no score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from overlay.monitor.goals import Outcome, judge, known
from overlay.monitor.moments import Moment, find_moments
from overlay.monitor.records import Second, Session
from overlay.monitor.timeline import SEEN, Span, Stretch, build_timeline, changes_at, place, runs
from overlay.scene import EMOTIONS, UNSURE

# Interruptions of a neutral stretch up to this long, in seconds, such as a blink, do not count.
_BLIP_S = 2.0
# Clocks that time servers correct differ by less than this from one that is not, in seconds.
_CLOCK_DRIFT_S = 2.0


@dataclass(frozen=True, slots=True)
class Totals:
    """A session in a few numbers.

    Attributes:
        observed_s: Seconds in which the camera's picture was observed.
        present_s: Seconds of these with the student's face in view.
        unidentified_s: Seconds with a face in view that may not have been the student's; none of
            them counts in any other number but `observed_s`.
        away_s: Seconds of `present_s` with the face turned away.
        dark_s: Seconds of these too dark to judge.
        label_s: Seconds by what the face looked like, for each of `SEEN`; they sum to
            `present_s`.
        changes: How often one named expression followed another.
        certainty: Mean probability of an expression while it was named, 0 to 1, for each of
            `EMOTIONS` that was.
    """

    observed_s: float
    present_s: float
    unidentified_s: float
    away_s: float
    dark_s: float
    label_s: Mapping[str, float]
    changes: int
    certainty: Mapping[str, float]

    def share(self, label: str) -> float:
        """How much of the time in view the face looked like this, 0 to 1."""
        return self.label_s[label] / self.present_s if self.present_s else 0.0

    @property
    def present_share(self) -> float:
        """How much of the observed time the student's face was in view, 0 to 1."""
        return self.present_s / self.observed_s if self.observed_s else 0.0

    @property
    def unidentified_share(self) -> float:
        """How much of the observed time another face may have been in view, 0 to 1."""
        return self.unidentified_s / self.observed_s if self.observed_s else 0.0

    @property
    def away_share(self) -> float:
        """How much of the time in view the face was turned away, 0 to 1."""
        return self.away_s / self.present_s if self.present_s else 0.0

    @property
    def dark_share(self) -> float:
        """How much of the time in view was too dark to judge, 0 to 1."""
        return self.dark_s / self.present_s if self.present_s else 0.0

    @property
    def mean_certainty(self) -> float | None:
        """Mean probability of the expressions that were named, 0 to 1, or None."""
        named_s = sum(self.label_s[label] for label in self.certainty)
        weighted = sum(self.label_s[label] * value for label, value in self.certainty.items())
        return weighted / named_s if named_s else None

    @property
    def changes_per_minute(self) -> float:
        """Changes of expression for each minute in view."""
        return self.changes / (self.present_s / 60) if self.present_s >= 1 else 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that a report says about a session.

    Attributes:
        session: Which one.
        totals: Its numbers.
        timeline: What was seen when, including gaps, without holes or overlaps.
        away: Start and end of the times when the face was turned away.
        dark: Start and end of the times that were too dark to judge.
        neutral: The longest stretch that looked neutral, as start and end, or None.
        moments: What may be worth a look, in order of time.
        outcome: How it turned out beside the student's goal, or None without one.
        clock_set_s: How far the computer's clock was set forward during the session, in seconds;
            0 if it was not.
    """

    session: Session
    totals: Totals
    timeline: tuple[Stretch, ...]
    away: tuple[tuple[float, float], ...]
    dark: tuple[tuple[float, float], ...]
    neutral: tuple[float, float] | None
    moments: tuple[Moment, ...]
    outcome: Outcome | None
    clock_set_s: float

    @property
    def start(self) -> float:
        """When the session began, in UTC epoch seconds."""
        return self.timeline[0].start if self.timeline else self.session.began

    @property
    def end(self) -> float:
        """When the session ended, in UTC epoch seconds."""
        return self.timeline[-1].end if self.timeline else self.session.ended or self.session.began

    @property
    def gaps(self) -> tuple[Stretch, ...]:
        """The stretches without the student's face in view."""
        return tuple(stretch for stretch in self.timeline if stretch.state not in SEEN)


def summarize(session: Session, seconds: Sequence[Second]) -> Summary:
    """Sum up a session.

    Args:
        session: The session.
        seconds: Its seconds in the order they were recorded; there may be none.
    """
    spans = place(session, seconds)
    timeline = build_timeline(session, spans)
    neutral = runs(spans, lambda span: span.state == "neutral", bridge_s=_BLIP_S)
    return Summary(
        session=session,
        totals=add_up(spans),
        timeline=timeline,
        away=tuple(runs(spans, _turned_away)),
        dark=tuple(runs(spans, _too_dark)),
        neutral=max(neutral, key=lambda run: run[1] - run[0], default=None),
        moments=find_moments(session, spans, timeline),
        outcome=judge(goal, spans) if (goal := known(session.goal)) else None,
        clock_set_s=_clock_set(spans),
    )


def add_up(spans: Sequence[Span]) -> Totals:
    """The numbers of a session, without its timeline.

    Args:
        spans: Its seconds, from `place`.
    """
    label_s: dict[str, float] = dict.fromkeys(SEEN, 0.0)
    sums: dict[str, float] = defaultdict(float)
    probability: dict[str, float] = defaultdict(float)
    for _, _, second in spans:
        present_s = second.observed_s * second.present
        sums["observed"] += second.observed_s
        sums["unidentified"] += second.observed_s * second.unidentified
        if present_s <= 0:
            continue
        label = second.label or UNSURE
        label_s[label] += present_s
        sums["away"] += present_s * second.away
        sums["dark"] += present_s * second.dark
        if label in EMOTIONS and second.probabilities is not None:
            probability[label] += present_s * second.probabilities[EMOTIONS.index(label)]
    return Totals(
        observed_s=sums["observed"],
        present_s=sum(label_s.values()),
        unidentified_s=sums["unidentified"],
        away_s=sums["away"],
        dark_s=sums["dark"],
        label_s=label_s,
        changes=len(changes_at(spans)),
        certainty={label: value / label_s[label] for label, value in probability.items()},
    )


def add_together(totals: Sequence[Totals]) -> Totals:
    """The numbers of several sessions as if they were one."""
    label_s = {label: sum(each.label_s[label] for each in totals) for label in SEEN}
    certainty: dict[str, float] = {
        label: sum(each.label_s[label] * each.certainty.get(label, 0.0) for each in totals)
        / label_s[label]
        for label in EMOTIONS
        if label_s[label] and any(label in each.certainty for each in totals)
    }
    return Totals(
        observed_s=sum(each.observed_s for each in totals),
        present_s=sum(label_s.values()),
        unidentified_s=sum(each.unidentified_s for each in totals),
        away_s=sum(each.away_s for each in totals),
        dark_s=sum(each.dark_s for each in totals),
        label_s=label_s,
        changes=sum(each.changes for each in totals),
        certainty=certainty,
    )


def _clock_set(spans: Sequence[Span]) -> float:
    set_s = spans[-1].second.clock - spans[-1].start if spans else 0.0
    return set_s if abs(set_s) > _CLOCK_DRIFT_S else 0.0


def _turned_away(span: Span) -> bool:
    return span.state in SEEN and span.second.away >= 0.5


def _too_dark(span: Span) -> bool:
    return span.state in SEEN and span.second.dark >= 0.5
