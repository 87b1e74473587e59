from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlay.errors import OutputError
from overlay.outputs import open_output
from overlay.outputs.video_file import VideoFile
from overlay.sources.video import VideoSource
from tests.full_disk import run_on_full_disk


def read_back(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


def times_in(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0)]


def is_close(image: np.ndarray, expected: np.ndarray) -> bool:
    """Whether two pictures agree but for what a codec loses."""
    return float(np.abs(image.astype(int) - expected).mean()) < 4


def test_a_video_plays_back_as_it_was_sent(tmp_path, card):
    path = tmp_path / "lesson.mp4"
    with VideoFile(path, (320, 240), 25) as output:
        for n in range(10):
            output.send(card(320, 240), n / 25)
    frames = read_back(path)
    assert len(frames) == 10
    assert all(is_close(frame, card(320, 240)) for frame in frames)
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        assert video.codec.name == "h264"  # which every browser plays
        assert video.average_rate == 25
        assert container.duration == 400_000


@settings(max_examples=25, deadline=None)
@given(
    start=st.floats(0, 1e6),
    gaps=st.lists(st.floats(1 / 120, 5), min_size=1, max_size=40),
    fps=st.sampled_from([1, 12, 29.97, 30, 120]),
)
def test_each_frame_keeps_its_own_time(tmp_path_factory, start, gaps, fps):
    path = tmp_path_factory.mktemp("times") / "a.mp4"
    times = np.concatenate([[0.0], np.cumsum(gaps)])
    with VideoFile(path, (64, 48), fps) as output:
        for time_s in times:
            output.send(np.zeros((48, 64, 3), np.uint8), start + time_s)
    assert times_in(path) == pytest.approx(times, abs=1e-4)


def test_a_time_that_does_not_advance_costs_no_frame(tmp_path, card):
    with VideoFile(tmp_path / "a.mp4", (64, 48), 30) as output:
        for time_s in (0, 0, 1, 0.5, 2):
            output.send(card(64, 48), time_s)
    assert times_in(output.path) == pytest.approx([0, 0, 1, 1, 2], abs=1e-4)


def test_without_a_time_a_frame_is_shown_when_it_is_sent(tmp_path, card):
    with VideoFile(tmp_path / "a.mp4", (64, 48), 30) as output:
        began = time.monotonic()
        output.send(card(64, 48))
        time.sleep(0.3)
        output.send(card(64, 48))
        took = time.monotonic() - began
    assert 0.3 <= times_in(output.path)[1] <= took


@settings(max_examples=25, deadline=None)
@given(width=st.integers(1, 130), height=st.integers(1, 130))
def test_every_size_is_written_with_even_sides(tmp_path_factory, width, height):
    path = tmp_path_factory.mktemp("sizes") / "any.mp4"
    image = np.full((height, width, 3), (30, 120, 220), np.uint8)
    with VideoFile(path, (width, height), 30) as output:
        output.send(image)
    (frame,) = read_back(path)
    assert frame.shape == (height + height % 2, width + width % 2, 3)
    assert is_close(frame, np.full(frame.shape, (30, 120, 220)))


def test_nothing_has_the_targets_name_before_it_is_whole(tmp_path, card):
    path = tmp_path / "lesson.mp4"
    output = VideoFile(path, (64, 48), 30)
    output.send(card(64, 48))
    assert not path.exists()
    output.close()
    assert [p.name for p in tmp_path.iterdir()] == ["lesson.mp4"]


def test_an_error_on_the_way_leaves_nothing(tmp_path, card):
    def fail_midway() -> None:
        with VideoFile(tmp_path / "a.mp4", (64, 48), 30) as output:
            output.send(card(64, 48))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert list(tmp_path.iterdir()) == []


def test_an_error_on_the_way_keeps_the_older_file(tmp_path, card):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"older")
    output = VideoFile(path, (64, 48), 30)
    output.send(card(64, 48))
    output.discard()
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_finished_file_replaces_the_older_one_where_that_is_wanted(tmp_path, card):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"older")
    with VideoFile(path, (64, 48), 30, replace=True) as output:
        output.send(card(64, 48))
    assert len(read_back(path)) == 1


def test_otherwise_it_takes_the_next_free_name(tmp_path, card):
    for _ in range(3):
        with open_output(str(tmp_path / "a.mp4"), size=(64, 48), fps=30) as output:
            output.send(card(64, 48))
    assert output.name == "a-3.mp4"
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", "a-2.mp4", "a-3.mp4"}


