"""No command overwrites what it reads, nor another file unasked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from overlay.errors import TargetError
from overlay.targets import check_folder, check_targets, free_name


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / "lesson.mp4"
    path.write_bytes(b"the only copy")
    return path


def spelled_otherwise(path: Path) -> Path:
    return path.parent / "." / ".." / path.parent.name / path.name


def linked(path: Path) -> Path:
    link = path.with_name("link.mp4")
    link.symlink_to(path)
    return link


def hard_linked(path: Path) -> Path:
    link = path.with_name("hard.mp4")
    os.link(path, link)
    return link


def in_a_linked_folder(path: Path) -> Path:
    folder = path.parent / "elsewhere"
    folder.symlink_to(path.parent, target_is_directory=True)
    return folder / path.name


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    "named", [Path, spelled_otherwise, linked, hard_linked, in_a_linked_folder]
)
def test_the_input_is_never_overwritten_whatever_it_is_called(lesson, named, force):
    target = named(lesson)
    with pytest.raises(TargetError, match="is being read"):
        check_targets([target], inputs=[lesson], force=force)


def test_a_link_to_nothing_yet_is_compared_by_where_it_leads(tmp_path):
    (tmp_path / "link.mp4").symlink_to("new.mp4")
    with pytest.raises(TargetError, match="given twice"):
        check_targets([tmp_path / "new.mp4", tmp_path / "link.mp4"])


def test_two_results_need_two_files(tmp_path):
    with pytest.raises(TargetError, match="given twice"):
        check_targets([tmp_path / "a.png", tmp_path / "b.png", tmp_path / "." / "a.png"])


def test_a_new_file_needs_no_leave(tmp_path, lesson):
    check_targets([tmp_path / "new.mp4"], inputs=[lesson])


def test_a_device_is_written_through_and_loses_nothing(lesson):
    check_targets([Path(os.devnull)], inputs=[lesson])


class TestAnotherFile:
    """It is replaced only if the user says so."""

    def test_with_force_it_may_be_replaced(self, lesson):
        check_targets([lesson], force=True)

    def test_where_nobody_can_be_asked_it_stays(self, lesson):
        with pytest.raises(TargetError, match=r"lesson\.mp4' exists already.*--force"):
            check_targets([lesson])

    @pytest.mark.parametrize("answer", [True, False])
    def test_on_a_terminal_the_user_decides(self, lesson, answer, monkeypatch):
        asked = []
        monkeypatch.setattr("overlay.targets.has_terminal", lambda: True)
        monkeypatch.setattr("overlay.targets.confirm", lambda text: asked.append(text) or answer)
        if answer:
            check_targets([lesson])
        else:
            with pytest.raises(TargetError, match="kept; nothing was written"):
                check_targets([lesson])
        assert asked == [f"'{lesson}' exists already. Replace?"]

    def test_many_are_one_question(self, tmp_path):
        files = [tmp_path / f"{n}.png" for n in range(5)]
        for file in files:
            file.touch()
        with pytest.raises(
            TargetError, match=r"0\.png.*1\.png.*2\.png' and 2 more exist already.*replace them"
        ):
            check_targets(files)


class TestFolders:
    @pytest.mark.parametrize("target", ["photos", "photos/a", "photos/a/b", "link", "link/x"])
    def test_results_go_outside_the_folder_that_is_read(self, tmp_path, target):
        (tmp_path / "photos").mkdir()
        (tmp_path / "link").symlink_to("photos", target_is_directory=True)
        with pytest.raises(TargetError, match="name a folder outside it"):
            check_folder(tmp_path / target, tmp_path / "photos")

    @pytest.mark.parametrize("target", ["photos-2", ".", "other/photos"])
    def test_beside_or_above_it_is_outside(self, tmp_path, target):
        (tmp_path / "photos").mkdir()
        check_folder(tmp_path / target, tmp_path / "photos")


def test_the_next_free_name(tmp_path):
    path = tmp_path / "demo.mp4"
    names = []
    for _ in range(3):
        names.append(free_name(path).name)
        free_name(path).touch()
    assert names == ["demo.mp4", "demo-2.mp4", "demo-3.mp4"]
