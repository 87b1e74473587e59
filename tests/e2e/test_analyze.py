"""`analyze` reads pictures, folders and videos, and writes labels and numbers."""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image as PillowImage

from overlay.scene import EMOTIONS, Box, Image, KeyPoints
from overlay.sources.demo import PORTRAIT
from tests.clips import CLIPS, read_clip
from tests.e2e.conftest import Outcome, finish, start
from tests.waiting import until

pytestmark = pytest.mark.e2e

pillow_heif.register_heif_opener()

Call = Callable[..., Outcome]
ClipPath = Callable[[str], Path]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def frames(path: Path) -> list[Image]:
    return [frame.image for frame in read_clip(path)]


@pytest.fixture(params=["smiling", "head-pose-face-detection-male"])
def smile(request: pytest.FixtureRequest, clip_path: ClipPath, tmp_path: Path) -> Path:
    """A picture of somebody who smiles."""
    picture = tmp_path / "smile.png"
    cv2.imwrite(str(picture), frames(clip_path(request.param))[10])
    return picture


@pytest.mark.parametrize(
    ("clip", "count"), [("two", 60), ("head-pose-face-detection-female-and-male", 56)]
)
def test_a_video_gives_one_object_a_frame_in_the_documented_form(
    call: Call, clip_path: ClipPath, tmp_path: Path, clip: str, count: int
) -> None:
    numbers = tmp_path / "out.jsonl"
    outcome = call("analyze", clip_path(clip), "--json", numbers)
    assert outcome.code == 0
    scenes = lines(numbers)
    assert [scene["frame"] for scene in scenes] == list(range(count))
    times = [scene["time_s"] for scene in scenes]
    assert times == sorted(times)
    assert times[0] == 0
    for scene in scenes:
        assert (scene["width"], scene["height"]) == (480, 270)
        assert len(scene["faces"]) == 2
        for face in scene["faces"]:
            x, y, width, height = face["box"]
            assert 0 <= x <= x + width <= 480
            assert 0 <= y <= y + height <= 270
            assert 0 < face["score"] <= 1
            assert list(face["keypoints"]) == list(KeyPoints._fields)
            assert face["emotion"] in (*EMOTIONS, "unsure")
            assert list(face["probabilities"]) == list(EMOTIONS)
            assert sum(face["probabilities"].values()) == pytest.approx(1, abs=0.002)
            assert face["probability"] == max(face["probabilities"].values())


def test_the_numbers_of_a_video_say_who_is_where(
    call: Call, clip_path: ClipPath, tmp_path: Path
) -> None:
    numbers = tmp_path / "out.jsonl"
    assert call("analyze", clip_path("three"), "--json", numbers).code == 0
    for scene in lines(numbers):
        for person in CLIPS["three"].shown(scene["frame"]):
            faces = [f for f in scene["faces"] if Box(*f["box"]).iou(person.box) > 0.6]
            assert [face["emotion"] for face in faces] == [person.person.label]


@pytest.mark.parametrize(
    ("clip", "count"), [("smiling", 60), ("head-pose-face-detection-male", 62)]
)
def test_the_saved_video_has_every_frame_with_labels_on_it(
    call: Call, clip_path: ClipPath, tmp_path: Path, clip: str, count: int
) -> None:
    labelled = tmp_path / "labelled.mp4"
    assert call("analyze", clip_path(clip), "--save", labelled).code == 0
    before, after = frames(clip_path(clip)), frames(labelled)
    assert len(after) == len(before) == count
    assert after[0].shape == before[0].shape
    difference = cv2.absdiff(before[30], after[30]).max(axis=2)
    assert (difference > 60).sum() > 500  # box and label
    assert (difference[:, :150] > 60).sum() == 0  # and nothing where nobody is
    assert [p.name for p in tmp_path.iterdir()] == ["labelled.mp4"]


def test_a_picture_is_labelled_and_saved_in_its_own_size(
    call: Call, smile: Path, tmp_path: Path
) -> None:
    saved, numbers = tmp_path / "labelled.png", tmp_path / "out.jsonl"
    outcome = call("analyze", smile, "--save", saved, "--json", numbers)
    assert outcome.code == 0
    assert "looked happy" in outcome.out
    assert cv2.imread(str(saved)).shape == cv2.imread(str(smile)).shape
    (scene,) = lines(numbers)
    assert scene["file"] == "smile.png"
    assert scene["faces"][0]["emotion"] == "happy"


