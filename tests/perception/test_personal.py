"""Adapting readings to one person, on made-up embeddings whose geometry is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.perception.personal import STRENGTHS, Personal, References, leave_one_out
from overlay.scene import EMOTIONS

WIDTH = 24
HAPPY, SAD, NEUTRAL = (EMOTIONS.index(name) for name in ("happy", "sad", "neutral"))
AXES = np.eye(WIDTH)[:7]


def readings(
    labels: list[int], rng: np.random.Generator, offset: np.ndarray | float = 0.0
) -> References:
    """Faces of a person whose embeddings are off by `offset`, read by a linear network."""
    noise = 0.3 * rng.normal(size=(len(labels), WIDTH))
    embeddings = np.maximum(AXES[labels] + 0.5 + noise + offset, 0.0)
    logits = 4 * embeddings[:, :7]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    names = tuple(EMOTIONS[i] for i in labels)
    return References(names, embeddings.astype(np.float32), probabilities.astype(np.float32))


def frowning(rng: np.random.Generator, labels: list[int]) -> References:
    """Somebody whose resting face looks sad to the network."""
    return readings(labels, rng, 0.9 * AXES[SAD])


def right(probabilities: np.ndarray, faces: References) -> float:
    truth = [EMOTIONS.index(name) for name in faces.labels]
    return float((probabilities.argmax(axis=1) == truth).mean())


SEEDS = st.integers(0, 10_000)
LABELS = st.lists(st.integers(0, 6), min_size=1, max_size=12)


@given(LABELS, SEEDS, st.sampled_from((None, *STRENGTHS)))
def test_probabilities_stay_probabilities(labels: list[int], seed: int, strength: float | None):
    rng = np.random.default_rng(seed)
    faces = readings(list(range(7)) * 2, rng)
    adapted = Personal(frowning(rng, labels), strength=strength).adapt(
        faces.embeddings, faces.probabilities
    )
    assert adapted.shape == (14, 7)
    assert adapted.dtype == np.float32
    assert (adapted >= 0).all()
    np.testing.assert_allclose(adapted.sum(axis=1), 1, atol=1e-5)


@given(LABELS, SEEDS)
def test_what_is_not_touched_keeps_its_probability(labels: list[int], seed: int):
    rng = np.random.default_rng(seed)
    faces = readings(list(range(7)) * 2, rng)
    references = frowning(rng, labels)
    personal = Personal(references, strength=3.0)
    adapted = personal.adapt(faces.embeddings, faces.probabilities)
    rest = [i for i, name in enumerate(EMOTIONS) if name not in personal.touched]
    np.testing.assert_allclose(adapted[:, rest], faces.probabilities[:, rest], atol=1e-6)
    read_as = {EMOTIONS[i] for i in references.probabilities.argmax(axis=1)}
    assert set(personal.touched) <= set(references.labels) | read_as


@given(LABELS, SEEDS)
def test_a_spared_expression_is_never_touched(labels: list[int], seed: int):
    references = frowning(np.random.default_rng(seed), labels)
    assert "sad" not in Personal(references, strength=3.0, spared=["sad"]).touched


def test_without_references_nothing_changes():
    faces = readings([0, 3, 6], np.random.default_rng(0))
    nobody = faces.take([])
    personal = Personal(nobody)
    assert personal.strength == 0
    assert personal.touched == ()
    adapted = personal.adapt(faces.embeddings, faces.probabilities)
    np.testing.assert_array_equal(adapted, faces.probabilities)
    assert personal.own_labels(faces.embeddings) == [None, None, None]


def test_one_expression_read_right_changes_nothing():
    rng = np.random.default_rng(0)
    faces = readings(list(range(7)), rng)
    smiles = readings([HAPPY] * 3, rng)
    assert (smiles.probabilities.argmax(axis=1) == HAPPY).all()
    personal = Personal(smiles)
    assert personal.touched == ()
    np.testing.assert_array_equal(
        personal.adapt(faces.embeddings, faces.probabilities), faces.probabilities
    )


def test_no_faces_are_no_trouble():
    references = frowning(np.random.default_rng(0), [HAPPY, NEUTRAL])
    adapted = Personal(references).adapt(np.empty((0, WIDTH)), np.empty((0, 7)))
    assert adapted.shape == (0, 7)


def test_a_resting_face_that_looks_sad_is_learnt():
    rng = np.random.default_rng(1)
    references = frowning(rng, [NEUTRAL, SAD, HAPPY] * 3)
    faces = frowning(rng, [NEUTRAL, SAD, HAPPY] * 30)
    adapted = Personal(references).adapt(faces.embeddings, faces.probabilities)
    assert right(faces.probabilities, faces) < 0.8
    assert right(adapted, faces) > right(faces.probabilities, faces) + 0.15


def test_more_references_weigh_more():
    rng = np.random.default_rng(2)
    face = frowning(rng, [NEUTRAL])
    probabilities = []
    for count in (0, 1, 2, 4, 8):
        # The same pictures again and again, so that only their number differs.
        references = frowning(np.random.default_rng(3), [NEUTRAL, SAD])
        repeated = references.take([0] * count + [1] * count)
        personal = Personal(repeated, strength=1.0 if count else None)
        adapted = personal.adapt(face.embeddings, face.probabilities)
        probabilities.append(adapted[0, NEUTRAL])
    assert (np.diff(probabilities) > 0).all()


def test_references_that_say_nothing_are_not_followed():
    rng = np.random.default_rng(4)
    references = readings([HAPPY, SAD, NEUTRAL] * 3, rng)
    shuffled = References(
        tuple(rng.permutation(references.labels).tolist()),
        references.embeddings,
        references.probabilities,
    )
    assert Personal(shuffled).strength == 0


def test_left_out_references_do_not_see_themselves():
    rng = np.random.default_rng(5)
    references = frowning(rng, [NEUTRAL, SAD, HAPPY] * 2)
    left_out = leave_one_out(references, 3.0)
    for i in range(len(references)):
        rest = references.take([j for j in range(len(references)) if j != i])
        alone = references.take([i])
        by_hand = Personal(rest, strength=3.0).adapt(alone.embeddings, alone.probabilities)
        np.testing.assert_allclose(left_out[i], by_hand[0], atol=1e-3)


def test_own_labels_take_no_part_in_the_seven():
    rng = np.random.default_rng(6)
    references = frowning(rng, [NEUTRAL, SAD])
    with_own = References(
        (*references.labels, "confused"),
        np.vstack([references.embeddings, references.embeddings[:1]]),
        np.vstack([references.probabilities, references.probabilities[:1]]),
    )
    faces = frowning(rng, [0, 1, 2])
    np.testing.assert_array_equal(
        Personal(with_own).adapt(faces.embeddings, faces.probabilities),
        Personal(references).adapt(faces.embeddings, faces.probabilities),
    )


def test_a_certain_network_is_no_division_by_zero():
    certain = np.eye(7, dtype=np.float32)
    references = References(("sad", "neutral"), np.ones((2, WIDTH), np.float32), certain[:2])
    adapted = Personal(references).adapt(np.zeros((7, WIDTH), np.float32), certain)
    assert np.isfinite(adapted).all()


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_strength_may_be_given(strength: float):
    references = frowning(np.random.default_rng(7), [NEUTRAL, SAD] * 2)
    assert Personal(references, strength=strength).strength == strength


def test_a_single_reference_left_out_leaves_the_network_alone():
    alone = frowning(np.random.default_rng(8), [NEUTRAL])
    with np.errstate(all="raise"):
        np.testing.assert_allclose(leave_one_out(alone, 3.0), alone.probabilities, atol=1e-6)
