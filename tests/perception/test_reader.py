"""Many faces are read in turn, those first that were not read for longest; the same crop once."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from overlay.perception.classifier import Classifier
from overlay.perception.detector import Detection, FaceDetector
from overlay.perception.reader import Reader
from overlay.scene import UNSURE, Image
from tests.perception.conftest import BuildModel


@pytest.fixture
def reader(build_model: BuildModel) -> Reader:
    return Reader(Classifier(build_model()))


@pytest.fixture(scope="module")
def faces(detector: FaceDetector, portrait: Image) -> dict[int, Detection]:
    """Five tracks of the same face."""
    (face,) = detector.detect(portrait)
    return dict.fromkeys(range(1, 6), face)


def test_new_faces_come_first_and_then_the_oldest(
    reader: Reader, faces: dict[int, Detection], portrait: Image
) -> None:
    order = []
    before: dict[int, float | None] = dict.fromkeys(faces, None)
    for turn in range(6):
        reader.read(portrait, faces, float(turn), most=2)
        now = {number: reader.read_s(number) for number in faces}
        order.append(sorted(n for n in faces if now[n] != before[n]))
        before = now
    assert order == [[1, 2], [3, 4], [1, 5], [2, 3], [1, 4], [2, 5]]


def test_a_face_keeps_its_emotion_until_it_is_read_again(
    reader: Reader, faces: dict[int, Detection], portrait: Image
) -> None:
    reader.read(portrait, faces, 0.0)
    first = reader.emotion(5)
    reader.read(np.zeros_like(portrait), faces, 1.0, most=4)
    assert first is not None
    assert reader.emotion(5) == first
    assert reader.emotion(1) != first


def test_a_face_that_is_not_kept_is_forgotten(
    reader: Reader, faces: dict[int, Detection], portrait: Image
) -> None:
    reader.read(portrait, faces, 0.0)
    reader.keep([2])
    assert reader.emotion(1) is None
    assert reader.read_s(1) is None
    assert reader.luminance(1) is None
    assert reader.emotion(2) is not None


STILL_S = 0.2


@pytest.fixture
def asked(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many crops the network was asked about, each time."""
    counts: list[int] = []
    inner = reader._classifier.classify

    def classify(crops: Any) -> Any:
        counts.append(len(crops))
        return inner(crops)

    monkeypatch.setattr(reader._classifier, "classify", classify)
    return counts


def test_a_crop_that_stays_the_same_is_read_once_and_still_counts_as_read(
    reader: Reader, faces: dict[int, Detection], portrait: Image, asked: list[int]
) -> None:
    noise = np.random.default_rng(0).normal(0, 4, portrait.shape)
    noisy = np.clip(portrait + noise, 0, 255).astype(np.uint8)
    for time_s, image in ((0.0, portrait), (0.07, noisy), (0.13, portrait)):
        reader.read(image, {1: faces[1]}, time_s, still_s=STILL_S)
        assert reader.read_s(1) == time_s
    assert asked == [1]
    reader.read(portrait, {1: faces[1]}, 0.21, still_s=STILL_S)
    assert asked == [1, 1]


def test_a_mouth_that_opens_is_read_at_once_and_only_that_face(
    reader: Reader, faces: dict[int, Detection], portrait: Image, asked: list[int]
) -> None:
    mouth, reach = faces[1].keypoints.mouth, faces[1].box.width / 8
    opened = cv2.ellipse(portrait.copy(), (mouth, (2 * reach, reach), 0), (30, 20, 40), -1)
    elsewhere = faces[2]._replace(box=faces[2].box._replace(x=0, y=0))
    both = {1: faces[1], 2: elsewhere}
    reader.read(portrait, both, 0.0, still_s=STILL_S)
    reader.read(np.asarray(opened, np.uint8), both, 0.07, still_s=STILL_S)
    assert asked == [2, 1]


def test_slow_changes_add_up(
    reader: Reader, faces: dict[int, Detection], portrait: Image, asked: list[int]
) -> None:
    for step in range(8):
        darker = (portrait * (1 - 0.03 * step)).astype(np.uint8)
        reader.read(darker, {1: faces[1]}, 0.01 * step, still_s=STILL_S)
    assert 2 <= len(asked) <= 5


def test_without_leave_to_rest_every_crop_is_read(
    reader: Reader, faces: dict[int, Detection], portrait: Image, asked: list[int]
) -> None:
    for turn in range(3):
        reader.read(portrait, faces, turn / 30)
    assert asked == [5, 5, 5]


def test_who_it_adapts_to_counts_from_the_next_frame_on(
    reader: Reader, faces: dict[int, Detection], portrait: Image, asked: list[int]
) -> None:
    reader.read(portrait, {1: faces[1]}, 0.0, still_s=STILL_S)
    reader.personalize(None)
    reader.read(portrait, {1: faces[1]}, 0.07, still_s=STILL_S)
    assert asked == [1, 1]


def test_a_covered_mouth_is_unsure_and_says_why(
    build_model: BuildModel, faces: dict[int, Detection], portrait: Image
) -> None:
    reader = Reader(Classifier(build_model(covered=True)))
    ((emotion, _),) = reader.read_alone(portrait, [faces[1]])
    assert (emotion.label, emotion.reason) == (UNSURE, "covered")
    reader.read(portrait, faces, 0.0)
    followed = reader.emotion(1)
    assert followed is not None
    assert (followed.label, followed.reason) == (UNSURE, "covered")


def test_a_resting_face_is_learnt_shown_and_forgotten(
    build_model: BuildModel, faces: dict[int, Detection], portrait: Image
) -> None:
    reader = Reader(Classifier(build_model(description={"resting": [-5.0] * 6 + [0.0]})))
    face = {1: faces[1]}
    for second in range(50):
        reader.read(portrait, face, float(second))
    seen = reader.emotion(1)
    assert seen is not None
    assert seen.resting
    reader.forget_resting()
    seen = reader.emotion(1)
    assert seen is not None
    assert not seen.resting
