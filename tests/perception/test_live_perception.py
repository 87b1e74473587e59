"""A running camera is read as often as changes need, and nobody can see the difference.

Counts of calls, not times: how often the detector looks, and how many crops are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from overlay.perception import Perception
from overlay.perception.live_perception import LivePerception
from overlay.scene import Image, Scene
from overlay.sources.demo import DemoSource
from tests.clips import COLLINS, HOPPER, read_clip

HZ = 15


class Counted(LivePerception):
    """Counts what it asks of the models."""

    def __init__(self) -> None:
        super().__init__()
        self.looks: list[tuple[int, ...]] = []
        self.crops: list[int] = []
        self._detector.detect = self._note_look(self._detector.detect)  # type: ignore[method-assign]
        network = self._reader._classifier
        network.classify = self._note_crops(network.classify)  # type: ignore[method-assign]

    def _note_look(self, inner: Any) -> Any:
        def detect(image: Image) -> Any:
            self.looks.append(image.shape[:2])
            return inner(image)

        return detect

    def _note_crops(self, inner: Any) -> Any:
        def classify(crops: Any) -> Any:
            self.crops.append(len(crops))
            return inner(crops)

        return classify


@pytest.fixture
def live() -> Iterator[Counted]:
    with Counted() as perception:
        yield perception


def demo(faces: int) -> DemoSource:
    return DemoSource(size=(1280, 720), fps=HZ, faces=faces, pace=False)


def watch(perception: LivePerception, source: DemoSource, frames: int) -> list[Scene]:
    return [perception.perceive(source.read()) for _ in range(frames)]


@pytest.mark.parametrize("moving", [True, False])
def test_a_detector_that_fails_fails_with_every_frame(
    live: Counted, monkeypatch: pytest.MonkeyPatch, moving: bool
) -> None:
    def fail(image: Image) -> None:
        raise RuntimeError("no inference")

    source = demo(1)
    watch(live, source, 2)
    monkeypatch.setattr(live._detector, "detect", fail)
    still = source.read().image
    failures = 0
    for number in range(2 * HZ):
        frame = source.read()
        try:
            live.perceive(frame if moving else replace(frame, image=still))
        except RuntimeError:
            failures += 1
        else:
            assert not failures, f"frame {number} was read without a detector"
    assert failures


def test_a_moving_face_is_looked_for_five_times_a_second_and_read_when_it_changes(
    live: Counted,
) -> None:
    scenes = watch(live, demo(1), 3 * HZ)
    assert all(len(scene) == 1 for scene in scenes)
    # Five looks and one probe a second; a lost point now and then costs another look.
    assert len(live.looks) <= 3 * 8
    # A portrait that drifts and tilts keeps its expression.
    assert 3 * 5 - 1 <= len(live.crops) <= 3 * 8
    assert live.last_read_s(scenes[-1].faces[0].id) == scenes[-1].time_s


def test_while_nothing_moves_it_reads_five_times_a_second(live: Counted) -> None:
    picture = demo(1).render(0)
    scenes = [live.perceive(picture, i / HZ) for i in range(3 * HZ)]
    settling = HZ * 0.5
    assert len(live.crops) <= settling + 2.5 * 5 + 2
    assert [scene.time_s for scene in scenes] == [i / HZ for i in range(3 * HZ)]
    assert len({face.id for scene in scenes for face in scene}) == 1


def test_a_movement_ends_the_rest_at_once(live: Counted) -> None:
    source = demo(1)
    picture = source.render(0)
    for i in range(2 * HZ):
        live.perceive(picture, i / HZ)
    for i in range(5):
        (face,) = live.perceive(source.render(3 * i + 3), 2 + i / HZ)
        assert live.last_read_s(face.id) == 2 + i / HZ


def test_each_of_25_faces_is_read_at_least_every_third_time_and_new_ones_first(
    live: Counted,
) -> None:
    source = demo(25)
    watch(live, source, 3 * HZ)
    live.crops.clear()
    scenes = watch(live, source, 2 * HZ)
    assert max(live.crops) <= 9
    times: dict[int, list[float]] = {}
    for scene in scenes:
        for face in scene:
            at = live.last_read_s(face.id)
            if at is not None:
                times.setdefault(face.id, []).append(scene.time_s - at)
    ages = [age for each in times.values() for age in each]
    assert np.percentile(ages, 95) <= 4 / HZ
    assert all(face.emotion is not None for face in scenes[-1])


@pytest.mark.parametrize(("faces", "found"), [(16, 15), (25, 24), (49, 40)])
def test_a_gallery_is_searched_part_by_part(live: Counted, faces: int, found: int) -> None:
    source = demo(faces)
    watch(live, source, 4 * HZ)
    live.looks.clear()
    scenes = watch(live, source, 2 * HZ)
    with Perception() as plain:
        assert len(plain.perceive(demo(faces).render(0))) < found
    assert np.median([len(scene) for scene in scenes]) >= found
    assert len(live.looks) <= 1.3 * 2 * HZ


def _noisy(picture: Image, frames: int) -> Iterator[Image]:
    """The same picture again and again, as a camera sees it."""
    noise = np.random.default_rng(0).integers(-3, 4, (7, *picture.shape), np.int8)
    seen = [cv2.add(picture, each, dtype=cv2.CV_8U) for each in noise]
    return (np.asarray(seen[i % len(seen)], np.uint8) for i in range(frames))


def _class() -> Image:
    """24 faces of 46 pixels in 1280x720."""
    picture = np.full((720, 1280, 3), 170, np.uint8)
    size = [round(0.23 * each) for each in HOPPER.portrait.shape[1::-1]]
    small = cv2.resize(HOPPER.portrait, size, interpolation=cv2.INTER_AREA)
    for i in range(24):
        x, y = 30 + 212 * (i % 6), 20 + 176 * (i // 6)
        picture[y : y + size[1], x : x + size[0]] = small
    return picture


def test_a_class_that_sits_still_is_seen_whole_and_keeps_its_numbers(live: Counted) -> None:
    scenes = [live.perceive(each, i / HZ) for i, each in enumerate(_noisy(_class(), 6 * HZ))]
    assert [len(scene) for scene in scenes[2 * HZ :]] == [24] * 4 * HZ
    assert len({face.id for scene in scenes for face in scene}) == 24


def test_the_class_that_was_seen_in_part_once_is_seen_whole(
    shared_case: Callable[[str], Path], live: Counted
) -> None:
    picture = np.asarray(cv2.imread(str(shared_case("small-faces/class.jpg"))), np.uint8)
    scenes = [live.perceive(each, i / HZ) for i, each in enumerate(_noisy(picture, 20 * HZ))]
    assert {len(scene) for scene in scenes[2 * HZ :]} == {24}
    assert len({face.id for scene in scenes for face in scene}) == 24


def test_two_small_faces_in_the_background_are_found_and_kept(live: Counted) -> None:
    picture = demo(1).render(0)
    small = cv2.resize(COLLINS.portrait, None, fx=0.15, fy=0.15, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    for x in (20, 1240 - width):
        picture[40 : 40 + height, x : x + width] = small
    scenes = [live.perceive(each, i / HZ) for i, each in enumerate(_noisy(picture, 20 * HZ))]
    assert {len(scene) for scene in scenes[15 * HZ :]} == {3}
    assert len({face.id for scene in scenes for face in scene}) == 3


def test_a_star_field_has_no_faces_however_long_it_is_watched(
    shared_case: Callable[[str], Path], live: Counted
) -> None:
    picture = np.asarray(cv2.imread(str(shared_case("no-face/stars.jpg"))), np.uint8)
    frames = _noisy(np.asarray(cv2.resize(picture, (640, 480)), np.uint8), 10 * HZ)
    assert {len(live.perceive(each, i / HZ)) for i, each in enumerate(frames)} == {0}


def test_a_thorough_look_finds_everybody_in_the_first_frame() -> None:
    with LivePerception(thorough=True) as thorough:
        assert len(thorough.perceive(_class(), 0.0)) == 24


@pytest.mark.parametrize("thorough", [False, True])
def test_a_bearded_man_with_glasses_who_looks_down_is_seen_from_afar(
    clip_path: Callable[[str], Path], thorough: bool
) -> None:
    clip = read_clip(clip_path("face-demographics-walking-and-pause"))
    counts = []
    with LivePerception(thorough=thorough) as live:
        for i, frame in enumerate([*clip, *clip[::-1]]):
            room = np.full((720, 1280, 3), 110, np.uint8)
            room[300:502, 500:860] = cv2.resize(
                frame.image, (360, 202), interpolation=cv2.INTER_AREA
            )
            counts.append(len(live.perceive(room, i / 12)))
    assert counts[-len(clip) :] == [3] * len(clip)
    assert not thorough or counts[0] == 3


def test_another_clip_begins_with_whole_pictures(live: Counted) -> None:
    watch(live, demo(25), 3 * HZ)
    live.reset()
    live.looks.clear()
    live.perceive(demo(1).render(0), 100.0)
    assert live.looks[0] == (720, 1280)


@pytest.mark.parametrize(
    "name",
    [
        "three",
        "coming-closer",
        "tilting",
        "leaving",
        "head-pose-face-detection-female-and-male",
        "face-demographics-walking-and-pause",
    ],
)
def test_people_are_seen_as_by_the_detector_on_every_frame(
    clip_path: Callable[[str], Path], name: str
) -> None:
    clip = read_clip(clip_path(name))
    every = max(1, round(1 / HZ / clip[1].time_s))
    same_count = same_label = faces = frames = 0
    with Perception() as plain, LivePerception() as live:
        for frame in clip[::every]:
            wanted, seen = plain.perceive(frame), live.perceive(frame)
            frames += 1
            same_count += len(wanted) == len(seen)
            for face in wanted:
                near = max(seen, key=lambda other: other.box.iou(face.box), default=None)
                faces += 1
                if near is not None and near.box.iou(face.box) > 0.6:
                    assert near.emotion is not None
                    assert face.emotion is not None
                    same_label += near.emotion.label == face.emotion.label
    assert frames > 20
    assert same_count >= 0.95 * frames
    assert same_label >= 0.95 * faces
