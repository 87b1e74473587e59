"""The parts of a session's chapter, in the order they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element

from overlay.monitor.report.axis import cut
from overlay.monitor.report.comparison_chart import comparison_charts
from overlay.monitor.report.markup import Content, tag
from overlay.monitor.report.timeline_chart import ORDER, timeline_chart
from overlay.monitor.statistics import ENOUGH_PRESENT_S, ENOUGH_SESSIONS, Comparison, Summary
from overlay.monitor.timeline import ABSENT, GAPS, PAUSED, UNIDENTIFIED, UNOBSERVED, Stretch
from overlay.monitor.wording import adjective, clock_time, duration, percent, state_name
from overlay.scene import EMOTIONS, UNSURE

# A gap shorter than this, in seconds, is counted but not listed.
_LISTED_GAP_S = 10.0
_MOST_GAPS = 20
_MOST_TABLE_ROWS = 24
# Shorter times in which it was not sure who was in view, in seconds, are only in the timeline:
# every session begins with one.
_TOLD_UNIDENTIFIED_S = 5.0

_REASONS = {
    ABSENT: "No face in view",
    UNIDENTIFIED: "Not sure it was you: a face was in view, perhaps somebody else’s",
    PAUSED: "You had paused the recording",
    UNOBSERVED: "Nothing was observed: the camera was gone or the computer asleep",
}


def at_a_glance(summary: Summary) -> Element:
    """What the session was like in one sentence and a few figures."""
    totals = summary.totals
    return tag(
        "section",
        tag("p", _lead(summary), class_="lead"),
        tag("dl", *_figures(summary), class_="figures") if totals.present_s > 0 else None,
        aria_label="At a glance",
    )


def timeline(summary: Summary, name: str) -> Element:
    """The chart of expressions over time, and the same as a table."""
    states = {stretch.state for stretch in summary.timeline}
    return tag(
        "section",
        tag("h3", "What your face looked like, and when"),
        tag(
            "figure",
            tag("div", timeline_chart(summary, name), class_="scroll"),
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
            tag("span", str(number), class_="badge", aria_hidden="true"),
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
        tag(
            "tr",
            tag("th", swatch(label), state_name(label), scope="row"),
            tag("td", _bar(label, totals.share(label)), class_="bar"),
            tag("td", percent(totals.share(label))),
            tag("td", duration(totals.label_s[label]) if totals.label_s[label] else "–"),
            tag("td", percent(totals.certainty[label]) if label in totals.certainty else "–"),
        )
        for label in ORDER
    ]
    heads = ("Looked", "", "Share", "Time", "Probability")
    return tag(
        "section",
        tag("h3", "Shares of the time in view"),
        tag(
            "table",
            tag("thead", tag("tr", *(_head(text) for text in heads))),
            tag("tbody", *rows),
            class_="shares",
        ),
        tag(
            "p",
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
        tag(
            "tr",
            tag("td", clock_time(gap.start, offset, seconds=True)),
            tag("td", clock_time(gap.end, offset, seconds=True)),
            tag("td", duration(gap.seconds)),
            tag("td", _REASONS[gap.state]),
        )
        for gap in listed
    ]
    heads = ("From", "To", "Length", "Why")
    table = tag(
        "table", tag("thead", tag("tr", *map(_head, heads))), tag("tbody", *rows), class_="gaps"
    )
    return tag(
        "section",
        tag("h3", "Gaps"),
        table if rows else None,
        _unlisted(everything, len(listed), sum(gap.seconds for gap in listed)),
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


def legend(states: Iterable[str]) -> Element:
    """What the colours and hatchings of these states mean."""
    return tag(
        "ul",
        *(tag("li", swatch(state), state_name(state)) for state in states),
        class_="legend",
    )


def swatch(state: str) -> Element:
    """A small sample of a state's colour or hatching; the name always stands beside it."""
    kind = f"gap gap-{state}" if state in GAPS else f"e-{state}"
    return tag(
        "svg",
        tag("rect", x=0.5, y=0.5, width=11, height=11, rx=2.5, class_=kind),
        viewBox="0 0 12 12",
        class_="swatch",
        aria_hidden="true",
    )


