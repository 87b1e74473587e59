"""Pages about made-up sessions, to look at: `python -m tests.monitor.gallery FOLDER [LANGUAGE]`.

They show everything that a page can: marks with and without notes, words, a goal, a pause, a time
in which it is not sure who was in view, and earlier sessions to compare with. The picture in
docs/pictures is the top of `session.html` in Chromium, 1100 pixels wide:

    chromium --headless --hide-scrollbars --window-size=1100,1215 \\
        --screenshot=docs/pictures/report.png file://FOLDER/session.html
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from overlay.language import use_language
from overlay.monitor.records import Second, Session
from overlay.monitor.reflect_command import moments_of, write
from overlay.monitor.report import make_report
from overlay.monitor.students import Student, add_student
from tests.monitor.lessons import BEGAN, SOMEBODY, record, second, session

DAY_S, HOUR_S = 86400, 3600
LENGTH_S = 2 * HOUR_S
GOAL = "away at most 10 %"
MARKS = ((1580, "the question about springs"), (4530, ""), (6600, "now I see it"))
#: Beginning and length in seconds, and what there was.
Gap = tuple[int, int, str | None]
#: Of the last session.
GAPS = ((2880, 210, None), (3925, 470, "paused"), (5040, 95, SOMEBODY), (6190, 130, "asleep"))
#: Days before the last session, hour, length in hours, and title of the earlier ones.
EARLIER = (
    *((27, 13, 0.75, "History"), (25, 14, 1, "Physics, lesson 1"), (23, 16, 1.5, "English")),
    *((20, 14, 1, "Physics, lesson 2"), (18, 12, 1, "Mathematics"), (16, 13, 0.75, "History")),
    *((13, 14, 1, "Physics, lesson 3"), (11, 16, 1.5, "English"), (9, 12, 1, "Mathematics")),
    *((4, 16, 0.75, "Mathematics"), (3, 13, 1, "English"), (2, 14, 1.5, "History")),
)


def looks(draw: random.Random, smiles: float) -> Iterator[tuple[str, int, float]]:
    """What a face looked like for how many seconds, and how much of it was turned away."""
    while True:
        yield "neutral", max(8, int(draw.expovariate(1 / 60))), 0.0
        x = draw.random()
        if x < 0.4:
            yield "happy", round(smiles * draw.choice([3, 4, 5, 7, 9, 14, 20])), 0.0
        elif x < 0.5:
            yield "surprise", draw.choice([2, 3, 4, 6]), 0.0
        elif x < 0.58:
            yield "sad", draw.choice([3, 4, 8]), 0.0
        elif x < 0.62:
            yield "angry", draw.choice([3, 4, 9]), 0.0
        elif x < 0.8:
            yield "unsure", draw.choice([4, 6, 9]), 0.0
        else:
            yield "neutral", draw.choice([6, 10, 14, 30]), 1.0


def lesson(seed: int, length_s: int, smiles: float) -> list[Second]:
    """The seconds of a made-up session without gaps."""
    draw = random.Random(seed)
    seconds: list[Second] = []
    for label, count, away in looks(draw, smiles):
        for _ in range(min(count, length_s - len(seconds))):
            at = float(len(seconds))
            sure = min(0.97, max(0.4, draw.gauss(0.8, 0.08)))
            seconds.append(second(at, label, probability=sure, away=away, clock=BEGAN + at))
        if len(seconds) == length_s:
            return seconds
    raise AssertionError("there is no end of looks")


def with_gaps(seconds: list[Second], gaps: Sequence[Gap]) -> list[Second]:
    """The same with gaps in it."""
    kept = [row for row in seconds if not any(a <= row.time_s < a + n for a, n, _ in gaps)]
    seen = [gap for gap in gaps if gap[2] in (None, SOMEBODY)]
    filled = [second(float(t), label) for a, n, label in seen for t in range(a, a + n)]
    return sorted(kept + filled, key=lambda row: row.time_s)


def sessions() -> Iterator[tuple[Session, list[Second]]]:
    """The earlier sessions, then the one that the picture shows."""
    for number, (days, hour, hours, title) in enumerate(EARLIER):
        began = BEGAN + (hour - 14) * HOUR_S - days * DAY_S
        length_s = int(hours * HOUR_S)
        goal = GOAL if days < 14 else ""
        told = session(length_s, title=title, began=began, goal=goal)
        gap = (length_s // 3 + 60 * number, 30 + 13 * number, None)
        yield told, with_gaps(lesson(number, length_s, 0.6), [gap])
    pauses = [(a, a + n) for a, n, kind in GAPS if kind == "paused"]
    told = session(LENGTH_S, pauses=pauses, marks=MARKS, goal=GOAL)
    yield told, with_gaps(lesson(99, LENGTH_S, 2.6), GAPS)


def main(folder: Path, code: str = "en") -> None:
    """Write the pages in a language into a folder that does not exist yet."""
    use_language(code)
    os.environ["EMOTION_OVERLAY_STUDENTS_DIR"] = str(folder / "students")
    folder.mkdir()
    student: Student = add_student("Ada Lovelace")
    for told, seconds in sessions():
        record(student, told, seconds)
    about = [asked for asked in moments_of(student) if "springs" in asked.told]
    write(student, about, lambda _: "I lost the thread when k changed its sign. Ask tomorrow.")
    (folder / "session.html").write_text(make_report(student, ["html"]).texts["html"], "utf-8")
    for period in ("week", "month"):
        made = make_report(student, ["html"], period=period)
        (folder / f"{period}.html").write_text(made.texts["html"], "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
