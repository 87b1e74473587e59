from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.conftest import make_tiles
from training.calm import GROUPS, CalmFaces
from training.data import NEUTRAL
from training.decision import (
    QUALITIES,
    Rule,
    doubts,
    fit_operating_point,
    fit_temperature,
    risk_coverage,
    sensitivities,
    softmax,
    unsure_threshold,
    weighted_quantile,
)

CLEAR = [0.5, 0.15, 0.3, 0.16]


def calm_of(count: int) -> CalmFaces:
    images = np.zeros((count, 48, 48), np.uint8)
    return CalmFaces(images, np.full(count, "people"), np.arange(count).astype(str))


def qualities(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.uniform([0.1, 0.05, 0.2, 0.02], [0.9, 0.3, 1.2, 0.2], (count, 4))


def calm_logits(rng: np.random.Generator, quality: np.ndarray) -> np.ndarray:
    """Logits of calm faces that look less calm the less symmetric and sharp they are."""
    logits = rng.normal(size=(len(quality), 7))
    logits[:, NEUTRAL] += 5 - doubts(quality) @ [0, 3, 1.5]
    return logits


def test_a_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 5)) * 2
    labels = np.array([rng.choice(5, p=p) for p in softmax(logits)])
    assert fit_temperature(logits * 3, np.eye(5)[labels]) == pytest.approx(3, rel=0.1)


def test_95_percent_of_each_kind_of_calm_face_stay_neutral() -> None:
    rng = np.random.default_rng(0)
    quality = qualities(rng, 6000)
    quality[:2000] = CLEAR
    quality[4000:, 2], quality[4000:, 3] = CLEAR[2], 0.02
    calm = CalmFaces(
        np.zeros((6000, 48, 48), np.uint8),
        np.repeat(["people", "tiles", "blurred"], 2000),
        np.arange(6000).astype(str),
    )
    logits = calm_logits(rng, quality)
    rule = fit_operating_point(Rule(), logits, quality, calm)
    neutral = rule.logits(logits, quality).argmax(axis=1) == NEUTRAL
    for group in GROUPS:
        assert neutral[calm.groups == group].mean() == pytest.approx(0.95, abs=0.005)
    assert rule.asymmetry > 1


def test_faces_of_one_kind_alone_decide_the_level_alone() -> None:
    rng = np.random.default_rng(0)
    quality = qualities(rng, 500)
    logits = calm_logits(rng, quality)
    rule = fit_operating_point(Rule(), logits, quality, calm_of(500))
    assert (rule.asymmetry, rule.blur) == (0, 0)
    assert np.mean(rule.logits(logits, quality).argmax(axis=1) == NEUTRAL) >= 0.95


def test_sensitivities_keep_their_shares_of_calm_faces_neutral() -> None:
    rng = np.random.default_rng(1)
    quality = qualities(rng, 4000)
    logits = calm_logits(rng, quality)
    rule = Rule(emotion_temperature=1.7)
    rule = fit_operating_point(rule, logits, quality, calm_of(4000))
    shifts = sensitivities(rule, logits, quality, calm_of(4000))
    shares = {}
    for name, shift in shifts.items():
        shown = rule.logits(logits, quality)
        shown[:, NEUTRAL] += shift
        shares[name] = np.mean(shown.argmax(axis=1) == NEUTRAL)
    assert shares == pytest.approx({"calm": 0.98, "balanced": 0.95, "sensitive": 0.9}, abs=0.002)
    assert shifts["balanced"] == 0


@given(asymmetry=st.floats(0, 3), sharpness=st.floats(0, 1), more=st.floats(0, 1))
def test_a_less_symmetric_or_more_blurred_face_is_never_read_more_boldly(
    asymmetry: float, sharpness: float, more: float
) -> None:
    rule = Rule(neutral_bias=-3, asymmetry=2, blur=1)
    clear = np.array([[0.5, 0.1, asymmetry, sharpness]])
    worse = np.array([[0.5, 0.1, asymmetry + more, max(0.0, sharpness - more)]])
    assert rule.bias(worse)[0] >= rule.bias(clear)[0]


def test_a_clear_face_leaves_no_doubt() -> None:
    assert QUALITIES == ("luminance", "contrast", "asymmetry", "sharpness")
    assert doubts(np.array([CLEAR])).tolist() == [[1, 0, 0]]
    assert doubts(np.array([[0.5, 0.15, 2.0, 0.0]])).tolist() == [[1, 1, 1]]


def test_a_heavier_value_reaches_its_quantile_sooner() -> None:
    values, even = np.array([3.0, 1.0, 2.0]), np.ones(3)
    assert weighted_quantile(values, even, 0.5) == pytest.approx(2, abs=1e-5)
    assert weighted_quantile(values, np.array([1.0, 8.0, 1.0]), 0.5) == pytest.approx(1, abs=1e-5)


def test_surer_faces_are_more_often_right() -> None:
    tiles = make_tiles(700)
    logits = 2.5 * np.eye(7)[tiles.labels] + np.random.default_rng(0).normal(size=(700, 7))
    probabilities = softmax(logits)
    curve = risk_coverage(probabilities, tiles, (1.0, 0.5))
    assert curve[1]["fer2013"] > curve[0]["fer2013"]
    assert curve[1]["ferplus"] > curve[0]["ferplus"]
    threshold = unsure_threshold(probabilities, 0.8)
    assert np.mean(probabilities.max(axis=1) >= threshold) == pytest.approx(0.8, abs=0.01)
