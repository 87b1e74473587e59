from __future__ import annotations

import numpy as np
import pytest

from tests.training.conftest import make_tiles
from training.data import NEUTRAL, Tiles
from training.decision import (
    Rule,
    cross_fitted_sensitivity,
    fit_rule,
    fit_temperature,
    risk_coverage,
    sensitivity,
    softmax,
    unsure_threshold,
)
from training.metrics import calibration_error, neutral_bias

PRIORS = np.array([0.1, 0.02, 0.05, 0.3, 0.1, 0.13, 0.28, 0.02])


@pytest.fixture
def judged() -> tuple[np.ndarray, np.ndarray, Tiles]:
    """Noisy logits of both heads for tiles whose label they mostly know."""
    rng = np.random.default_rng(0)
    tiles = make_tiles(700)
    fer2013 = 2.5 * np.eye(7)[tiles.labels] + rng.normal(size=(700, 7))
    ferplus = 2.5 * np.eye(8)[tiles.labels] + rng.normal(size=(700, 8)) + np.log(PRIORS)
    return fer2013, ferplus, tiles


def test_a_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 5)) * 2
    labels = np.array([rng.choice(5, p=p) for p in softmax(logits)])
    assert fit_temperature(logits * 3, np.eye(5)[labels]) == pytest.approx(3, rel=0.1)


def test_the_rule_keeps_calm_faces_calm(
    judged: tuple[np.ndarray, np.ndarray, Tiles],
) -> None:
    fer2013, ferplus, tiles = judged
    rule = fit_rule(fer2013, ferplus, tiles, PRIORS)
    shown = rule.logits(fer2013, ferplus, PRIORS).argmax(axis=1)
    calm = tiles.labels == NEUTRAL
    assert np.mean(shown[calm] == NEUTRAL) >= 0.95
    assert np.mean(shown[calm] == NEUTRAL) < 0.97


def test_the_rule_is_at_least_as_sensitive_as_the_plain_head(
    judged: tuple[np.ndarray, np.ndarray, Tiles],
) -> None:
    fer2013, ferplus, tiles = judged
    best = fit_rule(fer2013, ferplus, tiles, PRIORS)
    plain = ferplus[:, :7] / best.ferplus_temperature
    plain[:, NEUTRAL] += neutral_bias(plain, tiles.labels == NEUTRAL, NEUTRAL)
    shown = best.logits(fer2013, ferplus, PRIORS)
    assert sensitivity(shown, tiles.labels) >= sensitivity(plain, tiles.labels)
    assert best.prior_power > 0


def test_the_top_probability_is_calibrated(
    judged: tuple[np.ndarray, np.ndarray, Tiles],
) -> None:
    fer2013, ferplus, tiles = judged
    logits = fit_rule(fer2013, ferplus, tiles, PRIORS).logits(fer2013, ferplus, PRIORS)
    assert calibration_error(softmax(logits), tiles.labels) < 0.06


def test_cross_fitting_reports_plausible_figures(
    judged: tuple[np.ndarray, np.ndarray, Tiles],
) -> None:
    recall, calm = cross_fitted_sensitivity(*judged, PRIORS)
    assert 0.5 < recall < 1
    assert 0.85 < calm <= 1


def test_the_offset_is_the_priors_and_the_bias() -> None:
    rule = Rule(1, 1, prior_power=1, blend=0, neutral_bias=0.5)
    expected = -np.log(PRIORS[:7])
    expected[NEUTRAL] += 0.5
    np.testing.assert_allclose(rule.logits(np.zeros((1, 7)), np.zeros((1, 8)), PRIORS)[0], expected)


def test_surer_faces_are_more_often_right(
    judged: tuple[np.ndarray, np.ndarray, Tiles],
) -> None:
    fer2013, _, tiles = judged
    probabilities = softmax(fer2013)
    curve = risk_coverage(probabilities, tiles, (1.0, 0.5))
    assert curve[1]["fer2013"] > curve[0]["fer2013"]
    assert curve[1]["ferplus"] > curve[0]["ferplus"]
    threshold = unsure_threshold(probabilities, 0.8)
    assert np.mean(probabilities.max(axis=1) >= threshold) == pytest.approx(0.8, abs=0.01)
