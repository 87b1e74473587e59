"""Commands that write files leave the user's originals alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.monitor.students import Student, add_student
from tests.e2e.conftest import Outcome
from tests.monitor import lessons

pytestmark = pytest.mark.e2e

Call = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's with pictures and a video, and everything in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / "photos" / name), np.full((48, 64, 3), 90, np.uint8))
    writer = cv2.VideoWriter("lesson.mp4", cv2.VideoWriter.fourcc(*"mp4v"), 15, (64, 48))
    for _ in range(10):
        writer.write(np.full((48, 64, 3), 90, np.uint8))
    writer.release()
    os.link("lesson.mp4", "hard.mp4")
    (tmp_path / "link.mp4").symlink_to("lesson.mp4")
    (tmp_path / "old.mp4").write_bytes(b"older")
    (tmp_path / "old.jsonl").write_bytes(b"older")
    return tmp_path


@pytest.fixture
def untouched(folder: Path) -> Iterator[None]:
    """Whatever happens in the test, no file of the user's changes, and none is added."""

    def contents() -> dict[Path, str]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = contents()
    yield
    assert contents() == before


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "command",
    [
        ("analyze", "lesson.mp4", "--save", "lesson.mp4"),
        ("analyze", "lesson.mp4", "--save", "link.mp4"),
        ("analyze", "link.mp4", "--save", "lesson.mp4", "--force"),
        ("analyze", "lesson.mp4", "--save", "hard.mp4", "--force"),
        ("analyze", "lesson.mp4", "--json", "photos/../lesson.mp4", "--force"),
        ("analyze", "lesson.mp4", "--save", "new.mp4", "--json", "new.mp4"),
        ("analyze", "photos/a.png", "--save", "photos/a.png", "--force"),
        ("analyze", "photos", "--save", "photos", "--force"),
        ("analyze", "photos", "--save", "photos/labelled", "--force"),
        ("analyze", "photos", "--json", "photos/b.png", "--force"),
        ("run", "--source", "lesson.mp4", "--output", "lesson.mp4", "--force"),
        ("run", "--source", "lesson.mp4", "--output", "link.mp4", "--force"),
    ],
)
def test_what_is_read_is_never_overwritten(call: Call, command: tuple[str, ...]) -> None:
    code, _, err = call(*command)
    assert (code, err.count("\n")) == (2, 1), err
    assert "name a" in err


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "command",
    [
        ("analyze", "lesson.mp4", "--save", "old.mp4"),
        ("analyze", "lesson.mp4", "--json", "old.jsonl"),
        ("analyze", "photos/a.png", "--save", "photos/b.png"),
        ("run", "--source", "demo", "--output", "old.mp4", "--seconds", "1"),
    ],
)
def test_another_file_is_not_replaced_unasked(call: Call, command: tuple[str, ...]) -> None:
    code, _, err = call(*command)
    assert (code, err.count("\n")) == (2, 1)
    assert "exists already" in err
    assert "--force" in err


def test_results_in_a_folder_are_not_replaced_unasked(call: Call, folder: Path) -> None:
    (folder / "labelled").mkdir()
    (folder / "labelled/b.png").write_bytes(b"older")
    assert call("analyze", "photos", "--save", "labelled").code == 2
    assert [path.name for path in (folder / "labelled").iterdir()] == ["b.png"]
    assert call("analyze", "photos", "--save", "labelled", "--force").code == 0
    assert cv2.imread("labelled/b.png").shape == (48, 64, 3)


@pytest.mark.usefixtures("folder")
def test_with_force_a_script_replaces_files(call: Call) -> None:
    results = ("--save", "old.mp4", "--json", "old.jsonl")
    assert call("analyze", "lesson.mp4", *results, "--force").code == 0
    assert Path("old.jsonl").read_text().count("\n") == 10
    assert cv2.VideoCapture("old.mp4").read()[0]


@pytest.fixture
def ada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Student:
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    monkeypatch.chdir(tmp_path)
    student = add_student("Ada")
    lessons.record(student, lessons.session(60), lessons.seconds(("happy", 60)))
    return student


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_neither_report_nor_export_replaces_what_the_profile_keeps(
    call: Call, ada: Student, force: tuple[str, ...]
) -> None:
    kept = {path: path.read_bytes() for path in ada.own_files}
    for path in kept:
        assert call("export", "--student", "Ada", path, *force).code == 2
        assert call("report", "--student", "Ada", "--out", path, *force).code == 2
    assert {path: path.read_bytes() for path in ada.own_files} == kept


def test_an_older_report_or_export_is_replaced_only_with_force(call: Call, ada: Student) -> None:
    for command in (
        ("report", "--student", "Ada", "--out", "page.html"),
        ("export", "--student", "Ada", "ada.zip"),
    ):
        assert call(*command).code == 0
        code, _, err = call(*command)
        assert code == 2
        assert "exists already" in err
        assert call(*command, "--force").code == 0