def test_a_folder_is_read_picture_by_picture_and_what_is_damaged_is_named(
    call: Call, smile: Path, tmp_path: Path
) -> None:
    folder, saved, numbers = tmp_path / "in", tmp_path / "labelled", tmp_path / "out.jsonl"
    folder.mkdir()
    for name in ("b2.png", "b10.png"):
        (folder / name).write_bytes(smile.read_bytes())
    (folder / "bad.png").write_bytes(smile.read_bytes()[:100])
    (folder / "notes.txt").write_text("not a picture")
    cv2.imwrite(str(folder / "gray.png"), cv2.imread(str(smile), cv2.IMREAD_GRAYSCALE))
    cv2.imwrite(str(folder / "odd.png"), np.zeros((1, 1, 4), np.uint8))
    outcome = call("analyze", folder, "--save", saved, "--json", numbers)
    assert outcome.code == 0
    scenes = {scene["file"]: scene for scene in lines(numbers)}
    assert list(scenes) == ["b2.png", "b10.png", "gray.png", "odd.png"]
    assert {len(scenes[name]["faces"]) for name in ("b2.png", "b10.png", "gray.png")} == {1}
    assert scenes["odd.png"]["faces"] == []
    assert "bad.png" in outcome.out
    assert sorted(p.name for p in saved.iterdir()) == sorted(scenes)


def test_pictures_in_every_format_of_a_folder_are_read_and_saved_under_their_names(
    call: Call, tmp_path: Path
) -> None:
    folder, saved, numbers = tmp_path / "in", tmp_path / "labelled", tmp_path / "out.jsonl"
    folder.mkdir()
    portrait = PillowImage.open(PORTRAIT)
    kinds = {"heic": "HEIF", "jfif": "JPEG", "avif": "AVIF", "gif": "GIF", "webp": "WEBP"}
    for suffix, format in kinds.items():
        portrait.save(folder / f"face.{suffix}", format)
    portrait.save(folder / "face.txt", "JPEG")
    outcome = call("analyze", folder, "--save", saved, "--json", numbers)
    assert outcome.code == 0
    names = ["face.avif", "face.gif", "face.heic", "face.jfif", "face.txt", "face.webp"]
    assert [scene["file"] for scene in lines(numbers)] == names
    assert all(len(scene["faces"]) == 1 for scene in lines(numbers))
    assert sorted(file.name for file in saved.iterdir()) == [
        "face.avif",
        "face.heic",
        "face.jfif",
        "face.png",
        "face.txt.png",
        "face.webp",
    ]


