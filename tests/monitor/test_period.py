"""A week and a month of sessions on one page."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.cli import main
from overlay.errors import ReportError
from overlay.monitor.period import Period
from overlay.monitor.records import Reflection
from overlay.monitor.report import make_report, save_report
from overlay.monitor.statistics import add_together, add_up
from overlay.monitor.store import Store
from overlay.monitor.timeline import place
from tests.monitor.lessons import BEGAN, record, seconds, session
from tests.monitor.pages import DAY_S, FORBIDDEN, Page

SMILING = seconds(("neutral", 540), ("happy", 60))
SAD = seconds(("neutral", 570), ("sad", 30))


@pytest.fixture
def student(student):
    """Sessions on Friday the 20th, Thursday, the Friday before, and in October."""
    for days, title, recorded in (
        (30, "Chemistry", SAD),
        (7, "History", SAD),
        (1, "English", SMILING),
        (0, "Physics", SMILING),
    ):
        told = session(
            600,
            title=title,
            began=BEGAN - days * DAY_S,
            goal="happy at least 5 %" if days < 30 else "",
            marks=[(90, "a good question")] if title == "Physics" else [],
        )
        record(student, told, recorded)
    return student


def page(student, period, first=None):
    return Page(make_report(student, ["html"], period=period, first=first).texts["html"])


@given(st.dates(), st.sampled_from(["week", "month"]))
def test_every_day_lies_in_one_week_and_one_month(day, kind):
    if not date(1, 3, 1) < day < date(9999, 11, 1):
        return
    period = Period.around(day, kind)
    assert day in period.days
    assert Period.around(period.first, kind) == Period.around(period.last, kind) == period
    assert (period.first - period.before.last).days == 1
    assert period.first.weekday() == 0 if kind == "week" else period.first.day == 1
    assert len(period.days) == 7 if kind == "week" else 28 <= len(period.days) <= 31


def test_the_week_of_the_latest_session_is_told(student):
    text = page(student, "week").text
    assert "Week of 16 November 2026 16 November 2026 to 22 November 2026" in text
    assert (
        "2 sessions, 20 min in view. Your face looked neutral for 90 % and happy for 10 % of the "
        "time in view."
    ) in text
    assert "The week before: 1 session, 10 min in view." in text
    assert "Goal met 2 of 2" in text
    assert "Physics 20 Nov, 14:00 10 min of 10 min" in text
    assert "History" not in text


def test_the_month_of_a_day_is_told(student):
    text = page(student, "month", date(2026, 10, 31)).text
    assert "October 2026 1 October 2026 to 31 October 2026" in text
    assert "1 session, 10 min in view." in text
    assert "There is nothing from the month before to compare with." in text
    assert "Goal" not in text
    assert "From session to session" not in text, "one session is no series"
    text = page(student, "month").text
    assert "3 sessions" in text
    assert "Goal met 2 of 3" in text
    assert "Each dot is one of the 3 sessions" in text


def test_every_day_has_a_row_and_every_session_a_strip(student):
    read = page(student, "week")
    charts = [chart for chart in read.all("svg") if chart.get("role") == "img"]
    assert [chart["class"] for chart in charts] == ["wide", "narrow"]
    for day in ("Mon 16", "Sun 22"):
        assert read.text.count(day) == 2
    assert "Fri 20, 14:00: Physics in view 10 min: neutral 90 %, happy 10 %" in read.text


def test_sessions_after_midnight_and_of_many_hours_have_their_place(student):
    late = session(7200, began=BEGAN + 9.5 * 3600, title="Late")
    record(student, late, seconds(("neutral", 7200)))
    long = session(6 * 3600, began=BEGAN - 3 * DAY_S - 14 * 3600, title="Long")
    record(student, long, seconds(("neutral", 6 * 3600)))
    text = page(student, "week").text
    assert "Fri 20, 23:30: Late" in text
    assert "Tue 17, 00:00: Long" in text


def test_what_was_marked_and_written_stands_together(student):
    with Store.open(student.store_path) as store:
        store.reflect(4, Reflection(90.0, "mark", "I had not thought of it"))
        store.reflect(4, Reflection(540.0, "expression", "the joke"))
    text = page(student, "week").text
    assert (
        "Fri 20, 14:01 you marked this: “a good question” I had not thought of it Physics "
        "Fri 20, 14:09 looked happy for 1 min the joke Physics"
    ) in text
    assert FORBIDDEN.findall(text) == []


def test_a_screen_reader_finds_its_way(student):
    read = page(student, "month")
    ids = [found["id"] for _, found in read.elements if "id" in found]
    assert len(ids) == len(set(ids))
    for chart in read.all("svg"):
        named = [name for name in chart.get("aria-labelledby", "").split() if name in ids]
        assert chart.get("aria-hidden") == "true" or (chart["role"] == "img" and len(named) == 2)


def test_programs_get_the_sessions_of_the_period(student):
    made = make_report(student, ["json", "csv"], period="week")
    told = json.loads(made.texts["json"])["sessions"]
    assert [each["title"] for each in told] == ["English", "Physics"]
    assert len(made.texts["csv"].splitlines()) == 1 + 1200


def test_a_period_has_a_file_of_its_own(student):
    (path,) = save_report(student, make_report(student, ["html"], period="week"))
    assert path.name == "2026-11-16-week.html"


def test_a_period_without_sessions_is_said(student):
    with pytest.raises(ReportError, match="no session between 2026-06-01 and 2026-06-30"):
        make_report(student, ["html"], period="month", first=date(2026, 6, 9))


def test_sessions_without_a_face_have_a_page(student):
    record(student, session(60, began=BEGAN + 60 * DAY_S), seconds((None, 60)))
    assert "1 session, but your face was never in view." in page(student, "week").text


@pytest.mark.parametrize(
    "words",
    [["--week", "--month"], ["--week", "--session", "1"], ["--month", "--to", "2026-11-20"]],
)
def test_a_period_is_named_in_one_way(student, words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["report", "--student", "Ada", *words])
    assert ended.value.code == 2
    assert "use one of them, with --from to name the day" in capsys.readouterr().err


def test_the_command_writes_it(student, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["report", "--student", "Ada", "--month", "--from", "2026-10-02"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip().endswith("2026-10-01-month.html")


def test_together_sessions_are_as_one():
    whole = add_up(place(session(1200), [*SMILING, *seconds(("sad", 600), start=600)]))
    parts = [
        add_up(place(session(600), SMILING)),
        add_up(place(session(600), seconds(("sad", 600)))),
    ]
    together = add_together(parts)
    assert together.present_s == whole.present_s
    assert together.label_s == whole.label_s
    assert together.certainty == pytest.approx(whole.certainty)
    assert add_together([]).share("happy") == 0
