"""Elements of a page, escaped by construction.

The standard library's ElementTree keeps text and markup apart and writes HTML, so there is no
template whose author might forget to escape, and no further dependency.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, tostring

Content = Element | str | None

# What neither HTML nor XML may contain.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def tag(name: str, /, *content: Content, **attributes: object) -> Element:
    """An element of HTML or SVG.

    Args:
        name: Name of the element.
        content: Elements and texts in order; None is left out.
        attributes: `stroke_width=2` becomes `stroke-width="2"`, `class_` becomes `class`; floats
            are rounded to what can be seen; None is left out.

    Example:
        >>> render(tag("p", "a < b ", tag("b", "bold"), class_="note"))
        '<p class="note">a &lt; b <b>bold</b></p>'
    """
    known = {
        key.rstrip("_").replace("_", "-"): _text(value)
        for key, value in attributes.items()
        if value is not None
    }
    element = Element(name, known)
    for piece in content:
        if isinstance(piece, Element):
            element.append(piece)
        elif piece is not None:
            # A number stays on one line with its percent sign.
            _append_text(element, _FORBIDDEN.sub("\ufffd", piece).replace(" %", "\u00a0%"))
    return element


def render(element: Element) -> str:
    """The element as HTML."""
    return tostring(element, encoding="unicode", method="html")


def _append_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return _FORBIDDEN.sub("\ufffd", str(value))
