"""A problem is told when it comes and when it goes, however often something is tried meanwhile."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from overlay.engine import problems
from overlay.engine.problems import Problems
from overlay.errors import OutputError, SourceError, SourceLostError
from overlay.outputs import Output
from overlay.scene import Frame, Image, Scene
from overlay.sources import Source
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import Recorder, Script, forever, picture
from tests.waiting import until

TRIES = itertools.count()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(problems, "time", clock)
    return clock


@pytest.fixture
def told(clock: Clock) -> list[dict[str, str]]:
    return []


@pytest.fixture
def room(told: list[dict[str, str]]) -> Problems:
    made = Problems(lambda: told.append(dict(made.lines)))
    return made


def test_it_is_told_when_it_comes_and_when_it_goes(
    room: Problems, told: list[dict[str, str]], clock: Clock
) -> None:
    for _ in range(50):
        room.report("source", "unplugged")
        clock.now += 0.5
    room.clear("source")
    room.clear("source")
    assert told == [{"source": "unplugged"}, {}]


def test_a_text_that_changes_all_the_time_is_told_once_a_second(
    room: Problems, told: list[dict[str, str]], clock: Clock
) -> None:
    for number in range(50):
        room.report("perception", f"frame {number}")
        clock.now += 0.2
    assert room.lines == {"perception": "frame 49"}
    assert len(told) == 10


def test_one_that_comes_and_goes_lasts_until_it_stays_away(
    room: Problems, told: list[dict[str, str]], clock: Clock
) -> None:
    for _ in range(50):
        room.report("source", "unplugged")
        clock.now += 0.5
        room.clear("source")
    assert told == [{"source": "unplugged"}, {}, {"source": "unplugged"}]
    for _ in range(10):
        clock.now += 0.5
        room.clear("source")
    assert told[3:] == [{}]


def test_what_is_exchanged_takes_its_problem_along(room: Problems, clock: Clock) -> None:
    for _ in range(3):
        room.report("source", "unplugged")
        room.clear("source")
    room.clear("source", at_once=True)
    assert not room.lines
    room.report("source", "busy")
    room.clear("source")
    assert not room.lines, "the problems of another source do not count"


class Unlucky(OneHappyFace):
    def perceive(self, frame: Frame) -> Scene:
        seen = super().perceive(frame)
        if self.perceived % 2:
            raise RuntimeError(f"no memory for frame {frame.index}")
        return seen


class ShortLived(Recorder):
    def send(self, image: Image) -> None:
        super().send(image)
        if self.frames > 1:
            raise OutputError("gone")


def lost_again() -> Source:
    steps: Iterator[Image | Exception] = iter([picture(90), SourceLostError("unplugged")])
    return Script(steps)


def never_there() -> Source:
    raise SourceError(f"no camera, try {next(TRIES)}")


@pytest.mark.parametrize("source", [lost_again, never_there])
@pytest.mark.parametrize("perception", [OneHappyFace, Unlucky])
@pytest.mark.parametrize("output", [Recorder, ShortLived])
def test_an_engine_that_retries_for_long_tells_it_few_times(
    make_engine: MakeEngine,
    monkeypatch: pytest.MonkeyPatch,
    source: Callable[[], Source],
    perception: type[OneHappyFace],
    output: type[Recorder],
) -> None:
    for loop in ("capture", "perceiving", "presentation"):
        monkeypatch.setattr(f"overlay.engine.{loop}.RETRY_S", 0.01)
    monkeypatch.setattr("overlay.engine.presentation.PLACEHOLDER_AFTER_S", 0.01)
    monkeypatch.setattr(problems, "STEADY_S", 60.0)
    monkeypatch.setattr(problems, "TELL_EVERY_S", 60.0)
    told: list[int] = []
    opened: list[Source] = []
    sent: list[Output] = []

    def open_source() -> Source:
        opened.append(Script(forever(90)))
        return source()

    def open_output() -> Output:
        sent.append(output())
        return sent[-1]

    with make_engine(
        source=open_source,
        output=open_output,
        perception=perception,
        retry_open=True,
        changed=lambda: told.append(1),
    ):
        until(lambda: len(opened) > 50, "fifty tries")
        until(lambda: output is Recorder or len(sent) > 20, "twenty outputs")
    assert len(told) <= 9, "three for each of the three rooms"
