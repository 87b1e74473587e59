from __future__ import annotations

import os
import struct
import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlay.errors import SourceError
from overlay.outputs.video_file import VideoFile
from overlay.sources import open_source
from overlay.sources.video import VideoSource
from tests.media import write_media


def write_video(path, sizes=(64, 48), count=10, fps=20.0, codec="MJPG", corner=None):
    """A video whose frame n has the gray value 20 n, and another one in the upper left corner."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, sizes)
    for n in range(count):
        image = np.full((sizes[1], sizes[0], 3), 20 * n, np.uint8)
        if corner is not None:
            image[:16, :16] = corner
        writer.write(image)
    writer.release()
    return path


def shades(source) -> list[int]:
    return [round(frame.image.mean() / 20) for frame in source]


@pytest.mark.parametrize(
    ("clip", "count", "fps"), [("smiling", 60, 15), ("head-pose-face-detection-female", 23, 12)]
)
def test_every_frame_of_a_clip_comes_once_with_its_media_time(clip_path, clip, count, fps):
    with open_source(str(clip_path(clip)), pace=False) as source:
        frames = list(source)
    assert source.size == (480, 270)
    assert source.fps == fps
    assert not source.live
    assert source.frame_count == len(frames) == count
    assert [frame.index for frame in frames] == list(range(count))
    assert [frame.time_s for frame in frames] == pytest.approx(
        [n / fps for n in range(count)], abs=1e-3
    )
    assert all(frame.image.shape == (270, 480, 3) for frame in frames)
    assert not source.truncated


def test_a_paced_clip_is_live_and_skips_nothing(tmp_path):
    path = write_video(tmp_path / "a.avi", fps=50)
    before = time.monotonic()
    with VideoSource(path, pace=True) as source:
        frames = list(source)
    assert source.live
    assert [round(frame.image.mean() / 20) for frame in frames] == list(range(10))
    stamps = [frame.time_s for frame in frames]
    assert stamps[0] >= before
    assert stamps == sorted(stamps)
    assert stamps[-1] - stamps[0] >= 9 / 50 - 1e-6


def test_a_paced_frame_that_is_shown_for_long_comes_again_meanwhile(tmp_path, monkeypatch):
    monkeypatch.setattr("overlay.sources.video._LONGEST_GAP_S", 0.1)
    path = tmp_path / "screen.mp4"
    with VideoFile(path, (64, 48), 30) as output:
        for time_s, gray in ((0.0, 20), (0.05, 100), (0.4, 180)):
            output.send(np.full((48, 64, 3), gray, np.uint8), time_s)
    with VideoSource(path) as source:
        frames = list(source)
    assert [round(frame.image.mean(), -1) for frame in frames] == [20, 100, 100, 100, 100, 180]
    assert [frame.index for frame in frames] == [0, 1, 1, 1, 1, 2]
    assert source.warnings == []


def test_a_looped_clip_begins_again_and_time_goes_on(tmp_path):
    path = write_video(tmp_path / "a.avi", count=4)
    with VideoSource(path, pace=False, loop=True) as source:
        frames = [source.read() for _ in range(10)]
    assert [round(frame.image.mean() / 20) for frame in frames] == [0, 1, 2, 3] * 2 + [0, 1]
    assert [frame.time_s for frame in frames] == pytest.approx(
        [n / 20 for n in range(10)], abs=1e-3
    )
    assert [frame.index for frame in frames] == list(range(10))


def test_frames_are_separate_arrays(tmp_path):
    with VideoSource(write_video(tmp_path / "a.avi"), pace=False) as source:
        first, second = source.read(), source.read()
    first.image[:] = 255
    assert second.image.mean() == pytest.approx(20, abs=2)


@settings(max_examples=20)
@given(gaps=st.lists(st.floats(1 / 120, 3), min_size=1, max_size=30))
def test_frames_come_at_the_file_s_own_times_however_they_are_spaced(tmp_path_factory, gaps):
    path = tmp_path_factory.mktemp("times") / "a.mp4"
    times = np.concatenate([[0.0], np.cumsum(gaps)])
    with VideoFile(path, (64, 48), 30) as output:
        for time_s in times:
            output.send(np.zeros((48, 64, 3), np.uint8), time_s)
    with VideoSource(path, pace=False) as source:
        assert [frame.time_s for frame in source] == pytest.approx(times, abs=1e-4)
        assert source.frame_count == len(times)


def test_a_clip_turned_by_its_metadata_comes_upright(tmp_path):
    path = write_video(tmp_path / "a.mp4", sizes=(64, 48), codec="mp4v", corner=255)
    data = bytearray(path.read_bytes())
    # The 3x3 matrix in the track header: identity, replaced by a quarter turn.
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    turned = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 48 << 16, 0, 1 << 30)
    at = data.find(identity, data.find(b"tkhd"))
    data[at : at + len(turned)] = turned
    path.write_bytes(data)
    with VideoSource(path, pace=False) as source:
        assert source.size == (48, 64)
        image = source.read().image
        assert image.shape == (64, 48, 3)
        # A quarter turn to the right (ISO/IEC 14496-12, 8.3.2): the upper left corner goes right.
        assert image[:8, -8:].mean() > 200
        assert image[:8, :8].mean() < 50


def test_damaged_frames_are_skipped_and_told(tmp_path):
    path = write_video(tmp_path / "a.avi", sizes=(320, 240), count=10)
    data = bytearray(path.read_bytes())
    pictures = [at for at in range(len(data)) if data.startswith(b"\xff\xd8\xff", at)]
    end = data.index(b"00dc", pictures[5])
    data[pictures[5] : end] = bytes(end - pictures[5])
    path.write_bytes(data)
    with VideoSource(path, pace=False) as source:
        assert shades(source) == [0, 1, 2, 3, 4, 6, 7, 8, 9]
        assert source.warnings == ["a.avi is damaged: 9 of 10 frames could be read"]


@pytest.mark.parametrize("kind", ["ffconcat", "hls"])
def test_a_playlist_opens_no_other_file(tmp_path, kind):
    write_video(tmp_path / "secret.mp4", codec="mp4v")
    text = {
        "ffconcat": "ffconcat version 1.0\nfile secret.mp4\n",
        "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsecret.mp4\n#EXT-X-ENDLIST\n",
    }
    (tmp_path / "a.mp4").write_text(text[kind])
    with pytest.raises(SourceError, match="damaged or not a video"):
        VideoSource(tmp_path / "a.mp4")


def test_a_truncated_clip_delivers_what_is_there_and_says_so(tmp_path):
    path = write_video(tmp_path / "a.avi", sizes=(320, 240), count=10)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with VideoSource(path, pace=False) as source:
        count = len(shades(source))
    assert 0 < count < 10
    assert source.truncated


def test_reading_on_after_the_end_and_closing_twice_are_harmless(tmp_path):
    source = VideoSource(write_video(tmp_path / "a.avi", count=2), pace=False)
    assert len(list(source)) == 2
    assert source.read() is None
    source.close()
    source.close()
    assert source.read() is None


def test_a_looped_clip_that_is_deleted_says_so(tmp_path):
    path = write_video(tmp_path / "a.avi", count=2)
    with VideoSource(path, pace=False, loop=True) as source:
        source.read()
        source.read()
        path.unlink()
        with pytest.raises(SourceError, match="no such file"):
            source.read()


def test_digits_in_a_name_do_not_make_it_an_image_sequence(tmp_path):
    write_video(tmp_path / "a01.avi", count=3)
    write_video(tmp_path / "a02.avi", count=3)
    with VideoSource(tmp_path / "a01.avi", pace=False) as source:
        assert shades(source) == [0, 1, 2]


def test_a_name_in_another_script_opens(tmp_path):
    path = write_video(tmp_path / "a.avi", count=2).rename(tmp_path / "पाठ 1.avi")
    with VideoSource(path, pace=False) as source:
        assert shades(source) == [0, 1]


def make_empty(path):
    path.write_bytes(b"")


def make_text(path):
    path.write_text("hello, not a video\n" * 50)


def make_sound(path):
    write_media(path, [], [], sounds=[("aac", 0.0, 0.5)])


def make_headless(path):
    write_video(path.with_name("whole.mp4"), codec="mp4v")
    data = path.with_name("whole.mp4").read_bytes()
    path.write_bytes(data[: len(data) // 2])  # the index at its end is gone


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "no such file"),
        (make_empty, "is empty"),
        (make_text, "damaged or not a video"),
        (make_sound, "holds only sound"),
        (make_headless, "damaged or not a video"),
        (lambda path: path.mkdir(), "is a folder"),
    ],
    ids=["missing", "empty", "text", "sound", "headless", "folder"],
)
def test_what_cannot_be_played_is_named_in_one_line_with_nothing_on_the_terminal(
    tmp_path, make, message, capfd
):
    path = tmp_path / "a.mp4"
    make(path)
    with pytest.raises(SourceError, match=message) as error:
        VideoSource(path)
    assert "\n" not in str(error.value)
    assert "a.mp4" in str(error.value)
    assert capfd.readouterr().err == ""


def test_a_file_without_permission_is_named(tmp_path, ordinary_user):
    path = write_video(tmp_path / "a.avi")
    path.chmod(0)
    with ordinary_user(), pytest.raises(SourceError, match="Permission denied"):
        VideoSource(path)
    assert os.path.exists(path)
