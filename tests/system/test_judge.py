"""The judge of the system test sees what is wrong: else its green table would mean nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from guest import pattern
from guest.judge import faults_of, look

from overlay.drawing import Painter

SIZES = [(1280, 720), (640, 480)]


@pytest.fixture(params=SIZES, ids=["720p", "vga"])
def size(request):
    return request.param


def video(size, numbers=(41, 42, 44)):
    """The pattern as it comes out of a camera: through YUV and back."""
    images = []
    for number in numbers:
        yuv = cv2.cvtColor(pattern.render(number, size), cv2.COLOR_BGR2YUV_I420)
        images.append(np.asarray(cv2.cvtColor(yuv, cv2.COLOR_YUV2BGR_I420), np.uint8))
    return images


def labelled(image, size):
    rows, columns = pattern.region(pattern.FACE, size)
    cv2.rectangle(image, (columns.start + 9, rows.start + 9), (columns.stop, rows.stop), 255, 6)
    return image


def test_a_clean_video_has_no_faults_and_its_numbers_are_read(size):
    images = video(size)
    assert faults_of(images, size, "clean") == []
    assert [look(image, size).number for image in images] == [41, 42, 44]


def test_labels_are_wanted_on_air_and_nowhere_else(size):
    images = [labelled(image, size) for image in video(size)]
    assert faults_of(images, size, "labels") == []
    assert faults_of(images, size, "clean") == ["labels"]
    assert faults_of(video(size), size, "labels") == ["no labels"]
    one_in_three = [*video(size)[:2], images[2]]
    assert faults_of(one_in_three, size, "clean") == ["labels"], "one is too many"


def test_a_mirrored_picture_is_noticed(size):
    assert "text is mirrored" in faults_of([i[:, ::-1] for i in video(size)], size, "clean")


def test_swapped_and_washed_out_colours_are_noticed(size):
    swapped = [image[..., ::-1] for image in video(size)]
    assert any("red is" in fault for fault in faults_of(swapped, size, "clean"))
    washed = [(image // 2 + 64).astype(np.uint8) for image in video(size)]
    assert faults_of(washed, size, "clean")


def test_a_frozen_picture_and_one_that_goes_back_are_noticed(size):
    assert faults_of(video(size, (7, 7, 7)), size, "clean") == ["frozen"]
    assert "numbers go back" in faults_of(video(size, (90, 91, 60)), size, "clean")[0]


def test_another_size_and_too_few_pictures_are_noticed(size):
    other = next(each for each in SIZES if each != size)
    assert "x" in faults_of(video(other), size, "clean")[0]
    assert faults_of(video(size)[:2], size, "clean") == ["2 pictures"]


@pytest.mark.parametrize("key", ["unavailable", "paused"])
def test_the_two_placeholders_are_told_apart(size, key):
    images = [Painter().placeholder(*size, key)] * 3
    other = {"unavailable": "paused", "paused": "unavailable"}[key]
    assert faults_of(images, size, key) == []
    assert faults_of(images, size, other) == [f"not the {other} picture"]
    assert faults_of(images, size, "clean") == ["frozen", f"the {key} picture"]
    assert faults_of(video(size), size, key) == [f"not the {key} picture"]
