"""Folders as people have them: subfolders, links, hidden files, and what is no picture."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from overlay.errors import SourceError
from overlay.sources.demo import PORTRAIT
from overlay.sources.listing import LeftOut, lines_about, list_files
from tests.linux_machine import linux_only

CLIP = b"\0\0\0\x18ftypisom\0\0\2\0isommp42"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def put(path: Path, content: bytes = b"\xff\xd8\xff\xe0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(folder: Path, *, recursive: bool = True) -> list[str]:
    return [file.name for file in list_files(folder, recursive=recursive).files]


def test_pictures_and_videos_of_all_subfolders_come_in_natural_order(folder: Path) -> None:
    for name in ("img10.jpg", "img2.jpg", "b/1.jpg", "a10/1.jpg", "a2/b/1.jpg", "a2/clip.mp4"):
        put(folder / name, CLIP if name.endswith("mp4") else b"\xff\xd8\xff\xe0")
    found = list_files(folder)
    assert [(file.name, file.kind) for file in found.files] == [
        ("a2/b/1.jpg", "picture"),
        ("a2/clip.mp4", "video"),
        ("a10/1.jpg", "picture"),
        ("b/1.jpg", "picture"),
        ("img2.jpg", "picture"),
        ("img10.jpg", "picture"),
    ]
    assert all(file.path == folder / file.name for file in found.files)
    assert found.left_out == []


def test_without_recursion_subfolders_are_named(folder: Path) -> None:
    put(folder / "0.jpg")
    put(folder / "a/1.jpg")
    found = list_files(folder, recursive=False)
    assert [file.name for file in found.files] == ["0.jpg"]
    assert lines_about(found.left_out) == ["a/ was left out: subfolders are not read"]


def test_one_file_is_a_listing_of_its_own(folder: Path) -> None:
    picture = shutil.copy(PORTRAIT, folder / "portrait.txt")
    (file,) = list_files(Path(picture)).files
    assert (file.name, file.kind) == ("portrait.txt", "picture")


def test_what_is_missing_is_an_error(folder: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        list_files(folder / "missing")


def test_other_files_are_named_or_counted(folder: Path) -> None:
    put(folder / "0.jpg")
    put(folder / "notes.txt", b"text")
    assert lines_about(list_files(folder).left_out) == [
        "notes.txt was left out: it is neither a picture nor a video"
    ]
    for number in range(1000):
        put(folder / f"{number}.csv", b"1,2")
    assert lines_about(list_files(folder).left_out) == [
        "1,001 were left out, each because it is neither a picture nor a video (1,000 .csv, 1 .txt)"
    ]


def test_hidden_folders_are_named_and_hidden_files_only_if_they_are_pictures(
    folder: Path,
) -> None:
    put(folder / "0.jpg")
    put(folder / ".cache/1.jpg")
    put(folder / ".2.jpg")
    put(folder / ".DS_Store", b"\0\0\0\1Bud1")
    put(folder / "._0.jpg", b"\0\x05\x16\x07\0\x02\0\0Mac OS X")
    found = list_files(folder)
    assert [file.name for file in found.files] == ["0.jpg"]
    assert found.left_out == [LeftOut(".2.jpg", "it is hidden"), LeftOut(".cache/", "it is hidden")]


@linux_only
def test_links_are_followed_once(folder: Path, tmp_path: Path) -> None:
    put(folder / "photos/1.jpg")
    put(tmp_path / "elsewhere/2.jpg")
    (folder / "a-loop").symlink_to(folder)
    (folder / "another").symlink_to(folder / "photos")
    (folder / "photos/up").symlink_to("..")
    (folder / "above").symlink_to(tmp_path)
    (folder / "everything").symlink_to("/")
    (folder / "outside").symlink_to(tmp_path / "elsewhere")
    (folder / "nowhere.jpg").symlink_to("missing.jpg")
    (folder / "itself.jpg").symlink_to("itself.jpg")
    found = list_files(folder)
    assert [file.name for file in found.files] == ["outside/2.jpg", "photos/1.jpg"]
    above = "it is a link to a folder above"
    assert [(left.name, left.reason) for left in found.left_out] == [
        ("a-loop/", above),
        ("above/", above),
        ("another/", "its folder is read already, by another path"),
        ("everything/", above),
        ("itself.jpg", "it cannot be read: Too many levels of symbolic links"),
        ("nowhere.jpg", "it is a broken link"),
        ("photos/up/", above),
    ]


@linux_only
def test_many_links_among_folders_take_no_time(folder: Path) -> None:
    for number in range(30):
        put(folder / f"{number}/{number}.jpg")
        for name in "abc":
            (folder / f"{number}/{name}").symlink_to(folder / str((number + 1) % 30))
    assert len(names(folder)) == 30


@linux_only
def test_devices_are_named_and_not_opened(folder: Path) -> None:
    os.mkfifo(folder / "fifo.jpg")
    assert lines_about(list_files(folder).left_out) == [
        "fifo.jpg was left out: it is a device, not a file"
    ]


def test_what_may_not_be_read_is_named(folder: Path, ordinary_user) -> None:  # type: ignore[no-untyped-def]
    put(folder / "0.jpg")
    put(folder / "locked.jpg").chmod(0)
    (folder / "locked").mkdir(mode=0)
    with ordinary_user():
        found = list_files(folder)
    assert [file.name for file in found.files] == ["0.jpg"]
    denied = "it cannot be read: Permission denied"
    assert found.left_out == [LeftOut("locked.jpg", denied), LeftOut("locked/", denied)] or (
        found.left_out == [LeftOut("locked/", denied), LeftOut("locked.jpg", denied)]
    )
