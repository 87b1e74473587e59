"""Several sessions at a glance: one line each, with a stacked bar."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from overlay.monitor.report.markup import Content, tag
from overlay.monitor.report.strip import ORDER
from overlay.monitor.report.swatch import legend
from overlay.monitor.report.tables import table
from overlay.monitor.statistics import Summary, Totals
from overlay.monitor.wording import clock_time, duration, percent, short_date, state_name

_BAR_WIDTH = 300.0


def overview(summaries: Sequence[Summary], titles: Sequence[str]) -> Element:
    """A table of the sessions; each title leads to its chapter, named `s1`, `s2` and so on."""
    rows = [
        _row(summary, title, f"#s{number}")
        for number, (summary, title) in enumerate(zip(summaries, titles, strict=True), 1)
    ]
    used = [label for label in ORDER if any(s.totals.label_s[label] >= 0.5 for s in summaries)]
    heads = ("Session", "Began", "In view", "", "Mostly looked")
    return tag(
        "section",
        tag("h2", "Overview"),
        table(heads, rows, "overview"),
        legend(used),
        tag("p", "Shares and bars are of the time in view.", class_="note"),
    )


def _row(summary: Summary, title: str, link: str) -> tuple[Content, ...]:
    offset, totals = summary.session.utc_offset_s, summary.totals
    return (
        tag("a", title, href=link),
        f"{short_date(summary.start, offset)}, {clock_time(summary.start, offset)}",
        f"{duration(totals.present_s)} of {duration(totals.observed_s)} observed",
        _bar(totals),
        _mostly(totals),
    )


def _mostly(totals: Totals) -> str:
    """The two largest shares in words, which the bar shows to the eye."""
    ranked = sorted(ORDER, key=lambda label: -totals.share(label))[:2]
    told = [f"{state_name(k)} {percent(totals.share(k))}" for k in ranked if totals.share(k) > 0]
    return ", ".join(told) or "you were not seen"


def _bar(totals: Totals) -> Element:
    parts = []
    x = 0.0
    for label in ORDER:
        width = totals.share(label) * _BAR_WIDTH
        if width > 0:
            box = {"x": x, "width": width, "height": 14}
            parts.append(tag("rect", **box, class_=f"mark e-{label}"))
        x += width
    return tag(
        "svg",
        tag("rect", width=_BAR_WIDTH, height=14, class_="well"),
        *parts,
        viewBox=f"0 0 {_BAR_WIDTH:.0f} 14",
        preserveAspectRatio="none",
        class_="bar",
        aria_hidden="true",
    )
