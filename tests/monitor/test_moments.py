from overlay.monitor.moments import MOST_OF_A_KIND
from overlay.monitor.statistics import summarize
from tests.monitor.lessons import BEGAN, SOMEBODY, second, seconds, session


def moments(recorded, length_s=None):
    told = summarize(session(length_s or len(recorded)), recorded)
    return [(m.start - BEGAN, m.text) for m in told.moments]


def test_a_long_smile_is_told_with_its_length():
    recorded = seconds(("neutral", 60), ("happy", 40), ("neutral", 60))
    assert moments(recorded) == [(60, "looked happy for 40 s")]


def test_a_smile_goes_on_over_a_blip():
    recorded = seconds(("neutral", 60), ("happy", 20), ("unsure", 2), ("happy", 18), ("neutral", 9))
    assert moments(recorded) == [(60, "looked happy for 40 s")]


def test_brief_expressions_and_long_neutral_stretches_are_no_moments():
    assert moments(seconds(("neutral", 600), ("surprise", 3), ("neutral", 600))) == []


def test_only_the_longest_of_an_expression_are_told_in_order_of_time():
    parts = [part for n in range(6, 16) for part in (("happy", n), ("neutral", 120))]
    told = moments(seconds(*parts))
    assert [text for _, text in told] == [f"looked happy for {n} s" for n in (13, 14, 15)]
    assert len(told) == MOST_OF_A_KIND


def test_turning_away_absence_and_doubt_are_told_when_long():
    recorded = seconds(("neutral", 100), (None, 90), ("unsure", 75), ("neutral", 100))
    recorded += [second(365.0 + t, "neutral", away=1.0) for t in range(80)]
    assert moments(recorded) == [
        (100, "no face in view for 1 min 30 s"),
        (190, "no clear reading for 1 min 15 s"),
        (365, "face turned away from the camera for 1 min 20 s"),
    ]


def test_somebody_who_may_not_be_the_student_is_told_when_they_stay():
    recorded = seconds(("neutral", 100), (SOMEBODY, 90), ("neutral", 100), (SOMEBODY, 30))
    assert moments(recorded) == [(100, "not sure it was you for 1 min 30 s")]


def test_a_burst_of_changes_is_told_once():
    parts = [(label, 4) for _ in range(6) for label in ("happy", "neutral")]
    told = moments(seconds(("neutral", 100), *parts, ("neutral", 100)))
    assert told == [(100, "expression changed 12 times within a minute")]


def test_expressions_are_told_as_looks():
    parts = [("disgust", 6), ("fear", 6), ("surprise", 6), ("angry", 6), ("sad", 6)]
    texts = [text for _, text in moments(seconds(*parts))]
    looks = ("disgusted", "afraid", "surprised", "angry", "sad")
    assert texts == [f"looked {look} for 6 s" for look in looks]


def test_every_mark_is_a_moment_with_the_student_s_note():
    recorded = seconds(("neutral", 60), ("happy", 40), ("neutral", 60))
    told = summarize(session(160, marks=[(90.5, "the exam question"), (20, "")]), recorded)
    assert [(m.kind, m.start - BEGAN, m.text) for m in told.moments] == [
        ("mark", 20, "you marked this"),
        ("expression", 60, "looked happy for 40 s"),
        ("mark", 90.5, "you marked this: “the exam question”"),
    ]
