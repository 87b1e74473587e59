"""The page about a session: what it tells, and of which session."""

import json
import re

import pytest

from overlay.errors import ReportError
from overlay.monitor.report import make_report
from overlay.monitor.wording import local_time
from tests.monitor.lessons import BEGAN, SOMEBODY, record, second, seconds, session
from tests.monitor.pages import DAY_S, FORBIDDEN, LESSON, Page, lesson, page


def test_the_page_tells_what_the_face_looked_like_and_when(student):
    record(student, lesson(), LESSON)
    text = page(student).text
    assert "Physics, lesson 4" in text
    assert "Friday, 20 November 2026, 14:00 to 14:33 (33 min)" in text
    assert "Your face looked neutral for 95 %" in text
    assert "The longest time it looked happy began at 14:10 and lasted 40 s." in text
    assert "In view 26 min 93 % of the 28 min observed" in text
    assert "14:10 looked happy for 40 s" in text
    assert "14:15 no face in view for 2 min" in text
    assert "14:31 face turned away from the camera for 50 s" in text
    assert "14:15:30 14:17:30 2 min No face in view" in text
    assert "14:17:30 14:22:30 5 min You paused the recording" in text
    assert "Longest neutral stretch 10 min 14:00 to 14:10" in text
    assert "For 3 % the face was turned away and for 3 % it was too dark to judge" in text


def test_the_page_counts_apart_who_may_not_have_been_the_student(student):
    recorded = seconds(("neutral", 600), (SOMEBODY, 40), ("neutral", 160))
    record(student, session(800), recorded)
    text = page(student).text
    assert "For another 40 s a face was in view that may not have been yours" in text
    assert "Not sure it was you 40 s 5 % of the 13 min observed" in text
    assert "14:10:00 14:10:40 40 s Not sure it was you: a face was in view" in text
    assert "None: your face was in view all the time" not in text
    told = make_report(student, ["json", "csv"]).texts
    (content,) = json.loads(told["json"])["sessions"]
    assert (content["in_view_s"], content["unidentified_s"]) == (760, 40)
    assert [s["state"] for s in content["timeline"]] == ["neutral", "unidentified", "neutral"]
    head, *lines = [line.split(",") for line in told["csv"].splitlines()]
    assert [line[head.index("unidentified")] for line in lines] == [
        *"0" * 600,
        *"1" * 40,
        *"0" * 160,
    ]


def test_the_parts_of_the_session_add_up_to_it(student):
    record(student, session(2000, pauses=[(1050, 1350)]), LESSON[:-20])
    assert (
        "The 33 min of this session in view 26 min no face in view 2 min paused 5 min "
        "not observed 20 s"
    ) in page(student).text


def test_short_gaps_are_counted_with_their_reasons(student):
    parts = [("neutral", 60), (None, 4), ("neutral", 60), (SOMEBODY, 3), ("neutral", 60), (None, 2)]
    record(student, session(189), seconds(*parts))
    assert "3 short gaps, 9 s together: no face in view 2 times and not sure it was you once." in (
        page(student).text
    )


def test_a_clock_that_was_set_is_told(student):
    recorded = [second(t, "neutral", clock=BEGAN + t + 3600 * (t > 300)) for t in range(600)]
    record(student, session(600), recorded)
    assert "The computer’s clock was set forward by 1 h during this session." in page(student).text


class TestTheFirstSentence:
    USUAL = (*seconds(("neutral", 560), ("happy", 20), ("neutral", 20)),)
    ODD = (*seconds(("neutral", 400), ("happy", 100), ("neutral", 100)),)

    def told(self, student, recorded, earlier):
        for day in range(earlier):
            told = session(600, began=BEGAN - (earlier - day) * DAY_S)
            record(student, told, list(self.USUAL))
        record(student, session(600), list(recorded))
        return page(student).text

    def test_it_says_what_is_far_from_the_student_s_usual(self, student):
        text = self.told(student, self.ODD, 8)
        assert (
            "Your face looked happy for 17 % of the time in view, more than usual for you "
            "(about 3 %)."
        ) in text
        assert "Your face looked neutral for 83 % of the time in view." in text
        assert "reports say what is usual for you" not in text

    def test_it_says_that_nothing_is(self, student):
        text = self.told(student, self.USUAL, 8)
        assert "Much as usual for you. Your face looked neutral for 97 %" in text
        assert "more" not in [found.get("class") for found in page(student).all("p")]

    def test_with_too_few_sessions_nothing_is_called_usual(self, student):
        text = self.told(student, self.ODD, 7)
        assert "than usual" not in text
        assert (
            "After 8 sessions that are long enough, reports say what is usual for you. There were "
            "7 before this one."
        ) in text


class TestTheGoal:
    @pytest.mark.parametrize(
        ("goal", "told"),
        [
            (
                "away at most 10 %",
                "Your goal Face turned away for at most 10 % of the time in view. Met: it was 3 %.",
            ),
            (
                "happy every 10 minutes",
                "Looked happy at least once in every 10 minutes in view. Not met: that was so in 1 "
                "of 2.",
            ),
        ],
    )
    def test_the_page_says_whether_it_was_met(self, student, goal, told):
        record(student, lesson(goal=goal), LESSON)
        text = page(student).text
        assert told in text
        assert FORBIDDEN.findall(text) == []

    def test_each_session_has_the_goal_that_was_in_force(self, student):
        record(student, lesson(goal="away at most 1 %"), LESSON)
        assert "at most 1 % of the time in view. Not met: it was 3 %" in page(student).text
        record(student, lesson(began=BEGAN + DAY_S), LESSON)
        assert "Your goal" not in page(student).text

    def test_programs_are_told_too(self, student):
        record(student, lesson(goal="away at most 10 %"), LESSON)
        (told,) = json.loads(make_report(student, ["json"]).texts["json"])["sessions"]
        assert told["goal"] == {"text": "away at most 10 %", "met": True, "seen": "it was 3 %"}


