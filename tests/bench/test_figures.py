"""Figures follow from numbers and times of pictures."""

from __future__ import annotations

import pytest

from overlay.bench.figures import delivery, percentiles

FPS = 30.0


def due(count: int) -> dict[int, float]:
    return {index: index / FPS for index in range(count)}


def test_pictures_that_all_come_on_time() -> None:
    sent = [(index, at + 0.004) for index, at in due(31).items()]
    told = delivery(sent, due(31), FPS)
    assert told.fps == pytest.approx(30)
    assert (told.dropped, told.repeated) == (0, 0)
    assert told.jitter_ms.p99 == pytest.approx(0, abs=1e-6)
    assert told.latency_ms.p50 == pytest.approx(4)


def test_a_missing_picture_is_dropped_whether_the_camera_was_read_or_not() -> None:
    sent = [(index, at) for index, at in due(10).items() if index not in (3, 7)]
    read = {index: at for index, at in due(10).items() if index != 3}
    assert delivery(sent, read, FPS).dropped == 2


def test_a_picture_sent_again_and_a_placeholder_are_repeated() -> None:
    sent = [(0, 0.0), (1, 0.03), (1, 0.06), (5_000_000, 0.1), (2, 0.13)]
    told = delivery(sent, due(3), FPS)
    assert (told.dropped, told.repeated) == (0, 2)


def test_a_late_picture_shows_in_jitter_and_latency() -> None:
    sent = [(index, at + (0.05 if index == 5 else 0)) for index, at in due(11).items()]
    told = delivery(sent, due(11), FPS)
    assert told.jitter_ms.p99 > 45
    assert told.latency_ms.p99 > 40


def test_one_picture_is_too_few() -> None:
    with pytest.raises(ValueError, match="fewer than two"):
        delivery([(0, 0.0)], due(1), FPS)


def test_nothing_has_no_percentiles() -> None:
    assert percentiles([]) is None
