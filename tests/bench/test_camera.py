"""The made-up webcam delivers a clip on time, and the sink gets every picture's number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.bench import clip as clips
from overlay.bench.camera import ClipCamera, read_number, write_number
from overlay.bench.sink import Sink
from overlay.errors import SourceError

SIZE = (320, 180)


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clip of a third of a second."""
    monkeypatch.setattr(clips, "CLIP_S", 1 / 3)
    path = tmp_path / "clip.avi"
    clips.write_clip(path, size=SIZE, faces=1, fps=30.0)
    return path


@pytest.fixture
def camera(clip: Path) -> Iterator[ClipCamera]:
    with ClipCamera(clip, fps=240.0) as opened:
        yield opened


def test_the_clip_is_mjpeg_as_webcams_send_it(clip: Path) -> None:
    assert b"MJPG" in clip.read_bytes()[:400]


def test_it_plays_the_clip_again_and_again(camera: ClipCamera) -> None:
    frames = [camera.read() for _ in range(25)]
    assert all(frame.image.shape == (180, 320, 3) for frame in frames)
    assert np.array_equal(frames[0].image[:-1], frames[10].image[:-1])
    assert not np.array_equal(frames[0].image[:-1], frames[5].image[:-1])


def test_frames_are_stamped_with_the_moment_they_were_due(camera: ClipCamera) -> None:
    frames = [camera.read() for _ in range(10)]
    numbers = [frame.index for frame in frames]
    assert numbers == sorted(set(numbers))
    for frame in frames:
        due_s = frames[0].time_s + (frame.index - frames[0].index) / 240.0
        assert frame.time_s == pytest.approx(due_s)
        assert camera.due_s[frame.index] == frame.time_s


def test_who_comes_late_misses_pictures(
    camera: ClipCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = camera.read()
    monkeypatch.setattr("time.monotonic", lambda: first.time_s + 0.5)
    assert camera.read().index == first.index + 120


def test_the_sink_knows_which_pictures_came(camera: ClipCamera) -> None:
    with Sink(SIZE) as sink:
        numbers = []
        for _ in range(5):
            frame = camera.read()
            numbers.append(frame.index)
            sink.send(frame.image)
    assert [number for number, _ in sink.sent] == numbers


def test_the_sink_converts_as_a_virtual_camera_does() -> None:
    image = np.random.default_rng(0).integers(0, 256, (180, 320, 3), np.uint8)
    with Sink(SIZE) as sink:
        sink.send(image)
        sink._file.seek(0)
        written = np.frombuffer(sink._file.read(), np.uint8)
    assert np.array_equal(written, cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420).ravel())


@given(st.integers(0, 2**24 - 1))
def test_a_number_survives_in_a_pixel(number: int) -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    write_number(image, number)
    assert read_number(image) == number


def test_a_clip_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.avi"):
        ClipCamera(tmp_path / "none.avi", fps=30.0)
