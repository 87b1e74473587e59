"""What passes between the rooms behaves like geometry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.scene import EMOTIONS, STILL, Box, Face, KeyPoints, Scene, Velocity

coordinate = st.floats(-2000, 2000)
length = st.floats(1, 1000)
boxes = st.builds(Box, coordinate, coordinate, length, length)
velocities = st.builds(Velocity, st.floats(-500, 500), st.floats(-500, 500), st.floats(-0.4, 0.4))


BOX = Box(100, 50, 40, 60)


def face(box: Box = BOX, velocity: Velocity = STILL) -> Face:
    x, y = box.center
    return Face(1, box, 0.9, KeyPoints(*[(x, y)] * 6), velocity=velocity)


def test_emotions_are_in_the_order_of_fer2013() -> None:
    assert EMOTIONS == ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


@given(boxes, boxes)
def test_iou_is_symmetric_and_between_0_and_1(a: Box, b: Box) -> None:
    assert -1e-9 <= a.iou(b) <= 1 + 1e-9
    assert a.iou(b) == pytest.approx(b.iou(a))


@given(boxes)
def test_iou_with_itself_is_1(box: Box) -> None:
    assert box.iou(box) == pytest.approx(1)


def test_iou_of_halves() -> None:
    assert Box(0, 0, 10, 10).iou(Box(5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert Box(0, 0, 10, 10).iou(Box(10, 0, 10, 10)) == 0


@given(boxes, st.floats(-0.5, 0.5))
def test_a_still_face_stays(box: Box, seconds: float) -> None:
    assert face(box).moved(seconds) == face(box)


@given(boxes, velocities, st.floats(0.01, 0.5))
def test_a_face_moves_along_its_velocity(box: Box, velocity: Velocity, seconds: float) -> None:
    moved = face(box, velocity).moved(seconds)
    assert moved.box.center == pytest.approx(
        (box.center[0] + velocity.x * seconds, box.center[1] + velocity.y * seconds), abs=1e-6
    )
    assert moved.box.width == pytest.approx(box.width * (1 + velocity.growth * seconds))
    # The key points of this face all lie in the middle of its box, and so they remain.
    assert moved.keypoints.nose == pytest.approx(moved.box.center, abs=1e-6)


def test_a_shrinking_face_never_vanishes() -> None:
    assert face(velocity=Velocity(growth=-9)).moved(1).box.width == 20


def test_a_scene_is_carried_to_another_time() -> None:
    scene = Scene(7, 2.0, 640, 480, (face(velocity=Velocity(10, 0)), face()))
    later = scene.at(2.5)
    assert later.time_s == 2.5
    assert [f.box.x for f in later] == [105, 100]
    assert (later.frame_index, len(later), later.width) == (7, 2, 640)


@given(boxes, velocities)
def test_a_mirrored_face_is_as_far_from_the_other_edge(box: Box, velocity: Velocity) -> None:
    mirrored = face(box, velocity).mirrored(1280)
    assert mirrored.box.x + mirrored.box.width == pytest.approx(1280 - box.x)
    assert mirrored.box[1:] == box[1:]
    assert mirrored.keypoints.nose[0] == pytest.approx(1280 - box.center[0])
    assert mirrored.velocity == (-velocity.x, velocity.y, velocity.growth)


@given(boxes, velocities, st.floats(0, 0.5))
def test_a_mirrored_scene_moves_as_its_mirror_image(
    box: Box, velocity: Velocity, seconds: float
) -> None:
    scene = Scene(0, 10.0, 1280, 720, (face(box, velocity),))
    one = scene.mirrored().at(10.0 + seconds).faces[0].box
    other = scene.at(10.0 + seconds).mirrored().faces[0].box
    assert one == pytest.approx(other, abs=1e-6)


def test_of_faces_that_overlap_the_smaller_is_at_a_place():
    points = KeyPoints(*[(0.0, 0.0)] * 6)
    boxes = {1: Box(0, 0, 90, 90), 2: Box(10, 10, 9, 9)}
    faces = tuple(Face(number, box, 1.0, points) for number, box in boxes.items())
    scene = Scene(0, 0.0, 100, 100, faces)
    assert [getattr(scene.face_at(x, x), "id", None) for x in (0.15, 0.5, 0.95)] == [2, 1, None]
    assert [face.id for face in scene.without({1})] == [2]
    assert scene.without(()) is scene
