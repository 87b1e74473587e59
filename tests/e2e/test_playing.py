"""A labelled phone video plays in a browser: upright, as long as it was, with its sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.clips import CLIPS
from tests.e2e.browser import play
from tests.e2e.conftest import Outcome
from tests.media import encoded, write_media
from tests.test_labelled_video import assert_same_sound, sound_of, times_of

pytestmark = [pytest.mark.e2e, pytest.mark.desktop]

#: Times of frames as phones have them: about 30 a second, less where it was dark.
TIMES_S = np.cumsum([0.0, *[0.033] * 30, *[0.05] * 20, 0.4, *[0.033] * 20]).tolist()


@pytest.fixture(scope="module")
def phone_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face, filmed with the phone upright: stored lying, to be turned, with uneven times."""
    upright = [cv2.resize(CLIPS["smiling"].render(n % 60), (360, 640)) for n in range(len(TIMES_S))]
    lying = [np.ascontiguousarray(np.rot90(image, -1)) for image in upright]
    return write_media(
        tmp_path_factory.mktemp("phone") / "phone.mp4",
        [encoded(image, "yuv420p", matrix="ITU601") for image in lying],
        TIMES_S,
        sounds=[("aac", 0.0, TIMES_S[-1])],
        prepare=lambda stream: stream.set_display_rotation(90),
    )


@pytest.mark.parametrize("command", ["analyze", "run"])
def test_a_phone_video_plays_in_a_browser_as_long_and_with_its_sound(
    call: Callable[..., Outcome], phone_video: Path, tmp_path: Path, command: str
) -> None:
    saved = tmp_path / "labelled.mp4"
    if command == "analyze":
        outcome = call("analyze", phone_video, "--save", saved)
    else:
        outcome = call("run", "--source", phone_video, "--output", saved, "--mode", "on-air")
    assert outcome.code == 0, outcome.err
    assert_same_sound(phone_video, saved)
    assert sound_of(saved)
    assert times_of(saved) == pytest.approx(times_of(phone_video), abs=2e-3)

    seen, original = play(saved), play(phone_video)
    assert "error" not in seen
    assert (seen["width"], seen["height"]) == (360, 640)
    assert seen["duration"] == pytest.approx(original["duration"], abs=0.034)
    assert seen["frames"] > len(TIMES_S) / 2  # a slow machine drops some
    assert seen["soundBytes"] > 0
    for moment in ("first", "later"):
        assert np.abs(np.subtract(seen[moment], original[moment])).max() < 12


@pytest.mark.parametrize(("codec", "name"), [("vp9", "a.webm"), ("av1", "a.mp4")])
def test_the_other_codecs_for_browsers_play(
    call: Callable[..., Outcome], phone_video: Path, tmp_path: Path, codec: str, name: str
) -> None:
    clip = tmp_path / "clip.mkv"
    with av.open(str(phone_video)) as read:
        size = read.streams.video[0].width, read.streams.video[0].height
    image = np.full((size[1], size[0], 3), 128, np.uint8)
    write_media(
        clip,
        [encoded(image, "yuv420p", matrix="ITU601")] * 30,
        [n / 30 for n in range(30)],
        sounds=[("libopus", 0.0, 1.0)],
    )
    saved = tmp_path / name
    assert call("analyze", clip, "--save", saved, "--codec", codec).code == 0
    seen = play(saved)
    assert "error" not in seen
    assert seen["duration"] == pytest.approx(1.0, abs=0.04)
    assert seen["soundBytes"] > 0
    assert np.abs(np.subtract(seen["first"], 128)).max() < 8
