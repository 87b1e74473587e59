"""What is counted of the labels in videos."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from overlay.scene import EMOTIONS, UNSURE, Box, Emotion, Face, KeyPoints, Scene
from training.clips import READERS, Shown, main

Capture = pytest.CaptureFixture[str]


def scene(time_s: float, **labels: str) -> Scene:
    """A scene in which faces, by number (`f1`), have labels."""
    even = tuple(1 / len(EMOTIONS) for _ in EMOTIONS)
    faces = tuple(
        Face(
            int(name[1:]), Box(0, 0, 9, 9), 1.0, KeyPoints(*6 * [(0.0, 0.0)]), Emotion(x, 0.5, even)
        )
        for name, x in labels.items()
    )
    return Scene(0, time_s, 9, 9, faces)


def test_changes_are_of_one_face_and_unsure_counts() -> None:
    shown = Shown()
    shown.add(scene(0.0, f1="neutral", f2="happy"))
    shown.add(scene(0.5, f1="neutral", f2="happy"))
    shown.add(scene(1.0, f1=UNSURE, f2="happy"))
    shown.add(scene(1.5, f3="sad"))
    figures = shown.as_dict()
    assert figures["changes"] == 1
    assert figures["seconds"] == 2  # a second of each of the first two
    assert figures["face_frames"] == 7
    assert figures["expressions"] == 4
    assert figures["labels"] == {"happy": 3, "neutral": 2, UNSURE: 1, "sad": 1}


def test_a_calm_person_is_neutral_in_both_ways_of_reading(
    clip_path: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "videos"
    folder.mkdir()
    shutil.copy(clip_path("calm"), folder / "calm.mp4")
    main(folder=folder, json_path=tmp_path / "clips.json")
    figures = json.loads((tmp_path / "clips.json").read_text())["calm"]
    assert set(figures) == set(READERS)
    for kind in READERS:
        assert figures[kind]["labels"].get("neutral", 0) > 0.9 * figures[kind]["face_frames"] > 0


@pytest.mark.parametrize("content", [None, b"no video"])
def test_what_is_no_video_is_one_line(
    content: bytes | None, tmp_path: Path, capsys: Capture
) -> None:
    if content is not None:
        (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(SystemExit) as stop:
        main(folder=tmp_path)
    assert stop.value.code == 2
    assert "video" in capsys.readouterr().err.splitlines()[-1]
