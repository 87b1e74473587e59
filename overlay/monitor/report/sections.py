"""The parts of a session's chapter, in the order they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from overlay.language import N_, _, ngettext
from overlay.monitor.comparison import ENOUGH_PRESENT_S, ENOUGH_SESSIONS, Comparison
from overlay.monitor.report.axis import cut
from overlay.monitor.report.badge import badge
from overlay.monitor.report.comparison_chart import comparison_charts
from overlay.monitor.report.markup import Content, tag
from overlay.monitor.report.moment_marks import NARROW, WIDE
from overlay.monitor.report.strip import ORDER
from overlay.monitor.report.swatch import legend, swatch
from overlay.monitor.report.tables import table
from overlay.monitor.report.timeline_chart import timeline_chart
from overlay.monitor.statistics import Summary
from overlay.monitor.timeline import ABSENT, GAPS, PAUSED, UNIDENTIFIED, UNOBSERVED, Stretch
from overlay.monitor.wording import clock_span, clock_time, duration, joined, percent, state_name
from overlay.scene import UNSURE

# A gap shorter than this, in seconds, is counted but not listed.
_LISTED_GAP_S = 10.0
_MOST_GAPS = 20
# An expression seen for less than this, in seconds, has no row.
_LISTED_LABEL_S = 0.5
_MOST_TABLE_ROWS = 24
_REASONS = {
    ABSENT: N_("No face in view"),
    UNIDENTIFIED: N_("Not sure it was you: a face was in view, perhaps somebody else’s"),
    PAUSED: N_("You paused the recording"),
    UNOBSERVED: N_("Nothing was observed: the camera was gone or the computer asleep"),
}


def timeline(summary: Summary, name: str) -> Element:
    """The chart of expressions over time, and the same as a table."""
    states = {stretch.state for stretch in summary.timeline}
    return tag(
        "section",
        tag("h3", _("What your face looked like, and when")),
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
        tag("h3", _("Moments to look at")),
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
    not_seen = _("Not seen: {looks}.").format(looks=joined(never)) if never else None
    return tag(
        "section",
        tag("h3", _("Shares of the {time} in view").format(time=duration(totals.present_s))),
        table((_("Looked"), "", _("Share"), _("Time"), _("Probability")), rows, "shares"),
        tag(
            "p",
            not_seen,
            " " if never else None,
            _(
                "Probability is the network’s own figure, averaged over the time in "
                "which it named that expression."
            ),
            class_="note",
        ),
    )


def compared(comparison: Comparison, summary: Summary) -> Element:
    """This session beside the student's own earlier ones, or why it is not."""
    if comparison.measures:
        note = _(
            "Each dot is one of {n} earlier sessions, oldest first; the large dot is this one, the "
            "dashed line the median of the earlier ones. Differences may come from light, distance "
            "or the lesson as well as from you."
        ).format(n=comparison.sessions)
        content: list[Content] = [comparison_charts(comparison), tag("p", note, class_="note")]
    else:
        content = [tag("p", _too_few(comparison, summary))]
    return tag("section", tag("h3", _("Beside your own earlier sessions")), *content)


def certainty(summary: Summary) -> Element:
    """How sure the network was, in words."""
    totals = summary.totals
    sentences = [
        _(
            "For {share} of the time in view no expression was probable enough to be named; that "
            "time is shown as unsure."
        ).format(share=percent(totals.share(UNSURE))),
        _(
            "For {away} the face was turned away and for {dark} it was too dark to "
            "judge; readings are least reliable then."
        ).format(away=percent(totals.away_share), dark=percent(totals.dark_share)),
    ]
    if totals.mean_certainty is not None:
        sentences.insert(
            0,
            _(
                "While an expression was named, the network’s own probability for it was {share} "
                "on average."
            ).format(share=percent(totals.mean_certainty)),
        )
    return tag("section", tag("h3", _("How sure the readings were")), tag("p", " ".join(sentences)))


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
            _(_REASONS[gap.state]),
        )
        for gap in listed
    ]
    return tag(
        "section",
        tag("h3", _("Gaps")),
        table((_("From"), _("To"), _("Length"), _("Why")), rows, "gaps") if rows else None,
        _unlisted([gap for gap in everything if gap not in listed], bool(listed)),
    )


