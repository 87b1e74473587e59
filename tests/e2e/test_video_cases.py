"""The videos of the shared cases: what other people's files hold comes out as it should."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from overlay.sources.video import VideoSource
from tests.e2e.conftest import Outcome
from tests.test_labelled_video import assert_same_sound, times_of

pytestmark = pytest.mark.e2e

Call = Callable[..., Outcome]
Case = Callable[[str], Path]


def test_a_video_that_is_damaged_in_the_middle_is_read_behind_it(
    call: Call, shared_case: Case, tmp_path: Path
) -> None:
    clip = shared_case("damaged-in-the-middle") / "clip.mp4"
    saved = tmp_path / "out.mp4"
    for outcome in (
        call("analyze", clip, "--save", saved),
        call("run", "--source", clip, "--output", saved, "--force"),
        call("run", "--source", clip, "--output", "none"),
    ):
        assert outcome.code == 0
        assert "clip.mp4 is damaged: 89 of 100 frames could be read" in outcome.out
    assert len(times_of(saved)) == 89


def test_pixels_that_are_not_square_change_neither_label_nor_shape(
    call: Call, shared_case: Case, tmp_path: Path
) -> None:
    read = []
    for name in ("wide.mp4", "same-shown-square.mp4"):
        saved, numbers = tmp_path / name, tmp_path / f"{name}.jsonl"
        clip = shared_case("anamorphic") / name
        assert call("analyze", clip, "--save", saved, "--json", numbers).code == 0
        with VideoSource(saved, pace=False) as source:
            assert source.size == (640, 480)
        scenes = [json.loads(line) for line in numbers.read_text().splitlines()]
        read.append([[face["emotion"] for face in scene["faces"]] for scene in scenes])
    assert read[0] == read[1] == [["neutral"]] * 25


def test_a_variable_rate_and_sound_are_kept(call: Call, shared_case: Case, tmp_path: Path) -> None:
    clip, saved = shared_case("variable-rate-and-sound") / "phone.mp4", tmp_path / "out.mp4"
    assert call("analyze", clip, "--save", saved).code == 0
    assert times_of(saved) == pytest.approx(times_of(clip), abs=1e-3)
    assert_same_sound(clip, saved)


def test_a_portrait_video_is_written_whole_with_its_face(
    call: Call, shared_case: Case, tmp_path: Path
) -> None:
    clip, saved = shared_case("portrait-cut") / "portrait.mp4", tmp_path / "x.mp4"
    outcome = call("run", "--source", clip, "--output", saved, "--mode", "on-air")
    assert outcome.code == 0
    assert "50 with labels" in outcome.out
    assert "1 seen" in outcome.out
    with VideoSource(saved, pace=False) as source:
        assert source.size == (360, 640)
