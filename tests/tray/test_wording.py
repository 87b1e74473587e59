from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.engine import Status
from overlay.tray import wording


def status(**values: Any) -> Status:
    known = {
        "mode": "only-me", "paused": False, "running": True, "source": "demo",
        "output": "virtual camera /dev/video4", "window": None, "width": 64, "height": 64,
    }  # fmt: skip
    return Status(**(known | values))


@pytest.mark.parametrize("mode", ["off", "only-me", "on-air"])
def test_the_icon_shows_the_mode(mode):
    assert wording.icon_name(status(mode=mode)) == mode


def test_a_paused_application_shows_no_mode():
    assert wording.icon_name(status(mode="on-air", paused=True)) == "paused"


def test_trouble_does_not_hide_that_labels_may_be_on_air():
    problems = {"output": "busy"}
    assert wording.icon_name(status(mode="on-air", problems=problems)) == "problem-on-air"
    assert wording.icon_name(status(mode="only-me", problems=problems)) == "problem"


def test_the_tooltip_says_state_and_problem():
    text = wording.tooltip(status(mode="on-air", problems={"source": "unplugged"}))
    assert (
        text == "No picture from the camera: the call sees a still picture that says so. "
        "Camera: unplugged"
    )


def test_the_tooltip_says_who_is_recorded():
    text = wording.tooltip(status(recording="Ana", problems={"recording": "disk full"}))
    assert (
        text == "Only me: the call sees clean video; only you see labels. Recording Ana. "
        "Recording: disk full"
    )


def test_a_very_long_name_hides_neither_the_mode_nor_the_recording():
    text = wording.tooltip(status(mode="on-air", recording="A" * 300))
    assert text.startswith("On air: everyone in the call sees the labels. Recording AAA")


@given(st.dictionaries(st.sampled_from(["source", "perception", "output"]), st.text()))
def test_a_tooltip_is_never_longer_than_windows_takes(problems):
    assert len(wording.tooltip(status(problems=problems))) <= 127


def test_consent_says_what_is_read_seen_stored_wrong_and_unlawful():
    for words in ("What is read", "What others see", "What is stored", "can be wrong", "2024/1689"):
        assert words in wording.consent()
