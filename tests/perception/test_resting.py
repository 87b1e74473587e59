"""A person's resting face is learnt, an expression is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.perception.resting import KEPT_S, LEARNT_S, RestingFace
from overlay.scene import EMOTIONS

ANGRY, HAPPY, NEUTRAL = (EMOTIONS.index(name) for name in ("angry", "happy", "neutral"))
TYPICAL = np.array([-5.0, -6, -6, -6, -4, -6, 0])


def reading(**odds: float) -> np.ndarray:
    """Probabilities of a typical calm face but for these logarithms of odds to neutral."""
    logits = TYPICAL.copy()
    for name, value in odds.items():
        logits[EMOTIONS.index(name)] = value
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum()


def watch(resting: RestingFace, seen: np.ndarray, start_s: float, end_s: float) -> None:
    for time_s in np.arange(start_s, end_s, 0.2):
        resting.observe(seen, float(time_s))


STERN = reading(angry=0.5)


def test_a_stern_resting_face_is_neutral_once_it_is_known() -> None:
    resting = RestingFace(TYPICAL)
    assert STERN.argmax() == ANGRY
    watch(resting, STERN, 0, LEARNT_S - 2)
    assert not resting.learnt
    assert resting.allow_for(STERN).argmax() == ANGRY
    watch(resting, STERN, LEARNT_S - 2, LEARNT_S + 2)
    assert resting.learnt
    assert resting.allow_for(STERN).argmax() == NEUTRAL


def test_anger_is_still_seen_on_a_stern_face() -> None:
    resting = RestingFace(TYPICAL)
    watch(resting, STERN, 0, 60)
    assert resting.allow_for(reading(angry=4.0)).argmax() == ANGRY
    assert resting.allow_for(reading(happy=3.0, angry=0.5)).argmax() == HAPPY


@given(start=st.floats(0, 600), held=st.floats(1, 20))
def test_an_expression_held_for_twenty_seconds_is_never_learnt(start: float, held: float) -> None:
    resting, undisturbed = RestingFace(TYPICAL), RestingFace(TYPICAL)
    calm, anger = reading(), reading(angry=4.0)
    watch(undisturbed, calm, 0, start + held + LEARNT_S + 3)
    watch(resting, calm, 0, start)
    watch(resting, anger, start, start + held)
    watch(resting, calm, start + held, start + held + LEARNT_S + 3)
    for seen in (anger, calm):
        np.testing.assert_allclose(resting.allow_for(seen), undisturbed.allow_for(seen), atol=1e-5)


def test_a_very_calm_face_is_read_more_boldly() -> None:
    resting = RestingFace(TYPICAL)
    watch(resting, reading(happy=-9.0), 0, 60)
    faint = reading(happy=-0.5)
    assert faint.argmax() == NEUTRAL
    assert resting.allow_for(faint).argmax() == HAPPY


def test_what_was_learnt_fades_slowly() -> None:
    resting = RestingFace(TYPICAL)
    watch(resting, STERN, 0, 60)
    watch(resting, reading(), 60, 60 + KEPT_S + 60)
    assert resting.allow_for(STERN).argmax() == ANGRY


@given(angry=st.floats(-12, 12), happy=st.floats(-12, 12))
def test_readings_stay_probabilities(angry: float, happy: float) -> None:
    resting = RestingFace(TYPICAL)
    watch(resting, reading(angry=angry), 0, 60)
    seen = resting.allow_for(reading(happy=happy))
    assert seen.sum() == pytest.approx(1, abs=1e-5)
    assert (seen >= 0).all()
