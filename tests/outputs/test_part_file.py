"""What a killed process has left of a video goes with the next one of that name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from overlay.outputs.part_file import PartFile


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "lesson [4].mp4"


def left_by_a_killed_process(target: Path, *, playable: bool) -> Path:
    part = PartFile(target, playable=playable)
    part.path.write_bytes(b"half a video")
    part._lock.release()  # as the system does when a process ends
    return part.path


def test_it_lies_hidden_beside_its_target_until_it_takes_its_name(target: Path) -> None:
    part = PartFile(target, playable=False)
    assert part.path.parent == target.parent
    assert part.path.name.startswith(".lesson [4].mp4-")
    part.path.write_bytes(b"a video")
    part.replace(target)
    part.delete()
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert target.read_bytes() == b"a video"


def test_what_is_left_of_a_conversion_is_deleted_by_the_next_one(target: Path) -> None:
    left = left_by_a_killed_process(target, playable=False)
    PartFile(target, playable=False).delete()
    assert not left.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: a lock is needed on POSIX only")
def test_what_another_process_is_writing_stays(target: Path) -> None:
    other = PartFile(target, playable=False)
    PartFile(target, playable=False).delete()
    assert other.path.exists()


@pytest.mark.parametrize("name", ["lesson.mp4", "lesson [4].mkv", "4.mp4"])
def test_what_is_left_of_other_files_stays(target: Path, name: str) -> None:
    left = left_by_a_killed_process(target.with_name(name), playable=False)
    PartFile(target, playable=False).delete()
    assert left.exists()


def test_a_recording_that_was_cut_off_can_be_played_and_stays(target: Path) -> None:
    left = left_by_a_killed_process(target, playable=True)
    PartFile(target, playable=True).delete()
    PartFile(target, playable=False).delete()
    assert left.exists()
