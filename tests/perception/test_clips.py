"""What the real detector and the shipped network make of moving faces.

The clips of `tests/clips.py` can be made on any machine, and where everybody is in them is known;
the others are of real people. Counts, labels and places only; time in clips is media time.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from overlay.perception import Perception
from overlay.perception.tracker import COAST_S
from overlay.scene import UNSURE, Scene
from tests.clips import CLIPS, FPS, read_clip

MALE = "head-pose-face-detection-male"
FEMALE = "head-pose-face-detection-female"
BOTH = "head-pose-face-detection-female-and-male"
GROUP = "face-demographics-walking-and-pause"
#: Clips in which everybody is in view all the time.
PEOPLE = {
    **{name: len(CLIPS[name].shown(0)) for name in CLIPS if name not in ("leaving", "jumping")},
    MALE: 1,
    FEMALE: 1,
    BOTH: 2,
    GROUP: 3,
}
MADE = [name for name in PEOPLE if name in CLIPS]
#: Clips in which nobody shows an expression, and some in which one person smiles.
CALM = [["calm", "dim", "coming-closer", "turning"], [FEMALE, BOTH, GROUP]]
SMILING = ["smiling", "tilting", MALE]

Watch = Callable[[str], list[Scene]]


@pytest.fixture(scope="module")
def watch(clip_path: Callable[[str], Path]) -> Watch:
    """Gives the scenes of a clip; each clip is watched once."""
    known: dict[str, list[Scene]] = {}

    def scenes(name: str) -> list[Scene]:
        if name not in known:
            with Perception() as perception:
                known[name] = [perception.perceive(f) for f in read_clip(clip_path(name))]
        return known[name]

    return scenes


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


@pytest.mark.parametrize("clip", MADE)
def test_faces_are_found_where_they_are_and_read_as_what_they_show(watch: Watch, clip: str) -> None:
    wrong = faces = 0
    for scene in watch(clip):
        for person in CLIPS[clip].shown(scene.frame_index):
            face = max(scene, key=lambda face: face.box.iou(person.box))
            assert face.box.iou(person.box) >= 0.6
            for found, true in zip(face.keypoints, person.points, strict=False):  # but the ears
                assert np.hypot(*np.subtract(found, true)) <= 0.15 * person.side
            assert face.emotion is not None
            wrong += face.emotion.label != person.person.label
            faces += 1
    assert wrong <= 0.05 * faces


def test_who_leaves_is_gone_soon_and_comes_back_with_another_number(watch: Watch) -> None:
    scenes = watch("leaving")
    for before, scene in zip(scenes, scenes[round(COAST_S * FPS) :], strict=False):
        there = len(CLIPS["leaving"].shown(scene.frame_index))
        if there == len(CLIPS["leaving"].shown(before.frame_index)):
            assert len(scene) == there
    assert sorted(_labels(scenes)) == [1, 2]


def test_after_a_jump_cut_everybody_has_another_number(watch: Watch) -> None:
    for scene in watch("jumping"):
        if scene.time_s % 1 > COAST_S:
            assert len(scene) == len(CLIPS["jumping"].shown(scene.frame_index))
    assert sorted(_labels(watch("jumping"))) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("clip", SMILING)
def test_a_smile_is_happy(watch: Watch, clip: str) -> None:
    labels = [face.emotion.label for scene in watch(clip)[:60] for face in scene if face.emotion]
    assert labels.count("happy") / 60 >= 0.95


@pytest.mark.parametrize("clips", CALM, ids=["made", "real"])
def test_calm_people_are_neutral_or_unsure(watch: Watch, clips: list[str]) -> None:
    labels = [
        label for clip in clips for face in _labels(watch(clip)).values() for _, label in face
    ]
    assert np.mean([label not in ("neutral", UNSURE) for label in labels]) <= 0.10


@pytest.mark.parametrize("clips", CALM, ids=["made", "real"])
def test_most_calm_faces_are_not_merely_unsure(watch: Watch, clips: list[str]) -> None:
    labels = [
        label for clip in clips for face in _labels(watch(clip)).values() for _, label in face
    ]
    assert labels.count("neutral") / len(labels) >= 0.8


@pytest.mark.parametrize("clip", PEOPLE)
def test_labels_do_not_flicker(watch: Watch, clip: str) -> None:
    for shown in _labels(watch(clip)).values():
        changes = sum(a != b for (_, a), (_, b) in pairwise(shown))
        assert changes <= 0.2 * (shown[-1][0] - shown[0][0])


@pytest.mark.parametrize("clip", ["two", BOTH])
@pytest.mark.parametrize("every", [2, 3], ids=["half the frames", "a third"])
def test_slow_perception_still_follows_the_people(
    clip_path: Callable[[str], Path], clip: str, every: int
) -> None:
    with Perception() as perception:
        scenes = [perception.perceive(frame) for frame in read_clip(clip_path(clip))[::every]]
    assert set(_labels(scenes)) == {1, 2}
