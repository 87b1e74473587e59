"""Colours: a dark and a light theme, with a colour for each emotion.

The emotion colours were found by a random search that maximises the smallest difference between any
two of them in OKLab (Ottosson, 2020) and in CIELAB, as seen with normal vision and with full
protanopia, deuteranopia and tritanopia (simulated after Machado et al., 2009), within a hue range
that fits each emotion. `tests/drawing/test_themes.py` measures the result. Colour is never the only
cue: the name is always written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from overlay.errors import SettingsError
from overlay.language import LazyText
from overlay.scene import EMOTIONS, UNSURE

#: Blue, green, red, each 0 to 255.
Color = tuple[int, int, int]


def _bgr(code: str) -> Color:
    red, green, blue = bytes.fromhex(code.removeprefix("#"))
    return blue, green, red


def css_color(color: Color) -> str:
    """A colour as CSS and HTML write it."""
    blue, green, red = color
    return f"#{red:02x}{green:02x}{blue:02x}"


def _palette(*codes: str) -> Mapping[str, Color]:
    return dict(zip((*EMOTIONS, UNSURE), map(_bgr, codes), strict=True))


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of everything that is drawn.

    Attributes:
        panel: Background of labels and bars.
        panel_opacity: Opacity of the panel, 0 to 1.
        text: Main text on a panel.
        muted: Secondary text on a panel.
        halo: The soft edge that separates boxes from the picture.
        halo_opacity: Opacity of the halo, 0 to 1.
        emotions: A colour for each of `overlay.scene.EMOTIONS` and for `UNSURE`.
    """

    panel: Color
    panel_opacity: float
    text: Color
    muted: Color
    halo: Color
    halo_opacity: float
    emotions: Mapping[str, Color]


_THEMES = {
    "dark": Theme(
        panel=_bgr("#14171C"),
        panel_opacity=0.84,
        text=_bgr("#FFFFFF"),
        muted=_bgr("#C9CFD8"),
        halo=_bgr("#000000"),
        halo_opacity=0.40,
        # In the order of EMOTIONS, then unsure:
        # vermilion, green, violet, yellow, blue, cyan, white, grey.
        emotions=_palette(
            *("#D66027", "#6AC460", "#E06DFC", "#FBD833", "#3D78B6", "#16DFFF", "#F8FAF8"),
            "#949794",
        ),
    ),
    "light": Theme(
        panel=_bgr("#FBFCFD"),
        panel_opacity=0.90,
        text=_bgr("#15181D"),
        muted=_bgr("#454C56"),
        halo=_bgr("#FFFFFF"),
        halo_opacity=0.55,
        # The same hues, dark enough for a white panel.
        emotions=_palette(
            *("#C00151", "#2E4D06", "#250090", "#C08437", "#5D58D1", "#0394D5", "#181915"),
            "#848683",
        ),
    ),
}

#: Names of the themes.
SUPPORTED_THEMES: tuple[str, ...] = tuple(_THEMES)


def load_theme(name: str) -> Theme:
    """The theme with this name.

    Raises:
        SettingsError: There is no such theme.
    """
    if name not in _THEMES:
        known = ", ".join(SUPPORTED_THEMES)
        raise SettingsError(
            LazyText("theme {name!r} is not known: choose one of {known}", name=name, known=known)
        )
    return _THEMES[name]
