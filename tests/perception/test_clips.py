"""What the real detector and the shipped network make of real clips.

Counts and labels only; time in these clips is media time.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.perception import Perception
from overlay.scene import UNSURE, Frame, Scene

MALE = "head-pose-face-detection-male"
FEMALE = "head-pose-face-detection-female"
BOTH = "head-pose-face-detection-female-and-male"
THREE = "face-demographics-walking-and-pause"
PEOPLE = {MALE: 1, FEMALE: 1, BOTH: 2, THREE: 3}
CALM = [FEMALE, BOTH, THREE]

Watch = Callable[[str], list[Scene]]


@pytest.fixture(scope="module")
def watch(media: Path) -> Watch:
    """Gives the scenes of a clip; each clip is watched once."""
    known: dict[str, list[Scene]] = {}

    def scenes(name: str) -> list[Scene]:
        if name not in known:
            with Perception() as perception:
                known[name] = [perception.perceive(frame) for frame in _frames(media, name)]
        return known[name]

    return scenes


def _frames(media: Path, name: str) -> list[Frame]:
    clip = cv2.VideoCapture(str(media / f"{name}.mp4"))
    fps = clip.get(cv2.CAP_PROP_FPS)
    frames = []
    while True:
        read, image = clip.read()
        if not read:
            return frames
        frames.append(Frame(np.asarray(image, np.uint8), len(frames) / fps, len(frames)))


def _labels(scenes: list[Scene]) -> dict[int, list[tuple[float, str]]]:
    """For each face, when it was shown and with which label."""
    faces: dict[int, list[tuple[float, str]]] = {}
    for scene in scenes:
        for face in scene:
            assert face.emotion is not None
            faces.setdefault(face.id, []).append((scene.time_s, face.emotion.label))
    return faces


@pytest.mark.parametrize(("clip", "people"), PEOPLE.items())
def test_the_number_of_faces_is_right(watch: Watch, clip: str, people: int) -> None:
    scenes = watch(clip)
    assert np.mean([len(scene) == people for scene in scenes]) >= 0.95


@pytest.mark.parametrize(("clip", "people"), PEOPLE.items())
def test_every_person_keeps_one_number(watch: Watch, clip: str, people: int) -> None:
    faces = _labels(watch(clip))
    assert sorted(faces) == list(range(1, people + 1))
    # The walking group turns up one after the other, but nobody swaps places.
    order = [[f.id for f in sorted(s, key=lambda f: f.box.x)] for s in watch(clip)]
    assert len({tuple(ids) for ids in order if len(ids) == people}) == 1


def test_the_smiling_man_is_happy(watch: Watch) -> None:
    labels = [face.emotion.label for scene in watch(MALE)[:60] for face in scene if face.emotion]
    assert labels.count("happy") / 60 >= 0.95


def test_calm_people_are_neutral_or_unsure(watch: Watch) -> None:
    labels = [label for clip in CALM for face in _labels(watch(clip)).values() for _, label in face]
    assert np.mean([label not in ("neutral", UNSURE) for label in labels]) <= 0.10


def test_most_calm_faces_are_not_merely_unsure(watch: Watch) -> None:
    labels = [label for clip in CALM for face in _labels(watch(clip)).values() for _, label in face]
    assert labels.count("neutral") / len(labels) >= 0.8


@pytest.mark.parametrize("clip", PEOPLE)
def test_labels_do_not_flicker(watch: Watch, clip: str) -> None:
    for shown in _labels(watch(clip)).values():
        changes = sum(a != b for (_, a), (_, b) in pairwise(shown))
        assert changes <= 0.2 * (shown[-1][0] - shown[0][0])


@pytest.mark.parametrize("every", [2, 3], ids=["6 Hz", "4 Hz"])
def test_slow_perception_still_follows_the_people(media: Path, every: int) -> None:
    with Perception() as perception:
        scenes = [perception.perceive(frame) for frame in _frames(media, BOTH)[::every]]
    assert set(_labels(scenes)) == {1, 2}
