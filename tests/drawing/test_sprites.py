import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlay.drawing.layout import Rect
from overlay.drawing.sprites import Canvas
from overlay.drawing.themes import load_theme

THEME = load_theme("dark")
BACKGROUND = (10, 120, 240)


def panel(width=40, height=24, margin=5):
    canvas = Canvas(width, height, margin)
    canvas.panel(THEME, radius=8)
    return canvas.sprite()


def blank(width=90, height=60):
    image = np.empty((height, width, 3), np.uint8)
    image[:] = BACKGROUND
    return image


def test_a_translucent_panel_mixes_with_the_picture():
    image = blank()
    panel().blend(image, 20, 15)
    mixed = np.asarray(THEME.panel) * THEME.panel_opacity
    under = np.asarray(BACKGROUND) * 0.7  # The panel's own shadow lies under it.
    mixed = mixed + under * (1 - THEME.panel_opacity)
    assert np.abs(image[27, 40] - mixed).max() <= 2


def test_a_panel_has_round_corners():
    image = blank()
    panel(margin=0).blend(image, 20, 15)
    assert (image[15, 20] == BACKGROUND).all()
    assert (image[15, 40] != BACKGROUND).any()


def test_a_ring_is_open_in_the_middle():
    canvas = Canvas(30, 30)
    canvas.ring(Rect(5, 5, 20, 20), 10, (0, 0, 255), thickness=3)
    sprite = canvas.sprite()
    assert sprite.kept[15, 15, 0] == 255
    assert sprite.kept[15, 6, 0] == 0


@given(x=st.integers(-80, 120), y=st.integers(-80, 90))
@settings(max_examples=60, deadline=None)
def test_a_sprite_is_clipped_at_the_edges_and_touches_nothing_else(x, y):
    sprite = panel()
    clipped = blank()
    sprite.blend(clipped, x, y)
    whole = blank(90 + 400, 60 + 400)
    sprite.blend(whole, x + 200, y + 200)
    assert (clipped == whole[200:260, 200:290]).all()
    reach = np.zeros(clipped.shape[:2], bool)
    width, height = sprite.size
    reach[
        max(y - 5, 0) : max(y + height + 5, 0),
        max(x - 5, 0) : max(x + width + 5, 0),
    ] = True
    assert (clipped[~reach] == BACKGROUND).all()


@pytest.mark.parametrize("margin", [0, 5])
def test_the_margin_does_not_count_as_size(margin):
    assert panel(40, 24, margin).size == (40, 24)
