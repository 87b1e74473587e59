"""What the board's window and the terminal show of a class, in types that JSON knows."""

from __future__ import annotations

from typing import Any

from overlay.classroom.chart import board_chart, lesson_moments, sharing
from overlay.classroom.codes import spelled
from overlay.classroom.groups import LEAST
from overlay.classroom.lesson import Row
from overlay.classroom.running import RunningClass
from overlay.classroom.states import STATES
from overlay.language import _
from overlay.monitor.timeline import ABSENT
from overlay.monitor.wording import clock_time, state_name

#: The colour of nobody in view, as in HTML: for light and dark windows.
_ABSENT_COLORS = ("#9aa0aa", "#6d7683")


def first_view(running: RunningClass) -> dict[str, Any]:
    """What stays the same: title, code, link, QR code, the names and colours of states."""
    return {
        "title": running.board.lesson.title,
        "code": spelled(running.code),
        "link": running.link,
        "qr": qr_rows(running.link),
        "states": [
            {"state": state, "name": state_name(state), "light": light, "dark": dark}
            for state, light, dark in zip(STATES, _colors("light"), _colors("dark"), strict=True)
        ],
        "least": LEAST,
    }


def view(running: RunningClass) -> dict[str, Any]:
    """What changes from interval to interval."""
    lesson = running.board.lesson
    last = lesson.rows[-1].shares if lesson.rows else None
    return {
        "line": headline(lesson.rows[-1])
        if lesson.rows
        else _("Waiting for the first person to join"),
        "problem": running.problem or running.board.notice,
        "shares": None if last is None else [last.percent[state] for state in STATES],
        "chart": board_chart(lesson),
        "moments": [
            f"{clock_time(moment.start, lesson.utc_offset_s)}  {moment.text}"
            for moment in lesson_moments(lesson)
        ],
    }


def headline(row: Row) -> str:
    """How many share, and how many of them the sum is of."""
    if row.shares is None:
        return _("{sharing}; percentages need a group of at least {least}").format(
            sharing=sharing(row.sharing), least=LEAST
        )
    return _("{sharing}; percentages are of {members} of them, in steps of {step} %").format(
        sharing=sharing(row.sharing), members=row.shares.members, step=row.shares.step
    )


def qr_rows(text: str) -> list[str]:
    """A QR code as rows of `0` and `1`, with the quiet zone around it."""
    import qrcode

    code = qrcode.QRCode(border=2)
    code.add_data(text)
    return ["".join("1" if dark else "0" for dark in row) for row in code.get_matrix()]


def _colors(theme: str) -> list[str]:
    from overlay.drawing.themes import css_color, load_theme

    emotions = load_theme(theme).emotions
    found = []
    for state in STATES:
        if state == ABSENT:
            found.append(_ABSENT_COLORS[theme == "dark"])
        else:
            found.append(css_color(emotions[state]))
    return found
