"""The detector looks at whole pictures, and at parts of those that are full of small faces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.perception.search import PROBE_S, Region, Search
from overlay.scene import Box

WIDTH, HEIGHT = 1280, 720


def crowd(count: int, width: float = 40) -> list[Box]:
    return [Box(100 * (i % 12), 90 * (i // 12), width, width) for i in range(count)]


def a_round(search: Search) -> list[Region | None]:
    """The regions until the whole picture has its turn again."""
    regions = [search.next(WIDTH, HEIGHT)]
    while regions[-1] is not None:
        regions.append(search.next(WIDTH, HEIGHT))
    return regions


def adapted(search: Search, known: list[Box]) -> int:
    """The level after a round."""
    a_round(search)
    search.adapt(WIDTH, HEIGHT, known)
    return search.level


def test_it_begins_with_whole_pictures() -> None:
    search = Search()
    assert [search.next(WIDTH, HEIGHT) for _ in range(5)] == [None] * 5


def test_one_part_a_second_is_looked_at_beside() -> None:
    search = Search()
    probes = [search.probe(WIDTH, HEIGHT, i / 10) for i in range(40)]
    seen = [probe for probe in probes if probe is not None]
    assert len(seen) == 4
    assert len(set(seen)) == 4
    assert PROBE_S == 1.0


def test_after_a_new_face_the_next_part_is_looked_at_without_delay() -> None:
    search = Search()
    first = search.probe(WIDTH, HEIGHT, 0.0)
    search.hurry()
    second = search.probe(WIDTH, HEIGHT, 0.1)
    assert first != second
    assert None not in (first, second)


def test_the_smaller_the_faces_of_a_crowd_the_smaller_the_parts() -> None:
    search = Search()
    assert adapted(search, crowd(3, width=100)) == 1
    assert len(a_round(search)) == 5
    assert adapted(search, crowd(3, width=50)) == 2
    assert adapted(search, crowd(3, width=40)) == 3
    assert len(a_round(search)) == 17
    assert search.probe(WIDTH, HEIGHT, 100.0) is None


def test_two_small_faces_in_the_background_are_no_crowd() -> None:
    search = Search()
    assert adapted(search, [*crowd(2), *crowd(9, width=150)]) == 0
    assert search.is_small(WIDTH, HEIGHT, crowd(1)[0])
    assert not search.is_small(WIDTH, HEIGHT, crowd(1, width=150)[0])


@given(widths=st.lists(st.floats(20, 200), min_size=1, max_size=30))
def test_the_level_settles(widths: list[float]) -> None:
    search = Search()
    known = [Box(0, 0, width, width) for width in widths]
    for _ in range(6):
        adapted(search, known)
    assert {adapted(search, known) for _ in range(6)} == {search.level}


def test_when_the_small_faces_are_gone_pictures_are_looked_at_whole_again() -> None:
    search = Search()
    assert adapted(search, crowd(25, width=60)) == 1
    assert adapted(search, crowd(4, width=150)) == 0


@pytest.mark.parametrize("level", [1, 2, 3])
@given(x=st.floats(0, 1), y=st.floats(0, 1), part=st.floats(0.01, 0.03))
def test_every_small_face_lies_in_some_part_whole(
    level: int, x: float, y: float, part: float
) -> None:
    search = Search()
    search.level = level
    side = part * WIDTH
    box = Box(x * (WIDTH - side), y * (HEIGHT - side), side, side)
    regions = [region for region in a_round(search) if region is not None]
    assert any(region.holds(box, WIDTH, HEIGHT) for region in regions)


def test_a_face_cut_by_a_part_s_edge_does_not_lie_in_it_but_one_at_the_picture_s_edge_does() -> (
    None
):
    region = Region(0, 0, 700, 400)
    assert not region.holds(Box(680, 100, 60, 60), WIDTH, HEIGHT)
    assert region.holds(Box(-20, 100, 60, 60), WIDTH, HEIGHT)


def test_a_region_that_reaches_beyond_the_picture_shows_its_edge_again() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    cut = Region(-1, -2, 4, 5).cut(image)
    assert cut.shape == (5, 4, 3)
    assert (cut[:3, :2] == image[0, 0]).all()
    assert (cut[3:, 2:] == image[1, 1]).all()
    assert np.shares_memory(Region(0, 0, 2, 1).cut(image), image)


@given(
    st.builds(Region, *[st.integers(-30, 30)] * 2, *[st.integers(1, 30)] * 2),
    st.integers(1, 12),
    st.integers(1, 12),
)
def test_beyond_the_edge_of_a_frame_its_edge_is_repeated(
    region: Region, width: int, height: int
) -> None:
    image = np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)
    rows = np.clip(np.arange(region.y, region.y + region.height), 0, height - 1)
    columns = np.clip(np.arange(region.x, region.x + region.width), 0, width - 1)
    np.testing.assert_array_equal(region.cut(image), image[rows][:, columns])


@pytest.mark.parametrize("box", [Box(-30, 10, 30, 20), Box(10, 720, 20, 20), Box(1280, 0, 9, 9)])
def test_what_lies_beside_the_frame_is_no_face(box: Box) -> None:
    around = Region(-640, -360, 2560, 1440)
    assert around.holds(box._replace(x=10, y=10), WIDTH, HEIGHT)
    assert not around.holds(box, WIDTH, HEIGHT)
