"""The face detector on real pictures, of every size, without a word on the terminal."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.perception.detector import Detection, FaceDetector, drop_duplicates
from overlay.scene import Box, Image, KeyPoints


def test_a_portrait_has_one_face_with_its_own_left_and_right(
    detector: FaceDetector, portrait: Image
) -> None:
    (face,) = detector.detect(portrait)
    assert face.score > 0.8
    assert face.box.iou(Box(174, 138, 185, 185)) > 0.7  # measured by eye on the portrait
    points = face.keypoints
    # Her right is on the left of the picture; eyes above nose above mouth.
    assert points.right_ear[0] < points.right_eye[0] < points.left_eye[0] < points.left_ear[0]
    assert points.right_eye[1] < points.nose[1] < points.mouth[1]


def test_a_mirrored_portrait_gives_mirrored_points(detector: FaceDetector, portrait: Image) -> None:
    (face,) = detector.detect(portrait)
    (mirrored,) = detector.detect(np.ascontiguousarray(portrait[:, ::-1]))
    width = portrait.shape[1]
    assert width - mirrored.keypoints.left_eye[0] == pytest.approx(
        face.keypoints.right_eye[0], abs=0.08 * face.box.width
    )


@pytest.mark.parametrize("shape", [(1, 40_000), (40_000, 1), (40_000, 300)])
def test_a_side_beyond_what_mediapipe_takes_does_not_end_the_process(
    detector: FaceDetector, shape: tuple[int, int]
) -> None:
    assert detector.detect(np.full((*shape, 3), 127, np.uint8)) == []


def test_in_a_picture_that_is_shrunk_the_face_is_where_it_is(
    detector: FaceDetector, portrait: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    (face,) = detector.detect(portrait)
    monkeypatch.setattr("overlay.perception.detector._LONGEST_SIDE", max(portrait.shape) // 2)
    (again,) = detector.detect(portrait)
    assert again.box.iou(face.box) > 0.9
    assert again.keypoints.nose == pytest.approx(face.keypoints.nose, abs=4)


def test_a_blue_and_red_swap_would_be_noticed(detector: FaceDetector) -> None:
    # What reaches MediaPipe must be RGB: the converted picture, not the given one.
    seen = []
    original = detector._detect
    try:
        detector._detect = lambda rgb: seen.append(rgb.copy()) or []  # type: ignore[method-assign]
        detector.detect(np.full((4, 4, 3), (255, 0, 10), np.uint8))
    finally:
        detector._detect = original  # type: ignore[method-assign]
    assert seen[0][0, 0].tolist() == [10, 0, 255]


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (2, 3), (17, 33), (271, 481)])
def test_any_size_of_frame_is_taken(detector: FaceDetector, size: tuple[int, int]) -> None:
    assert detector.detect(np.full((*size, 3), 127, np.uint8)) == []


def test_a_frame_with_gaps_in_memory_is_taken(detector: FaceDetector, portrait: Image) -> None:
    padded = cv2.copyMakeBorder(portrait, 0, 0, 40, 41, cv2.BORDER_CONSTANT)
    view = np.asarray(padded)[:, 40:-41]
    assert not view.flags.c_contiguous
    assert detector.detect(view) == detector.detect(portrait)


def test_many_faces_are_found(detector: FaceDetector, portrait: Image) -> None:
    grid = np.tile(portrait[120:360, 80:440], (3, 3, 1))
    found = detector.detect(grid)
    assert len(found) == 9
    cells = {(int(d.box.center[0] // 360), int(d.box.center[1] // 240)) for d in found}
    assert len(cells) == 9


def test_a_closed_detector_can_be_closed_again() -> None:
    detector = FaceDetector()
    detector.close()
    detector.close()


QUIET = """
import numpy as np
from overlay.perception.detector import FaceDetector
detector = FaceDetector()
detector.detect(np.zeros((720, 1280, 3), np.uint8))
{end}
"""


@pytest.mark.parametrize("end", ["detector.close()", "pass"], ids=["closed", "left to the exit"])
def test_nothing_reaches_the_terminal(end: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUIET.format(end=end)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _detection(box: Box, score: float) -> Detection:
    return Detection(box, score, KeyPoints(*[box.center] * 6))


def test_a_small_box_inside_a_large_one_is_the_same_face() -> None:
    large, small = Box(0, 0, 100, 100), Box(30, 30, 40, 40)
    kept = drop_duplicates([_detection(small, 0.6), _detection(large, 0.9)])
    assert [d.box for d in kept] == [large]


def test_neighbours_are_two_faces() -> None:
    faces = [_detection(Box(0, 0, 100, 100), 0.9), _detection(Box(70, 0, 100, 100), 0.8)]
    assert drop_duplicates(faces) == faces


length = st.floats(1, 300)
detections = st.builds(
    _detection,
    st.builds(Box, st.floats(-100, 500), st.floats(-100, 500), length, length),
    st.floats(0, 1),
)


@given(st.lists(detections, max_size=8), st.randoms(use_true_random=False))
def test_dropping_duplicates_ignores_the_order_and_keeps_the_best(
    faces: list[Detection], random: object
) -> None:
    kept = drop_duplicates(faces)
    shuffled = faces.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert drop_duplicates(shuffled) == kept
    assert drop_duplicates(kept) == kept
    assert (max(d.score for d in faces) == kept[0].score) if faces else kept == []


def test_many_pictures_are_looked_at_at_the_same_time_with_the_same_result(
    detector: FaceDetector, portrait: Image
) -> None:
    pictures = [
        np.ascontiguousarray(portrait[shift : shift + 500, : 512 - shift])
        for shift in range(0, 100, 15)
    ]
    assert detector.detect_each(pictures) == [detector.detect(each) for each in pictures]
    assert detector.detect_each([]) == []
