"""A failure leaves a trace in the log: when it begins and when it ends, never once a frame."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from overlay.drawing import Painter
from overlay.engine import problem_log, problems
from overlay.engine.status import Metrics
from overlay.errors import OutputError, StoreError
from overlay.outputs.base import Output
from overlay.scene import Frame, Image, Scene
from tests.camera_backend import CameraBackend
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import Onlooker, Script, Window, forever, picture
from tests.waiting import until


@pytest.fixture(autouse=True)
def _all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="overlay")


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def raised(error: Exception) -> Exception:
    """The error with a traceback."""
    try:
        raise error
    except Exception as caught:
        return caught


class TestEntries:
    def test_a_problem_has_a_traceback_when_it_begins_and_a_line_when_it_ends(
        self, metrics: Metrics, caplog: pytest.LogCaptureFixture
    ) -> None:
        for number in range(100):
            metrics.problems.report("output", f"{number} frames lost", raised(OSError("unplugged")))
        metrics.problems.clear("output")
        metrics.problems.clear("output")
        begin, end = caplog.records
        assert begin.levelno == logging.ERROR
        assert begin.getMessage() == "output: a problem began (OSError)"
        assert begin.exc_info is not None
        assert end.getMessage().startswith("output: the problem ended after ")
        assert end.exc_info is None
        assert "unplugged" in caplog.text

    def test_one_that_lasts_until_the_end_is_two_entries_as_well(
        self, metrics: Metrics, caplog: pytest.LogCaptureFixture
    ) -> None:
        metrics.problems.report("output", "gone", raised(OSError("unplugged")))
        metrics.problems.close()
        metrics.problems.close()
        _, end = caplog.records
        assert end.getMessage().startswith("output: the problem lasted until the end")

    def test_a_problem_without_an_error_has_no_traceback(
        self, metrics: Metrics, caplog: pytest.LogCaptureFixture
    ) -> None:
        metrics.problems.report("recording", "the disk is full")
        (begin,) = caplog.records
        assert begin.exc_info is None

    def test_problems_of_two_rooms_are_two(
        self, metrics: Metrics, caplog: pytest.LogCaptureFixture
    ) -> None:
        for room in ("source", "output"):
            metrics.problems.report(room, "gone", raised(OSError()))  # type: ignore[arg-type]
        assert [record.getMessage().split(":")[0] for record in caplog.records] == [
            "source",
            "output",
        ]

    def test_one_that_comes_and_goes_with_every_frame_is_logged_once_a_minute(
        self,
        metrics: Metrics,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(problems, "STEADY_S", 0.0)

        def come_and_go() -> None:
            metrics.problems.report("perception", "no labels", raised(ValueError()))
            metrics.problems.clear("perception")

        for _ in range(50):
            come_and_go()
        assert len(caplog.records) == 2
        monkeypatch.setattr(problem_log, "LOG_EVERY_S", 0.0)
        come_and_go()
        assert len(caplog.records) == 4
        assert "49 more since the last entry" in caplog.records[2].getMessage()

    def test_another_kind_of_error_is_logged_even_so(
        self,
        metrics: Metrics,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(problems, "STEADY_S", 0.0)
        for error in (ValueError(), KeyError()):
            metrics.problems.report("perception", "no labels", raised(error))
            metrics.problems.clear("perception")
        assert len(caplog.records) == 4

    @pytest.mark.parametrize(
        ("room", "error"),
        [("recording", StoreError("/home/a/students/Ada: full")), ("drawing", KeyError("happy"))],
    )
    def test_names_and_expressions_stay_out(
        self,
        metrics: Metrics,
        caplog: pytest.LogCaptureFixture,
        room: problem_log.Room,
        error: Exception,
    ) -> None:
        metrics.problems.report(room, f"nothing kept: {error}", raised(error))
        metrics.problems.clear(room)
        assert type(error).__name__ in caplog.text
        assert "in raised" in caplog.text, "where it was raised"
        assert "Ada" not in caplog.text
        assert "happy" not in caplog.text


class TestEngine:
    """Whatever fails in the running engine is in the log, and there is no second traceback."""

    def test_a_detector_that_raises_on_every_frame(
        self,
        make_engine: MakeEngine,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr("overlay.engine.perceiving.RETRY_S", 0.01)
        broken = threading.Event()
        broken.set()
        frames: list[int] = []

        class Broken(OneHappyFace):
            def perceive(self, frame: Frame) -> Scene:
                frames.append(frame.index)
                if broken.is_set():
                    raise RuntimeError(f"frame {frame.index} fell over")
                return super().perceive(frame)

        with make_engine(perception=Broken) as engine:
            until(lambda: len(frames) > 20, "many failures")
            broken.clear()
            until(lambda: engine.status().labelled > 0, "labels")
        begin, end = caplog.records
        assert "fell over" in str(begin.exc_info)
        assert begin.getMessage() == "perception: a problem began (RuntimeError)"
        assert end.getMessage().startswith("perception: the problem ended")

    def test_a_source_that_is_lost(
        self, make_engine: MakeEngine, caplog: pytest.LogCaptureFixture
    ) -> None:
        opened: list[Script] = []

        def source() -> Script:
            steps: Iterator[Image | Exception] = iter([picture(90), ZeroDivisionError()])
            opened.append(Script(forever(200) if opened else steps))
            return opened[-1]

        with make_engine(mode="off", source=source) as engine:
            until(lambda: len(opened) == 2 and engine.status().frames_in > 3, "another try")
        assert [record.exc_info is not None for record in caplog.records] == [True, False]

    def test_drawing_an_output_a_window_and_an_observer_that_raise(
        self,
        make_engine: MakeEngine,
        camera: CameraBackend,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        def broken(*_: object) -> None:
            raise ValueError("no room")

        def window() -> Output:
            raise OutputError("no display")

        monkeypatch.setattr(Painter, "paint", broken)
        with make_engine(mode="on-air") as engine:
            engine.update(observer=Onlooker(ValueError("no disk")))
            engine.update(open_window=lambda _: window())
            until(lambda: len(engine.status().problems) == 3, "three problems")
            camera.fail_send = "unplugged"
            until(lambda: len(engine.status().problems) == 4, "four problems")
        for with_traceback in (True, False):  # when it begins, and when the engine ends
            records = [each for each in caplog.records if bool(each.exc_info) is with_traceback]
            rooms = [record.getMessage().split(":")[0] for record in records]
            assert sorted(rooms) == ["drawing", "output", "recording", "window"]

    def test_a_window_that_fails_to_close(
        self, make_engine: MakeEngine, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Jammed(Window):
            def close(self) -> None:
                raise OSError("jammed")

        with make_engine(mode="only-me", window=Jammed):
            pass
        assert "jammed" in caplog.text


def test_nothing_is_printed_where_nobody_set_up_logging() -> None:
    code = "import logging, overlay; logging.getLogger('overlay.engine').error('a problem began')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
