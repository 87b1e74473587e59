"""Tables with one row a face, as the README documents them."""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from overlay.analysis.description import describe
from overlay.analysis.tables import COLUMNS, write_csv, write_json, write_parquet
from overlay.errors import MissingExtraError, OutputError
from overlay.scene import EMOTIONS, Box, Emotion, Face, Scene
from tests.conftest import REPOSITORY
from tests.drawing.scenes import emotion, face

BOX = Box(10.0, 20.5, 30.0, 40.0)
UNSURE = Emotion("unsure", 0.4, emotion("sad", 0.4).probabilities, reason="dark")
FACES = (face(1, BOX, emotion("happy", 0.7)), face(2, BOX, UNSURE), face(3, BOX, None))


def line(*faces: Face, frame: int = 0, file: str = "a/b.png") -> bytes:
    scene = Scene(frame, frame / 4, 640, 480, faces)
    return json.dumps(describe(scene, file=file)).encode() + b"\n"


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_parquet(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


def test_each_face_is_a_row_with_what_was_read(tmp_path: Path) -> None:
    write_csv(tmp_path / "out.csv", [line(*FACES)])
    happy, unsure, unread = read_csv(tmp_path / "out.csv")
    assert list(happy) == list(COLUMNS)
    assert (happy["file"], happy["frame"], happy["time_s"]) == ("a/b.png", "0", "0.0")
    boxes = (happy["box_x"], happy["box_y"], happy["box_width"], happy["box_height"])
    assert boxes == ("10.0", "20.5", "30.0", "40.0")
    assert (happy["id"], happy["score"]) == ("1", "0.9")
    assert (happy["emotion"], happy["reason"], happy["probability"]) == ("happy", "", "0.7")
    assert sum(float(happy[name]) for name in EMOTIONS) == pytest.approx(1, abs=0.001)
    assert (unsure["emotion"], unsure["reason"]) == ("unsure", "dark")
    assert [unread[name] for name in ("id", "emotion", "happy")] == ["3", "", ""]


def test_a_frame_without_faces_is_a_row_without_a_face(tmp_path: Path) -> None:
    write_csv(tmp_path / "out.csv", [line(frame=3)])
    (row,) = read_csv(tmp_path / "out.csv")
    assert (row.pop("file"), row.pop("frame"), row.pop("time_s")) == ("a/b.png", "3", "0.75")
    assert set(row.values()) == {""}


def test_parquet_is_the_same_table(tmp_path: Path) -> None:
    lines = [line(*FACES), line(frame=1), line(FACES[0], frame=2)] * 7_000  # two batches
    write_csv(tmp_path / "out.csv", lines)
    write_parquet(tmp_path / "out.parquet", lines)
    rows = read_parquet(tmp_path / "out.parquet")
    as_text = [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows
    ]
    assert as_text == read_csv(tmp_path / "out.csv")
    assert rows[0]["frame"] == 0


def test_parquet_of_nothing_has_the_columns(tmp_path: Path) -> None:
    write_parquet(tmp_path / "out.parquet", [])
    assert parquet.read_table(tmp_path / "out.parquet").column_names == list(COLUMNS)


@pytest.mark.parametrize("name", ["=1+1.png", "+a.png", "-a.png", "@a.png"])
def test_a_file_name_is_no_formula_in_a_spreadsheet(tmp_path: Path, name: str) -> None:
    write_csv(tmp_path / "out.csv", [line(file=name)])
    assert read_csv(tmp_path / "out.csv")[0]["file"] == f"./{name}"


@pytest.mark.parametrize("name", ['a "quoted", one.png', "two\nlines.png", "चित्र.png"])
def test_a_file_name_comes_back_whatever_is_in_it(tmp_path: Path, name: str) -> None:
    write_csv(tmp_path / "out.csv", [line(file=name)])
    write_parquet(tmp_path / "out.parquet", [line(file=name)])
    assert read_csv(tmp_path / "out.csv")[0]["file"] == name
    assert read_parquet(tmp_path / "out.parquet")[0]["file"] == name


def test_a_file_name_that_is_not_unicode_is_shown_with_escapes(tmp_path: Path) -> None:
    write_csv(tmp_path / "out.csv", [line(file="caf\udce9.png")])
    write_parquet(tmp_path / "out.parquet", [line(file="caf\udce9.png")])
    assert read_csv(tmp_path / "out.csv")[0]["file"] == r"caf\udce9.png"
    assert read_parquet(tmp_path / "out.parquet")[0]["file"] == r"caf\udce9.png"


@pytest.mark.parametrize("write", [write_csv, write_json, write_parquet])
def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, write: Any) -> None:
    def broken() -> Any:
        yield line(*FACES)
        raise OSError(28, "No space left on device")

    (tmp_path / "out").write_text("older")
    with pytest.raises(OutputError, match="No space left on device"):
        write(tmp_path / "out", broken())
    assert [path.read_text() for path in tmp_path.iterdir()] == ["older"]


def test_without_pyarrow_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"--parquet needs pyarrow.*emotion-overlay\[parq"):
        write_parquet(tmp_path / "out.parquet", [])


def test_the_readme_documents_every_column() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| column | what |")[2].partition("</details>")[0]
    cells = re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)
    assert tuple(re.findall(r"`(\w+)`", " ".join(cells))) == COLUMNS
