"""Fifty students whose faces are read in clips, in one class through Mosquitto."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from overlay.classroom import lesson_file
from overlay.classroom.states import STATES, TENTHS, Tenths, tenths_of
from overlay.monitor.measures import Meter
from overlay.monitor.records import Second
from overlay.perception import Perception
from overlay.scene import Scene
from tests.classroom.brokers import mosquitto
from tests.classroom.lessons import Lesson
from tests.classroom.members import MadeUpMember
from tests.clips import read_clip
from tests.waiting import until

pytestmark = pytest.mark.desktop

STUDENTS, FRAMES, HZ = 50, 90, 15.0


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lesson_file, "data_dir", lambda: tmp_path / "data")


@pytest.fixture(
    params=[
        ("smiling", "calm", "leaving"),
        ("head-pose-face-detection-female", "head-pose-face-detection-male"),
    ],
    ids=["made", "real"],
)
def seconds(request: pytest.FixtureRequest, clip_path: Callable[[str], Path]) -> list[list[Second]]:
    """What a student's application knows of each clip, played forth and back for a minute."""
    return [list(_read(clip_path(name))) for name in request.param]


def _read(path: Path) -> Iterator[Second]:
    frames = read_clip(path)[:FRAMES]
    meter = Meter()
    with Perception() as perception:
        scenes: list[Scene] = [perception.perceive(f.image, i / HZ) for i, f in enumerate(frames)]
    scenes += scenes[::-1]
    for index in range(round(60 * HZ)):
        meter.observe(scenes[index % len(scenes)], index / HZ, index / HZ)
    yield from meter.take()


def test_the_board_shows_the_truth_while_they_join_leave_and_crash(
    seconds: list[list[Second]], tmp_path: Path
) -> None:
    chance = random.Random(50)

    def life() -> Tenths:
        clip = chance.choice(seconds)
        start = chance.randrange(len(clip) - TENTHS)
        return tenths_of(clip[start : start + TENTHS])

    with mosquitto(tmp_path) as server:
        lesson = Lesson(server.broker)
        try:
            for joining in (20, 30):
                _join(lesson, joining, life)
                lesson.check(lesson.interval_with(len(lesson.members), len(lesson.members)))
            row = lesson.interval_with(STUDENTS, STUDENTS)
            lesson.check(row)
            assert row.shares is not None
            assert row.shares.percent["neutral"] + row.shares.percent["happy"] > 0
            lesson.members.pop().leave()
            crashed = lesson.members.pop()
            crashed._connection._client.socket().close()  # the process is gone, and says nothing
            crashed.leave()
            row = lesson.interval_with(STUDENTS - 2)
            assert row.shares is not None
            assert 30 <= row.shares.members <= 45, "one group or two are not in the sum"
            assert sum(row.shares.percent.values()) == 100
            assert set(row.shares.percent) == set(STATES)
        finally:
            lesson.close()


def _join(lesson: Lesson, count: int, life: Callable[[], Tenths]) -> None:
    new = [MadeUpMember(lesson.running.code, lesson.broker, life) for _ in range(count)]
    for member in new:
        member.start()
    lesson.members += new
    until(lambda: all(m.status().state == "waiting" for m in new), "they are connected")
