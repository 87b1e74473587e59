"""Whether any program uses the output: to keep it open counts, to list it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from overlay.outputs import Output
from overlay.scene import Image
from overlay.standby import Standby
from tests.waiting import until


class CameraInUse(Output):
    """An output that says whether it is used; every question is counted."""

    name, size = "virtual camera", (2, 2)

    def __init__(self) -> None:
        self.answers: Iterator[bool] | bool = False
        self.error: Exception | None = None
        self.asked = 0

    @property
    def in_use(self) -> bool:
        self.asked += 1
        if self.error is not None:
            raise self.error
        if isinstance(self.answers, bool):
            return self.answers
        return next(self.answers)

    def send(self, image: Image) -> None:
        """No frames are sent here."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> CameraInUse:
    monkeypatch.setattr("overlay.standby.UNUSED_AFTER_S", 0.05)
    monkeypatch.setattr("overlay.standby.USED_AFTER_S", 0.3)
    monkeypatch.setattr("overlay.standby._POLL_S", 0.8)  # the last question may be longer ago
    return CameraInUse()


@pytest.fixture
def changes() -> list[bool]:
    """What was told, in order."""
    return []


@pytest.fixture
def standby(output: CameraInUse, changes: list[bool]) -> Iterator[Standby]:
    standby = Standby(lambda: output, changes.append)
    yield standby
    standby.stop()


def test_listing_the_cameras_does_not_count_however_long_it_was_quiet_before(
    standby: Standby, output: CameraInUse, changes: list[bool]
) -> None:
    until(lambda: standby.unused, "standby")
    output.answers = iter([True, True, *[False] * 1000])
    asked = output.asked
    until(lambda: output.asked > asked + 4, "some questions")
    assert changes == [True]


def test_a_program_that_keeps_it_open_counts_until_it_has_closed_it(
    standby: Standby, output: CameraInUse, changes: list[bool]
) -> None:
    until(lambda: changes == [True], "standby")
    output.answers = True
    until(lambda: changes == [True, False], "a program")
    output.answers = False
    until(lambda: changes == [True, False, True], "none again")
    standby.stop()
    assert changes[-1] is False, "no webcam stays off once nobody asks any longer"


def test_where_the_answer_cannot_be_had_it_counts_as_used(
    standby: Standby, output: CameraInUse, changes: list[bool], caplog: pytest.LogCaptureFixture
) -> None:
    until(lambda: changes == [True], "standby")
    output.error = OSError("no such device")
    until(lambda: changes == [True, False], "the webcam on")
    asked = output.asked
    until(lambda: output.asked > asked + 2, "some questions")
    assert caplog.text.count("Traceback") == 1
    output.error = None
    until(lambda: changes == [True, False, True], "standby again")
