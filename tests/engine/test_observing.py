"""A watcher sees every scene and has its panel in the private window; the call notices nothing."""

from __future__ import annotations

from statistics import median
from typing import Any

import numpy as np
import pytest

from overlay.drawing import Panel
from overlay.perception.personal import Personal, References
from tests.camera_backend import CameraBackend
from tests.engine.conftest import MakeEngine, OneHappyFace
from tests.engine.devices import Onlooker, Script, Window, forever
from tests.waiting import until


@pytest.mark.parametrize("mode", ["off", "only-me", "on-air"])
def test_it_sees_faces_in_every_mode_without_a_window(make_engine: MakeEngine, mode: Any) -> None:
    onlooker = Onlooker()
    engine = make_engine(mode=mode)
    engine.update(observer=onlooker)
    engine.start()
    until(lambda: len(onlooker.scenes) >= 3, "scenes are shown")
    assert [len(scene) for scene in onlooker.scenes[:3]] == [1, 1, 1]


def test_who_shares_with_a_class_sees_them_as_well_and_the_status_says_so(
    make_engine: MakeEngine,
) -> None:
    class Sharer(Onlooker):
        sharing = "Physics, lesson 4"

    recorder, sharer = Onlooker(), Sharer()
    engine = make_engine(mode="off")
    engine.update(observer=recorder, sharer=sharer)
    engine.start()
    until(lambda: len(recorder.scenes) > 3 and len(sharer.scenes) > 3, "both see scenes")
    assert engine.status().sharing == "Physics, lesson 4"
    engine.update(observer=None)
    seen = len(sharer.scenes)
    until(lambda: len(sharer.scenes) > seen + 3, "it goes on without a recording")
    engine.update(sharer=None)
    assert engine.status().sharing is None


def test_perception_rests_again_when_nobody_watches(make_engine: MakeEngine) -> None:
    onlooker = Onlooker()
    engine = make_engine(mode="only-me")
    engine.update(observer=onlooker)
    engine.start()
    until(lambda: onlooker.scenes, "scenes are shown")
    engine.update(observer=None)
    seen = engine.status().perceived + 1  # one may be under way
    sent = engine.status().frames_out
    until(lambda: engine.status().frames_out > sent + 15, "the video goes on")
    assert engine.status().perceived <= seen


def test_faces_are_read_ten_times_a_second_whatever_the_setting(make_engine: MakeEngine) -> None:
    onlooker = Onlooker()
    engine = make_engine(mode="only-me", perception_hz=1)
    engine.update(observer=onlooker)
    engine.start()
    until(lambda: len(onlooker.scenes) >= 8, "scenes are shown")
    frames = [scene.frame_index for scene in onlooker.scenes]
    # The source gives 30 frames a second: 3 between two readings, where the setting alone is 30.
    assert median(np.diff(frames)) <= 10


def test_nothing_is_shown_while_the_application_is_paused(make_engine: MakeEngine) -> None:
    onlooker = Onlooker()
    engine = make_engine(mode="only-me")
    engine.update(observer=onlooker)
    engine.start()
    until(lambda: onlooker.scenes, "scenes are shown")
    engine.update(paused=True)
    sent = engine.status().frames_out
    until(lambda: engine.status().frames_out > sent + 3, "the pause picture is sent")
    seen = len(onlooker.scenes)
    until(lambda: engine.status().frames_out > sent + 20, "the pause picture is sent")
    assert len(onlooker.scenes) <= seen + 1
    engine.update(paused=False)
    until(lambda: onlooker.pauses == [False, True, False], "it is told of the pause")


def test_what_it_raises_is_told_and_the_video_goes_on(
    make_engine: MakeEngine, camera: CameraBackend
) -> None:
    engine = make_engine(mode="on-air")
    onlooker = Onlooker(ValueError("no room"))
    engine.update(observer=onlooker)
    engine.start()
    until(lambda: "no room" in engine.status().problems.get("recording", ""), "it is told")
    labelled = engine.status().labelled
    until(lambda: engine.status().labelled > labelled + 5, "labels go on")
    onlooker.error = None
    until(lambda: "recording" not in engine.status().problems, "the trouble is over")


