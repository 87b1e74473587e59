"""Many files: what is read, counted, written, and taken up again after an interruption."""

from __future__ import annotations

import csv
import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from overlay.analysis import Targets, analyze
from overlay.errors import SourceError
from overlay.settings import Settings
from overlay.sources.demo import PORTRAIT
from overlay.sources.video import VideoSource

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


def test_of_videos_only_some_frames_are_read_and_judged_like_pictures(
    tmp_path: Path, folder: Path, clip_path: Callable[[str], Path]
) -> None:
    shutil.copy(clip_path("two"), folder / "clip.mp4")  # four seconds
    targets = Targets(json=tmp_path / "faces.jsonl", save=tmp_path / "out")
    analyze([str(folder)], targets, settings=Settings(), every_s=1.5)
    scenes = [json.loads(line) for line in (tmp_path / "faces.jsonl").read_text().splitlines()]
    read = [(scene["frame"], scene["time_s"]) for scene in scenes if scene["file"] == "clip.mp4"]
    assert read == [(0, 0), (1, pytest.approx(1.5, abs=0.1)), (2, pytest.approx(3, abs=0.1))]
    assert [face["id"] for face in scenes[-1]["faces"]] == [1, 2]
    assert {scene["file"] for scene in scenes} >= {"1.png", "3.png"}
    assert [frame.time_s for frame in VideoSource(tmp_path / "out/clip.mp4", pace=False)] == [
        pytest.approx(time_s, abs=0.01) for _, time_s in read
    ]


def test_several_inputs_are_named_by_the_path_that_leads_there(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other/deep").mkdir(parents=True)
    shutil.copy(folder / "1.png", tmp_path / "other/deep/1.png")
    monkeypatch.chdir(tmp_path)
    inputs = ["other", "in/3.png", "./in/3.png", "in/1.png"]
    done = analyze(inputs, Targets(Path("out"), csv=Path("out.csv")), settings=Settings())
    assert list(done.by_file) == ["other/deep/1.png", "in/3.png", "in/1.png"]
    with Path("out.csv").open() as table:
        assert [row["file"] for row in csv.DictReader(table)] == list(done.by_file)
    saved = sorted(path.relative_to("out").as_posix() for path in Path("out").rglob("*.png"))
    assert saved == ["1.png", "3.png", "other/deep/1.png"]


def test_a_url_is_not_read_and_its_password_not_repeated() -> None:
    with pytest.raises(SourceError, match=r"is not a file.*download a video") as error:
        analyze(["clip.mp4", "http://ana:opensesame@cam.lan/clip.mp4"], settings=Settings())
    assert "opensesame" not in str(error.value)


def test_a_device_is_not_read() -> None:
    with pytest.raises(SourceError, match="is a device"):
        analyze(["/dev/null"], settings=Settings())
