"""The parts of a session's chapter, in the order they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from overlay.monitor.comparison import ENOUGH_PRESENT_S, ENOUGH_SESSIONS, Comparison
from overlay.monitor.report.axis import cut
from overlay.monitor.report.badge import badge
from overlay.monitor.report.comparison_chart import comparison_charts
from overlay.monitor.report.markup import Content, tag
from overlay.monitor.report.strip import ORDER
from overlay.monitor.report.swatch import legend, swatch
from overlay.monitor.report.tables import table
from overlay.monitor.report.timeline_chart import NARROW, WIDE, timeline_chart
from overlay.monitor.statistics import Summary
from overlay.monitor.timeline import ABSENT, GAPS, PAUSED, UNIDENTIFIED, UNOBSERVED, Stretch
from overlay.monitor.wording import clock_time, duration, joined, percent, state_name
from overlay.scene import UNSURE

# A gap shorter than this, in seconds, is counted but not listed.
_LISTED_GAP_S = 10.0
_MOST_GAPS = 20
# An expression seen for less than this, in seconds, has no row.
_LISTED_LABEL_S = 0.5
_MOST_TABLE_ROWS = 24
_REASONS = {
    ABSENT: "No face in view",
    UNIDENTIFIED: "Not sure it was you: a face was in view, perhaps somebody else’s",
    PAUSED: "You had paused the recording",
    UNOBSERVED: "Nothing was observed: the camera was gone or the computer asleep",
}


def timeline(summary: Summary, name: str) -> Element:
    """The chart of expressions over time, and the same as a table."""
    states = {stretch.state for stretch in summary.timeline}
    return tag(
        "section",
        tag("h3", "What your face looked like, and when"),
        tag(
            "figure",
            timeline_chart(summary, name, WIDE),
            timeline_chart(summary, name, NARROW),
            tag("figcaption", legend(state for state in (*ORDER, *GAPS) if state in states)),
        ),
        _table_of_slices(summary),
    )


def moments(summary: Summary) -> Element | None:
    """What may be worth looking at, with clock times."""
    if not summary.moments:
        return None
    offset = summary.session.utc_offset_s
    items = [
        tag(
            "li",
            badge(number, moment),
            tag("time", clock_time(moment.start, offset)),
            " ",
            tag("span", swatch(moment.state) if moment.state else None, moment.text),
        )
        for number, moment in enumerate(summary.moments, 1)
    ]
    return tag(
        "section",
        tag("h3", "Moments to look at"),
        tag("ol", *items, class_="moments"),
    )


def shares(summary: Summary) -> Element:
    """How much of the time in view belongs to each expression: a table with bars."""
    totals = summary.totals
    rows = [
        (
            tag("span", swatch(label), state_name(label)),
            _bar(label, totals.share(label)),
            percent(totals.share(label)),
            duration(totals.label_s[label]) if totals.label_s[label] else "–",
            percent(totals.certainty[label]) if label in totals.certainty else "–",
        )
        for label in ORDER
        if totals.label_s[label] >= _LISTED_LABEL_S
    ]
    never = [state_name(k) for k in ORDER if totals.label_s[k] < _LISTED_LABEL_S]
    return tag(
        "section",
        tag("h3", f"Shares of the {duration(totals.present_s)} in view"),
        table(("Looked", "", "Share", "Time", "Probability"), rows, "shares"),
        tag(
            "p",
            f"Not seen: {joined(never)}. " if never else None,
            "Probability is the network’s own, on average while it named that expression.",
            class_="note",
        ),
    )


def compared(comparison: Comparison, summary: Summary) -> Element:
    """This session beside the student's own earlier ones, or why it is not."""
    if comparison.measures:
        note = (
            f"Each dot is one of {comparison.sessions} earlier sessions, oldest first; the large "
            "dot is this one, the dashed line the median of the earlier ones. Differences may come "
            "from light, distance or the lesson as well as from you."
        )
        content: list[Content] = [comparison_charts(comparison), tag("p", note, class_="note")]
    else:
        content = [tag("p", _too_few(comparison, summary))]
    return tag("section", tag("h3", "Beside your own earlier sessions"), *content)


def certainty(summary: Summary) -> Element:
    """How sure the network was, in words."""
    totals = summary.totals
    sentences = [
        f"For {percent(totals.share(UNSURE))} of the time in view no expression was probable "
        "enough to be named; that time is shown as unsure.",
        f"For {percent(totals.away_share)} the face was turned away and for "
        f"{percent(totals.dark_share)} it was too dark to judge; readings are weakest then.",
    ]
    if totals.mean_certainty is not None:
        sentences.insert(
            0,
            "While an expression was named, the network’s own probability for it was "
            f"{percent(totals.mean_certainty)} on average.",
        )
    return tag("section", tag("h3", "How sure the readings were"), tag("p", " ".join(sentences)))


