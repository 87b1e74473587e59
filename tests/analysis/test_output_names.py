"""Labelled files are called like the originals, and none takes the place of another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from overlay.analysis.output_names import output_names
from overlay.pictures import WRITABLE_SUFFIXES


def named(*names: str) -> list[str]:
    videos = (".mp4", ".mov", ".MP4", ".mkv")
    return output_names([(name, "video" if name.endswith(videos) else "picture") for name in names])


def test_names_and_folders_stay_where_the_format_can_be_written() -> None:
    names = ["a.jpg", "b/c.heic", "b/c.avif", "d.JPEG", "e.mp4", "f.MP4", "g.tiff"]
    assert named(*names) == names


def test_other_formats_become_png_jpeg_or_mp4() -> None:
    assert named("a.gif", "b.mpo", "c", "d.txt", "e.mov") == [
        "a.png",
        "b.jpg",
        "c.png",
        "d.png",
        "e.mp4",
    ]


def test_the_one_that_changes_gives_way() -> None:
    assert named("a.gif", "a.png", "b/a.gif") == ["a.gif.png", "a.png", "b/a.png"]
    assert named("a.mov", "a.mkv", "a.mp4") == ["a.mov.mp4", "a.mkv.mp4", "a.mp4"]


def test_two_of_the_same_name_are_numbered() -> None:
    assert named("1.jpg", "1.jpg", "1.JPG") == ["1.jpg", "1-2.jpg", "1-3.JPG"]


names = st.from_regex(r"([ab]/)?[aAb.]{1,2}(-2)?(\.png|\.gif|\.JPG|\.mp4|\.mov)?", fullmatch=True)


@given(st.lists(names, max_size=12))
def test_no_two_are_the_same_and_all_can_be_written(files: list[str]) -> None:
    outputs = named(*files)
    assert len({name.casefold() for name in outputs}) == len(files)
    assert all(name.lower().endswith((*WRITABLE_SUFFIXES, ".mp4")) for name in outputs)
    assert [name.rpartition("/")[0] for name in outputs] == [f.rpartition("/")[0] for f in files]
