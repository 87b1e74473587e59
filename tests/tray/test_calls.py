"""A recording that was started for a call ends with it, and no other one does."""

from __future__ import annotations

import pytest

from overlay.tray.calls import ENDED_AFTER_S, CallRecording


class Recording:
    """Stands for the session of a student."""

    def __init__(self) -> None:
        self.is_running = False

    def start(self) -> None:
        self.is_running = True

    def stop(self) -> None:
        self.is_running = False


@pytest.fixture
def recording() -> Recording:
    return Recording()


@pytest.fixture
def calls(recording) -> CallRecording:
    return CallRecording(recording.start, recording)


def test_it_ends_when_the_call_has_closed_the_camera_for_long_enough(calls, recording):
    calls.start()
    calls.follow(True, 0)
    calls.follow(False, 100)
    calls.follow(False, 99 + ENDED_AFTER_S)
    assert recording.is_running
    calls.follow(False, 100 + ENDED_AFTER_S)
    assert not recording.is_running


def test_a_camera_that_is_turned_off_and_on_again_ends_nothing(calls, recording):
    calls.start()
    for now_s in range(0, 1000, 50):
        calls.follow(now_s % 100 == 0, now_s)
    assert recording.is_running


def test_a_recording_that_was_not_for_the_call_goes_on(calls, recording):
    recording.start()
    calls.follow(True, 0)
    for now_s in (0, 2 * ENDED_AFTER_S):
        calls.follow(False, now_s)
    assert recording.is_running


def test_one_that_the_student_has_ended_does_not_end_the_next(calls, recording):
    calls.start()
    calls.follow(True, 0)
    recording.stop()
    calls.follow(True, 1)
    recording.start()
    for now_s in (2, 3 + ENDED_AFTER_S):
        calls.follow(False, now_s)
    assert recording.is_running
