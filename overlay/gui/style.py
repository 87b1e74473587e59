"""Colours and shapes of all windows, light and dark.

Every text has a contrast of at least 4.5:1 to what is behind it (WCAG 2.2, 1.4.3), which a test
measures, and no colour is the only way to tell something.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget


@dataclass(frozen=True, slots=True)
class Colors:
    """What is drawn in which colour, as in HTML.

    Attributes:
        back: Behind everything.
        raised: Behind fields and buttons.
        hover: Behind a button under the mouse.
        edge: Around fields and buttons.
        text: Main text.
        muted: Secondary text.
        accent: What is chosen, and what has the keyboard.
        on_accent: Text on it.
        air: The call sees labels.
        on_air: Text on it.
        warning: Behind a problem.
        on_warning: Text on it.
    """

    back: str
    raised: str
    hover: str
    edge: str
    text: str
    muted: str
    accent: str
    on_accent: str
    air: str
    on_air: str
    warning: str
    on_warning: str


#: The style sheet, symbols and drawings; `$text` and the like in them stand for `Colors`.
RESOURCES = Path(__file__).resolve().with_name("resources")

_COLORS = json.loads((RESOURCES / "colors.json").read_text())
LIGHT, DARK = Colors(**_COLORS["light"]), Colors(**_COLORS["dark"])


def apply_style(application: QApplication, scheme: Qt.ColorScheme | None = None) -> None:
    """Give all windows the colours that fit the desktop's, now and when it changes.

    Args:
        application: Whose windows.
        scheme: Light or dark, whatever the desktop is; None for the desktop's.
    """
    application.setStyle("Fusion")
    hints = application.styleHints()
    sheet = Template((RESOURCES / "style.qss").read_text())
    applied: Colors | None = None

    def follow(scheme: Qt.ColorScheme) -> None:
        nonlocal applied
        colors = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        if colors is applied:  # Qt also announces the scheme of the palette that is set here
            return
        applied = colors
        application.setPalette(_palette(colors))
        tick = RESOURCES / ("tick-dark.svg" if colors is DARK else "tick-light.svg")
        application.setStyleSheet(sheet.substitute(asdict(colors), tick=tick.as_posix()))

    follow(hints.colorScheme() if scheme is None else scheme)
    if scheme is None:
        hints.colorSchemeChanged.connect(follow)


def colors() -> Colors:
    """The colours that are in effect."""
    return DARK if QApplication.palette().window().color() == QColor(DARK.back) else LIGHT


def draw_svg(widget: QWidget, picture: Template, **parts: str) -> None:
    """Draw a picture on a widget, as large as fits, in the colours that are in effect.

    Args:
        widget: The widget, which is being painted.
        picture: SVG with `$text` and the like.
        parts: What other names in it stand for, as XML.
    """
    renderer = QSvgRenderer(picture.substitute(asdict(colors()), **parts).encode())
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    renderer.render(QPainter(widget))


def _palette(colors: Colors) -> QPalette:
    """For what the style sheet does not reach, such as lists that fold out."""
    role = QPalette.ColorRole
    palette = QPalette()
    for roles, color in (
        ((role.Window,), colors.back),
        ((role.Base, role.Button, role.AlternateBase, role.ToolTipBase), colors.raised),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), colors.text),
        ((role.PlaceholderText,), colors.muted),
        ((role.Highlight, role.Link, role.Accent), colors.accent),
        ((role.HighlightedText,), colors.on_accent),
        ((role.Mid, role.Dark), colors.edge),
    ):
        for each in roles:
            palette.setColor(each, QColor(color))
    return palette
