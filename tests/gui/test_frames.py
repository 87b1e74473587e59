"""The memory between the application and a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.gui.frames import FrameBuffer

Pair = tuple[FrameBuffer, FrameBuffer]


@pytest.fixture
def make_pair() -> Iterator[Callable[[tuple[int, int]], Pair]]:
    """The application's end and the window's, for frames of a size."""
    made: list[tuple[SharedMemory, Pair]] = []

    def make(size: tuple[int, int]) -> Pair:
        memory = SharedMemory(create=True, size=FrameBuffer.bytes_for(size))
        made.append((memory, (FrameBuffer(memory, size), FrameBuffer(memory, size))))
        return made[-1][1]

    yield make
    for memory, ends in made:
        for end in ends:
            end.release()
        memory.close()
        memory.unlink()


@pytest.mark.parametrize("size", [(16, 16), (640, 360), (1281, 721)])
def test_the_newest_picture_is_handed_over_once(make_pair, size):
    application, window = make_pair(size)
    assert window.take() is None
    for shade in (10, 20, 30):
        application.put(np.full((size[1], size[0], 3), shade, np.uint8))
    taken = window.take()
    assert taken is not None
    assert taken == (bytes([30]) * 3 * size[0] * size[1], *size)
    assert window.take() is None


def test_the_text_is_handed_over_once_and_cut_where_it_is_too_long(make_pair):
    application, window = make_pair((64, 48))
    assert window.take_text() is None
    application.put_text("é" * 200)
    assert window.take_text() == "é" * 96
    assert window.take_text() is None


def test_a_small_preview_gets_small_pictures_and_a_large_one_no_more_than_there_is_room(make_pair):
    application, window = make_pair((1280, 720))
    window.ask_for(320, 400, 1.0)
    assert application.view == (320, 180)
    window.ask_for(7680, 4320, 2.0)
    assert application.view == (1920, 1080)
    assert application.pixel_ratio == 2
    window.ask_for(0, 0, 1.0)
    assert application.view is None


numbers = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(numbers, min_size=16, max_size=16), st.binary(max_size=192))
def test_garbage_counts_as_nothing(garbage, text):
    size = (64, 48)
    memory = SharedMemory(create=True, size=FrameBuffer.bytes_for(size))
    try:
        end = FrameBuffer(memory, size)
        memory.buf[:128] = np.array(garbage, np.int64).tobytes()
        memory.buf[128 : 128 + len(text)] = text
        taken = end.take()
        assert taken is None or len(taken[0]) == 3 * taken[1] * taken[2]
        assert end.view is None or min(end.view) >= 16
        assert 1 <= end.pixel_ratio <= 4
        assert isinstance(end.take_text() or "", str)
        end.release()
    finally:
        memory.close()
        memory.unlink()
