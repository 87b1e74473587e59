"""Who it is and what they show, from names of files and folders."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.clips import CLIPS
from training.data import FER2013
from training.errors import LabelError
from training.people import emotion_named, read_people


def write(path: Path, seed: int, side: int = 48) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = np.random.default_rng(seed).integers(0, 255, (side, side), dtype=np.uint8)
    cv2.imencode(".png", picture)[1].tofile(path)


def test_folders_give_the_class_and_names_the_person(tmp_path: Path) -> None:
    write(tmp_path / "happiness" / "anna_1.png", 0)
    write(tmp_path / "session 2" / "SAD" / "anna_2.png", 1)
    write(tmp_path / "neutral" / "ben_1.png", 2)
    people = read_people(tmp_path, r"^([a-z]+)_")
    assert sorted(
        zip(people.subjects.tolist(), [FER2013[i] for i in people.labels], strict=True)
    ) == [
        ("anna", "happy"),
        ("anna", "sad"),
        ("ben", "neutral"),
    ]
    assert people.images.shape == (3, 48, 48)
    assert people.left_out == {}


def test_a_named_group_gives_the_class_where_folders_do_not(tmp_path: Path) -> None:
    for seed, name in enumerate(("KA.AN1.39.png", "KA.HA2.30.png", "YM.SU1.1.png", "YM.NE1.2.png")):
        write(tmp_path / name, seed)
    people = read_people(tmp_path, r"^(?P<subject>[A-Z]+)\.(?P<emotion>[A-Z]{2})")
    assert [FER2013[i] for i in people.labels] == ["angry", "happy", "neutral", "surprise"]
    assert people.subjects.tolist() == ["KA", "KA", "YM", "YM"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("happy", "happy"),
        ("HA", "happy"),
        ("Anger", "angry"),
        ("an", "angry"),
        ("afraid", "fear"),
        ("AF", "fear"),
        ("dis", "disgust"),
        ("su", "surprise"),
        ("sa", "sad"),
        ("ne", "neutral"),
        ("s", None),
        ("", None),
        ("bored", None),
    ],
)
def test_names_of_classes(name: str, meant: str | None) -> None:
    assert emotion_named(name) == (None if meant is None else FER2013.index(meant))


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    write(tmp_path / "happy" / "p1_a.png", 0)
    write(tmp_path / "happy" / "p1_copy.png", 0)
    write(tmp_path / "happy" / "p2_copy.png", 0)
    write(tmp_path / "happy" / "nobody.png", 1)
    write(tmp_path / "contempt" / "p1_b.png", 2)
    write(tmp_path / "other" / "p1_c.png", 3)
    (tmp_path / "happy" / "p1_broken.png").write_bytes(b"no picture")
    (tmp_path / "happy" / "p1_empty.png").write_bytes(b"")
    (tmp_path / "happy" / "p1.txt").write_text("no picture")
    people = read_people(tmp_path, r"^(p\d+)_")
    assert people.subjects.tolist() == ["p1", "p2"]
    assert people.left_out == {
        "an exact copy": 1,
        "no person in the file name": 1,
        "contempt is not shown by the application": 1,
        "no known expression": 1,
        "no face found, or not a readable image": 2,
    }


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", "not a regular expression"),
        ("abc", "needs a group"),
        ("^(zzz)", "no picture can be used"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_told(tmp_path: Path, pattern: str, said: str) -> None:
    write(tmp_path / "happy" / "p1_a.png", 0)
    with pytest.raises(LabelError, match=said) as caught:
        read_people(tmp_path, pattern)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="no such folder"):
        read_people(tmp_path / "gone", "(.)")


def test_faces_are_found_in_large_pictures(tmp_path: Path) -> None:
    frame = CLIPS["smiling"].render(0)
    (tmp_path / "happy").mkdir()
    cv2.imwrite(str(tmp_path / "happy" / "p1_scene.png"), frame)
    write(tmp_path / "happy" / "p1_noise.png", 0, side=200)
    found = read_people(tmp_path, "^(p1)", "find")
    assert len(found.images) == 1
    assert found.left_out == {"no face found, or not a readable image": 1}
    auto = read_people(tmp_path, "^(p1)", "auto")
    assert len(auto.images) == 2
    assert auto.notes == {"taken whole: no face found": 1}
    whole = read_people(tmp_path, "^(p1)", "whole")
    assert whole.notes == {}
    assert not (whole.images == found.images[0]).all(axis=(1, 2)).any()
