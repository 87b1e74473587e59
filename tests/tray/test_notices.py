"""What the user is told, and when."""

from __future__ import annotations

from functools import partial
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


def make_notices(done: list[str] | None = None) -> Notices:
    """Notices whose buttons note what they do."""
    done = [] if done is None else done
    return Notices(*(partial(done.append, name) for name in ("panic", "on-air", "record")))


class Told:
    """The titles of what is told as time goes by."""

    def __init__(self) -> None:
        self._notices = make_notices()
        self._now_s = 0.0

    def after(self, seconds: float, *changes: Any, in_call: bool = False, **now: Any) -> list[str]:
        self._now_s += seconds
        told = self._notices.follow(status(*changes, **now), in_call, self._now_s)
        return [each.title for each in told]


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
    done: list[str] = []
    (notice,) = make_notices(done).follow(status("on-air"), False, 0.0)
    notice.buttons["Remove labels"]()
    assert done == ["panic"]


def test_a_call_that_begins_is_offered_labels_and_a_recording(told):
    assert told.after(0) == []
    assert told.after(1, in_call=True) == ["A call has opened your camera"]
    assert told.after(1, in_call=True) == []


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ({}, ["on-air", "record"]),
        ({"mode": "on-air"}, ["record"]),
        ({"recording": "Ana"}, ["on-air"]),
        ({"mode": "on-air", "recording": "Ana"}, []),
    ],
)
def test_what_is_so_already_is_not_offered(now, offered):
    done: list[str] = []
    for notice in make_notices(done).follow(status(**now), True, 0.0):
        if notice.about == "call":
            for act in notice.buttons.values():
                act()
    assert done == offered


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
    notice.buttons["Open report"]()
    assert opened
