"""The memory between the application and a window."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Iterator
from multiprocessing.shared_memory import SharedMemory
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.gui.frames import FrameBuffer
from tests.waiting import until

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
    pixels, *taken_size = taken
    assert pixels == bytes([30, 30, 30, 255]) * size[0] * size[1]
    assert tuple(taken_size) == size
    assert window.take() is None


def test_a_picture_that_was_taken_stays_while_the_next_one_comes(make_pair):
    application, window = make_pair((64, 48))
    application.put(np.full((48, 64, 3), 10, np.uint8))
    pixels, _, _ = window.take()
    for shade in (20, 30):
        application.put(np.full((48, 64, 3), shade, np.uint8))
        assert set(pixels) == {10, 255}


@pytest.mark.parametrize("fps", [15, 24, 30, 60])
def test_the_window_looks_hardly_more_often_than_pictures_come(make_pair, monkeypatch, fps):
    application, window = make_pair((64, 48))
    now_s = 100.0
    clock = SimpleNamespace(perf_counter=lambda: now_s, perf_counter_ns=lambda: round(now_s * 1e9))
    monkeypatch.setattr("overlay.gui.frames.time", clock)
    picture = np.zeros((48, 64, 3), np.uint8)
    draw = random.Random(1)
    due_s = [100.0 + number / fps + draw.uniform(0, 0.002) for number in range(200)]
    looks, delays_s, look_s = 0, [], 100.0
    while due_s:
        while due_s and due_s[0] <= look_s:
            now_s = last_s = due_s.pop(0)
            application.put(picture)
        now_s = look_s
        looks += 1
        if window.take() is not None:
            delays_s.append(now_s - last_s)
        look_s += math.ceil(1000 * window.rest_s) / 1000
    assert looks < 1.7 * 200
    assert len(delays_s) > 0.9 * 200
    assert statistics.mean(delays_s) < 0.004


def test_where_no_pictures_come_the_window_looks_seldom(make_pair):
    application, window = make_pair((64, 48))
    application.put(np.zeros((48, 64, 3), np.uint8))
    assert window.take() is not None
    until(lambda: window.rest_s == 0.1)


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
        assert taken is None or len(taken[0]) == 4 * taken[1] * taken[2]
        assert end.view is None or min(end.view) >= 16
        assert 1 <= end.pixel_ratio <= 4
        assert 0 < end.rest_s <= 0.1
        assert isinstance(end.take_text() or "", str)
        end.release()
    finally:
        memory.close()
        memory.unlink()
