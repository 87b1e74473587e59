"""What the student sets and writes themself: the goal of a session, and words about moments."""

from __future__ import annotations

import shlex
from xml.etree.ElementTree import Element

from overlay.language import _
from overlay.monitor.goals import Outcome
from overlay.monitor.reflecting import Prompt, prompts
from overlay.monitor.report.badge import badge
from overlay.monitor.report.markup import tag
from overlay.monitor.statistics import Summary
from overlay.monitor.wording import clock_time


def goal(summary: Summary) -> Element | None:
    """The student's goal and whether it was met; None without one."""
    outcome = summary.outcome
    if outcome is None:
        return None
    return tag(
        "section",
        tag("h3", _("Your goal")),
        tag("p", *_outcome(outcome), class_="goal"),
    )


def _outcome(outcome: Outcome) -> tuple[Element | str, ...]:
    text, verdict = (f"{t[0].upper()}{t[1:]}" for t in (outcome.goal.text, outcome.verdict))
    goal, seen = (_("{sentence}.").format(sentence=each) for each in (text, outcome.seen))
    return f"{goal} ", tag("strong", f"{verdict}:"), f" {seen}"


def reflection(student: str, summary: Summary) -> Element | None:
    """Questions about moments, with the student's words or room for them; None without moments."""
    asked = prompts(summary)
    if not asked:
        return None
    command = f"emotion-overlay reflect --student {shlex.quote(student)}"
    return tag(
        "section",
        tag("h3", _("In your own words")),
        tag("ol", *(_prompt(summary, prompt) for prompt in asked), class_="prompts"),
        tag(
            "p",
            tag("code", f"{command} --session {summary.session.id}"),
            " ",
            _("asks you these questions and keeps your words with the session."),
            class_="note",
        ),
    )


def _prompt(summary: Summary, prompt: Prompt) -> Element:
    clock = clock_time(summary.session.began + prompt.time_s, summary.session.utc_offset_s)
    return tag(
        "li",
        badge(prompt.number, prompt.moment) if prompt.number and prompt.moment else tag("span"),
        tag("time", clock),
        tag(
            "div",
            tag("p", prompt.moment.text) if prompt.moment else None,
            tag("p", prompt.question, class_="question") if prompt.question else None,
            tag("blockquote", prompt.words) if prompt.words else tag("div", class_="lines"),
        ),
    )
