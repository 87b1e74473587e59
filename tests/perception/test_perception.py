"""Frames of every kind go in, scenes with tracked and read faces come out."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from overlay.perception import Perception
from overlay.perception.networks import Networks
from overlay.scene import EMOTIONS, Frame, Image
from tests.perception.conftest import BuildModel


@pytest.fixture
def perception(build_model: BuildModel) -> Iterator[Perception]:
    with Perception(Networks(build_model())) as opened:
        yield opened


@pytest.fixture
def alone(build_model: BuildModel) -> Iterator[Perception]:
    with Perception(Networks(build_model()), smooth=False) as opened:
        yield opened


@pytest.fixture
def couple(portrait: Image) -> Image:
    """The portrait twice, the left one brighter and larger."""
    bright = cv2.convertScaleAbs(portrait, alpha=0.3, beta=178)
    dark = cv2.convertScaleAbs(cv2.resize(portrait, (410, 480)), alpha=0.15)
    return np.hstack([bright, cv2.copyMakeBorder(dark, 60, 60, 50, 52, cv2.BORDER_REPLICATE)])


def test_a_scene_says_which_frame_it_was(perception: Perception, portrait: Image) -> None:
    scene = perception.perceive(Frame(portrait, time_s=12.5, index=7))
    assert (scene.frame_index, scene.time_s, scene.width, scene.height) == (7, 12.5, 512, 600)
    (face,) = scene.faces
    assert face.id == 1
    assert face.emotion is not None
    assert len(face.emotion.probabilities) == len(EMOTIONS)


@pytest.mark.parametrize("mode", ["perception", "alone"])
def test_each_face_gets_its_own_reading_and_the_largest_comes_first(
    mode: str, couple: Image, request: pytest.FixtureRequest
) -> None:
    # The fixture's network says happy for bright crops and surprise for dark ones.
    scene = request.getfixturevalue(mode).perceive(couple, 0.0)
    labels = [face.emotion.label for face in scene if face.emotion]
    assert labels == ["happy", "surprise"]
    assert scene.faces[0].box.area > scene.faces[1].box.area
    assert scene.faces[0].box.center[0] < 512 < scene.faces[1].box.center[0]


def test_gray_and_transparent_pictures_are_read_too(alone: Perception, portrait: Image) -> None:
    gray = cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY)
    pictures = [gray, gray[:, :, None], cv2.cvtColor(portrait, cv2.COLOR_BGR2BGRA)]
    assert [len(alone.perceive(np.asarray(p, np.uint8))) for p in pictures] == [1, 1, 1]


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 3), (3, 2, 4), (481, 3, 1), (271, 481, 3)])
def test_pictures_of_any_size_are_taken(perception: Perception, shape: tuple[int, ...]) -> None:
    assert len(perception.perceive(np.zeros(shape, np.uint8))) == 0


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((4, 4), np.float32),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((0, 4, 3), np.uint8),
    ],
    ids=["float", "two channels", "one dimension", "empty"],
)
def test_what_is_no_picture_is_refused_in_one_line(
    perception: Perception, picture: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=r"cannot read a") as caught:
        perception.perceive(picture)
    assert "\n" not in str(caught.value)


def test_a_frame_is_not_changed(perception: Perception, portrait: Image) -> None:
    before = portrait.copy()
    perception.perceive(portrait, 0.0)
    assert np.array_equal(portrait, before)


def test_a_face_keeps_its_number_and_gets_another_after_a_reset(
    perception: Perception, portrait: Image
) -> None:
    first = [perception.perceive(portrait, i / 15).faces[0].id for i in range(3)]
    perception.reset()
    assert first == [1, 1, 1]
    assert perception.perceive(portrait, 0.2).faces[0].id == 2


def test_a_clip_that_starts_again_is_another_clip(perception: Perception, portrait: Image) -> None:
    assert perception.perceive(portrait, 5.0).faces[0].id == 1
    assert perception.perceive(portrait, 0.0).faces[0].id == 2


def test_a_face_that_goes_away_is_gone_after_a_moment(
    perception: Perception, portrait: Image
) -> None:
    empty = np.zeros_like(portrait)
    counts = [len(perception.perceive(portrait, 0.0))]
    counts += [len(perception.perceive(empty, t)) for t in (0.1, 0.2, 0.3, 0.4)]
    assert counts == [1, 1, 1, 0, 0]


def test_a_missed_face_keeps_what_was_read(perception: Perception, portrait: Image) -> None:
    before = perception.perceive(portrait, 0.0).faces[0]
    after = perception.perceive(np.zeros_like(portrait), 0.1).faces[0]
    assert (after.id, after.emotion) == (before.id, before.emotion)


def test_a_face_says_how_bright_it_is(alone: Perception, portrait: Image) -> None:
    bright = alone.perceive(portrait).faces[0].luminance
    dim = alone.perceive(cv2.convertScaleAbs(portrait, alpha=0.5)).faces[0].luminance
    assert bright == pytest.approx(2 * dim, rel=0.1)


def test_a_missed_face_has_no_brightness(perception: Perception, portrait: Image) -> None:
    assert perception.perceive(portrait, 0.0).faces[0].luminance is not None
    assert perception.perceive(np.zeros_like(portrait), 0.1).faces[0].luminance is None


def test_pictures_judged_alone_owe_nothing_to_each_other(
    alone: Perception, portrait: Image
) -> None:
    dark = cv2.convertScaleAbs(portrait, alpha=0.15)
    scenes = [alone.perceive(p) for p in (portrait, dark, portrait)]
    assert [s.faces[0].id for s in scenes] == [1, 1, 1]
    assert [s.frame_index for s in scenes] == [0, 1, 2]
    assert scenes[0].faces == scenes[2].faces
    assert scenes[1].faces[0].emotion != scenes[0].faces[0].emotion


def test_perceptions_share_networks_and_nothing_else(
    build_model: BuildModel, couple: Image
) -> None:
    networks = Networks(build_model())
    frame = Frame(couple, time_s=1.0)
    scenes = [Perception(networks).perceive(frame) for _ in range(2)]
    assert scenes[0] == scenes[1]
    networks.close()


def test_closing_twice_is_safe(build_model: BuildModel) -> None:
    perception = Perception(Networks(build_model()))
    perception.close()
    perception.close()
