"""Small charts of one number each, this session beside the student's own earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from overlay.monitor.comparison import Comparison, Measure
from overlay.monitor.report.markup import tag
from overlay.monitor.report.strip import ORDER
from overlay.monitor.wording import adjective, per_minute, percent
from overlay.scene import UNSURE

_WIDTH, _HEIGHT, _MARGIN = 220.0, 56.0, 7.0
_NAMES = {
    "present": "Face in view",
    "away": "Turned away",
    "changes": "Changes a minute",
    UNSURE: "Unsure",
}
# Expressions rarer than this in every session get no chart.
_LEAST_SHARE = 0.01


def comparison_charts(comparison: Comparison) -> Element:
    """A list of charts; each says its numbers in words, so the drawing is for the eye alone."""
    shown = [
        measure
        for measure in comparison.measures
        if measure.name in _NAMES or max(measure.value, *measure.earlier) >= _LEAST_SHARE
    ]
    shown.sort(key=lambda measure: ORDER.index(measure.name) if measure.name in ORDER else -1)
    return tag("ul", *map(_panel, shown), class_="panels")


def _panel(measure: Measure) -> Element:
    say: Callable[[float], str] = per_minute if measure.name == "changes" else _fine_percent
    low, high = measure.range
    return tag(
        "li",
        tag("h4", _NAMES.get(measure.name, f"Looked {adjective(measure.name)}")),
        tag("p", say(measure.value), tag("small", " this session"), class_="value"),
        _chart(measure),
        tag(
            "p",
            f"Earlier {say(low)} to {say(high)}, median {say(measure.median)}",
            class_="note",
        ),
    )


def _fine_percent(share: float) -> str:
    """Small shares with a decimal: their differences are what is looked at."""
    return f"{100 * share:.1f} %" if 0 < share < 0.0995 else percent(share)


def _chart(measure: Measure) -> Element:
    """A dot for each session, oldest first, and the median of the earlier ones as a line."""
    values = (*measure.earlier, measure.value)
    top = max(values) * 1.1 or 1.0

    def y(value: float) -> float:
        return _HEIGHT - _MARGIN - value / top * (_HEIGHT - 2 * _MARGIN)

    step = (_WIDTH - 2 * _MARGIN) / len(measure.earlier)
    dots = [
        tag("circle", cx=_MARGIN + index * step, cy=y(value), r=3.2, class_="earlier")
        for index, value in enumerate(measure.earlier)
    ]
    middle = y(measure.median)
    return tag(
        "svg",
        tag("path", d=f"M0 {_HEIGHT - 0.5}H{_WIDTH:.0f}", class_="rail"),
        tag("path", d=f"M0 {middle:.1f}H{_WIDTH:.0f}", class_="median"),
        *dots,
        tag("circle", cx=_WIDTH - _MARGIN, cy=y(measure.value), r=5.5, class_="now"),
        viewBox=f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}",
        aria_hidden="true",
    )
