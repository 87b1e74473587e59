"""A goal is a number of what is seen; a session meets it or not, and nobody is judged by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.cli import main
from overlay.errors import StudentError
from overlay.monitor.consent import give_consent
from overlay.monitor.goals import SUBJECTS, Goal, goal_of, judge, parse, set_goal
from overlay.monitor.session import begin_session
from overlay.monitor.store import Store
from overlay.monitor.students import add_student, change_profile, read_profile
from overlay.monitor.timeline import place
from tests.monitor.lessons import SOMEBODY, second, seconds, session


def command(*words):
    with pytest.raises(SystemExit, match="0"):
        main(["goal", "--student", "Ada", *words])


def outcome(goal, recorded):
    return judge(parse(goal), place(session(len(recorded)), recorded))


@pytest.mark.parametrize(
    ("written", "goal", "text"),
    [
        (
            "away at most 10 %",
            Goal("away", "at most", 0.1),
            "face turned away for at most 10 % of the time in view",
        ),
        (
            " Happy  AT LEAST 2.5%",
            Goal("happy", "at least", 0.025),
            "looked happy for at least 2.5 % of the time in view",
        ),
        (
            "surprise every 10 min",
            Goal("surprise", "every", 10),
            "looked surprised at least once in every 10 minutes in view",
        ),
    ],
)
def test_a_goal_is_read_as_people_write_it(written, goal, text):
    assert parse(written) == goal
    assert goal.text == text


SHARES = st.integers(0, 1000).map(lambda n: n / 1000)


@given(
    st.builds(Goal, st.sampled_from(SUBJECTS), st.sampled_from(["at most", "at least"]), SHARES)
    | st.builds(Goal, st.sampled_from(SUBJECTS), st.just("every"), st.integers(1, 120))
)
def test_a_goal_is_read_as_it_was_written(goal):
    read = parse(str(goal))
    assert (read.subject, read.kind) == (goal.subject, goal.kind)
    assert read.amount == pytest.approx(goal.amount)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("be nicer", "write for example 'away at most 10 %'"),
        ("happy at most", "is not a goal"),
        ("unsure at most 5 %", "it can be about away, angry"),
        ("away at most 101 %", "from 0 % to 100 %"),
        ("happy every " + "9" * 5000 + " minutes", "9…' is not a goal"),
        ("happy every 0 minutes", "every 1 to 120 minutes"),
        ("happy every 500 minutes", "every 1 to 120 minutes"),
    ],
)
def test_what_is_no_goal_is_refused_with_an_example(text, reason):
    with pytest.raises(StudentError, match=reason):
        parse(text)


def test_a_share_is_of_the_time_in_view():
    recorded = [second(t, "neutral", away=float(t < 30)) for t in range(300)]
    recorded += seconds((None, 300), (SOMEBODY, 300), start=300)
    told = outcome("away at most 10 %", recorded)
    assert (told.met, told.seen, told.verdict) == (True, "it was 10 %", "met")
    assert outcome("away at most 9 %", recorded).verdict == "not met"


def test_at_least_is_at_least():
    recorded = seconds(("happy", 30), ("neutral", 570))
    assert outcome("happy at least 5 %", recorded).met
    assert not outcome("happy at least 6 %", recorded).met


def test_every_counts_stretches_of_the_time_in_view():
    recorded = seconds(("happy", 2), ("neutral", 298), (None, 900), ("neutral", 295), ("happy", 5))
    assert outcome("happy every 5 minutes", recorded).seen == "that was so in 2 of 2"
    recorded = seconds(("happy", 2), ("neutral", 598))
    told = outcome("happy every 5 minutes", recorded)
    assert (told.met, told.seen) == (False, "that was so in 1 of 2")


def test_the_last_stretch_counts_only_if_it_is_full():
    recorded = seconds(("happy", 1), ("neutral", 598))
    assert outcome("happy every 5 minutes", recorded).seen == "that was so in 1 of 1"


def test_of_a_short_session_nothing_is_said():
    told = outcome("away at most 10 %", seconds(("neutral", 299)))
    assert (told.met, told.verdict) == (None, "too little was seen to say")
    told = outcome("happy every 20 minutes", seconds(("neutral", 900)))
    assert (told.met, told.seen) == (None, "your face was in view for less than 20 minutes")


def test_it_is_kept_in_the_profile_until_it_is_taken_back(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    student = add_student("Ada")
    assert goal_of(student) is None
    set_goal(student, parse("away at most 10 %"))
    assert goal_of(student) == Goal("away", "at most", 0.1)
    assert read_profile(student)["name"] == "Ada"
    set_goal(student, None)
    assert goal_of(student) is None
    for odd in ("be nicer", 7, ["away"]):
        change_profile(student, goal=odd)
        assert goal_of(student) is None


def test_a_session_that_begins_takes_it_along(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    student = add_student("Ada")
    give_consent(student)
    command("happy every 10 minutes")
    begin_session(student, retention_days=90).recorder.stop()
    command("--remove")
    begin_session(student, retention_days=90).recorder.stop()
    with Store.open(student.store_path) as store:
        assert [told.goal for told in store.sessions()] == ["happy every 10 minutes", ""]


def test_the_command_shows_sets_and_removes_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    add_student("Ada")
    for words, said in (
        ([], "no goal"),
        (["away at most 10%"], "away at most 10 %: face turned away for at most 10 %"),
        ([], "away at most 10 %: face turned away"),
        (["--remove"], "no goal"),
    ):
        command(*words)
        assert capsys.readouterr().out.startswith(said)
