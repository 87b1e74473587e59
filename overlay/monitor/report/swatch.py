"""Samples of the colours and hatchings of states; a name always stands beside them."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from overlay.monitor.report.markup import tag
from overlay.monitor.timeline import GAPS, SEEN
from overlay.monitor.wording import state_name


def swatch(state: str) -> Element:
    """A small sample of a state; of any that is not on the timeline, as of time in view."""
    kind = f"gap gap-{state}" if state in GAPS else f"e-{state}" if state in SEEN else "seen"
    return tag(
        "svg",
        tag("rect", x=0.5, y=0.5, width=11, height=11, rx=2.5, class_=kind),
        viewBox="0 0 12 12",
        class_="swatch",
        aria_hidden="true",
    )


def legend(states: Iterable[str]) -> Element:
    """What the colours and hatchings of these states mean."""
    return tag(
        "ul",
        *(tag("li", swatch(state), state_name(state)) for state in states),
        class_="legend",
    )
