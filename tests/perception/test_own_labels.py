"""Labels of a person's own: shown when clearly nearest, and else not."""

from __future__ import annotations

import numpy as np
import pytest

from overlay.perception.own_labels import OwnLabels, learn_own_labels, recognised_left_out
from overlay.scene import EMOTIONS

WIDTH = 32


def faces(direction: np.ndarray, count: int, seed: int, noise: float = 0.15) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 1 + direction + noise * rng.normal(size=(count, WIDTH))


AXES = np.eye(WIDTH)
POPULATION = {name: faces(AXES[i], 40, i, noise=0.3) for i, name in enumerate(EMOTIONS)}
#: A state between looking sad and looking surprised, with something of its own.
CONFUSED = (AXES[4] + AXES[5]) / 2 + AXES[10]
NEUTRAL = AXES[6] + 0.4 * AXES[20]


@pytest.fixture
def learnt() -> OwnLabels:
    own = {"confused": faces(CONFUSED, 5, 100)}
    return learn_own_labels(own, {"neutral": faces(NEUTRAL, 3, 101)}, POPULATION)


def test_the_state_is_recognised(learnt: OwnLabels):
    found = learnt.recognise(faces(CONFUSED, 40, 102))
    assert found.count("confused") >= 36


def test_the_seven_expressions_are_not_taken_for_it(learnt: OwnLabels):
    for name, embeddings in POPULATION.items():
        assert learnt.recognise(embeddings).count("confused") <= 1, name
    assert learnt.recognise(faces(NEUTRAL, 40, 103)) == [None] * 40


def test_what_is_as_near_to_something_else_gets_no_label(learnt: OwnLabels):
    between = 0.4 * CONFUSED + 0.6 * NEUTRAL
    assert learnt.recognise(faces(between, 20, 104, noise=0.02)) == [None] * 20


def test_two_labels_are_told_apart():
    sneezing = AXES[11] + 0.5 * AXES[5]
    own = {"confused": faces(CONFUSED, 5, 105), "about to sneeze": faces(sneezing, 5, 106)}
    learnt = learn_own_labels(own, {}, POPULATION)
    assert set(learnt.recognise(faces(sneezing, 20, 107, noise=0.05))) == {"about to sneeze"}
    assert set(learnt.recognise(faces(CONFUSED, 20, 108, noise=0.05))) == {"confused"}
    assert recognised_left_out("confused", own, {}, POPULATION) == 5


def test_a_label_whose_pictures_have_nothing_in_common_is_hardly_ever_shown():
    rng = np.random.default_rng(9)
    own = {"whatever": 1 + rng.normal(size=(5, WIDTH))}
    assert recognised_left_out("whatever", own, {}, POPULATION) <= 1
    learnt = learn_own_labels(own, {}, POPULATION)
    everybody = np.concatenate(list(POPULATION.values()))
    assert learnt.recognise(everybody).count("whatever") <= 0.02 * len(everybody)


def test_a_face_in_the_middle_of_all_is_no_division_by_zero(learnt: OwnLabels):
    assert learnt.recognise(learnt.center[None]) == [None]
    assert learnt.recognise(np.empty((0, WIDTH))) == []
