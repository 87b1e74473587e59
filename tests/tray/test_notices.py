"""What the user is told, and when."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from overlay.engine import Status
from overlay.tray.notices import AGAIN_AFTER_S, LASTS_S, Notices, recording_ended

_UNPLUGGED = {"source": "the webcam was unplugged"}


def status(mode: str = "only-me", problems: dict[str, str] | None = None, **more: Any) -> Status:
    known = {"paused": False, "running": True, "source": "webcam", "output": "Emotion Overlay"}
    size = {"window": None, "width": 1280, "height": 720}
    return Status(mode, problems=MappingProxyType(problems or {}), **(known | size | more))


class Told:
    """The titles of what is told as time goes by."""

    def __init__(self) -> None:
        self._notices = Notices(lambda: None)
        self._now_s = 0.0

    def after(self, seconds: float, *changes: Any, **now: Any) -> list[str]:
        self._now_s += seconds
        return [each.title for each in self._notices.follow(status(*changes, **now), self._now_s)]


@pytest.fixture
def told() -> Told:
    return Told()


def test_on_air_is_told_once_while_it_lasts(told):
    assert told.after(0) == []
    assert told.after(1, "on-air") == ["On air"]
    assert told.after(1, "on-air") == []


def test_on_air_is_not_told_where_nothing_is_sent_to_a_call(told):
    assert told.after(0, "on-air", output="none") == []


def test_on_air_can_be_ended_with_a_click():
    ended = []
    (notice,) = Notices(lambda: ended.append(True)).follow(status("on-air"), 0.0)
    assert notice.action is not None
    notice.action()
    assert ended == [True]


def test_a_lost_camera_is_told_when_it_does_not_come_back_at_once_and_when_it_does(told):
    assert told.after(0, problems=_UNPLUGGED) == []
    assert told.after(LASTS_S, problems=_UNPLUGGED) == ["No picture from the camera"]
    assert told.after(60, problems=_UNPLUGGED) == []
    assert told.after(1) == ["Your camera is back"]


def test_a_camera_that_is_back_at_once_is_not_told(told):
    assert told.after(0, problems=_UNPLUGGED) == []
    assert told.after(LASTS_S / 2) == []
    assert told.after(LASTS_S, problems=_UNPLUGGED) == []


def test_what_comes_and_goes_is_not_told_again_and_again(told):
    for _ in range(10):
        told.after(1)
        told.after(0, "on-air", _UNPLUGGED)
        assert told.after(LASTS_S, "on-air", _UNPLUGGED) in (["No picture from the camera"], [])
    assert told.after(1) == []
    assert told.after(AGAIN_AFTER_S, "on-air") == ["On air"]


def test_another_problem_is_told_by_its_part(told):
    problems = {"perception": "reading faces fails"}
    told.after(0, problems=problems)
    assert told.after(LASTS_S, problems=problems) == ["Something is wrong"]


@pytest.mark.parametrize(("idle", "says"), [(True, "you were away"), (False, "saved")])
def test_a_recording_that_has_ended_offers_its_report(idle, says):
    opened = []
    notice = recording_ended(idle=idle, open_report=lambda: opened.append(True))
    assert says in notice.text
    assert notice.button == "Open report"
    assert notice.action is not None
    notice.action()
    assert opened
