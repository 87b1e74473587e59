"""Whole pictures through the application."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.scene import UNSURE
from overlay.sources.demo import PORTRAIT
from training.errors import LabelError
from training.evaluate import main
from training.photos import (
    MISSED,
    Photo,
    Verdict,
    find_photos,
    look_at,
    read_groups,
    summarise,
)

MODEL = Path(__file__).parents[2] / "models" / "emotion.onnx"


def write(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imencode(path.suffix, picture)[1].tofile(path)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A calm portrait: in colour, gray and cut tight, beside a stranger; and a wall."""
    portrait = np.asarray(cv2.imread(str(PORTRAIT)))
    write(tmp_path / "neutral" / "anna_1.jpg", portrait)
    write(
        tmp_path / "NEUTRAL 2" / "Neutral" / "anna_2.png",
        cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY),
    )
    small = cv2.resize(portrait, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    two = np.full(portrait.shape, 90, np.uint8)
    two[: small.shape[0], : small.shape[1]] = small
    write(tmp_path / "neutral" / "ben_1.jpg", np.hstack([portrait, two]))
    write(tmp_path / "Happiness" / "ben_2.jpg", np.full((300, 300, 3), 127, np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def verdict(label: str, shown: str, person: str | None = None) -> Verdict:
    best = "neutral" if shown == UNSURE else shown
    return Verdict(Photo(Path("x.jpg"), label, person), shown, best)


def test_whole_pictures_go_through_detector_crop_and_rule(album: Path) -> None:
    verdicts = look_at(find_photos(album), MODEL)
    assert [v.shown for v in verdicts if v.photo.label == "neutral"] == ["neutral"] * 3
    assert [v.shown for v in verdicts if v.photo.label == "happy"] == [MISSED]


def test_people_are_named_by_an_expression(album: Path) -> None:
    assert {p.person for p in find_photos(album, "^([a-z]+)_")} == {"anna", "ben"}
    assert {p.person for p in find_photos(album)} == {None}


def test_a_list_may_stand_for_folders(album: Path) -> None:
    (album / "labels.csv").write_text("file,expression,person\nneutral/anna_1.jpg,Neutral,7\n")
    assert find_photos(album) == [Photo(album / "neutral/anna_1.jpg", "neutral", "7")]
    (album / "labels.csv").write_text("file,expression\na.jpg,contempt\n")
    with pytest.raises(LabelError, match="contempt"):
        find_photos(album)


def test_unsure_and_missed_faces_are_not_recalled() -> None:
    shown = ["happy", "happy", "neutral", UNSURE, MISSED]
    figures = summarise([verdict("happy", each) for each in shown])["classes"]["happy"]
    assert figures["recall"] == 0.4
    assert (figures["unsure"], figures["missed"]) == (0.2, 0.2)
    assert figures["taken_for"] == {"neutral": 1}
    low, high = figures["interval"]
    assert low < 0.4 < high


def test_people_count_the_same_however_many_pictures_they_have() -> None:
    many = [verdict("happy", "happy", "anna")] * 9 + [verdict("happy", "sad", "ben")]
    result = summarise(many)
    assert result["classes"]["happy"]["recall"] == 0.9
    assert result["people"]["mean_recall"] == 0.5
    assert result["people"]["all_wrong"] == ["ben"]


def test_a_group_of_ten_people_far_below_the_mean_is_pointed_out(tmp_path: Path) -> None:
    rows, verdicts = ["person,age,hair"], []
    for number in range(30):
        hair = "red" if number < 10 else "dark" if number < 27 else "none"
        rows.append(f"p{number},{20 + number},{hair}")
        shown = "happy" if number >= 10 else "neutral"
        verdicts.append(verdict("happy", shown, f"p{number}"))
    (tmp_path / "people.csv").write_text("\n".join(rows) + "\n")
    groups = summarise(verdicts, read_groups(tmp_path / "people.csv"))["groups"]
    found = {(row["attribute"], row["group"]): row for row in groups}
    assert found["hair", "red"]["below"]
    assert found["hair", "red"]["people"] == 10
    assert not found["hair", "dark"]["below"]
    # Numbers are split at the median.
    assert {value for name, value in found if name == "age"} == {"up to 34.5", "above 34.5"}


def test_the_command_prints_tables_or_json(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(model=MODEL, photos=album, json_path="-")
    result = json.loads(capsys.readouterr().out)
    assert result["classes"]["neutral"]["recall"] == 1
    assert result["classes"]["happy"]["missed"] == 1
    assert result["mean_recall_of_six"] == 0
    main(model=MODEL, photos=album, subjects="^([a-z]+)_")
    printed = capsys.readouterr().out
    assert "neutral" in printed
    assert "2 people" in printed


@pytest.mark.parametrize("trouble", ["no folder", "nothing inside", "sensitivity", "groups"])
def test_what_cannot_be_used_is_one_line(
    trouble: str, album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    arguments = {
        "no folder": {"photos": tmp_path / "none"},
        "nothing inside": {"photos": empty},
        "sensitivity": {"photos": album, "sensitivity": "bold"},
        "groups": {"photos": album, "groups": tmp_path / "none.csv"},
    }[trouble]
    with pytest.raises(SystemExit) as stop:
        main(model=MODEL, **arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