def _lead(summary: Summary) -> str:
    totals = summary.totals
    length = duration(summary.end - summary.start)
    if totals.observed_s <= 0:
        return "Nothing was recorded in this session, so there is nothing to show."
    if totals.present_s <= 0:
        if totals.unidentified_s > 0:
            return f"It is not sure that you were in view during the {length} of this session."
        return f"No face was in view during the {length} of this session."
    named = sorted(EMOTIONS, key=lambda label: -totals.share(label))
    told = [label for label in named[:3] if totals.share(label) >= 0.01]
    looks = [f"{adjective(label)} for {percent(totals.share(label))}" for label in told]
    text = f"Your face was in view for {duration(totals.present_s)} of {length}."
    if looks:
        text += f" Of that time it looked {_joined(looks)}."
    if totals.share(UNSURE) >= 0.01:
        text += f" For {percent(totals.share(UNSURE))} no reading was clear enough to name."
    if totals.unidentified_s >= _TOLD_UNIDENTIFIED_S:
        other = duration(totals.unidentified_s)
        text += f" For another {other} a face was in view, but it is not sure that it was yours."
    return text


def _figures(summary: Summary) -> list[Element]:
    totals, offset = summary.totals, summary.session.utc_offset_s
    in_view = f"{percent(totals.present_share)} of the time observed"
    figures = [("In view", duration(totals.present_s), in_view)]
    if totals.unidentified_s >= _TOLD_UNIDENTIFIED_S:
        share = f"{percent(totals.unidentified_share)} of the time observed, counted apart"
        figures.append(("Not sure it was you", duration(totals.unidentified_s), share))
    if summary.calm is not None:
        start, end = summary.calm
        span = f"looked neutral, {clock_time(start, offset)} to {clock_time(end, offset)}"
        figures.append(("Longest calm stretch", duration(end - start), span))
    rate = f"{totals.changes} in all"
    figures.append(("Changes a minute", f"{totals.changes_per_minute:.1f}", rate))
    away = f"{percent(totals.away_share)} of the time in view"
    figures.append(("Turned away", duration(totals.away_s), away))
    return [
        tag("div", tag("dt", name), tag("dd", value), tag("dd", more, class_="note"))
        for name, value, more in figures
    ]


def _table_of_slices(summary: Summary) -> Element:
    offset = summary.session.utc_offset_s
    labels = [label for label in ORDER if summary.totals.label_s[label] >= 0.5]
    rows = []
    for piece in cut(summary.timeline, _MOST_TABLE_ROWS):
        seconds = piece.end - piece.start < 60
        span = " to ".join(clock_time(t, offset, seconds=seconds) for t in (piece.start, piece.end))
        cells = [percent(piece.share(label)) if piece.seen_s else "–" for label in labels]
        in_view = duration(piece.seen_s) if piece.seen_s else state_name(piece.gap or ABSENT)
        rows.append(
            tag("tr", tag("th", span, scope="row"), *(tag("td", c) for c in (in_view, *cells)))
        )
    heads = ("Time", "In view", *(state_name(label) for label in labels))
    return tag(
        "details",
        tag("summary", "The same as a table"),
        tag(
            "div",
            tag("table", tag("thead", tag("tr", *map(_head, heads))), tag("tbody", *rows)),
            class_="scroll",
        ),
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


def _unlisted(everything: Sequence[Stretch], listed: int, listed_s: float) -> Element | None:
    if not everything:
        return tag("p", "None: your face was in view all the time.")
    if len(everything) == listed:
        return None
    total_s = sum(gap.seconds for gap in everything)
    count = len(everything) - listed
    more = "more " if listed else ""
    gaps_word = "gap" if count == 1 else "gaps"
    text = f"{count} {more}short {gaps_word}, {duration(total_s - listed_s)} together."
    return tag("p", text, class_="note" if listed else None)


def _bar(label: str, length: float) -> Element:
    return tag(
        "svg",
        tag("rect", width=100, height=12, class_="well"),
        tag("rect", width=100 * length, height=12, class_=f"mark e-{label}"),
        viewBox="0 0 100 12",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _head(text: str) -> Element:
    return tag("th", text, scope="col") if text else tag("td")


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
