"""Questions about moments of a session, and the student's own words about them."""

import re
from typing import get_args

import pytest

from overlay.cli import main
from overlay.errors import ReportError, StoreError
from overlay.monitor import reflecting
from overlay.monitor.moments import Kind
from overlay.monitor.records import Reflection
from overlay.monitor.reflect_command import moments_of, write
from overlay.monitor.reflecting import MOST_QUESTIONS, prompts
from overlay.monitor.report import make_report
from overlay.monitor.statistics import summarize
from overlay.monitor.store import Store
from tests.monitor.lessons import record, seconds, session
from tests.monitor.pages import FORBIDDEN, Page

RECORDED = seconds(("neutral", 60), ("happy", 40), ("neutral", 60), ("sad", 9), (None, 90))
LENGTH_S = len(RECORDED)


@pytest.fixture
def student(student):
    record(student, session(LENGTH_S, marks=[(30.5, "springs")]), RECORDED)
    return student


def summary(marks=(), reflections=(), recorded=RECORDED):
    told = session(len(recorded), marks=marks)
    object.__setattr__(told, "reflections", tuple(reflections))
    return summarize(told, recorded)


def asked(told):
    return [prompt.moment.text for prompt in prompts(told) if prompt.moment]


def test_marks_are_asked_about_and_moments_that_were_found():
    assert asked(summary(marks=[(30.5, "springs")])) == [
        "you marked this: “springs”",
        "looked happy for 40 s",
        "looked sad for 9 s",
        "no face in view for 1 min 30 s",
    ]


def test_not_everything_is_asked_about():
    smiles = [part for _ in range(3) for part in (("happy", 9), ("neutral", 60), ("sad", 7))]
    recorded = seconds(*smiles, (None, 70), ("neutral", 60), (None, 80))
    told = summary(recorded=recorded)
    assert len(told.moments) > MOST_QUESTIONS
    texts = asked(told)
    assert len(texts) == MOST_QUESTIONS
    assert {"looked happy for 9 s", "looked sad for 7 s", "no face in view for 1 min 20 s"} <= {
        *texts
    }


def test_every_mark_is_asked_about_however_many_there_are():
    assert len(prompts(summary(marks=[(10.0 * n, "") for n in range(9)]))) == 9


def test_there_is_a_question_about_every_kind_and_it_claims_nothing():
    assert set(reflecting.QUESTIONS) == set(get_args(Kind))
    assert not any(FORBIDDEN.search(question) for question in reflecting.QUESTIONS.values())


def test_words_belong_to_the_moment_of_their_time_and_kind():
    kept = [Reflection(60.0, "expression", "the joke"), Reflection(60.0, "changes", "odd")]
    told = prompts(summary(reflections=kept))
    words = {(prompt.time_s, prompt.kind): prompt.words for prompt in told if prompt.words}
    assert words == {(60.0, "expression"): "the joke", (60.0, "changes"): "odd"}
    assert [prompt.moment is None for prompt in told if prompt.words] == [False, True]


def test_words_are_asked_for_one_by_one_and_kept(student):
    answers = iter(["I was lost", "", "-", ""])
    count = write(student, moments_of(student), lambda _: next(answers))
    assert count == 1
    with Store.open(student.store_path) as store:
        assert store.sessions()[0].reflections == (Reflection(30.5, "mark", "I was lost"),)
    told = moments_of(student)[0]
    assert told.told == "1  14:00 you marked this: “springs”"
    assert told.words == "I was lost"
    write(student, [told], lambda _: "-")
    with Store.open(student.store_path) as store:
        assert store.sessions()[0].reflections == ()


def test_words_have_an_end_and_moments_a_number(student):
    with pytest.raises(StoreError, match="use at most 1000"):
        write(student, moments_of(student, moment=1), lambda _: "x" * 1001)
    with pytest.raises(ReportError, match="session 1 has no moment 9: it has 4"):
        moments_of(student, moment=9)


def test_the_page_asks_and_shows_the_words(student):
    command = ["reflect", "--student", "Ada", "--moment", "2"]
    with pytest.raises(SystemExit, match="0"):
        main([*command, "--words", "<b>the</b> joke about\nfriction"])
    page = Page(make_report(student, ["html"]).texts["html"])
    assert "14:01 looked happy for 40 s What was going on?" in page.text
    assert "<b>the</b> joke about friction" in page.text
    assert "What made you mark this moment?" in page.text
    assert not page.all("b")
    assert len(page.all("blockquote")) == 1
    assert "emotion-overlay reflect --student Ada --session 1 asks you" in page.text


def test_words_need_a_moment(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["reflect", "--student", "Ada", "--words", "the joke"])
    assert ended.value.code == 2
    assert re.search("name it with --moment NUMBER$", capsys.readouterr().err.strip())


def test_erasing_erases_the_words(student):
    write(student, moments_of(student, moment=1), lambda _: "nobody must read this")
    with Store.open(student.store_path) as store:
        store.erase()
    left = [path for path in student.folder.rglob("*") if path.is_file()]
    assert all(b"nobody must read this" not in path.read_bytes() for path in left)
    assert all(b"springs" not in path.read_bytes() for path in left)
