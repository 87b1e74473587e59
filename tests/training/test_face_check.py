"""The second opinion is fitted to faces and to what is taken for one."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from overlay.perception.detector import FaceDetector
from overlay.perception.face_check import FEATURES
from overlay.scene import Image
from overlay.sources.demo import PORTRAIT
from training.errors import LabelError
from training.face_check import Examples, cross_validated, faces_of, fit, others_of, threshold


@pytest.fixture(scope="module")
def detector() -> Iterator[FaceDetector]:
    real = FaceDetector(threshold=0.3)
    yield real
    real.close()


def _made(count: int, shift: float, seed: int) -> Examples:
    random = np.random.default_rng(seed)
    rows = random.normal(0, 1, (count, FEATURES)).astype(np.float32)
    rows[:, 0] += shift
    return Examples(rows, np.arange(count), 2 * count)


def test_faces_score_above_others() -> None:
    faces, others = _made(400, 6, 0), _made(300, -6, 1)
    fitted = fit(faces.features, others.features)
    assert np.mean(fitted.scores(_made(200, 6, 2).features) > 0) > 0.98
    assert np.mean(fitted.scores(_made(200, -6, 3).features) < 0) > 0.98


def test_the_threshold_lets_a_share_of_the_pictures_through_not_of_the_mistakes() -> None:
    pictures = np.repeat(np.arange(10), 5)
    others = Examples(np.zeros((50, FEATURES), np.float32), pictures, 200)
    scores = np.arange(50, dtype=np.float64)
    spoilt = set(pictures[scores >= threshold(scores, others, 0.02)])
    assert len(spoilt) == 2
    assert threshold(scores, others, 0.5) == -np.inf


def test_each_half_is_judged_by_the_other() -> None:
    limit, kept = cross_validated(_made(300, 4, 0), _made(300, -4, 1))
    assert np.isfinite(limit)
    assert kept > 0.9


def test_tiles_are_seen_at_their_size_and_smaller(detector: FaceDetector) -> None:
    portrait = cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE)
    assert portrait is not None
    tile = cv2.resize(portrait[130:340, 160:370], (48, 48), interpolation=cv2.INTER_AREA)
    examples = faces_of(detector, np.asarray(tile, np.uint8)[None], np.random.default_rng(0))
    assert examples.features.shape == (2, FEATURES)
    assert list(examples.pictures) == [0, 0]


def test_where_nothing_is_mistaken_there_is_nothing_to_learn(detector: FaceDetector) -> None:
    wall: Image = np.full((200, 300, 3), 120, np.uint8)
    with pytest.raises(LabelError, match="nothing here"):
        others_of(detector, [wall])
