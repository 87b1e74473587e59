"""Scenes become seconds that say how much was seen, and never more than was seen."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.monitor.measures import TOO_DARK, Meter
from overlay.monitor.records import Second
from overlay.scene import EMOTIONS, UNSURE, Face
from tests.monitor.scenes import emotion, face, scene

BEGAN = 1e9


def observe(meter: Meter, time_s: float, *faces: Face, clock: float | None = None) -> None:
    meter.observe(scene(time_s, *faces), time_s, BEGAN + time_s if clock is None else clock)


def measured(begin: float, end: float, *faces: Face, hz: int = 10, known: bool = True) -> Meter:
    """A meter that knows the student already and saw these faces for a while."""
    meter = Meter()
    if known:
        for i in range(3 * hz):
            observe(meter, i / hz, *faces[:1] or (face(),))
        meter.take(3.0)
        meter.interrupt()
    for i in range(round(begin * hz), round(end * hz)):
        observe(meter, i / hz, *faces)
    return meter


def test_a_second_of_smiling():
    (second,) = measured(3, 4, face()).take()
    assert second.time_s == 3.0
    assert second.clock == pytest.approx(BEGAN + 3)
    assert second.observed_s == pytest.approx(0.9, abs=0.11)
    assert (second.present, second.unsure, second.away, second.dark) == (1, 0, 0, 0)
    assert second.label == "happy"
    assert second.probabilities == pytest.approx(emotion("happy").probabilities)
    assert second.size == pytest.approx(200 / 720)


def test_the_first_second_finds_out_who_the_student_is():
    first, second = measured(0, 2, face(), known=False).take()
    assert (first.present, first.unidentified) == (0, 1)
    assert first.label is None
    assert second.present == 1


def test_an_own_label_counts_if_half_of_the_pictures_have_it():
    smile = face()
    assert smile.emotion is not None
    confused = replace(smile, emotion=replace(smile.emotion, own="confused"))
    for shown, expected in ((9, "confused"), (2, None)):
        meter = measured(3, 3, smile)
        for i in range(10):
            observe(meter, 3 + i / 10, confused if i < shown else smile)
        (second,) = meter.take()
        assert (second.own, second.label) == (expected, "happy")


def test_nobody_there():
    (second,) = measured(3, 4).take()
    assert second == Second(
        3.0, second.clock, second.observed_s, 0, 0, None, None, None, None, None, 0, None, 0
    )
    assert second.observed_s > 0.8


def test_a_face_that_may_be_somebody_else_s_is_counted_apart():
    meter = measured(3, 3.7, face())
    for i in range(3):
        observe(meter, 3.7 + i / 10, face(2, x=100, size=330))
    (second,) = meter.take()
    assert (second.present, second.unidentified) == (pytest.approx(0.7), pytest.approx(0.3))
    assert second.label == "happy"
    assert meter.unidentified
    observe(meter, 4.0)
    assert not meter.unidentified


def test_half_a_second_away_is_half_present():
    meter = measured(3, 3.5, face())
    for i in range(5):
        observe(meter, 3.5 + i / 10)
    (second,) = meter.take()
    assert second.present == 0.5
    assert second.label == "happy"


def test_the_label_is_the_most_frequent_one_and_unsure_is_counted():
    meter = measured(3, 3.6, face(label="unsure"))
    for i in range(4):
        observe(meter, 3.6 + i / 10, face(label="sad"))
    (second,) = meter.take()
    assert second.label == UNSURE
    assert second.unsure == 0.6


def test_a_dark_face_cannot_be_judged():
    assert measured(3, 4, face(luminance=TOO_DARK - 1)).take()[0].dark == 1
    assert measured(3, 4, face(luminance=TOO_DARK + 1)).take()[0].dark == 0
    assert measured(3, 4, face(luminance=None)).take()[0].dark == 0


def test_a_face_that_has_not_been_read_is_present_without_a_label():
    (second,) = measured(3, 4, face(label=None)).take()
    assert (second.present, second.label, second.probabilities) == (1, None, None)


def test_seconds_without_any_frame_have_no_row():
    meter = measured(3, 4, face())
    for i in range(10):
        observe(meter, 60 + i / 10, face())
    assert [second.time_s for second in meter.take()] == [3.0, 60.0]


def test_a_gap_is_not_counted_as_observed():
    meter = measured(3, 3.2, face())
    observe(meter, 3.95, face())
    (second,) = meter.take()
    assert second.observed_s == pytest.approx(0.1 + 0.1)


def test_slow_perception_still_covers_its_seconds():
    meter = measured(3, 3.1, face())
    for time_s in (3.5, 4.0, 4.5, 5.0):
        observe(meter, time_s, face())
    seconds = {second.time_s: second.observed_s for second in meter.take()}
    assert seconds[3.0] == pytest.approx(1.0, abs=0.11)
    assert seconds[4.0] == pytest.approx(1.0)


def test_a_second_is_taken_once_it_is_over():
    meter = measured(3, 4.5, face())
    assert meter.take(3.9) == []
    assert [second.time_s for second in meter.take(4.2)] == [3.0]
    assert [second.time_s for second in meter.take()] == [4.0]
    assert meter.take() == []


def test_a_scene_of_a_second_that_was_taken_is_left_out():
    meter = measured(3, 4, face())
    meter.take()
    observe(meter, 3.95, face())
    assert meter.take() == []


def test_the_clock_of_a_second_is_the_walls_whatever_it_does():
    meter = Meter()
    for i in range(10):
        observe(meter, i / 10, face(), clock=BEGAN + i / 10)
    for i in range(10):  # set back by an hour
        observe(meter, 1 + i / 10, face(), clock=BEGAN - 3600 + 1 + i / 10)
    first, second = meter.take()
    assert (first.clock, second.clock) == pytest.approx((BEGAN, BEGAN - 3599))
    assert (first.time_s, second.time_s) == (0.0, 1.0)


def test_what_nobody_takes_is_bounded(monkeypatch):
    monkeypatch.setattr("overlay.monitor.measures._MOST_SECONDS", 20)
    meter = Meter()
    for i in range(50):
        observe(meter, i + 0.5, face())
    assert [second.time_s for second in meter.take()] == list(range(30, 50))


steps = st.lists(
    st.tuples(
        st.floats(0.01, 3.0),
        st.sampled_from(["none", "student", "other", "both"]),
        st.sampled_from([*EMOTIONS, UNSURE]),
        st.booleans(),
    ),
    max_size=120,
)


def play(meter: Meter, events, take: bool = False) -> list[Second]:
    time_s, taken = 0.0, []
    for step, who, label, take_now in events:
        time_s += step
        faces = []
        if who in ("student", "both"):
            faces.append(face(1, label=label))
        if who in ("other", "both"):
            faces.append(face(2, x=100, size=180))
        observe(meter, time_s, *faces)
        if take and take_now:
            taken += meter.take(time_s)
    return taken + meter.take()


@given(steps)
def test_shares_are_shares_and_nothing_is_observed_twice(events):
    seconds = play(Meter(), events)
    times = [second.time_s for second in seconds]
    assert times == sorted(set(times))
    total = sum(step for step, *_ in events)
    assert sum(second.observed_s for second in seconds) <= total + 0.1 + 1e-6
    for second in seconds:
        shares = (
            second.observed_s,
            second.present,
            second.unsure,
            second.away,
            second.dark,
        )
        assert all(0 <= share <= 1 for share in shares)
        assert second.observed_s > 0
        assert (second.label is None) == (second.probabilities is None) == (second.present == 0)
        assert second.present > 0 or second.unsure == 0
        if second.probabilities:
            assert math.isclose(sum(second.probabilities), 1, rel_tol=1e-9)


@given(steps)
def test_it_makes_no_difference_when_seconds_are_taken(events):
    assert play(Meter(), events) == play(Meter(), events, take=True)


@given(steps)
def test_every_frame_counts_in_its_own_second_alone(events):
    time_s, seen = 0.0, set()
    for step, *_ in events:
        time_s += step
        seen.add(int(time_s))
        on_the_edge = time_s % 1 < 1e-9
        if on_the_edge:
            return  # it speaks for the second before
    assert {int(second.time_s) for second in play(Meter(), events)} == seen