class TestTheTimeline:
    def test_it_says_in_words_what_it_shows_where_it_is_pointed_at(self, student):
        record(student, lesson(marks=[(615, "springs")]), LESSON)
        text = page(student).text
        assert "14:10:00 to 14:10:30: happy 100 %" in text
        assert "14:15:30 to 14:16:00: no face in view" in text
        assert "14:10:15 you marked this: “springs”" in text

    def test_it_is_drawn_twice_for_wide_and_for_narrow_screens(self, student):
        record(student, lesson(), LESSON)
        charts = [chart for chart in page(student).all("svg") if chart.get("role") == "img"]
        assert [chart["class"] for chart in charts] == ["wide", "narrow"]

    def test_a_long_note_is_cut_there_and_whole_in_the_list(self, student):
        note = "word " * 150 + "end"
        record(student, lesson(marks=[(615, note)]), LESSON)
        read = page(student)
        below = [words for words in read.words if words.startswith("14:10:15 you marked this")]
        assert [len(words) for words in below] == [
            pytest.approx(130, abs=2),
            pytest.approx(52, abs=2),
        ]
        assert all(words.endswith("…") for words in below)
        assert read.text.count("word end”") == 2

    @pytest.mark.parametrize(("chart", "width"), [("wide", 1000), ("narrow", 390)])
    def test_a_hundred_marks_have_room(self, student, chart, width):
        record(student, lesson(marks=[(5 * n, "") for n in range(100)]), LESSON)
        made = make_report(student, ["html"]).texts["html"]
        drawn = made[made.index(f'class="{chart}"') :].partition("</svg>")[0]
        places = [float(x) for x in re.findall(r'<rect x="([\d.]+)"[^>]*class="moment"', drawn)]
        assert len(places) == 100
        assert places == sorted(places)
        assert places[0] > 0
        assert places[-1] < width


def test_earlier_sessions_are_compared_once_there_are_enough(student):
    for day in range(3):
        record(student, lesson(began=BEGAN - (4 - day) * DAY_S), LESSON)
        assert "Too few to compare yet" in page(student).text
    record(student, lesson(), LESSON)
    text = page(student).text
    assert "Each dot is one of 3 earlier sessions" in text
    assert "Looked happy 2.5 % this session Earlier 2.5 % to 2.5 %, median 2.5 %" in text


def test_several_sessions_make_one_page_with_an_overview(student):
    for day in range(5):
        told = lesson(began=BEGAN - day * DAY_S, title=f"Lesson on day {day}")
        record(student, told, LESSON)
    made = make_report(student, ["html"], first=_date(-3), last=_date(-1))
    read = Page(made.texts["html"])
    assert made.name == "2026-11-17-to-2026-11-19"
    assert "3 sessions" in read.text
    assert "Tuesday, 17 November 2026 to Thursday, 19 November 2026" in read.text
    assert [a["href"] for a in read.all("a")] == ["#s1", "#s2", "#s3"]
    assert {"s1", "s2", "s3"} <= {h.get("id") for h in read.all("h2")}
    assert "day 0" not in read.text
    assert "day 4" not in read.text


def _date(days):
    return local_time(BEGAN + days * DAY_S, 3600).date()


def test_odd_sessions_have_pages_too(student):
    odd = {
        "Nothing was recorded in this session": (session(0, ended_how="interrupted"), []),
        "No face was in view during the 50 min": (session(3000), seconds((None, 3000))),
        "It is not certain that it was you": (session(60), seconds((SOMEBODY, 60))),
        "Your face looked happy for 100 % of the time in view": (
            session(10),
            seconds(("happy", 10)),
        ),
        "In view 6 h 100 % of the 6 h observed": (session(21600), seconds(("neutral", 21600))),
    }
    for sentence, (told, recorded) in odd.items():
        number = record(student, told, recorded)
        assert sentence in page(student, number=number).text


def test_the_latest_session_is_told_unless_another_is_named(student):
    first = record(student, lesson(title="old", began=BEGAN - DAY_S), LESSON)
    record(student, lesson(title="new"), LESSON)
    assert "new" in page(student).text
    assert "old" in page(student, number=first).text
    with pytest.raises(ReportError, match=r"no session 77: there are sessions 1, 2"):
        make_report(student, ["html"], number=77)


def test_a_damaged_database_is_not_told_as_if_nothing_had_been_recorded(student):
    lesson_of = seconds(("happy", 40))
    record(student, session(40), lesson_of)
    student.store_path.write_bytes(b"no database " * 400)
    with pytest.raises(ReportError, match=r"was damaged .*kept as sessions\.sqlite\.corrupt-"):
        make_report(student, ["html"])


def test_without_sessions_the_cure_is_named(student):
    with pytest.raises(ReportError, match="emotion-overlay monitor --student"):
        make_report(student, ["html"])
