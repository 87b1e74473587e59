"""Every text can be read (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import pytest

pytest.importorskip("PySide6", reason="QT MISSING: install emotion-overlay[desktop]")

from PySide6.QtGui import QFontDatabase

from overlay.gui.parts import add_font
from overlay.gui.style import DARK, LIGHT, Colors
from overlay.language import LANGUAGES

PAIRS = [
    ("text", "back"), ("text", "raised"), ("text", "hover"), ("muted", "back"),
    ("muted", "raised"), ("muted", "hover"), ("on_accent", "accent"), ("on_air", "air"),
    ("on_warning", "warning"),
]  # fmt: skip


def luminance(color: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK])
@pytest.mark.parametrize(("text", "behind"), PAIRS)
def test_text_has_a_contrast_of_4_5(colors: Colors, text: str, behind: str):
    assert contrast(getattr(colors, text), getattr(colors, behind)) >= 4.5


def test_there_is_a_font_for_every_script_that_is_offered(qt):
    """Also where the system has none for it, as on a bare Debian."""
    add_font()
    scripts = {"hi": QFontDatabase.WritingSystem.Devanagari}
    for code in set(LANGUAGES) - {"en"}:
        assert QFontDatabase.families(scripts[code])


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_what_has_the_keyboard_is_told_from_its_surroundings(colors: Colors):
    assert contrast(colors.accent, colors.back) >= 3  # WCAG 2.2, 1.4.11
