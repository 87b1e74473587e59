"""What the detector takes for a face is looked at again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.errors import ModelError
from overlay.perception import face_check
from overlay.perception.detector import Detection, FaceDetector
from overlay.perception.face_check import FEATURES, FaceCheck, features, look_closer
from overlay.scene import Box, Image, KeyPoints


@pytest.fixture(scope="module")
def looking() -> Iterator[FaceDetector]:
    detector = FaceDetector(threshold=0.3)
    yield detector
    detector.close()


def test_a_face_is_confirmed_where_it_is_with_the_higher_score(
    looking: FaceDetector, portrait: Image
) -> None:
    (found,) = looking.detect(portrait)
    confirmed = FaceCheck(looking).confirm(portrait, found._replace(score=0.4))
    assert confirmed is not None
    assert confirmed.box.iou(found.box) > 0.6
    assert confirmed.score > 0.7


def test_what_the_detector_sees_only_once_is_no_face(
    looking: FaceDetector, portrait: Image
) -> None:
    flag = Box(20, 150, 80, 80)
    found = Detection(flag, 0.9, KeyPoints(*[flag.center] * 6))
    assert look_closer(looking, portrait, found) is None
    assert FaceCheck(looking).confirm(portrait, found) is None


def test_what_does_not_look_like_a_face_is_none_whatever_the_detector_says(
    looking: FaceDetector, portrait: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = looking.detect(portrait)
    noise = np.random.default_rng(0).integers(0, 255, portrait.shape, np.uint8)
    found = found._replace(score=0.6)
    monkeypatch.setattr(face_check, "detect_in", lambda *_: [found])
    check = FaceCheck(looking)
    assert check.confirm(portrait, found) is not None
    assert check.confirm(noise, found) is None
    assert check.confirm(np.full_like(portrait, 90), found) is None


def test_features_are_finite_and_do_not_depend_on_the_light(portrait: Image) -> None:
    crop = cv2.resize(cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY), (48, 48))
    bright = features(np.asarray(crop, np.uint8), 1.0, 0.0)
    dark = features(np.asarray(crop * 0.5, np.uint8), 1.0, 0.0)
    assert bright.shape == (FEATURES,)
    assert np.isfinite(bright).all()
    assert np.abs(bright - dark).mean() < 0.02


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"weights": [0.1], "bias": 0},
        {"weights": "many", "bias": 0},
        {"weights": [0] * FEATURES, "bias": None},
    ],
)
def test_numbers_that_are_incomplete_are_refused_in_one_line(
    looking: FaceDetector, tmp_path: Path, content: dict[str, object]
) -> None:
    path = tmp_path / "face_check.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ModelError, match=r"face_check\.json") as caught:
        FaceCheck(looking, path)
    assert "\n" not in str(caught.value)


def test_altered_numbers_are_refused(
    looking: FaceDetector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "face_check.json"
    path.write_bytes(face_check.face_check_path().read_bytes() + b" ")
    monkeypatch.setattr(face_check, "face_check_path", lambda: path)
    with pytest.raises(ModelError, match="altered"):
        FaceCheck(looking)
