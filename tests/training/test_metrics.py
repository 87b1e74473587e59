from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from training.metrics import (
    accuracy,
    bootstrap_interval,
    calibration_error,
    confusion_matrix,
    ferplus_majority,
    macro_f1,
    neutral_bias,
    operating_point,
    recalls,
    wilson_interval,
)

CLASSES = 7
pairs = st.lists(
    st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), min_size=1, max_size=60
)
votes = hnp.arrays(np.int64, st.tuples(st.integers(1, 20), st.just(10)), elements=st.integers(0, 6))
logits = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 40), st.just(CLASSES)),
    elements=st.floats(-8, 8, allow_nan=False),
)


def softmax(values: np.ndarray) -> np.ndarray:
    exponentials = np.exp(values - values.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


@given(pairs)
def test_confusion_accuracy_and_recall_agree(answers: list[tuple[int, int]]) -> None:
    truth, called = (np.array(column, np.int64) for column in zip(*answers, strict=True))
    matrix = confusion_matrix(called, truth, CLASSES)
    assert matrix.sum() == len(answers)
    assert np.trace(matrix) / len(answers) == pytest.approx(accuracy(called, truth))
    recall = recalls(matrix)
    counts = np.bincount(truth, minlength=CLASSES)
    assert np.array_equal(np.isnan(recall), counts == 0)
    assert np.nansum(recall * counts) == pytest.approx(np.trace(matrix))
    assert 0 <= macro_f1(matrix) <= 1


def test_perfect_answers_score_one() -> None:
    truth = np.arange(CLASSES)
    matrix = confusion_matrix(truth, truth, CLASSES)
    assert macro_f1(matrix) == 1
    assert calibration_error(np.eye(CLASSES), truth) == 0


def test_macro_f1_by_hand() -> None:
    assert macro_f1(np.array([[2, 1], [0, 1]])) == pytest.approx((0.8 + 2 / 3) / 2)


@given(logits, st.integers(0, 2**31))
def test_calibration_error_is_a_share(values: np.ndarray, seed: int) -> None:
    labels = np.random.default_rng(seed).integers(0, CLASSES, len(values))
    assert 0 <= calibration_error(softmax(values), labels) <= 1


def test_calibration_error_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.45, 0.55]])
    labels = np.array([0, 1, 1, 1])
    # two at 0.9 of which one is right, one at 0.6 and one at 0.55, both right
    assert calibration_error(probabilities, labels) == pytest.approx((0.8 + 0.4 + 0.45) / 4)


def test_calibration_of_no_images_is_not_a_number() -> None:
    assert np.isnan(calibration_error(np.zeros((0, 7)), np.zeros(0, np.int64)))
    assert np.isnan(accuracy(np.zeros(0, np.int64), np.zeros(0, np.int64)))


@pytest.mark.parametrize(
    ("row", "majority"),
    [
        ([0, 0, 0, 9, 0, 0, 1, 0, 0, 0], 3),
        ([0, 0, 0, 5, 0, 0, 5, 0, 0, 0], -1),  # half is not over half
        ([0, 0, 0, 5, 1, 1, 1, 1, 1, 0], 3),  # single votes are dropped first
        ([0, 0, 0, 2, 0, 0, 2, 0, 6, 0], -1),  # unknown has the majority
        ([0, 0, 0, 0, 0, 0, 0, 6, 2, 2], 7),  # contempt counts
        ([0, 0, 0, 3, 0, 0, 0, 0, 3, 0], -1),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 10], -1),
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], -1),
    ],
)
def test_barsoum_filter_by_hand(row: list[int], majority: int) -> None:
    assert ferplus_majority(np.array([row]))[0] == majority


@given(votes)
def test_barsoum_filter_keeps_true_majorities_only(table: np.ndarray) -> None:
    for row, answer in zip(table, ferplus_majority(table), strict=True):
        kept = [int(v) if v > 1 else 0 for v in row]
        winners = [i for i in range(8) if 2 * kept[i] > sum(kept)]
        assert answer == (winners[0] if winners else -1)


@given(logits, st.integers(0, 2**31))
def test_the_neutral_bias_is_the_smallest_that_calms(values: np.ndarray, seed: int) -> None:
    calm = np.random.default_rng(seed).random(len(values)) < 0.6
    bias = neutral_bias(values, calm, neutral=6)

    def called(extra: float) -> float:
        moved = values + (bias + extra) * np.eye(CLASSES)[6]
        return float(np.mean(moved[calm].argmax(axis=1) == 6))

    if calm.any():
        assert called(0) >= 0.95
        assert called(-1e-4) < 0.95
    else:
        assert bias == 0


@given(st.integers(1, 80), st.integers(0, 2**31))
def test_operating_point_does_not_depend_on_the_neutral_logit(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(count, CLASSES))
    labels = rng.integers(0, CLASSES, len(values))
    labels[0] = 6
    point = operating_point(softmax(values), labels, 6)
    moved = operating_point(softmax(values + 1.5 * np.eye(CLASSES)[6]), labels, 6)
    assert point.neutral_recall >= 0.95
    np.testing.assert_allclose(moved.recall, point.recall, equal_nan=True)
    assert moved.bias == pytest.approx(point.bias - 1.5, abs=1e-3)
    assert len(point.recall) == 6


def test_operating_point_of_a_perfect_model() -> None:
    labels = np.arange(CLASSES).repeat(5)
    point = operating_point(np.eye(CLASSES)[labels], labels, 6)
    assert point.mean_recall == 1
    assert point.neutral_recall == 1


def test_operating_point_by_hand_leaves_out_what_has_no_majority() -> None:
    logits = np.array([[0.0, 2.0], [0.0, 1.0], [3.0, 0.0], [1.0, 0.5], [9.0, 0.0], [9.0, 0.0]])
    point = operating_point(softmax(logits), np.array([1, 1, 0, 0, -1, 5]), neutral=1)
    assert point.neutral_recall == 1
    assert point.bias == pytest.approx(-1, abs=1e-3)
    assert point.recall == (1.0,)


def test_wilson_interval_of_textbook_cases() -> None:
    """Newcombe, 1998, table I: 81 of 263 and 0 of 20."""
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert np.isnan(wilson_interval(0, 0)).all()


def test_bootstrap_interval_of_a_mean_is_the_normal_one() -> None:
    values = np.random.default_rng(1).normal(size=400)
    low, high = bootstrap_interval(lambda drawn: float(values[drawn].mean()), 400, repeats=1000)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.02)
    assert high - low == pytest.approx(2 * 1.96 / 20, rel=0.15)
