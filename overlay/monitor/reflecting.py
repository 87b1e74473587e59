"""Questions about moments of a session, and what the student writes about them.

The questions ask; they do not tell anybody how it was. Answers are kept with the session, by the
time of their moment, so that they stay when a newer version finds other moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from overlay.language import N_, _
from overlay.monitor.moments import Kind, Moment
from overlay.monitor.statistics import Summary

#: The most moments that are asked about, beside those that have an answer.
MOST_QUESTIONS = 5

# Which found moments are asked about first, after the student's own marks.
_ORDER: tuple[Kind, ...] = (
    "own",
    "expression",
    "changes",
    "away",
    "unsure",
    "unidentified",
    "absent",
)
#: What is asked about each kind of moment, for `_`.
QUESTIONS: dict[Kind, str] = {
    "mark": N_("What made you mark this moment?"),
    "expression": N_("What was going on? Does that word fit how you remember it?"),
    "changes": N_("What was going on in this minute?"),
    "away": N_("What were you doing: writing, thinking, looking at something else?"),
    "unsure": N_("How do you remember this time? The network could not name it."),
    "unidentified": N_("Was it you? What may have made it hard to tell?"),
    "absent": N_("Where were you, and what brought you back?"),
    "own": N_("Was it what you meant when you taught this label?"),
}
# An answer belongs to the moment that began at its time, to within this, in seconds.
_SAME_S = 0.5


@dataclass(frozen=True, slots=True)
class Prompt:
    """A moment and a question about it.

    Attributes:
        number: Of the moment in the report, from 1; None if an answer's moment is not found any
            more.
        time_s: When it began, in seconds since the session did.
        kind: Of the moment.
        moment: Which one, or None.
        question: What to ask.
        words: What the student has written; may be empty.
    """

    number: int | None
    time_s: float
    kind: str
    moment: Moment | None
    question: str
    words: str = ""


def prompts(summary: Summary) -> tuple[Prompt, ...]:
    """The moments to ask about, and those with answers, in order of time."""
    every = [_prompt(summary, number) for number in range(1, len(summary.moments) + 1)]
    answered = [prompt for prompt in every if prompt.words]
    shown = {(prompt.time_s, prompt.kind) for prompt in answered}
    rest = [
        Prompt(None, kept.time_s, kept.kind, None, "", kept.words)
        for kept in summary.session.reflections
        if (kept.time_s, kept.kind) not in shown
    ]
    chosen = answered + rest + _worth_asking([prompt for prompt in every if not prompt.words])
    return tuple(sorted(chosen, key=lambda prompt: prompt.time_s))


def prompt_of(summary: Summary, number: int) -> Prompt | None:
    """The question about the moment of this number, if there is one."""
    return _prompt(summary, number) if 1 <= number <= len(summary.moments) else None


def _worth_asking(open_: Sequence[Prompt]) -> list[Prompt]:
    """The student's own marks first, then one moment of each kind, the longest, then others."""
    marks = [prompt for prompt in open_ if prompt.moment and prompt.moment.kind == "mark"]
    found: list[Prompt] = []
    seen: set[tuple[str, str | None]] = set()
    others: list[Prompt] = []
    for prompt in sorted(open_, key=_rank):
        moment = prompt.moment
        if moment is None or moment.kind == "mark":
            continue
        kind = moment.kind, moment.state
        (others if kind in seen else found).append(prompt)
        seen.add(kind)
    return [*marks, *found, *others][: max(MOST_QUESTIONS, len(marks))]


def _rank(prompt: Prompt) -> tuple[int, float]:
    moment = prompt.moment
    if moment is None or moment.kind == "mark":
        return -1, 0.0
    return _ORDER.index(moment.kind), -moment.seconds


def _prompt(summary: Summary, number: int) -> Prompt:
    moment = summary.moments[number - 1]
    time_s = moment.start - summary.session.began
    answers = {
        abs(kept.time_s - time_s): kept
        for kept in summary.session.reflections
        if kept.kind == moment.kind and abs(kept.time_s - time_s) <= _SAME_S
    }
    if not answers:
        return Prompt(number, time_s, moment.kind, moment, _(QUESTIONS[moment.kind]))
    kept = answers[min(answers)]
    question = _(QUESTIONS[moment.kind])
    return Prompt(number, kept.time_s, moment.kind, moment, question, kept.words)