def test_subfolders_are_read_unless_they_shall_not_be(
    call: Call, smile: Path, tmp_path: Path
) -> None:
    folder, saved, numbers = tmp_path / "in", tmp_path / "labelled", tmp_path / "out.jsonl"
    for name in ("0.png", "a/1.png", "b/c/2.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(smile.read_bytes())
    outcome = call("analyze", folder, "--save", saved, "--json", numbers)
    assert outcome.code == 0
    assert [scene["file"] for scene in lines(numbers)] == ["0.png", "a/1.png", "b/c/2.png"]
    assert all((saved / name).is_file() for name in ("0.png", "a/1.png", "b/c/2.png"))
    outcome = call("analyze", folder, "--no-recursive", "--json", numbers, "--force")
    assert [scene["file"] for scene in lines(numbers)] == ["0.png"]
    assert "a/ was left out" in outcome.out


def test_a_half_picture_is_one_line_without_its_decoders(call: Call, tmp_path: Path) -> None:
    content = io.BytesIO()
    PillowImage.open(PORTRAIT).save(content, "PNG")
    (tmp_path / "half.png").write_bytes(content.getvalue()[: content.tell() // 2])
    outcome = finish(start("analyze", "half.png", folder=tmp_path))
    assert outcome.code == 2
    assert outcome.err.splitlines() == [
        "emotion-overlay: 'half.png' cannot be decoded: save it again as .png or .jpg"
    ]


@pytest.mark.parametrize(
    ("case", "input", "files"),
    [
        ("heic-one-tile", "phone.heic", ["phone.heic"]),
        ("passed-over", ".", ["five.jpg", "four.heic", "one.jfif", "three.gif", "two.avif"]),
        ("subfolders", ".", ["0.jpg", "a/1.jpg", "b/2.jpg"]),
    ],
)
def test_pictures_of_the_shared_cases_are_all_read(
    call: Call, shared_case: ClipPath, case: str, input: str, files: list[str]
) -> None:
    outcome = call("analyze", shared_case(case) / input, "--json", "-")
    assert outcome.code == 0
    scenes = [json.loads(line) for line in outcome.out.splitlines()]
    assert [scene["file"] for scene in scenes] == files
    assert all(len(scene["faces"]) == 1 for scene in scenes)
    if case == "heic-one-tile":
        assert (scenes[0]["width"], scenes[0]["height"]) == (768, 1024)


def test_what_there_is_to_know_about_a_picture_is_said_beside_its_json(
    call: Call, tmp_path: Path
) -> None:
    portrait = PillowImage.open(PORTRAIT)
    portrait.save(tmp_path / "a.gif", save_all=True, append_images=[portrait.rotate(90)])
    outcome = call("analyze", tmp_path / "a.gif", "--json", "-")
    assert json.loads(outcome.out)["file"] == "a.gif"
    assert "a.gif is an animation: only its first picture was read" in outcome.err


def test_json_on_standard_output_is_nothing_but_json(call: Call, smile: Path) -> None:
    outcome = call("analyze", smile, "--json", "-")
    assert outcome.code == 0
    assert [json.loads(line)["frame"] for line in outcome.out.splitlines()] == [0]


@pytest.mark.parametrize("clip", ["smiling", "head-pose-face-detection-male"])
def test_a_truncated_video_is_read_as_far_as_it_goes_and_said_so(
    call: Call, clip_path: ClipPath, tmp_path: Path, clip: str
) -> None:
    # A half of an MP4 of ours has no index; an AVI has it at its end, too, but does without.
    path = CLIPS[clip].write(tmp_path / "a.avi") if clip in CLIPS else clip_path(clip)
    cut = tmp_path / f"cut{path.suffix}"
    cut.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    outcome = call("analyze", cut)
    assert outcome.code == 0
    assert "cut off" in outcome.out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.mp4", None),
        ("zero.mp4", b""),
        ("zero.png", b""),
        ("text.mp4", b"this is no video"),
        ("text.png", b"this is no picture"),
        ("noise.mp4", bytes(range(256)) * 100),
    ],
)
def test_bad_input_is_one_line_that_names_it_and_leaves_nothing_behind(
    call: Call, tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = sorted(tmp_path.iterdir())
    saved = tmp_path / ("out.mp4" if name.endswith("mp4") else "out.png")
    outcome = call("analyze", tmp_path / name, "--save", saved, "--json", tmp_path / "out.jsonl")
    assert outcome.code == 2
    assert name in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("option", ["--save", "--json"])
@pytest.mark.parametrize("target", ["no/such/folder/out.png", "folder.png"])
def test_an_unwritable_result_is_one_line_that_names_it(
    call: Call, smile: Path, tmp_path: Path, option: str, target: str
) -> None:
    (tmp_path / "folder.png").mkdir()
    before = sorted(tmp_path.rglob("*"))
    outcome = call("analyze", smile, option, tmp_path / target)
    assert outcome.code == 2
    assert target in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_result_that_exists_stays_as_it_was_when_reading_fails(
    call: Call, tmp_path: Path
) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    (tmp_path / "out.jsonl").write_text("precious")
    assert call("analyze", tmp_path / "bad.mp4", "--json", tmp_path / "out.jsonl").code == 2
    assert (tmp_path / "out.jsonl").read_text() == "precious"


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_what_is_interrupted_leaves_nothing_half_written(
    clip_path: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    clip = clip_path("leaving")
    process = start("analyze", clip, "--save", "out.mp4", "--json", "out.jsonl", folder=tmp_path)
    until(lambda: len(list(tmp_path.iterdir())) == 2, "two hidden files")
    process.send_signal(getattr(signal, name))
    outcome = finish(process)
    assert outcome.code != 0
    assert "Traceback" not in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_file_cannot_command_the_terminal(
    call: Call, smile: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in\x1b[2J"
    folder.mkdir()
    (folder / "sound.png").write_bytes(smile.read_bytes())
    (folder / "two\nlines.png").write_bytes(b"no picture")
    outcome = call("analyze", folder)
    assert outcome.code == 0
    assert "\x1b" not in outcome.out
    assert r"two\nlines.png was left out" in outcome.out