def test_its_own_problem_is_shown(make_engine: MakeEngine) -> None:
    engine = make_engine(mode="only-me")
    onlooker = Onlooker()
    onlooker.problem = "the disk is full"
    engine.update(observer=onlooker)
    engine.start()
    until(lambda: engine.status().problems.get("recording") == "the disk is full", "it is told")


def test_the_private_window_s_title_says_who_is_recorded(make_engine: MakeEngine) -> None:
    window, onlooker = Window(), Onlooker()
    with make_engine(mode="only-me", window=lambda: window) as engine:
        engine.update(observer=onlooker)
        until(lambda: window.description.startswith("Only me, Recording Ana, "), "the name")
        onlooker.recording = None
        until(lambda: "recording" not in window.description, "the name goes in a pause")


def test_the_status_says_who_is_recorded(make_engine: MakeEngine) -> None:
    engine = make_engine(mode="only-me")
    assert engine.status().recording is None
    engine.update(observer=Onlooker())
    assert engine.status().recording == "Ana"
    engine.update(observer=None)
    assert engine.status().recording is None


@pytest.mark.parametrize("mirrored", [True, False])
@pytest.mark.parametrize("mode", ["off", "only-me", "on-air"])
def test_the_panel_is_in_the_private_window_and_never_in_the_call(
    make_engine: MakeEngine, camera: CameraBackend, mode: Any, mirrored: bool
) -> None:
    window, gray = Window(), lambda: Script(forever(128))
    size = {"width": 640, "height": 360}
    window.size = (640, 360)
    onlooker = Onlooker()
    engine = make_engine(
        source=gray, window=lambda: window, mode=mode, mirror_window=mirrored, **size
    )
    engine.update(observer=onlooker)
    engine.start()

    def corner(image: Any) -> Any:
        return image[270:, :200]  # left of the labels and of the mark

    until(lambda: window.shown is not None and (corner(window.shown) != 128).any(), "the panel")
    assert all((corner(image) == 128).all() for image in list(camera.frames))
    onlooker.shown = None
    until(lambda: (corner(window.shown) == 128).all(), "the panel is gone")


def test_a_panel_that_fails_leaves_the_window_alone(make_engine: MakeEngine) -> None:
    class Broken(Onlooker):
        def panel(self) -> Panel | None:
            raise ValueError("no numbers")

    window = Window()
    engine = make_engine(window=lambda: window, mode="only-me")
    engine.update(observer=Broken())
    engine.start()
    until(lambda: window.shown is not None, "the window is shown")


def test_readings_are_adapted_to_the_person_who_is_watched(make_engine: MakeEngine) -> None:
    adapted: list[Personal | None] = []

    class Listening(OneHappyFace):
        def personalize(self, personal: Personal | None) -> None:
            adapted.append(personal)

    onlooker = Onlooker()
    onlooker.personal = Personal(References((), np.empty((0, 4)), np.empty((0, 7))))
    engine = make_engine(mode="on-air", perception=Listening)
    engine.update(observer=onlooker)
    engine.start()
    until(lambda: adapted, "readings are adapted")
    engine.update(observer=None)
    until(lambda: len(adapted) == 2, "they are not any more")
    assert adapted == [onlooker.personal, None]


def test_resting_faces_are_learnt_anew_once_for_each_time_that_it_is_asked(
    make_engine: MakeEngine,
) -> None:
    perception = OneHappyFace()
    engine = make_engine(mode="on-air", perception=lambda: perception)
    engine.start()
    for times in (1, 2):
        engine.update(resting_forgotten=times)
        until(lambda times=times: perception.resting_forgotten == times, "it is forgotten")
    seen = perception.perceived
    until(lambda: perception.perceived > seen + 3, "more is perceived")
    assert perception.resting_forgotten == 2
    assert perception.resets == 1, "faces keep their numbers"
