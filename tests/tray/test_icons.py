from __future__ import annotations

import itertools

import numpy as np
import pytest

from overlay.tray.icons import COLORS, ICON_NAMES, draw_icon

SIZES = (16, 22, 24, 32, 64)


def shape(name, size) -> np.ndarray:
    """Which pixels an icon covers, whatever their colour."""
    return np.asarray(draw_icon(name, size))[:, :, 3] > 127


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(ICON_NAMES, 2)))
def test_states_differ_in_shape_not_only_in_colour(first, second, size):
    a, b = shape(first, size), shape(second, size)
    assert (a & b).sum() / (a | b).sum() < 0.7


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ICON_NAMES)
def test_an_icon_fills_its_place(name, size):
    ys, xs = np.nonzero(shape(name, size))
    assert max(np.ptp(xs), np.ptp(ys)) + 1 >= 0.75 * size


@pytest.mark.parametrize("panel", ["#ffffff", "#202020"])
@pytest.mark.parametrize("name", ICON_NAMES)
def test_colours_stand_out_on_light_and_dark_panels(name, panel):
    lighter, darker = sorted((luminance(COLORS[name]), luminance(panel)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3  # WCAG 2.2, 1.4.11


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ICON_NAMES)
def test_a_recording_shows_in_the_shape_and_leaves_the_state_readable(name, size):
    recording = np.asarray(draw_icon(name, size, recording=True))[:, :, 3] > 127
    corner = slice(round(0.68 * size), round(0.92 * size))
    assert recording[corner, corner].all()  # the point
    rest = slice(0, round(0.55 * size))
    assert np.array_equal(recording[rest, rest], shape(name, size)[rest, rest])
    assert (recording != shape(name, size)).mean() > 0.02


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def test_a_picture_is_drawn_once():
    assert draw_icon("off", 22) is draw_icon("off", 22)
    assert draw_icon("off", recording=False) is not draw_icon("off", recording=True)
