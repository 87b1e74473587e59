"""`run` from a video file to another one: nothing is lost, and time is what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from overlay.conversion import Extent, convert, resampled
from overlay.outputs.video_file import VideoFile
from overlay.outputs.video_formats import ENCODERS
from overlay.scene import Planes
from overlay.settings import Settings
from overlay.sources.demo import DemoSource
from overlay.sources.video import VideoSource
from tests.media import encoded, patches, write_media

SIZE = (96, 64)


def shade(n: int) -> np.ndarray:
    """A picture by which frame n is known again: a number in four cells, dark and light."""
    cells = np.array([[(n >> bit & 1) * 200 + 20 for bit in (0, 1)],
                      [(n >> bit & 1) * 200 + 20 for bit in (2, 3)]], np.uint8)  # fmt: skip
    return np.repeat(np.kron(cells, np.ones((32, 48), np.uint8))[..., None], 3, axis=2)


def number(image: np.ndarray) -> int:
    cells = image[16::32, 24::48, 0].ravel() > 120
    return int(sum(1 << bit for bit, light in enumerate(cells) if light))


def make_clip(path: Path, times: Sequence[float], fps: float = 30) -> Path:
    with VideoFile(path, SIZE, fps, replace=True) as output:
        for n, time_s in enumerate(times):
            output.send(shade(n % 16), time_s)
    return path


def seen(path: Path) -> tuple[list[int], list[float], float]:
    """The frames' numbers and times in seconds, and how long the file lasts."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        duration_s = container.duration / 1e6
    images = [frame.to_ndarray(format="bgr24") for frame in frames]
    return [number(image) for image in images], [frame.time for frame in frames], duration_s


def converted(clip: Path, **options: float) -> Path:
    output = clip.with_name("out.mp4")
    settings = Settings(source=str(clip), output=str(output), mode="off")
    status = convert(settings, Extent(**options))
    assert status.warnings == ()
    assert status.frames_out == len(seen(output)[0])
    return output


@pytest.mark.parametrize("fps", [12, 15, 24000 / 1001, 25, 30, 60])
def test_a_clip_of_any_rate_lasts_as_long_as_it_did(tmp_path, fps):
    clip = make_clip(tmp_path / "in.mp4", [n / fps for n in range(40)], fps)
    before, after = seen(clip), seen(converted(clip))
    assert after[0] == before[0]
    assert after[1] == pytest.approx(before[1], abs=1e-4)
    assert after[2] == pytest.approx(40 / fps, abs=1e-3)


@hypothesis_settings(max_examples=15)
@given(gaps=st.lists(st.floats(1 / 90, 2), min_size=1, max_size=30))
def test_frames_keep_their_times_however_they_are_spaced(tmp_path_factory, gaps):
    times = [0.0, *np.cumsum(gaps)]
    clip = make_clip(tmp_path_factory.mktemp("vfr") / "in.mp4", times)
    before, after = seen(clip), seen(converted(clip))
    assert after[0] == before[0]
    assert after[1] == pytest.approx(before[1], abs=1e-4)
    assert after[2] == pytest.approx(before[2], abs=max(gaps))


@pytest.mark.parametrize("fps", [5, 15, 24, 60])
def test_a_rate_that_is_asked_for_changes_the_number_of_frames_and_not_the_time(tmp_path, fps):
    clip = make_clip(tmp_path / "in.mp4", [n / 15 for n in range(15)], 15)
    numbers, times, duration_s = seen(converted(clip, fps=fps))
    assert len(numbers) == fps
    assert times == pytest.approx([n / fps for n in range(fps)], abs=1e-4)
    assert numbers == [int(time_s * 15 + 1e-3) for time_s in times]
    assert duration_s == pytest.approx(1, abs=1e-3)


def test_a_constant_rate_bridges_gaps(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", [0, 0.1, 1.0], 10)
    with VideoSource(clip, pace=False) as source:
        frames = list(resampled(source, 10))
    assert [number(frame.image) for frame in frames[:11]] == [0, *[1] * 9, 2]
    assert [frame.time_s for frame in frames[:11]] == pytest.approx([n / 10 for n in range(11)])


def test_what_is_drawn_on_a_frame_that_is_shown_again_is_drawn_once(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", [0, 1.0], 1)
    with VideoSource(clip, pace=False) as source:
        first, second, *_ = resampled(source, 10)
    before = second.image.copy()
    first.image[:] = 255
    np.testing.assert_array_equal(second.image, before)


@pytest.fixture
def lossless(monkeypatch):
    """Videos are written so that they hold exactly what the encoder was given."""
    encoder = replace(ENCODERS["h264"], options={"qp": "0", "bf": "0"})
    monkeypatch.setitem(ENCODERS, "h264", encoder)


def planes(path: Path) -> list[Planes]:
    with VideoSource(path, pace=False, with_planes=True) as source:
        return [Planes(*(plane.copy() for plane in frame.planes)) for frame in source]


@pytest.mark.parametrize("fps", [None, 20])
def test_what_is_not_drawn_on_is_given_to_the_encoder_as_it_was_decoded(tmp_path, lossless, fps):
    clip = make_clip(tmp_path / "in.mp4", [n / 10 for n in range(8)], 10)
    before, after = planes(clip), planes(converted(clip, fps=fps))
    assert len(after) == (8 if fps is None else 16)
    for n, frame in enumerate(after):
        for plane, same in zip(frame, before[n * 8 // len(after)], strict=True):
            np.testing.assert_array_equal(plane, same)


def test_labels_are_drawn_and_nothing_else_changes(tmp_path, lossless):
    clip = tmp_path / "in.mp4"
    with (
        DemoSource(size=(640, 360), fps=10, faces=1, pace=False) as demo,
        VideoFile(clip, (640, 360), 10) as video,
    ):
        for n in range(5):
            video.send(demo.render(n), n / 10)
    convert(Settings(source=str(clip), output=str(tmp_path / "out.mp4"), mode="on-air"))
    (old, new) = planes(clip)[-1], planes(tmp_path / "out.mp4")[-1]
    changed = (old.luma != new.luma).mean()
    assert 0.005 < changed < 0.1
    mark = np.s_[-40:, -160:]
    assert (old.luma[mark] != new.luma[mark]).mean() > 0.2


def test_a_part_of_a_clip(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", [n / 15 for n in range(40)], 15)
    assert len(seen(converted(clip, seconds=1.0))[0]) == 15


@pytest.mark.parametrize(
    ("asked", "size"),
    [({}, (96, 64)), ({"width": 48}, (48, 32)), ({"height": 128}, (192, 128)),
     ({"width": 64, "height": 64}, (64, 64))],
)  # fmt: skip
def test_the_size_is_that_of_the_source_unless_another_is_asked_for(tmp_path, asked, size):
    clip = make_clip(tmp_path / "in.mp4", [0.0, 0.1])
    with VideoSource(converted(clip, **asked), pace=False) as source:
        assert source.size == size


def test_a_portrait_keeps_its_shape(tmp_path):
    clip = write_media(tmp_path / "in.mp4", [encoded(patches(96, 128), "yuv420p")], [0.0])
    with VideoSource(converted(clip), pace=False) as source:
        assert source.size == (96, 128)


def test_a_video_that_lies_on_its_side_can_be_turned(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", [0.0])
    output = tmp_path / "out.mp4"
    convert(Settings(source=str(clip), output=str(output), mode="off", rotate=90, flip=True))
    with VideoSource(output, pace=False) as source:
        assert source.size == SIZE[::-1]
