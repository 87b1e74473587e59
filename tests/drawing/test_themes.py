from itertools import combinations

import numpy as np
import pytest

from overlay.drawing import SUPPORTED_THEMES
from overlay.drawing.themes import load_theme
from overlay.errors import SettingsError

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}

#: Smallest distance in OKLab times 100; about 2 is just noticeable (CSS Color 4).
FAR_ENOUGH = {"dark": 10.0, "light": 8.5}


def linear(bgr):
    rgb = np.asarray(bgr, float)[::-1] / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def oklab(rgb):
    """Ottosson (2020), https://bottosson.github.io/posts/oklab/."""
    to_lms = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(to_lab) @ np.cbrt(np.array(to_lms) @ rgb)


def cielab(rgb):
    """CIE 15, with the white of sRGB (D65)."""
    to_xyz = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    x, y, z = np.array(to_xyz) @ rgb / (0.95047, 1, 1.08883)
    root = [np.cbrt(t) if t > (6 / 29) ** 3 else t * (29 / 6) ** 2 / 3 + 4 / 29 for t in (x, y, z)]
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def contrast(first, second):
    """The contrast ratio of WCAG 2, 1 to 21."""
    lighter, darker = sorted(
        (float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (first, second)),
        reverse=True,
    )
    return (lighter + 0.05) / (darker + 0.05)


def panel_over(theme, background):
    opacity = theme.panel_opacity
    return np.asarray(theme.panel) * opacity + np.asarray(background) * (1 - opacity)


@pytest.mark.parametrize("name", SUPPORTED_THEMES)
@pytest.mark.parametrize("background", [(0, 0, 0), (255, 255, 255)], ids=["black", "white"])
def test_text_on_a_panel_can_be_read_over_the_worst_picture(name, background):
    theme = load_theme(name)
    panel = panel_over(theme, background)
    assert contrast(theme.text, panel) >= 7
    assert contrast(theme.muted, panel) >= 4.5


@pytest.mark.parametrize("name", SUPPORTED_THEMES)
def test_a_colour_stands_out_from_its_panel(name):
    theme = load_theme(name)
    assert min(contrast(color, theme.panel) for color in theme.emotions.values()) >= 3


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", SUPPORTED_THEMES)
def test_any_two_emotions_differ_for_every_kind_of_colour_vision(name, vision):
    seen = {
        emotion: oklab(np.clip(np.array(VISION[vision]) @ linear(color), 0, 1))
        for emotion, color in load_theme(name).emotions.items()
    }
    distance, pair = min(
        (100 * float(np.linalg.norm(seen[a] - seen[b])), (a, b)) for a, b in combinations(seen, 2)
    )
    assert distance >= FAR_ENOUGH[name], pair


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", SUPPORTED_THEMES)
def test_any_two_emotions_have_a_delta_e_of_20_for_every_kind_of_colour_vision(name, vision):
    """In CIELAB, as of 1976."""
    seen = {
        emotion: cielab(np.clip(np.array(VISION[vision]) @ linear(color), 0, 1))
        for emotion, color in load_theme(name).emotions.items()
    }
    for a, b in combinations(seen, 2):
        assert np.linalg.norm(seen[a] - seen[b]) >= 20, (a, b)


def test_an_unknown_theme_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match="'pink' is not known: choose one of dark, light"):
        load_theme("pink")
