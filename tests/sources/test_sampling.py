"""One frame in so many seconds: the same ones whether the decoder can skip what lies between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from overlay.sources import decoder
from overlay.sources.video import VideoSource
from tests.media import encoded, write_media

FPS, SECONDS = 12, 20


def gray_of(index: int) -> int:
    """The gray level of a frame, which tells it from its neighbours."""
    return 20 + (index * 37) % 200


def write(path: Path, *, key_frames: int = FPS, late_from: int = 10**6) -> Path:
    """A video with B-frames and a key frame in so many frames; at last every time is odd."""
    images = (np.full((64, 64, 3), gray_of(n), np.uint8) for n in range(FPS * SECONDS))
    times_s = [n / FPS + 0.01 * (n >= late_from) for n in range(FPS * SECONDS)]
    options = {"g": str(key_frames), "bf": "3", "sc_threshold": "0"}
    frames = (encoded(image, "yuv420p") for image in images)
    return write_media(path, frames, times_s, options=options)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The times of the frames that are decoded."""
    times_s: list[float] = []

    def noted(frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        for frame in frames:
            times_s.append(frame.time or 0.0)
            yield frame

    monkeypatch.setattr(decoder, "progressive", noted)
    return times_s


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".ts", ".avi"])
@pytest.mark.parametrize("every_s", [0.25, 1, 3, 7.3])
def test_it_is_the_first_frame_at_or_after_each_interval(
    tmp_path: Path, ending: str, every_s: float
) -> None:
    path = write(tmp_path / f"clip{ending}", late_from=100)
    every = [(frame.time_s, frame.image.mean()) for frame in VideoSource(path, pace=False)]
    with VideoSource(path, pace=False, every_s=every_s) as source:
        sampled = [(frame.time_s, frame.image.mean()) for frame in source]
        assert source.warnings == []  # type: ignore[attr-defined]
    due = np.arange(0, every[-1][0], every_s)
    expected = [next(each for each in every if each[0] >= at - 2e-3) for at in due]
    assert [time_s for time_s, _ in sampled] == pytest.approx([t for t, _ in expected], abs=2e-3)
    assert [gray for _, gray in sampled] == pytest.approx([gray for _, gray in expected], abs=3)


def test_most_frames_are_not_decoded_where_key_frames_are_near(
    tmp_path: Path, decoded: list[float]
) -> None:
    path = write(tmp_path / "clip.mp4")
    with VideoSource(path, pace=False, every_s=5) as source:
        assert [frame.time_s for frame in source] == pytest.approx([0, 5, 10, 15], abs=0.05)
    assert len(decoded) < FPS * SECONDS / 2


def test_with_a_single_key_frame_each_is_decoded_once(tmp_path: Path, decoded: list[float]) -> None:
    path = write(tmp_path / "clip.mp4", key_frames=10_000)
    with VideoSource(path, pace=False, every_s=5) as source:
        assert [frame.time_s for frame in source] == pytest.approx([0, 5, 10, 15], abs=0.05)
    assert len(decoded) == FPS * SECONDS


def test_the_number_of_frames_is_that_of_the_intervals(tmp_path: Path) -> None:
    path = write(tmp_path / "clip.mp4")
    for every_s, count in ((5, 4), (7, 3), (100, 1)):
        with VideoSource(path, pace=False, every_s=every_s) as source:
            assert source.frame_count == count  # type: ignore[attr-defined]
            assert [frame.index for frame in source] == list(range(count))
