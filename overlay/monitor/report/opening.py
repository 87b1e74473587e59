"""How a session's chapter opens: one sentence, where the time went, a few figures."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from overlay.language import _, ngettext
from overlay.monitor.comparison import ENOUGH_FOR_USUAL, Comparison, Measure
from overlay.monitor.history import Chapter
from overlay.monitor.report.looks import looks
from overlay.monitor.report.markup import tag
from overlay.monitor.report.swatch import swatch
from overlay.monitor.statistics import Summary
from overlay.monitor.timeline import ABSENT, PAUSED, UNIDENTIFIED, UNOBSERVED
from overlay.monitor.wording import (
    IN_VIEW,
    adjective,
    clock_span,
    clock_time,
    duration,
    per_minute,
    percent,
    state_name,
)
from overlay.scene import EMOTIONS, UNSURE

# Shorter times in which it was not sure who was in view, in seconds, are only in the timeline:
# every session begins with one.
_TOLD_UNIDENTIFIED_S = 5.0
# A share of unsure readings that is smaller is not told.
_LEAST_SHARE = 0.01
# How many more numbers that are far from usual are named after the first sentence.
_MOST_UNUSUAL = 2


def opening(chapter: Chapter) -> Element:
    """What there is to say first, in this order: a sentence, more sentences, bar, figures."""
    summary = chapter.summary
    seen = summary.totals.present_s > 0
    more = " ".join(_more(summary, chapter.comparison)) if seen else ""
    return tag(
        "section",
        tag("p", _headline(summary, chapter.comparison), class_="lead"),
        tag("p", more, class_="more") if more else None,
        _whole(summary) if summary.totals.observed_s > 0 else None,
        tag("dl", *_figures(summary), class_="figures") if seen else None,
        aria_label=_("At a glance"),
    )


def _headline(summary: Summary, comparison: Comparison) -> str:
    """The sentence that is worth reading if only one is read."""
    totals = summary.totals
    length = duration(summary.end - summary.start)
    if totals.observed_s <= 0:
        return _("Nothing was recorded in this session, so there is nothing to show.")
    if totals.present_s <= 0:
        if totals.unidentified_s > 0:
            text = _(
                "It is not certain that it was you who was in view during the {length} "
                "of this session."
            )
        else:
            text = _("No face was in view during the {length} of this session.")
        return text.format(length=length)
    if unusual := _unusual(comparison):
        first = unusual[0]
        return _beside_usual(first)
    if comparison.knows_usual:
        usual = _("Much as usual for you.")
        return f"{usual} {looks(totals)}"
    return f"{looks(totals)} {_longest(summary)}".strip()


def _longest(summary: Summary) -> str:
    """When the face looked longest like what was seen most beside neutral."""
    found = [moment for moment in summary.moments if moment.kind == "expression"]
    if not found:
        return ""
    longest = max(found, key=lambda moment: summary.totals.share(str(moment.state)))
    same = [moment for moment in found if moment.state == longest.state]
    at = max(same, key=lambda moment: moment.seconds)
    clock = clock_time(at.start, summary.session.utc_offset_s)
    text = _("The longest time it looked {look} began at {clock} and lasted {time}.")
    return text.format(look=adjective(str(at.state)), clock=clock, time=duration(at.seconds))


def _unusual(comparison: Comparison) -> list[Measure]:
    """What is far from usual; neutral only by itself, as it is what the other expressions leave."""
    found = list(comparison.unusual)
    others = [measure for measure in found if measure.name != "neutral"]
    return others if any(measure.name in EMOTIONS for measure in others) else found


def _told(measure: Measure) -> str:
    """A number as a sentence, without its full stop."""
    match measure.name:
        case "present":
            text = _("Your face was in view for {value} of the time observed")
        case "away":
            text = _("Your face was turned away for {value} of the time in view")
        case "changes":
            text = _("Your expression changed {value} times a minute")
        case name if name == UNSURE:
            text = _("For {value} of the time in view no expression was clear enough to be named")
        case _label:
            text = _("Your face looked {look} for {value} of the time in view")
    return text.format(value=_value(measure, measure.value), look=adjective(measure.name))


def _beside_usual(measure: Measure) -> str:
    """A number as a sentence that says how far it is from usual."""
    if measure.value > measure.median:
        text = _("{fact}, more than usual for you (about {usual}).")
    else:
        text = _("{fact}, less than usual for you (about {usual}).")
    return text.format(fact=_told(measure), usual=_value(measure, measure.median))


def _value(measure: Measure, value: float) -> str:
    return per_minute(value) if measure.name == "changes" else percent(value)


def _more(summary: Summary, comparison: Comparison) -> list[str]:
    """What the first sentence leaves out; every share says of what it is one."""
    totals = summary.totals
    told = []
    unusual = _unusual(comparison)[: 1 + _MOST_UNUSUAL]
    names = {measure.name for measure in unusual}
    told += [_beside_usual(measure) for measure in unusual[1:]]
    if unusual and (others := looks(totals, names)):
        told.append(others)
    if totals.share(UNSURE) >= _LEAST_SHARE and UNSURE not in names:
        text = _("For {share} of the time in view no reading was clear enough to be named.")
        told.append(text.format(share=percent(totals.share(UNSURE))))
    if totals.unidentified_s >= _TOLD_UNIDENTIFIED_S:
        text = _(
            "For another {time} a face was in view that may not have been yours; "
            "that time is left out of all percentages."
        )
        told.append(text.format(time=duration(totals.unidentified_s)))
    if not comparison.knows_usual:
        text = _("After {n} sessions that are long enough, reports say what is usual for you.")
        told += [text.format(n=ENOUGH_FOR_USUAL), _so_far(comparison.sessions)]
    return told


def _so_far(sessions: int) -> str:
    if not sessions:
        return _("There were none before this one.")
    text = ngettext("There was {n} before this one.", "There were {n} before this one.", sessions)
    return text.format(n=sessions)


def _whole(summary: Summary) -> Element | None:
    """Where the time of the session went, as a bar whose parts add up to it; None for one part."""
    parts = [(state, seconds) for state, seconds in _accounts(summary) if seconds >= 0.5]
    if len(parts) < 2:
        return None
    length = sum(seconds for _state, seconds in parts)
    bars, x = [], 0.0
    for state, seconds in parts:
        width = 1000 * seconds / length
        kind = "seen" if state == IN_VIEW else f"gap gap-{state}"
        bars.append(tag("rect", x=x, width=width, height=14, class_=kind))
        x += width
    names = [
        tag("li", swatch(state), f"{state_name(state)} ", tag("strong", duration(seconds)))
        for state, seconds in parts
    ]
    return tag(
        "figure",
        tag(
            "svg",
            tag("rect", width=1000, height=14, class_="well"),
            *bars,
            viewBox="0 0 1000 14",
            preserveAspectRatio="none",
            aria_hidden="true",
        ),
        tag(
            "figcaption",
            tag("p", _("The {length} of this session").format(length=duration(length))),
            tag("ul", *names, class_="legend"),
        ),
        class_="whole",
    )


def _accounts(summary: Summary) -> list[tuple[str, float]]:
    """Seconds by state; together they are the whole session."""
    totals = summary.totals
    paused = sum(gap.seconds for gap in summary.gaps if gap.state == PAUSED)
    absent = totals.observed_s - totals.present_s - totals.unidentified_s
    rest = summary.end - summary.start - totals.observed_s - paused
    return [
        (IN_VIEW, totals.present_s),
        (UNIDENTIFIED, totals.unidentified_s),
        (ABSENT, absent),
        (PAUSED, paused),
        (UNOBSERVED, rest),
    ]


def _figures(summary: Summary) -> list[Element]:
    totals, offset = summary.totals, summary.session.utc_offset_s
    of_observed = _("{share} of the {time} observed")
    observed = duration(totals.observed_s)
    in_view = of_observed.format(share=percent(totals.present_share), time=observed)
    figures = [(_("In view"), duration(totals.present_s), in_view)]
    if totals.unidentified_s >= _TOLD_UNIDENTIFIED_S:
        share = of_observed.format(share=percent(totals.unidentified_share), time=observed)
        figures.append((_("Not sure it was you"), duration(totals.unidentified_s), share))
    if summary.neutral is not None:
        start, end = summary.neutral
        span = clock_span(start, end, offset)
        figures.append((_("Longest neutral stretch"), duration(end - start), span))
    rate = _("{n} in all").format(n=totals.changes)
    figures.append((_("Changes a minute"), per_minute(totals.changes_per_minute), rate))
    away = _("{share} of the time in view").format(share=percent(totals.away_share))
    figures.append((_("Turned away"), duration(totals.away_s), away))
    return [
        tag("div", tag("dt", name), tag("dd", value), tag("dd", more, class_="note"))
        for name, value, more in figures
    ]
