"""The detector looks at whole pictures, and at parts of those that are full of small faces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.perception.detector import Detection
from overlay.perception.search import PROBE_S, Region, Search
from overlay.scene import Box, KeyPoints

WIDTH, HEIGHT = 1280, 720


def crowd(count: int, width: float = 60) -> list[Detection]:
    boxes = [Box(100 * (i % 12), 90 * (i // 12), width, width) for i in range(count)]
    return [Detection(box, 0.9, KeyPoints(*[box.center] * 6)) for box in boxes]


def boxes(faces: list[Detection]) -> list[Box]:
    return [face.box for face in faces]


def a_round(search: Search) -> list[Region | None]:
    """The regions until the whole picture has its turn again."""
    regions = [search.next(WIDTH, HEIGHT)]
    while regions[-1] is not None:
        regions.append(search.next(WIDTH, HEIGHT))
    return regions


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


def test_an_unknown_crowd_is_looked_at_in_parts_and_then_in_smaller_ones() -> None:
    search = Search()
    search.learn(crowd(3), known=[])
    assert len(a_round(search)) == 5
    search.learn(crowd(3), known=[])
    assert len(a_round(search)) == 10
    assert search.probe(WIDTH, HEIGHT, 100.0) is None


def test_known_faces_and_a_few_in_the_background_are_no_crowd() -> None:
    search = Search()
    search.learn(crowd(9), known=boxes(crowd(9)))
    search.learn(crowd(2), known=[])
    assert search.level == 0


def test_among_many_known_faces_a_single_unknown_one_is_reason_enough() -> None:
    search = Search()
    search.learn(crowd(12), known=boxes(crowd(11)))
    assert search.level == 1


def test_when_the_small_faces_are_gone_pictures_are_looked_at_whole_again() -> None:
    search = Search()
    search.learn(crowd(3), known=[])
    a_round(search)
    search.relax(WIDTH, HEIGHT, boxes(crowd(25, width=60)))
    assert search.level == 1
    search.relax(WIDTH, HEIGHT, boxes(crowd(4, width=150)))
    assert search.level == 0


@pytest.mark.parametrize("level", [1, 2])
@given(x=st.floats(0, 1), y=st.floats(0, 1), part=st.floats(0.01, 0.05))
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