def limits(model_versions: list[str]) -> Element:
    """What such a page cannot tell, in plain words."""
    models = ", ".join(version or _("unknown") for version in model_versions)
    points = (
        _(
            "An expression is not a feeling. This page says what a face looked like to a small "
            "network, second by second. People smile out of politeness, frown when they think "
            "hard, and look blank while they listen closely. Only you know how it was."
        ),
        _(
            "The network makes mistakes. Weak expressions mostly read as neutral; "
            "fear, disgust, anger and sadness are easily confused. A turned head, "
            "a hand at the face, poor light and distance make it worse, and it "
            "does not read all faces equally well."
        ),
        _(
            "Percentages refer to the time your face was in view. Nothing was "
            "measured while you were not seen, and looking away means nothing by "
            "itself: people think, write and look at the board."
        ),
        _(
            "It is not a test, a grade or a diagnosis, and it is not made for "
            "judging anybody else. If others want to see it, you may say no."
        ),
        _("Everything was measured on this computer. No picture was kept, nothing was sent."),
    )
    network = _("Expression network: version {versions}.").format(versions=models)
    return tag(
        "section",
        tag("h2", _("What this page cannot tell")),
        tag("ul", *(tag("li", point) for point in points)),
        tag("p", network, class_="note"),
        class_="limits",
    )


def _table_of_slices(summary: Summary) -> Element:
    offset = summary.session.utc_offset_s
    labels = [k for k in ORDER if summary.totals.label_s[k] >= _LISTED_LABEL_S]
    rows = []
    for piece in cut(summary.timeline, _MOST_TABLE_ROWS):
        seconds = piece.end - piece.start < 60
        span = clock_span(piece.start, piece.end, offset, seconds=seconds)
        cells = [percent(piece.share(label)) if piece.seen_s else "–" for label in labels]
        in_view = duration(piece.seen_s) if piece.seen_s else state_name(piece.gap or ABSENT)
        rows.append((span, in_view, *cells))
    heads = (_("Time"), _("In view"), *(state_name(label) for label in labels))
    return tag(
        "details",
        tag("summary", _("The same as a table")),
        table(heads, rows, "slices"),
    )


def _too_few(comparison: Comparison, summary: Summary) -> str:
    minutes = duration(ENOUGH_PRESENT_S)
    if summary.totals.present_s < ENOUGH_PRESENT_S:
        return _(
            "Your face was in view for less than {time} in this session: too little to compare."
        ).format(time=minutes)
    text = _(
        "Too few to compare yet: it takes {n} earlier sessions with your face in view for at least "
        "{time}."
    )
    count = comparison.sessions
    there = ngettext("So far there is {n}.", "So far there are {n}.", count).format(n=count)
    there = there if count else _("So far there are none.")
    return f"{text.format(n=ENOUGH_SESSIONS, time=minutes)} {there}"


def _unlisted(others: Sequence[Stretch], some_listed: bool) -> Element | None:
    """The gaps that are not in the table, in one sentence."""
    if not others:
        return None if some_listed else tag("p", _("None: your face was in view all the time."))
    reasons = Counter(state_name(gap.state) for gap in others)
    why = joined([_times(name, count) for name, count in reasons.most_common()])
    n, time = len(others), duration(sum(gap.seconds for gap in others))
    if some_listed:
        text = ngettext(
            "{n} more short gap, {time} together: {why}.",
            "{n} more short gaps, {time} together: {why}.",
            n,
        )
    else:
        text = ngettext(
            "{n} short gap, {time} together: {why}.", "{n} short gaps, {time} together: {why}.", n
        )
    text = text.format(n=n, time=time, why=why)
    return tag("p", text, class_="note" if some_listed else None)


def _times(name: str, count: int) -> str:
    return ngettext("{name} once", "{name} {n} times", count).format(name=name, n=count)


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
