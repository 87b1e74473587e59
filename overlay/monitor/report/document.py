"""The HTML document around the content of a page: head, style, header and foot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from overlay.drawing.themes import css_color, load_theme
from overlay.language import _, is_right_to_left, language
from overlay.monitor.report.markup import Content, render, tag
from overlay.scene import EMOTIONS, UNSURE

_STYLE = Path(__file__).with_name("style.css")
# Nothing but this file's own style is ever loaded or run, whatever a title may contain.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def document(
    whose: str,
    title: str,
    when: str,
    content: Sequence[Content],
    made: str,
    *,
    kicker: str | None = None,
) -> str:
    """The whole document.

    Args:
        whose: Name of the student, or what else it is about.
        title: What the page is about.
        when: Its days, for its head.
        content: Its parts, in order; None is left out.
        made: When and by what the page was made, for its foot.
        kicker: What is said above the title, if it is not for a student alone.
    """
    if kicker is None:
        kicker = _("{student} · for your eyes only").format(student=whose)
    body = tag(
        "body",
        _patterns(),
        tag(
            "header",
            tag("p", kicker, class_="kicker"),
            tag("h1", title),
            tag("p", when, class_="when"),
        ),
        tag("main", *content),
        tag("footer", tag("p", made)),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{title} – {whose}"),
        tag("style", _colors() + _STYLE.read_text(encoding="utf-8")),
    )
    return (
        "<!DOCTYPE html>\n"
        + render(tag("html", head, body, lang=language(), dir=_direction()))
        + "\n"
    )


def _direction() -> str:
    return "rtl" if is_right_to_left(language()) else "ltr"


def _patterns() -> Element:
    """Hatchings for gaps, used by every chart of the page."""
    return tag(
        "svg",
        tag(
            "defs",
            _pattern("absent", "M-2 2L2 -2M0 8L8 0M6 10L10 6"),
            _pattern("unidentified", "M-2 6L2 10M0 0L8 8M6 -2L10 2"),
            _pattern("paused", "M2 0V8M6 0V8"),
            _pattern("unobserved", "M0 0L8 8M0 8L8 0"),
        ),
        width=0,
        height=0,
        class_="patterns",
        aria_hidden="true",
    )


def _pattern(name: str, outline: str) -> Element:
    return tag(
        "pattern",
        tag("path", d=outline, class_="hatch"),
        id=f"hatch-{name}",
        width=8,
        height=8,
        patternUnits="userSpaceOnUse",
    )


def _colors() -> str:
    """The colours of the overlay's two themes as variables of the style sheet."""
    light, dark = (_variables(name) for name in ("light", "dark"))
    return (
        f":root{{{light}}}\n@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"
        + "".join(f".e-{name}{{fill:var(--{name})}}\n" for name in (*EMOTIONS, UNSURE))
    )


def _variables(theme: str) -> str:
    colors = load_theme(theme).emotions
    return "".join(f"--{name}:{css_color(color)};" for name, color in colors.items())
