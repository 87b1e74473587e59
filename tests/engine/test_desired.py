"""What the engine needs is a pure function of what is desired."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.engine import Desired
from overlay.engine.desired import DesiredState
from overlay.errors import SettingsError
from overlay.outputs import Output
from overlay.settings import Settings
from overlay.sources import Source
from tests.engine.devices import Onlooker
from tests.waiting import PATIENCE_S


def open_source(settings: Settings) -> Source:
    raise NotImplementedError


def open_output(settings: Settings) -> Output:
    raise NotImplementedError


def desired(**changes: Any) -> Desired:
    return Desired(Settings(), open_source, open_output).changed(**changes)


WINDOW = {"open_window": open_output}
UNSEEN = WINDOW | {"window_unseen": True}
OBSERVER = {"observer": Onlooker()}
SHARER = {"sharer": Onlooker()}
PAUSED = {"paused": True}
UNUSED = {"output_unused": True}

# mode, besides | source, perception, labels in the output, labels in the window, placeholder
TRUTH = [
    ("off", {}, 1, 0, 0, 0, "unavailable"),
    ("off", WINDOW, 1, 0, 0, 0, "unavailable"),
    ("off", OBSERVER, 1, 1, 0, 0, "unavailable"),
    ("off", SHARER, 1, 1, 0, 0, "unavailable"),
    ("off", PAUSED, 0, 0, 0, 0, "paused"),
    ("off", UNUSED, 0, 0, 0, 0, "paused"),
    ("off", WINDOW | UNUSED, 1, 0, 0, 0, "unavailable"),
    ("off", OBSERVER | UNUSED, 1, 1, 0, 0, "unavailable"),
    ("off", SHARER | UNUSED, 1, 1, 0, 0, "unavailable"),
    ("off", SHARER | PAUSED, 0, 0, 0, 0, "paused"),
    ("only-me", {}, 1, 0, 0, 0, "unavailable"),
    ("only-me", WINDOW, 1, 1, 0, 1, "unavailable"),
    ("only-me", UNSEEN, 1, 0, 0, 1, "unavailable"),
    ("only-me", UNSEEN | OBSERVER, 1, 1, 0, 1, "unavailable"),
    ("only-me", OBSERVER, 1, 1, 0, 0, "unavailable"),
    ("only-me", WINDOW | PAUSED, 0, 0, 0, 1, "paused"),
    ("only-me", UNUSED, 0, 0, 0, 0, "paused"),
    ("only-me", WINDOW | UNUSED, 1, 1, 0, 1, "unavailable"),
    ("only-me", WINDOW | UNUSED | PAUSED, 0, 0, 0, 1, "paused"),
    ("on-air", {}, 1, 1, 1, 0, "unavailable"),
    ("on-air", WINDOW, 1, 1, 1, 1, "unavailable"),
    ("on-air", UNSEEN, 1, 1, 1, 1, "unavailable"),
    ("on-air", OBSERVER, 1, 1, 1, 0, "unavailable"),
    ("on-air", PAUSED, 0, 0, 1, 0, "paused"),
    ("on-air", UNUSED, 0, 0, 1, 0, "paused"),
    ("on-air", OBSERVER | PAUSED, 0, 0, 1, 0, "paused"),
]


@pytest.mark.parametrize(
    ("mode", "besides", "source", "perception", "output", "window", "placeholder"), TRUTH
)
def test_what_each_mode_needs(
    mode: str,
    besides: dict[str, Any],
    source: int,
    perception: int,
    output: int,
    window: int,
    placeholder: str,
) -> None:
    now = desired(mode=mode, **besides)
    assert (
        now.needs_source,
        now.needs_perception,
        now.labels_in_output,
        now.labels_in_window,
        now.placeholder,
    ) == (source, perception, output, window, placeholder)


@given(
    mode=st.sampled_from(["off", "only-me", "on-air"]),
    window=st.booleans(),
    observer=st.booleans(),
    paused=st.booleans(),
    unused=st.booleans(),
)
def test_what_holds_whatever_is_desired(
    mode: str, window: bool, observer: bool, paused: bool, unused: bool
) -> None:
    now = desired(
        mode=mode,
        open_window=open_output if window else None,
        observer=Onlooker() if observer else None,
        paused=paused,
        output_unused=unused,
    )
    assert now.labels_in_output == (mode == "on-air")
    assert not (paused and now.needs_source), "a pause puts the camera's light out"
    assert not (now.needs_perception and not now.needs_source)
    assert not (now.standby and (window or observer)), "somebody looks"
    if mode == "off" and not observer:
        assert not now.needs_perception
        assert not now.labels_in_window


class TestChanges:
    def test_settings_and_all_else_change_under_their_own_names(self) -> None:
        now = desired(mode="on-air", paused=True, theme="light")
        assert (now.settings.mode, now.paused, now.settings.theme) == ("on-air", True, "light")

    @pytest.mark.parametrize("wrong", [{"them": "light"}, {"mode": "loud"}, {"pause": True}])
    def test_a_wrong_one_is_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(SettingsError):
            desired(paused=True, **wrong)

    @pytest.mark.parametrize(
        ("change", "source", "output", "window"),
        [
            ({"mode": "off", "paused": True, "observer": Onlooker()}, 0, 0, 0),
            ({"fit": "letterbox", "perception_hz": 5, "theme": "light"}, 0, 0, 0),
            ({"source": "demo"}, 1, 0, 0),
            ({"output": "none"}, 0, 1, 0),
            ({"width": 640, "height": 360}, 1, 1, 1),
            ({"fps": 20}, 1, 0, 0),
            ({"window_on_top": True}, 0, 0, 1),
            ({"open_source": partial(open_source)}, 1, 0, 0),
            ({"open_output": partial(open_output)}, 0, 1, 0),
            ({"open_window": partial(open_output)}, 0, 0, 1),
        ],
    )
    def test_what_is_opened_anew(
        self, change: dict[str, Any], source: int, output: int, window: int
    ) -> None:
        before = desired(**WINDOW)
        after = before.changed(**change)
        assert (after.source_key != before.source_key) == bool(source)
        assert (after.output_key != before.output_key) == bool(output)
        assert (after.window_key != before.window_key) == bool(window)


class TestState:
    def test_who_waits_is_woken_by_the_change(self) -> None:
        state = DesiredState(desired())
        seen: list[Desired] = []
        waiting = threading.Thread(target=lambda: seen.append(state.wait_for(lambda d: d.paused)))
        waiting.start()
        state.update(theme="light")
        state.update(paused=True)
        waiting.join(PATIENCE_S)
        assert seen == [state.value]

    def test_a_wrong_change_changes_nothing(self) -> None:
        state = DesiredState(desired())
        before = state.value
        with pytest.raises(SettingsError):
            state.update(paused=True, theme="pink")
        assert state.value is before

    def test_waiting_has_an_end(self) -> None:
        assert not DesiredState(desired()).wait_for(lambda d: d.paused, 0.01).paused
