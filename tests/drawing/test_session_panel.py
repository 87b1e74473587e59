"""The panel of a recorded session says what is on, what was seen and when nobody was there."""

from __future__ import annotations

import numpy as np
import pytest

from overlay.drawing import SUPPORTED_LANGUAGES, SUPPORTED_THEMES, Painter, Panel
from overlay.drawing.themes import load_theme
from overlay.scene import EMOTIONS, UNSURE


def panel(**values):
    history = ("happy",) * 100 + (None,) * 100 + ("sad",) * 100
    return Panel(**{"name": "Ana", "state": "recording", "label": "happy", "history": history,
                    "seen_s": 200.0, "observed_s": 300.0, **values})  # fmt: skip


def painted(shown, width=1280, height=720, **style):
    image = np.full((height, width, 3), 128, np.uint8)
    Painter(**style).paint_panel(image, shown)
    return image


def share(image, color):
    return (np.abs(image.astype(int) - color).max(axis=2) <= 2).mean()


def test_it_stays_in_the_lower_left_quarter():
    changed = np.argwhere((painted(panel()) != 128).any(axis=2))
    assert changed[:, 0].min() > 360
    assert changed[:, 1].max() < 640


def test_each_label_gets_as_much_of_the_strip_as_it_lasted():
    colors = load_theme("dark").emotions
    image = painted(panel(label=None))
    assert share(image, colors["happy"]) == pytest.approx(share(image, colors["sad"]), rel=0.05)
    doubled = painted(panel(label=None, history=("happy",) * 200 + ("sad",) * 100))
    assert share(doubled, colors["happy"]) == pytest.approx(
        2 * share(doubled, colors["sad"]), rel=0.05
    )


def test_no_face_leaves_the_strip_empty():
    image = painted(panel(label=None, history=(None,) * 300))
    for color in load_theme("dark").emotions.values():
        # White letters apart: a strip of one colour would be fifty times this.
        assert share(image, color) < 0.001 or color == load_theme("dark").emotions["neutral"]


@pytest.mark.parametrize("label", [*EMOTIONS, UNSURE, None])
@pytest.mark.parametrize("theme", SUPPORTED_THEMES)
def test_every_label_looks_different_from_no_label(label, theme):
    shown = painted(panel(label=label, history=()), theme=theme)
    assert (shown != painted(panel(label=None, history=()), theme=theme)).any() == (
        label is not None
    )


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_a_face_that_may_be_somebody_else_s_is_told_from_no_face(language):
    nobody, somebody = (
        painted(panel(label=None, unidentified=unidentified), language=language)
        for unidentified in (False, True)
    )
    assert (nobody != somebody).any()
    assert np.argwhere((somebody != 128).any(axis=2))[:, 1].max() < 640


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_recording_paused_and_unsaved_are_told_apart(language):
    pictures = [
        painted(panel(state=state), language=language).tobytes()
        for state in ("recording", "paused", "unsaved")
    ]
    assert len(set(pictures)) == 3


def test_a_name_of_any_length_stays_inside():
    usual, long = painted(panel()), painted(panel(name="x" * 300))
    assert np.array_equal((usual != 128).any(axis=(1, 2)), (long != 128).any(axis=(1, 2)))
    assert np.array_equal((usual != 128).any(axis=(0, 2)), (long != 128).any(axis=(0, 2)))


@pytest.mark.parametrize("size", [(64, 64), (1, 1), (320, 20)])
def test_a_picture_too_small_for_it_stays_clean(size):
    assert (painted(panel(), *size) == 128).all()


def test_an_own_label_stands_beside_the_expression():
    plain, own = painted(panel()), painted(panel(own="confused"))
    assert (plain != own).any()
    changed = np.argwhere((painted(panel(own="x" * 30)) != 128).any(axis=2))
    assert changed[:, 1].max() < 640
