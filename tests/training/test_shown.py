"""Targets of the head that is shown, from two label sets."""

from __future__ import annotations

import numpy as np

from tests.training.conftest import make_tiles
from training.data import FER2013, NEUTRAL, Tiles
from training.shown import agreed_labels, shown_targets

ANGRY, SAD = FER2013.index("angry"), FER2013.index("sad")


def tiles_of(found: int, seen: int) -> Tiles:
    """One face, found by one word and seen by ten people as another."""
    votes = np.zeros((1, 10), np.int64)
    votes[0, seen] = 10
    return Tiles(make_tiles(1).images, np.array([found]), votes)


def test_where_both_agree_the_target_is_certain_and_counts_most() -> None:
    target = shown_targets(tiles_of(SAD, SAD))
    assert target.distribution[0, SAD] == 1
    assert target.weight[0] == 1
    assert target.margin[0] == -1


def test_a_face_that_both_call_calm_has_the_margin_on_neutrals_side() -> None:
    assert shown_targets(tiles_of(NEUTRAL, NEUTRAL)).margin[0] == 1


def test_a_weak_expression_is_half_calm_and_counts_less() -> None:
    weak = shown_targets(tiles_of(ANGRY, NEUTRAL))
    assert weak.distribution[0, [ANGRY, NEUTRAL]].tolist() == [0.5, 0.5]
    assert weak.margin[0] == 0
    contradictory = shown_targets(tiles_of(ANGRY, SAD))
    assert 1 > weak.weight[0] > contradictory.weight[0] > 0


def test_contempt_is_left_out_of_the_seven() -> None:
    target = shown_targets(tiles_of(SAD, 7))
    assert target.distribution.shape == (1, 7)
    assert target.distribution[0, SAD] == 1
    assert target.weight[0] == 0


def test_agreed_labels_are_those_that_both_name() -> None:
    assert agreed_labels(tiles_of(SAD, SAD)).tolist() == [SAD]
    assert agreed_labels(tiles_of(SAD, NEUTRAL)).tolist() == [-1]
