"""Many files: what is read, counted, written, and taken up again after an interruption."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import cv2
import pytest

from overlay.analysis import Targets, analyze
from overlay.errors import SourceError
from overlay.settings import Settings
from overlay.sources.demo import PORTRAIT

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="PLATFORM: has no signals")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five pictures: two portraits, two that crash the faulty decoder, one that is none."""
    folder = tmp_path / "in"
    folder.mkdir()
    portrait = cv2.imencode(".png", cv2.imread(str(PORTRAIT)))[1].tobytes()
    for name in ("1.png", "3.png"):
        (folder / name).write_bytes(portrait)
    (folder / "2.png").write_bytes(portrait + b"CRASH")
    (folder / "4.png").write_bytes(b"no picture")
    (folder / "5.png").write_bytes(portrait + b"CRASH")
    return folder


@pytest.mark.usefixtures("faulty_decoder")
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_crashes_the_decoder_costs_no_other_file(
    tmp_path: Path, folder: Path, jobs: int
) -> None:
    saved, numbers = tmp_path / "out", tmp_path / "faces.jsonl"
    done = analyze([str(folder)], Targets(saved, numbers), settings=Settings(), jobs=jobs)
    assert done.warnings == [
        "2.png was left out: it crashes the decoder: save it again as .png, .jpg or .mp4",
        "5.png was left out: it crashes the decoder: save it again as .png, .jpg or .mp4",
        "4.png was left out: it is in no format that can be read: save it again as .png or .jpg",
    ]
    assert (done.files, done.total.frames, done.total.faces) == (2, 2, 2)
    scenes = [json.loads(line) for line in numbers.read_text().splitlines()]
    assert [(scene["file"], scene["frame"]) for scene in scenes] == [("1.png", 0), ("3.png", 0)]
    assert sorted(path.name for path in saved.iterdir()) == ["1.png", "3.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["faces.jsonl", "in", "out"]


@pytest.mark.usefixtures("faulty_decoder")
def test_where_nothing_could_be_read_it_is_said_and_nothing_is_left(
    tmp_path: Path, folder: Path
) -> None:
    for name in ("1.png", "3.png"):
        (folder / name).unlink()
    saved, numbers = tmp_path / "out", tmp_path / "faces.jsonl"
    with pytest.raises(SourceError, match=r"none of the 3 files .* crashes the decoder"):
        analyze([str(folder)], Targets(saved, numbers), settings=Settings())
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_url_is_not_read_and_its_password_not_repeated() -> None:
    with pytest.raises(SourceError, match=r"is not a file.*download a video") as error:
        analyze(["clip.mp4", "http://ana:opensesame@cam.lan/clip.mp4"], settings=Settings())
    assert "opensesame" not in str(error.value)


def test_a_device_is_not_read() -> None:
    with pytest.raises(SourceError, match="is a device"):
        analyze(["/dev/null"], settings=Settings())
