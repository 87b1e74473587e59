"""Labels do not flicker, and follow a real change within half a second."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.perception.smoothing import EmotionSmoother, OwnLabelSmoother, judge, to_emotion
from overlay.scene import EMOTIONS, UNSURE, Emotion

UNSURE_BELOW = 0.45


def reading(label: str, probability: float, second: str = "sad") -> np.ndarray:
    """Probabilities of which one stands out; a second label gets most of the rest."""
    values = np.full(7, (1 - probability) * 0.1 / 5)
    values[EMOTIONS.index(label)] = probability
    values[EMOTIONS.index(second)] = (1 - probability) * 0.9
    return values


def shown(readings: list[np.ndarray], hz: float) -> list[Emotion]:
    smoother, emotions = EmotionSmoother(UNSURE_BELOW), []
    for i, probabilities in enumerate(readings):
        smoother.update(probabilities, i / hz)
        assert smoother.emotion is not None
        emotions.append(smoother.emotion)
    return emotions


def changes(emotions: list[Emotion]) -> int:
    return sum(a.label != b.label for a, b in pairwise(emotions))


def test_nothing_is_said_before_the_first_reading() -> None:
    assert EmotionSmoother(UNSURE_BELOW).emotion is None


def test_the_first_reading_counts_at_once() -> None:
    assert shown([reading("happy", 0.9)], 15)[0].label == "happy"
    assert shown([reading("happy", 0.4)], 15)[0].label in (UNSURE, "sad")


@pytest.mark.parametrize("hz", [5, 15, 30])
def test_a_smile_is_seen_within_half_a_second(hz: int) -> None:
    calm, smile = [reading("neutral", 0.9)] * (2 * hz), [reading("happy", 0.9)] * hz
    emotions = shown(calm + smile, hz)
    labels = [e.label for e in emotions[2 * hz :]]
    assert labels.index("happy") / hz <= 0.5
    # Not on the strength of a single reading, however sure.
    assert labels[0] == "neutral"
    assert changes(emotions) <= 2


@pytest.mark.parametrize("hz", [5, 15, 30])
def test_two_labels_that_take_turns_do_not_flicker(hz: int) -> None:
    turns = [reading("neutral", 0.6), reading("sad", 0.55, second="neutral")] * (5 * hz)
    assert changes(shown(turns, hz)) <= 1


def test_a_single_odd_reading_changes_nothing() -> None:
    calm = [reading("neutral", 0.85)] * 15
    assert changes(shown([*calm, reading("angry", 0.95), *calm], 15)) == 0


def test_a_face_near_the_threshold_does_not_blink() -> None:
    wavering = np.random.default_rng(0).normal(UNSURE_BELOW, 0.03, 300)
    readings = [np.r_[(1 - p) / 6 * np.ones(6), p] for p in wavering]
    assert changes(shown(readings, 15)) <= 300 / 15 * 0.2


def hard_to_read(values: list[float], unsure_below: float, hz: int = 15) -> list[str]:
    """Labels of a face whose readings are as probably neutral as this."""
    smoother, labels = EmotionSmoother(UNSURE_BELOW), []
    for i, probability in enumerate(values):
        smoother.update(reading("neutral", probability), i / hz, unsure_below)
        assert smoother.emotion is not None
        labels.append(smoother.emotion.label)
    return labels


def test_a_face_that_is_hard_to_read_keeps_its_label_while_its_readings_scatter() -> None:
    scattered = np.random.default_rng(0).normal(0.76, 0.1, 300).clip(0.5, 0.95)
    assert set(hard_to_read([0.85, *scattered], 0.8)) == {"neutral"}


def test_a_face_that_is_hard_to_read_gets_no_label_on_weak_readings() -> None:
    assert set(hard_to_read([0.7] * 60, 0.8)) == {UNSURE}


def test_a_face_that_is_hard_to_read_loses_its_label_when_little_speaks_for_it() -> None:
    assert hard_to_read([0.85] * 15 + [0.5] * 30, 0.8)[-1] == UNSURE


def test_a_covered_face_loses_its_label_however_probable_it_is() -> None:
    smoother = EmotionSmoother(UNSURE_BELOW)
    for i in range(30):
        smoother.update(reading("neutral", 0.95), i / 15, UNSURE_BELOW if i < 15 else 1.1)
    assert smoother.emotion is not None
    assert smoother.emotion.label == UNSURE


def test_the_first_reading_is_judged_as_in_a_picture() -> None:
    first = np.array([0.195, 0, 0, 0, 0, 0, 0.805])
    smoother = EmotionSmoother(UNSURE_BELOW)
    smoother.update(first, 0.0, 0.8)
    assert smoother.emotion is not None
    assert smoother.emotion.label == judge(first, 0.8) == "neutral"


def test_a_face_that_says_nothing_is_unsure_with_its_best_candidate() -> None:
    even = np.full(7, 0.14)
    even[EMOTIONS.index("fear")] = 0.16
    emotion = shown([reading("neutral", 0.9)] * 5 + [even] * 30, 15)[-1]
    assert emotion.label == UNSURE
    assert emotion.probability == max(emotion.probabilities)


def test_the_rate_of_readings_does_not_matter() -> None:
    def at(hz: int) -> float:
        readings = [reading("neutral", 0.9)] * hz + [reading("happy", 0.9)] * (hz // 5)
        return shown(readings, hz)[-1].probabilities[EMOTIONS.index("happy")]

    assert at(10) == pytest.approx(at(30), abs=0.12)


probabilities = st.lists(st.floats(0, 1), min_size=7, max_size=7).map(
    lambda values: (np.array(values) + 1e-6) / (np.sum(values) + 7e-6)
)


@given(st.lists(st.tuples(probabilities, st.floats(0, 1)), min_size=1, max_size=30))
def test_what_is_shown_is_always_a_label_with_probabilities(
    readings: list[tuple[np.ndarray, float]],
) -> None:
    smoother, time_s = EmotionSmoother(UNSURE_BELOW), 0.0
    for values, gap in readings:
        time_s += gap
        smoother.update(values, time_s)
        emotion = smoother.emotion
        assert emotion is not None
        assert emotion.label in (*EMOTIONS, UNSURE)
        assert sum(emotion.probabilities) == pytest.approx(1)
        assert emotion.probability in emotion.probabilities


@given(probabilities, st.floats(0, 1))
def test_judging_alone_is_the_most_probable_or_unsure(
    values: np.ndarray, unsure_below: float
) -> None:
    label = judge(values, unsure_below)
    emotion = to_emotion(values, label)
    assert emotion.probability == pytest.approx(values.max())
    assert (label == UNSURE) == (values.max() < unsure_below)


def test_an_own_label_appears_after_most_readings_had_it_and_goes_again() -> None:
    smoother, shown = OwnLabelSmoother(), []
    for i in range(30):
        smoother.update("confused" if 10 <= i < 20 else None, i / 10)
        shown.append(smoother.label)
    assert shown[:12] == [None] * 12
    assert shown[15:20] == ["confused"] * 5
    assert shown[26:] == [None] * 4


def test_a_single_reading_shows_no_own_label() -> None:
    smoother = OwnLabelSmoother()
    smoother.update(None, 0.0)
    smoother.update("confused", 0.1)
    assert smoother.label is None


def test_one_own_label_replaces_another() -> None:
    smoother = OwnLabelSmoother()
    for i in range(20):
        smoother.update("confused" if i < 10 else "bored", i / 10)
    assert smoother.label == "bored"
