"""A goal that a student sets: a number of what is seen, and whether a session reached it.

It is the student's own, one at a time, and says nothing about anybody: a session met it or did
not. `Goal` is kept in the profile, and with each session the one that was in force then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from overlay.errors import StudentError
from overlay.language import N_, _, ngettext
from overlay.monitor.records import Second
from overlay.monitor.students import Student, change_profile, read_profile
from overlay.monitor.timeline import Span
from overlay.monitor.wording import adjective, joined, percent, shortened
from overlay.scene import EMOTIONS

#: What a goal can be about: the face turned away from the camera, or what it looked like.
AWAY = "away"
SUBJECTS = (AWAY, *EMOTIONS)

#: How much must have been in view for a session to be held against a goal, in seconds.
ENOUGH_S = 300.0

# In a stretch of a goal with `every`, the face must have looked so for this long, in seconds.
_ONCE_S = 1.0
_LONGEST_MINUTES = 120

_PATTERN = re.compile(
    rf"(?P<subject>{'|'.join(SUBJECTS)}) +"
    r"((?P<limit>at most|at least) +(?P<share>\d{1,4}(\.\d{1,4})?) *%"
    r"|every +(?P<minutes>\d{1,4}) *min(utes?)?)",
    re.IGNORECASE,
)


_AWAY_TEXTS = {
    "at most": N_("face turned away for at most {share} of the time in view"),
    "at least": N_("face turned away for at least {share} of the time in view"),
    "every": N_("face turned away at least once in every {minutes} minutes in view"),
}
_LOOK_TEXTS = {
    "at most": N_("looked {look} for at most {share} of the time in view"),
    "at least": N_("looked {look} for at least {share} of the time in view"),
    "every": N_("looked {look} at least once in every {minutes} minutes in view"),
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a student wants to see in a session.

    Attributes:
        subject: One of `SUBJECTS`.
        kind: Whether `amount` is the most or the least of it, or how often it is to come.
        amount: A share of the time in view, 0 to 1; for `every`, minutes in view.
    """

    subject: str
    kind: Literal["at most", "at least", "every"]
    amount: float

    def __str__(self) -> str:
        """As `parse` reads it."""
        if self.kind == "every":
            return f"{self.subject} every {self.amount:.0f} minutes"
        return f"{self.subject} {self.kind} {100 * self.amount:g} %"

    @property
    def text(self) -> str:
        """In words, for example `face turned away for at most 10 % of the time in view`."""
        text = _((_AWAY_TEXTS if self.subject == AWAY else _LOOK_TEXTS)[self.kind])
        share, minutes = f"{100 * self.amount:g} %", f"{self.amount:.0f}"
        return text.format(look=adjective(self.subject), share=share, minutes=minutes)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a session turned out beside a goal.

    Attributes:
        goal: Which one.
        met: Whether it was met; None if too little was seen to say.
        seen: What was seen, for example `it was 4 %`.
    """

    goal: Goal
    met: bool | None
    seen: str

    @property
    def verdict(self) -> str:
        """`met`, `not met`, or that it cannot be said."""
        if self.met is None:
            return _("too little was seen to say")
        return _("met") if self.met else _("not met")


def parse(text: str) -> Goal:
    """Read a goal, for example `away at most 10 %` or `happy every 10 minutes`.

    Raises:
        StudentError: It is none.
    """
    found = _PATTERN.fullmatch(" ".join(text.split()))
    if found is None:
        raise StudentError(
            f"{shortened(text, 60)!r} is not a goal: write for example 'away at most 10 %', "
            "'happy at least 5 %' or 'happy every 10 minutes'; it can be about "
            f"{joined(SUBJECTS)}"
        )
    subject = found["subject"].lower()
    if found["minutes"]:
        minutes = int(found["minutes"])
        if not 1 <= minutes <= _LONGEST_MINUTES:
            raise StudentError(
                f"a goal is for every 1 to {_LONGEST_MINUTES} minutes, not {minutes}"
            )
        return Goal(subject, "every", minutes)
    share = float(found["share"])
    if share > 100:
        raise StudentError(f"a goal is a share from 0 % to 100 %, not {share:g} %")
    return Goal(
        subject, "at most" if found["limit"].lower() == "at most" else "at least", share / 100
    )


def goal_of(student: Student) -> Goal | None:
    """The student's goal; None if there is none that can be read.

    Raises:
        StudentError: The profile cannot be read.
    """
    text = read_profile(student).get("goal")
    return known(text) if isinstance(text, str) else None


def set_goal(student: Student, goal: Goal | None) -> None:
    """Set the goal for the sessions that begin from now on, or have none.

    Raises:
        StudentError: The profile cannot be read or written.
    """
    change_profile(student, goal=None if goal is None else str(goal))


def known(text: str) -> Goal | None:
    """A goal that was kept; None for anything else."""
    try:
        return parse(text)
    except StudentError:
        return None


def judge(goal: Goal, spans: Sequence[Span]) -> Outcome:
    """Hold a session against a goal.

    Args:
        goal: Which one.
        spans: The session's seconds, from `place`.
    """
    present = [
        (s.observed_s * s.present, _subject_s(goal, s)) for s in (span.second for span in spans)
    ]
    total_s = sum(seconds for seconds, _subject in present)
    if total_s < ENOUGH_S:
        return Outcome(goal, None, _("your face was in view for less than five minutes"))
    if goal.kind == "every":
        return _judge_every(goal, present)
    share = sum(seconds for _subject, seconds in present) / total_s
    met = share <= goal.amount if goal.kind == "at most" else share >= goal.amount
    return Outcome(goal, met, _("it was {share}").format(share=percent(share)))


def _judge_every(goal: Goal, present: Sequence[tuple[float, float]]) -> Outcome:
    """Cut the time in view into stretches; a last one that is not full does not count."""
    stretches: list[float] = []
    in_view_s, seen_s = 0.0, 0.0
    for seconds, subject_s in present:
        in_view_s += seconds
        seen_s += subject_s
        if in_view_s >= goal.amount * 60:
            stretches.append(seen_s)
            in_view_s = seen_s = 0.0
    if not stretches:
        seen = ngettext(
            "your face was in view for less than {n} minute",
            "your face was in view for less than {n} minutes",
            round(goal.amount),
        )
        return Outcome(goal, None, seen.format(n=round(goal.amount)))
    count = sum(seconds >= _ONCE_S for seconds in stretches)
    seen = _("that was so in {count} of {all}").format(count=count, all=len(stretches))
    return Outcome(goal, count == len(stretches), seen)


def _subject_s(goal: Goal, second: Second) -> float:
    """How much of a second the face was in view and as the goal says."""
    present_s = second.observed_s * second.present
    if goal.subject == AWAY:
        return present_s * second.away
    return present_s if second.label == goal.subject else 0.0
