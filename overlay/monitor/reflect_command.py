"""What `reflect` does: ask about the moments of a session, and keep the student's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from overlay.errors import ReportError
from overlay.monitor.history import choose_sessions
from overlay.monitor.notes import tidy
from overlay.monitor.records import Reflection
from overlay.monitor.reflecting import Prompt, prompt_of, prompts
from overlay.monitor.statistics import Summary, summarize
from overlay.monitor.store import Store
from overlay.monitor.students import Student
from overlay.monitor.wording import clock_time

#: As an answer: what was written is to be deleted.
DELETE = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a moment of a session.

    Attributes:
        session_id: The session's number in the store.
        told: The moment, with its number and time, for example `3  15:26 you marked this`.
        question: What to ask.
        words: What the student has written before; may be empty.
        time_s: When the moment began, in seconds since the session did.
        kind: Of the moment.
    """

    session_id: int
    told: str
    question: str
    words: str
    time_s: float
    kind: str


def moments_of(
    student: Student, *, number: int | None = None, moment: int | None = None
) -> list[Asked]:
    """The moments of a session to ask about.

    Args:
        student: Whose.
        number: The session with this id; the latest if not given.
        moment: Only the moment with this number in the report.

    Raises:
        ReportError: There is no such session or moment.
        StoreError: The database cannot be read.
    """
    with Store.open(student.store_path) as store:
        (session,) = choose_sessions(store.sessions(), number=number)
        summary = summarize(session, store.seconds(session.id))
    if moment is None:
        return [_asked(summary, prompt) for prompt in prompts(summary)]
    prompt = prompt_of(summary, moment)
    if prompt is None:
        count = len(summary.moments)
        raise ReportError(f"session {session.id} has no moment {moment}: it has {count}")
    return [_asked(summary, prompt)]


def write(student: Student, asked: Sequence[Asked], answer: Callable[[Asked], str]) -> int:
    """Keep what the student answers, one answer at a time.

    Args:
        student: Whose.
        asked: What to ask, in this order.
        answer: Is given each, and returns the words: none for no change, `DELETE` to delete.

    Returns:
        How many moments have words afterwards.

    Raises:
        StoreError: They are too long, or cannot be written.
    """
    count = 0
    for each in asked:
        words = tidy(answer(each))
        if words:
            kept = Reflection(each.time_s, each.kind, "" if words == DELETE else words)
            with Store.open(student.store_path) as store:
                store.reflect(each.session_id, kept)
        count += words != DELETE and bool(words or each.words)
    return count


def _asked(summary: Summary, prompt: Prompt) -> Asked:
    session = summary.session
    clock = clock_time(session.began + prompt.time_s, session.utc_offset_s)
    told = f"{prompt.number or ''}  {clock} {prompt.moment.text if prompt.moment else ''}"
    at = prompt.time_s, prompt.kind
    return Asked(session.id, told.strip(), prompt.question, prompt.words, *at)
