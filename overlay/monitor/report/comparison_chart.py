"""Small charts of one number each: a session beside earlier ones, or those of a week or month."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from xml.etree.ElementTree import Element

from overlay.language import N_, _
from overlay.monitor.comparison import Comparison, measures_of
from overlay.monitor.report.markup import tag
from overlay.monitor.report.strip import ORDER
from overlay.monitor.statistics import Totals
from overlay.monitor.wording import adjective, per_minute, percent
from overlay.scene import UNSURE

_WIDTH, _HEIGHT, _MARGIN = 220.0, 56.0, 7.0
_NAMES = {
    "present": N_("Face in view"),
    "away": N_("Turned away"),
    "changes": N_("Changes a minute"),
    UNSURE: N_("Unsure"),
}
# Expressions rarer than this in every session get no chart.
_LEAST_SHARE = 0.01


def comparison_charts(comparison: Comparison) -> Element:
    """A list of charts; each says its numbers in words, so the drawing is for the eye alone."""
    values = {m.name: (*m.earlier, m.value) for m in comparison.measures}
    panels = []
    for name in _shown(values):
        *earlier, now = values[name]
        say = _saying(name)
        first = tag("p", say(now), " ", tag("small", _("this session")), class_="value")
        text = _("Earlier {range}, median {median}").format(
            range=_range(name, earlier), median=say(statistics.median(earlier))
        )
        panels.append(_panel(name, first, text, _chart(earlier, now)))
    return tag("ul", *panels, class_="panels")


def trend_charts(sessions: Sequence[Totals]) -> Element:
    """The same for sessions of which none stands out, oldest first; at least two."""
    every = [measures_of(totals) for totals in sessions]
    values = {name: tuple(each[name] for each in every) for name in every[0]}
    panels = []
    for name in _shown(values):
        median = _saying(name)(statistics.median(values[name]))
        first = tag("p", median, " ", tag("small", _("median")), class_="value")
        panels.append(_panel(name, first, _range(name, values[name]), _chart(values[name])))
    return tag("ul", *panels, class_="panels")


def _shown(values: Mapping[str, Sequence[float]]) -> list[str]:
    """The measures to show, in order."""
    named = [name for name in values if name in _NAMES or max(values[name]) >= _LEAST_SHARE]
    return sorted(named, key=lambda name: ORDER.index(name) if name in ORDER else -1)


def _panel(name: str, first: Element, text: str, chart: Element) -> Element:
    known = _NAMES.get(name)
    title = tag("h4", _(known) if known else _("Looked {look}").format(look=adjective(name)))
    return tag("li", title, first, chart, tag("p", text, class_="note"))


def _range(name: str, values: Sequence[float]) -> str:
    say = _saying(name)
    return _("{least} to {most}").format(least=say(min(values)), most=say(max(values)))


def _saying(name: str) -> Callable[[float], str]:
    return per_minute if name == "changes" else _fine_percent


def _fine_percent(share: float) -> str:
    """Small shares with a decimal: their differences are what is looked at."""
    return f"{100 * share:.1f} %" if 0 < share < 0.0995 else percent(share)


def _chart(values: Sequence[float], now: float | None = None) -> Element:
    """A dot for each session, oldest first, a line at their median, and a large dot for now."""
    every = [*values, now] if now is not None else [*values]
    top = max(every) * 1.1 or 1.0

    def y(value: float) -> float:
        return _HEIGHT - _MARGIN - value / top * (_HEIGHT - 2 * _MARGIN)

    step = (_WIDTH - 2 * _MARGIN) / max(len(every) - 1, 1)
    dots = [
        tag("circle", cx=_MARGIN + index * step, cy=y(value), r=3.2, class_="earlier")
        for index, value in enumerate(values)
    ]
    middle = y(statistics.median(values))
    return tag(
        "svg",
        tag("path", d=f"M0 {_HEIGHT - 0.5}H{_WIDTH:.0f}", class_="rail"),
        tag("path", d=f"M0 {middle:.1f}H{_WIDTH:.0f}", class_="median"),
        *dots,
        None if now is None else tag("circle", cx=_WIDTH - _MARGIN, cy=y(now), r=5.5, class_="now"),
        viewBox=f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}",
        aria_hidden="true",
    )
