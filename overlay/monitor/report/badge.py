"""The number of a moment, as the timeline and the lists show it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from overlay.monitor.moments import Moment
from overlay.monitor.report.markup import tag


def badge(number: int, moment: Moment) -> Element:
    """Square for the student's own marks, round for what was found."""
    kind = "badge own" if moment.kind == "mark" else "badge"
    return tag("span", str(number), class_=kind, aria_hidden="true")
