from itertools import pairwise

import pytest
from hypothesis import given

from overlay.monitor.timeline import GAPS, SEEN, Stretch, build_timeline, changes_at, place, runs
from overlay.scene import UNSURE
from tests.monitor.lessons import BEGAN, SOMEBODY, second, seconds, session, sessions


def timeline(told, recorded):
    return build_timeline(told, place(told, recorded))


def states(stretches):
    return [(s.state, s.start - BEGAN, s.end - BEGAN) for s in stretches]


def test_seconds_that_look_the_same_become_one_stretch_with_its_mean_probability():
    recorded = [second(0, "happy", probability=0.6), second(1, "happy", probability=0.8)]
    (stretch,) = timeline(session(2), recorded)
    assert stretch == Stretch("happy", BEGAN, BEGAN + 2, 0.7)


def test_time_without_a_face_is_a_gap():
    told = timeline(session(90), seconds(("neutral", 30), (None, 20), ("happy", 40)))
    assert states(told) == [("neutral", 0, 30), ("absent", 30, 50), ("happy", 50, 90)]


def test_a_face_that_may_not_be_the_student_s_is_a_gap_of_its_own():
    told = timeline(session(60), seconds(("neutral", 30), (SOMEBODY, 20), (None, 10)))
    assert states(told) == [("neutral", 0, 30), ("unidentified", 30, 50), ("absent", 50, 60)]


@pytest.mark.parametrize(
    ("present", "unidentified", "state"),
    [(0.5, 0.5, "happy"), (0.3, 0.3, "unidentified"), (0.0, 0.4, "absent"), (0.3, 0.0, "absent")],
)
def test_a_second_is_told_by_what_held_for_most_of_it(present, unidentified, state):
    mixed = second(0, "happy")._replace(present=present, unidentified=unidentified)
    assert states(timeline(session(1), [mixed])) == [(state, 0, 1)]


def test_a_hole_is_a_pause_where_the_student_paused_and_else_unobserved():
    recorded = seconds(("neutral", 10)) + seconds(("neutral", 10), start=100)
    told = timeline(session(110, pauses=[(30, 60)]), recorded)
    assert states(told) == [
        ("neutral", 0, 10),
        ("unobserved", 10, 30),
        ("paused", 30, 60),
        ("unobserved", 60, 100),
        ("neutral", 100, 110),
    ]


def test_a_session_that_went_on_after_its_last_second_ends_unobserved():
    assert states(timeline(session(60), seconds(("sad", 20)))) == [
        ("sad", 0, 20),
        ("unobserved", 20, 60),
    ]


def test_a_session_without_any_second_was_unobserved():
    assert states(timeline(session(60), [])) == [("unobserved", 0, 60)]


def test_a_session_without_duration_has_no_timeline():
    assert timeline(session(0), []) == ()


def test_seconds_that_were_hardly_observed_say_nothing():
    recorded = [second(t, None, observed_s=0.01) for t in range(5)]
    assert states(timeline(session(5), recorded)) == [("unobserved", 0, 5)]


def test_setting_the_clock_during_a_session_makes_no_hole_and_tells_nothing_twice():
    recorded = [
        second(t, "neutral", clock=BEGAN + t + (7200 if t >= 50 else 0) - (60 if t >= 80 else 0))
        for t in range(100)
    ]
    told = session(100 + 7140)
    assert states(timeline(told, recorded)) == [("neutral", 0, 100)]


def test_changes_are_counted_from_one_named_expression_to_the_next():
    told = session(60)
    recorded = seconds(("neutral", 5), (UNSURE, 3), ("happy", 5), (UNSURE, 2), ("happy", 5))
    assert changes_at(place(told, recorded)) == [BEGAN + 8]


def test_an_expression_after_a_gap_is_no_change():
    assert changes_at(place(session(30), seconds(("neutral", 5), (None, 5), ("happy", 5)))) == []


def test_runs_bridge_short_interruptions_only():
    spans = place(session(60), seconds(("happy", 5), (UNSURE, 2), ("happy", 5), (UNSURE, 3)))
    found = runs(spans, lambda span: span.state == "happy", bridge_s=2)
    assert found == [(BEGAN, BEGAN + 12)]
    assert len(runs(spans, lambda span: span.state == "happy", bridge_s=1)) == 2


@given(sessions())
def test_stretches_tile_the_session(drawn):
    told, recorded = drawn
    stretches = timeline(told, recorded)
    for before, after in pairwise(stretches):
        assert before.end == after.start
        assert before.state != after.state
    assert all(s.end > s.start and s.state in (*SEEN, *GAPS) for s in stretches)
    if stretches:
        assert stretches[0].start == told.began
        assert abs(stretches[-1].end - told.ended) <= 1.5


@given(sessions())
def test_what_is_seen_lasts_as_long_as_its_seconds(drawn):
    told, recorded = drawn
    stretches = timeline(told, recorded)
    seen_s = sum(s.seconds for s in stretches if s.state in SEEN)
    counted = sum(1 for row in recorded if row.label is not None and row.observed_s >= 0.05)
    # A hole of up to 1.5 s belongs to a second beside it; so does what is left at the end.
    steps = [after.time_s - before.time_s for before, after in pairwise(recorded)]
    holes_s = sum(step - 1 for step in steps if step - 1 <= 1.5)
    assert abs(seen_s - counted) <= holes_s + 1.5
