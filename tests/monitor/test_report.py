import json
import re
import stat
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from overlay.drawing.themes import load_theme
from overlay.errors import ReportError
from overlay.monitor import formats
from overlay.monitor.report import make_report, save_report
from overlay.monitor.students import add_student
from overlay.monitor.wording import local_time
from overlay.scene import EMOTIONS, UNSURE
from tests.monitor.lessons import BEGAN, SOMEBODY, record, second, seconds, session

DAY_S = 86400.0
# What a page about expressions must never claim, measure or promise.
FORBIDDEN = re.compile(
    r"\b(is|was|were|are|felt|feels?) (very )?(happy|sad|angry|afraid|disgusted|surprised)\b"
    r"|engag|attenti|attentive|diagnosed|mood|stress|bored|\bscore",
    re.IGNORECASE,
)
VOID = {"meta", "path", "rect", "circle"}


class Page(HTMLParser):
    """Reads a page: its elements, and what can be read on it."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words, self._open = [], [], []
        self.feed(text)

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))
        if name not in VOID:
            self._open.append(name)

    def handle_endtag(self, name):
        if name not in VOID:
            assert self._open.pop() == name

    def handle_data(self, data):
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).replace("\u00a0", " ").split())

    def all(self, name):
        return [attributes for found, attributes in self.elements if found == name]


@pytest.fixture
def student(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    return add_student("Ada")


LESSON = [
    *seconds(("neutral", 600), ("happy", 40), ("neutral", 260), ("unsure", 30), (None, 120)),
    *seconds(("neutral", 540), ("sad", 10), start=1350),
    *(second(1900.0 + t, "neutral", away=1.0) for t in range(50)),
    *(second(1950.0 + t, "neutral", dark=1.0) for t in range(50)),
]


def lesson(**values):
    return session(2000, pauses=[(1050, 1350)], **values)


def page(student, **chosen):
    return Page(make_report(student, ["html"], **chosen).texts["html"])


def test_the_page_tells_what_the_face_looked_like_and_when(student):
    record(student, lesson(), LESSON)
    text = page(student).text
    assert "Physics, lesson 4" in text
    assert "Friday, 20 November 2026, 14:00 to 14:33 (33 min)" in text
    assert "Your face looked neutral for 95 %" in text
    assert "It looked happy longest at 14:10, for 40 s." in text
    assert "In view 26 min 93 % of the 28 min observed" in text
    assert "14:10 looked happy for 40 s" in text
    assert "14:15 no face in view for 2 min" in text
    assert "14:31 face turned away from the camera for 50 s" in text
    assert "14:15:30 14:17:30 2 min No face in view" in text
    assert "14:17:30 14:22:30 5 min You had paused the recording" in text
    assert "Longest neutral stretch 10 min 14:00 to 14:10" in text
    assert "For 3 % the face was turned away and for 3 % it was too dark to judge" in text


def test_the_page_counts_apart_who_may_not_have_been_the_student(student):
    recorded = seconds(("neutral", 600), (SOMEBODY, 40), ("neutral", 160))
    record(student, session(800), recorded)
    text = page(student).text
    assert "For another 40 s a face was in view, but it is not sure that it was yours" in text
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
        assert "What is usual for you can be said" not in text

    def test_it_says_that_nothing_is(self, student):
        text = self.told(student, self.USUAL, 8)
        assert "Much as usual for you. Your face looked neutral for 97 %" in text
        assert "more" not in [found.get("class") for found in page(student).all("p")]

    def test_with_too_few_sessions_nothing_is_called_usual(self, student):
        text = self.told(student, self.ODD, 7)
        assert "than usual" not in text
        assert (
            "What is usual for you can be said after 8 sessions that are long enough. There were "
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
                "Looked happy at least once in every 10 minutes in view. Not met: so it was in 1 "
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


def test_the_page_says_what_it_cannot_tell(student):
    record(student, lesson(), LESSON)
    text = page(student).text
    assert "An expression is not a feeling." in text
    assert "not a test, a grade or a diagnosis" in text
    assert "No picture was kept, nothing was sent." in text


@pytest.mark.parametrize("how", ["stopped", "idle", "app-ended", "interrupted", "running"])
def test_the_page_claims_no_feelings_and_scores_nobody(student, how):
    record(student, lesson(ended_how=how), LESSON)
    assert FORBIDDEN.findall(page(student).text) == []


def test_forbidden_words_would_be_found():
    assert FORBIDDEN.search("At 14:32 you were happy")
    assert FORBIDDEN.search("Engagement: 80 %")


def test_the_file_needs_nothing_else_and_runs_nothing(student):
    record(student, lesson(), LESSON)
    made = make_report(student, ["html"]).texts["html"]
    read = Page(made)
    names = {name for name, _ in read.elements}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base", "form"})
    assert not re.search(r"https?:|//[a-z]|@import|javascript:|data:|@font-face", made)
    assert set(re.findall(r"url\(([^)]*)\)", made)) == {
        "#hatch-absent", "#hatch-unidentified", "#hatch-paused", "#hatch-unobserved",
    }  # fmt: skip
    assert all(not key.startswith("on") for _, found in read.elements for key in found)
    policy = next(m for m in read.all("meta") if m.get("http-equiv"))
    assert policy["content"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "title",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style>&amp;\x00\x1b"],
)
def test_titles_are_text_whatever_they_contain(student, title):
    record(student, lesson(title=title), LESSON)
    read = page(student)
    assert not read.all("script")
    assert not read.all("img")
    shown = title.replace("\x00", "\ufffd").replace("\x1b", "\ufffd")
    assert shown in read.text


def test_the_student_s_name_is_text_too(student):
    hostile = add_student("<b>Bob</b></title>")
    record(hostile, lesson(), LESSON)
    read = page(hostile)
    assert "<b>Bob</b></title>" in read.text
    assert not read.all("b")


def test_a_screen_reader_finds_its_way(student):
    record(student, lesson(), LESSON)
    read = page(student)
    assert read.all("html")[0]["lang"] == "en"
    assert [len(read.all(name)) for name in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    levels = [int(name[1]) for name, _ in read.elements if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    ids = [found["id"] for _, found in read.elements if "id" in found]
    assert len(ids) == len(set(ids))
    for chart in read.all("svg"):
        named = [name for name in chart.get("aria-labelledby", "").split() if name in ids]
        assert chart.get("aria-hidden") == "true" or (chart["role"] == "img" and len(named) == 2)
    assert len(read.all("table")) >= 3
    assert all(cell.get("scope") in ("row", "col") for cell in read.all("th"))


def test_every_expression_is_named_beside_its_colour(student):
    record(student, lesson(), LESSON)
    read = page(student)
    for name in (*EMOTIONS, UNSURE, "no face in view", "paused"):
        assert re.search(rf"\b{name}\b", read.text)


def _luminance(color):
    parts = [value / 255 for value in bytes.fromhex(color)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_is_readable_in_light_and_dark(student):
    """WCAG 2.2, level AA: 4.5 to 1."""
    record(student, lesson(), LESSON)
    style = make_report(student, ["html"]).texts["html"]
    found = re.findall(r"--(page|card|well|notice|text|muted|accent): ?#([0-9a-f]{6})", style)
    light, dark = dict(found[: len(found) // 2]), dict(found[len(found) // 2 :])
    assert light.keys() == dark.keys()
    assert light != dark
    for colors in (light, dark):
        for paper in ("page", "card", "well", "notice"):
            for ink in ("text", "muted", "accent"):
                one, other = sorted((_luminance(colors[paper]), _luminance(colors[ink])))
                assert (other + 0.05) / (one + 0.05) >= 4.5, (paper, ink)


def test_colours_are_those_of_the_labels_in_the_picture(student):
    record(student, lesson(), LESSON)
    made = make_report(student, ["html"]).texts["html"]
    for theme in ("light", "dark"):
        for name, (blue, green, red) in load_theme(theme).emotions.items():
            assert f"--{name}:#{red:02x}{green:02x}{blue:02x};" in made


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
        "It is not sure that you were in view": (session(60), seconds((SOMEBODY, 60))),
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


def test_json_says_the_same_for_programs(student):
    record(student, lesson(), LESSON)
    content = json.loads(make_report(student, ["json"]).texts["json"])
    (told,) = content["sessions"]
    assert (content["format"], content["student"]) == ("emotion-overlay-sessions", "Ada")
    assert told["from"] == "2026-11-20T14:00:00+01:00"
    assert told["in_view_s"] == 1580
    assert told["seconds_by_label"]["happy"] == 40
    assert sum(told["seconds_by_label"].values()) == told["in_view_s"]
    assert sum(told["shares"].values()) == pytest.approx(1, abs=1e-3)
    assert [s["state"] for s in told["timeline"]] == [
        "neutral", "happy", "neutral", "unsure", "absent", "paused", "neutral", "sad", "neutral",
    ]  # fmt: skip
    assert sum(s["seconds"] for s in told["timeline"]) == 2000
    assert "looked happy for 40 s" in [moment["text"] for moment in told["moments"]]


def test_csv_has_a_line_for_each_second(student):
    record(student, lesson(title="=1+1"), LESSON)
    lines = make_report(student, ["csv"]).texts["csv"].splitlines()
    assert len(lines) == 1 + len(LESSON)
    row = dict(zip(lines[0].split(","), lines[611].split(","), strict=True))
    assert row["time"] == "2026-11-20T14:10:10+01:00"
    assert (row["label"], row["happy"], row["in_view"]) == ("happy", "0.8", "1")
    absent = dict(zip(lines[0].split(","), lines[931].split(","), strict=True))
    assert (absent["label"], absent["happy"], absent["in_view"]) == ("", "", "0")
    assert "=1+1" not in "".join(lines)


def test_every_documented_field_is_written_and_none_else(student):
    for day in range(4):
        record(student, lesson(began=BEGAN - day * DAY_S), LESSON)
    told = json.loads(make_report(student, ["json"]).texts["json"])["sessions"][0]
    document = Path(formats.__file__).with_name("session_data.md").read_text("utf-8")
    words = set(re.findall(r"`([a-z_]+)`", document))
    assert told.keys() <= words
    assert set(formats.CSV_COLUMNS) - set(EMOTIONS) <= words


def test_reports_lie_in_the_student_s_folder_for_their_eyes_only(student):
    record(student, lesson(), LESSON)
    (path,) = save_report(student, make_report(student, ["html"]))
    assert path == student.folder / "reports" / "2026-11-20-session-1.html"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_named_file_is_replaced_whole(student, tmp_path):
    record(student, lesson(), LESSON)
    out = tmp_path / "mine.html"
    out.write_text("old")
    made = make_report(student, ["html", "csv", "json"])
    assert save_report(student, make_report(student, ["html"]), out, force=True) == [out]
    assert out.read_text("utf-8").startswith("<!DOCTYPE html>")
    names = {path.name for path in save_report(student, made, out, force=True)}
    assert names == {"mine.html", "mine.csv", "mine.json"}
    assert {path.name for path in tmp_path.iterdir()} == {*names, "students"}


def test_a_file_that_cannot_be_written_leaves_nothing_behind(student, tmp_path):
    record(student, lesson(), LESSON)
    made = make_report(student, ["html"])
    with pytest.raises(ReportError, match="is a folder"):
        save_report(student, made, tmp_path)
    with pytest.raises(ReportError, match="cannot be written"):
        save_report(student, made, tmp_path / "nowhere" / "x.html")
    assert [path.name for path in tmp_path.iterdir()] == ["students"]