@pytest.mark.parametrize("replace", [False, True])
def test_a_device_is_refused_and_stays_one(tmp_path, replace):
    (tmp_path / "a.mp4").symlink_to(os.devnull)
    with pytest.raises(OutputError, match="needs a regular file"):
        VideoFile(tmp_path / "a.mp4", (64, 48), 30, replace=replace)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_link_stays_a_link(tmp_path, card):
    link, path = tmp_path / "link.mp4", tmp_path / "a.mp4"
    path.write_bytes(b"older")
    link.symlink_to(path)
    with VideoFile(link, (64, 48), 30, replace=True) as output:
        output.send(card(64, 48))
    assert link.is_symlink()
    assert len(read_back(path)) == 1


def test_without_a_frame_there_is_no_file(tmp_path):
    with VideoFile(tmp_path / "a.mp4", (64, 48), 30):
        pass
    assert list(tmp_path.iterdir()) == []


def test_closing_twice_is_harmless_and_sending_afterwards_is_not(tmp_path, card):
    output = VideoFile(tmp_path / "a.mp4", (64, 48), 30)
    output.send(card(64, 48))
    output.close()
    output.close()
    with pytest.raises(OutputError, match="closed"):
        output.send(card(64, 48))


def test_a_frame_of_another_size_is_refused_and_not_lost_silently(tmp_path, card):
    with (
        VideoFile(tmp_path / "a.mp4", (64, 48), 30) as output,
        pytest.raises(OutputError, match=r"takes frames of \(64, 48\), not \(48, 64\)"),
    ):
        output.send(card(48, 64))


@pytest.mark.parametrize("name", ["a.avi", "a.png", "a.xyz"])
def test_other_endings_are_refused(tmp_path, name):
    with pytest.raises(OutputError, match=r"ends in \.mp4"):
        open_output(str(tmp_path / name), size=(64, 48), fps=30)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"cannot write .*No such file or directory"):
        VideoFile(tmp_path / "nowhere" / "a.mp4", (64, 48), 30)


def test_a_folder_of_that_name_is_left_alone(tmp_path):
    (tmp_path / "a.mp4").mkdir()
    with pytest.raises(OutputError, match="a folder has that name"):
        VideoFile(tmp_path / "a.mp4", (64, 48), 30)
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_a_name_with_other_scripts_and_spaces_works(tmp_path, card):
    path = tmp_path / "अंतिम पाठ 1.mp4"
    with VideoFile(path, (64, 48), 30) as output:
        output.send(card(64, 48))
    assert path.stat().st_size > 0


CHILD = """
import sys, time
from pathlib import Path
import numpy as np
from overlay.errors import OutputError
from overlay.outputs.video_file import VideoFile
from tests.full_disk import run_on_full_disk

noise = np.random.default_rng(0)

def frame():
    return noise.integers(0, 256, (240, 320, 3), np.uint8)

path = Path(sys.argv[1])
"""

FULL_DISK = """
def record(output):
    for n in range(200):
        output.send(frame(), n / 30)

def recorded():
    output = VideoFile(path, (320, 240), 30)
    try:
        record(output)
    finally:
        output.close()

def converted():
    with VideoFile(path, (320, 240), 30) as output:
        record(output)

try:
    globals()[sys.argv[2]]()
except OutputError as error:
    print(error)
"""

KILLED = """
import os, signal
output = VideoFile(path, (320, 240), 30)
for n in range(90):
    output.send(frame(), n / 30)
os.kill(os.getpid(), signal.SIGKILL)
"""


def child(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: no limit of file sizes on Windows")
class TestAFullDisk:
    def test_what_was_recorded_until_then_is_kept_and_plays(self, tmp_path):
        result = run_on_full_disk(
            CHILD + FULL_DISK, tmp_path / "a.mp4", "recorded", limit=2_500_000
        )
        assert "a.mp4' could not be written to its end: File too large" in result.stdout
        assert result.stderr == ""
        assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
        with VideoSource(tmp_path / "a.mp4", pace=False) as source:
            assert len(list(source)) > 30

    def test_a_conversion_is_there_whole_or_not_at_all(self, tmp_path):
        result = run_on_full_disk(
            CHILD + FULL_DISK, tmp_path / "a.mp4", "converted", limit=2_000_000
        )
        assert "a.mp4' could not be written to its end: File too large" in result.stdout
        assert result.stderr == ""
        assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: no SIGKILL on Windows")
def test_when_the_process_is_killed_the_hidden_file_plays_almost_to_the_end(tmp_path):
    child(KILLED, tmp_path / "a.mp4")
    (part,) = tmp_path.iterdir()
    assert part.name.startswith(".a-")
    assert times_in(part)[-1] > 2.9 - 1