def gaps(summary: Summary) -> Element:
    """When the student's face was not seen, and why."""
    offset = summary.session.utc_offset_s
    everything = summary.gaps
    longest = sorted(everything, key=lambda gap: -gap.seconds)[:_MOST_GAPS]
    listed = sorted(
        (gap for gap in longest if gap.seconds >= _LISTED_GAP_S), key=lambda gap: gap.start
    )
    rows = [
        (
            clock_time(gap.start, offset, seconds=True),
            clock_time(gap.end, offset, seconds=True),
            duration(gap.seconds),
            _REASONS[gap.state],
        )
        for gap in listed
    ]
    return tag(
        "section",
        tag("h3", "Gaps"),
        table(("From", "To", "Length", "Why"), rows, "gaps") if rows else None,
        _unlisted([gap for gap in everything if gap not in listed], bool(listed)),
    )


def limits(model_versions: list[str]) -> Element:
    """What such a page cannot tell, in plain words."""
    models = ", ".join(version or "unknown" for version in model_versions)
    points = (
        "An expression is not a feeling. This page says what a face looked like to a small "
        "network, second by second. People smile out of politeness, frown when they think hard, "
        "and look blank while they listen closely. Only you know how it was.",
        "The network errs. Weak expressions mostly read as neutral; fear, disgust, anger and "
        "sadness are easily taken for one another. Turned heads, hands at the face, poor light "
        "and great distance make it worse, and it does not read all faces equally well.",
        "Shares are of the time your face was in view. Who was not seen was not measured, and "
        "looking away means nothing by itself: people think, write and look at the board.",
        "It is not a test, a grade or a diagnosis, and not made for judging anybody else. Where "
        "others want to see it, you may say no.",
        "Everything was measured on this computer. No picture was kept, nothing was sent.",
    )
    return tag(
        "section",
        tag("h2", "What this page cannot tell"),
        tag("ul", *(tag("li", point) for point in points)),
        tag("p", f"Expression network: version {models}.", class_="note"),
        class_="limits",
    )


def _table_of_slices(summary: Summary) -> Element:
    offset = summary.session.utc_offset_s
    labels = [k for k in ORDER if summary.totals.label_s[k] >= _LISTED_LABEL_S]
    rows = []
    for piece in cut(summary.timeline, _MOST_TABLE_ROWS):
        seconds = piece.end - piece.start < 60
        span = " to ".join(clock_time(t, offset, seconds=seconds) for t in (piece.start, piece.end))
        cells = [percent(piece.share(label)) if piece.seen_s else "–" for label in labels]
        in_view = duration(piece.seen_s) if piece.seen_s else state_name(piece.gap or ABSENT)
        rows.append((span, in_view, *cells))
    heads = ("Time", "In view", *(state_name(label) for label in labels))
    return tag(
        "details",
        tag("summary", "The same as a table"),
        table(heads, rows, "slices"),
    )


def _too_few(comparison: Comparison, summary: Summary) -> str:
    minutes = duration(ENOUGH_PRESENT_S)
    if summary.totals.present_s < ENOUGH_PRESENT_S:
        return (
            f"Your face was in view for less than {minutes} in this session: too little to compare."
        )
    count = comparison.sessions
    there = "none" if count == 0 else "only one" if count == 1 else f"only {count}"
    return (
        f"Too few to compare yet: it takes {ENOUGH_SESSIONS} earlier sessions with your face in "
        f"view for at least {minutes}, and there {'is' if count == 1 else 'are'} {there}."
    )


def _unlisted(others: Sequence[Stretch], some_listed: bool) -> Element | None:
    """The gaps that are not in the table, in one sentence."""
    if not others:
        return None if some_listed else tag("p", "None: your face was in view all the time.")
    reasons = Counter(state_name(gap.state) for gap in others)
    why = joined([f"{name} {_times(count)}" for name, count in reasons.most_common()])
    more = "more " if some_listed else ""
    text = (
        f"{len(others)} {more}short {'gap' if len(others) == 1 else 'gaps'}, "
        f"{duration(sum(gap.seconds for gap in others))} together: {why}."
    )
    return tag("p", text, class_="note" if some_listed else None)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _bar(label: str, length: float) -> Element:
    return tag(
        "svg",
        tag("rect", width=100, height=12, class_="well"),
        tag("rect", width=100 * length, height=12, class_=f"mark e-{label}"),
        viewBox="0 0 100 12",
        preserveAspectRatio="none",
        class_="bar",
        aria_hidden="true",
    )
