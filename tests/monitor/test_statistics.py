import pytest
from hypothesis import given

from overlay.monitor.statistics import add_up, summarize
from overlay.monitor.timeline import SEEN, place
from tests.monitor.lessons import BEGAN, SOMEBODY, second, seconds, session, sessions, totals


def test_shares_are_of_the_time_in_view():
    counted = totals(("neutral", 60), ("happy", 30), ("unsure", 10), (None, 100))
    assert counted.observed_s == 200
    assert counted.present_s == 100
    assert counted.present_share == 0.5
    assert counted.share("neutral") == 0.6
    assert counted.share("happy") == 0.3
    assert counted.share("unsure") == 0.1


def test_a_face_that_may_not_be_the_student_s_counts_in_no_share():
    counted = totals(("neutral", 60), (SOMEBODY, 30), ("happy", 20), (None, 10))
    assert (counted.observed_s, counted.present_s, counted.unidentified_s) == (120, 80, 30)
    assert counted.present_share == pytest.approx(80 / 120)
    assert counted.unidentified_share == 0.25
    assert counted.share("happy") == 0.25


def test_a_second_counts_as_much_as_it_was_observed():
    recorded = [second(0, "happy", observed_s=0.25), second(1, "neutral", observed_s=0.75)]
    assert add_up(place(session(2), recorded)).share("happy") == 0.25


def test_changes_are_counted_a_minute_in_view():
    counted = totals(("neutral", 30), ("happy", 30), (None, 60), ("neutral", 60))
    assert counted.changes == 1
    assert counted.changes_per_minute == 0.5


def test_turning_away_and_darkness_are_counted():
    recorded = [second(t, "neutral", away=float(t < 30), dark=float(t >= 50)) for t in range(60)]
    told = summarize(session(60), recorded)
    assert (told.totals.away_s, told.totals.dark_s) == (30, 10)
    assert told.away == ((BEGAN, BEGAN + 30),)
    assert told.dark == ((BEGAN + 50, BEGAN + 60),)


def test_certainty_is_the_mean_probability_of_what_was_named():
    recorded = [
        second(0, "happy", probability=0.9),
        second(1, "neutral", probability=0.5),
        second(2, "unsure", probability=0.2),
    ]
    counted = add_up(place(session(3), recorded))
    assert counted.certainty == pytest.approx({"happy": 0.9, "neutral": 0.5})
    assert counted.mean_certainty == pytest.approx(0.7)


def test_the_longest_neutral_stretch_has_blips_of_two_seconds_at_most():
    told = summarize(
        session(200),
        seconds(("neutral", 40), ("unsure", 2), ("neutral", 30), ("happy", 3), ("neutral", 60)),
    )
    assert told.neutral == (BEGAN, BEGAN + 72)


def test_a_session_without_a_face_has_zeros_and_no_neutral_stretch():
    told = summarize(session(60), seconds((None, 60)))
    assert told.totals.present_s == told.totals.changes_per_minute == 0
    assert told.totals.share("happy") == 0
    assert told.totals.mean_certainty is None
    assert told.neutral is None
    assert [gap.state for gap in told.gaps] == ["absent"]


def test_a_clock_that_was_set_is_noticed_and_one_that_drifts_is_not():
    for set_by, told in ((3600, 3600), (-3600, -3600), (1, 0)):
        recorded = [
            second(t, "neutral", clock=BEGAN + t + (set_by if t >= 30 else 0)) for t in range(60)
        ]
        assert summarize(session(60 + set_by), recorded).clock_set_s == told


@given(sessions())
def test_shares_sum_to_one_and_times_fit_into_each_other(drawn):
    counted = summarize(*drawn).totals
    assert sum(counted.label_s.values()) == pytest.approx(counted.present_s)
    assert counted.present_s + counted.unidentified_s <= counted.observed_s + 1e-9
    assert max(counted.away_s, counted.dark_s) <= counted.present_s + 1e-9
    if counted.present_s:
        assert sum(map(counted.share, SEEN)) == pytest.approx(1)


@given(sessions())
def test_the_neutral_stretch_and_moments_lie_inside_the_session(drawn):
    told = summarize(*drawn)
    inside = [(m.start, m.start + m.seconds) for m in told.moments]
    inside += [told.neutral] if told.neutral else []
    assert all(told.start <= start < end <= told.end + 1 for start, end in inside)
