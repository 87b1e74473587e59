"""Sessions as JSON, and their seconds as CSV; `session_data.md` describes both."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from overlay.monitor.comparison import Comparison
from overlay.monitor.goals import Outcome
from overlay.monitor.history import Chapter
from overlay.monitor.records import Second, Session
from overlay.monitor.statistics import Summary
from overlay.monitor.wording import local_time
from overlay.scene import EMOTIONS

#: Raised whenever programs for older files would misread newer ones.
VERSION = 3

CSV_COLUMNS = (
    *("session", "time", "time_s", "observed_s", "in_view", "label", "unsure"),
    *EMOTIONS,
    *("yaw_deg", "pitch_deg", "pose_error_deg", "turned_away", "face_height", "too_dark"),
    *("own_label", "unidentified"),
)


def seconds_csv(recorded: Iterable[tuple[Session, Sequence[Second]]]) -> str:
    """The seconds of sessions as CSV, with a line of `CSV_COLUMNS` first.

    The user's only text in it are their own labels, which start with a letter, so a spreadsheet
    cannot take anything for a formula.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for session, seconds in recorded:
        began = local_time(session.began, session.utc_offset_s)
        writer.writerows(
            (
                session.id,
                (began + timedelta(seconds=s.time_s)).isoformat(timespec="seconds"),
                *(_short(value) for value in (s.time_s, s.observed_s, s.present)),
                s.label or "",
                _short(s.unsure),
                *map(_short, s.probabilities or (None,) * len(EMOTIONS)),
                *map(_short, (s.yaw_deg, s.pitch_deg, s.pose_error_deg, s.away, s.size, s.dark)),
                s.own or "",
                _short(s.unidentified),
            )
            for s in seconds
        )
    return out.getvalue()


def sessions_json(student: str, chapters: Sequence[Chapter]) -> str:
    """What the report says, for programs."""
    content = {
        "format": "emotion-overlay-sessions",
        "version": VERSION,
        "student": student,
        "sessions": [_session(chapter.summary, chapter.comparison) for chapter in chapters],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _session(summary: Summary, comparison: Comparison) -> dict[str, Any]:
    session, totals = summary.session, summary.totals
    mean = totals.mean_certainty

    def at(clock: float) -> str:
        return local_time(clock, session.utc_offset_s).isoformat(timespec="seconds")

    def run(start: float, end: float) -> dict[str, Any]:
        return {"from": at(start), "to": at(end), "seconds": round(end - start, 1)}

    return {
        "id": session.id,
        "title": session.title,
        **run(summary.start, summary.end),
        "ended_how": session.ended_how,
        "app_version": session.app_version,
        "model_version": session.model_version,
        "observed_s": round(totals.observed_s, 1),
        "in_view_s": round(totals.present_s, 1),
        "unidentified_s": round(totals.unidentified_s, 1),
        "turned_away_s": round(totals.away_s, 1),
        "too_dark_s": round(totals.dark_s, 1),
        "seconds_by_label": {label: round(value, 1) for label, value in totals.label_s.items()},
        "shares": {label: round(totals.share(label), 4) for label in totals.label_s},
        "probability_by_label": {
            label: round(value, 4) for label, value in totals.certainty.items()
        },
        "mean_probability": None if mean is None else round(mean, 4),
        "changes": totals.changes,
        "changes_per_minute": round(totals.changes_per_minute, 3),
        "longest_neutral": run(*summary.neutral) if summary.neutral else None,
        "timeline": [
            {
                "state": s.state,
                **run(s.start, s.end),
                "probability": None if s.probability is None else round(s.probability, 4),
            }
            for s in summary.timeline
        ],
        "turned_away": [run(*piece) for piece in summary.away],
        "too_dark": [run(*piece) for piece in summary.dark],
        "moments": [
            {
                "kind": moment.kind,
                "state": moment.state,
                **run(moment.start, moment.start + moment.seconds),
                "text": moment.text,
            }
            for moment in summary.moments
        ],
        "marks": [{"at": at(session.began + time_s), "note": n} for time_s, n in session.marks],
        "reflections": [
            {"at": at(session.began + kept.time_s), "kind": kept.kind, "words": kept.words}
            for kept in session.reflections
        ],
        "goal": None if summary.outcome is None else _outcome(summary.outcome),
        "comparison": _comparison(comparison),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {"text": str(outcome.goal), "met": outcome.met, "seen": outcome.seen}


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "earlier_sessions": comparison.sessions,
        "measures": {
            measure.name: {
                "value": round(measure.value, 4),
                "median": round(measure.median, 4),
                "lowest": round(measure.range[0], 4),
                "highest": round(measure.range[1], 4),
            }
            for measure in comparison.measures
        },
    }


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")
