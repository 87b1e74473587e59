"""Only what was drawn on is converted; the rest of a video's numbers stays as it is."""

from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.planes import planes_of, repainted, to_frame
from overlay.scene import Image, Planes
from tests.media import TICK, encoded, middles, patches

SIZE = (64, 48)

#: Left, top, width and height of parts inside a picture of that size.
sides = st.tuples(st.integers(0, 63), st.integers(0, 47), st.integers(0, 64), st.integers(0, 48))
parts = sides.map(lambda p: (p[0], p[1], min(p[2], SIZE[0] - p[0]), min(p[3], SIZE[1] - p[1])))


def noise(seed: int) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)


def numbers(frame: av.VideoFrame) -> Planes:
    return Planes(*(plane.copy() for plane in planes_of(frame)))


def test_colours_are_those_of_bt709_in_limited_range():
    frame = to_frame(patches())
    frame.colorspace, frame.color_range = 1, 1
    assert np.abs(middles(frame.to_ndarray(format="bgr24")) - middles(patches())).max() <= 2
    same = numbers(encoded(patches(), "yuv420p"))
    for plane, other in zip(numbers(frame), same, strict=True):
        assert np.abs(plane.astype(int) - other).max() <= 1


@pytest.mark.parametrize("size", [(2, 2), (64, 48), (98, 66), (480, 270)])
def test_pictures_of_all_even_sizes_are_converted(size):
    luma, blue, red = planes_of(to_frame(np.full((size[1], size[0], 3), 255, np.uint8)))
    assert luma.shape == size[::-1]
    assert blue.shape == red.shape == (size[1] // 2, size[0] // 2)
    assert (luma == 235).all()
    assert (blue == 128).all()
    assert (red == 128).all()


@given(drawn=st.lists(parts, max_size=3))
def test_parts_are_converted_and_the_rest_is_kept(drawn):
    before, after = numbers(to_frame(noise(1))), numbers(to_frame(noise(2)))
    seen = planes_of(repainted(before, noise(2), drawn))
    touched = np.zeros(SIZE[::-1], bool)
    for x, y, width, height in drawn:
        touched[y : y + height, x : x + width] = True
    squares = touched.reshape(SIZE[1] // 2, 2, SIZE[0] // 2, 2).any(axis=(1, 3))
    for plane, old, new in zip(seen, before, after, strict=True):
        where = squares if plane.shape == squares.shape else np.kron(squares, np.ones((2, 2), bool))
        np.testing.assert_array_equal(plane[where], new[where])
        np.testing.assert_array_equal(plane[~where], old[~where])


def test_a_frame_that_is_stored_upside_down_is_seen_upright():
    graph = av.filter.Graph()
    frame = encoded(patches(*SIZE), "yuv420p")
    given = graph.add_buffer(width=SIZE[0], height=SIZE[1], format="yuv420p", time_base=TICK)
    graph.link_nodes(given, graph.add("vflip"), graph.add("buffersink")).configure()
    frame.pts, frame.time_base = 0, TICK
    graph.push(frame)
    flipped = graph.pull()
    assert flipped.planes[0].line_size < 0
    for plane, whole in zip(planes_of(flipped), planes_of(frame), strict=True):
        np.testing.assert_array_equal(plane, whole[::-1])


def test_the_original_stays_what_it_is():
    before = numbers(to_frame(noise(1)))
    kept = Planes(*(plane.copy() for plane in before))
    repainted(before, noise(2), [(0, 0, *SIZE)])
    for plane, other in zip(before, kept, strict=True):
        np.testing.assert_array_equal(plane, other)
