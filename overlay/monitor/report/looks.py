"""What a face looked like most, in words."""

from __future__ import annotations

from collections.abc import Collection

from overlay.monitor.statistics import Totals
from overlay.monitor.wording import adjective, joined, percent
from overlay.scene import EMOTIONS

# How many expressions are named, and how rare they may be.
_MOST_NAMED, _LEAST_SHARE = 3, 0.01


def looks(totals: Totals, told: Collection[str] = ()) -> str:
    """For example `looked neutral for 90 % of the time in view and happy for 8 %`.

    Args:
        totals: With time in view.
        told: Expressions that were told already, which are left out.

    Returns:
        What can follow `Your face`; empty if everything was told already.
    """
    left = [label for label in EMOTIONS if label not in told]
    ranked = sorted(left, key=lambda label: -totals.share(label))[:_MOST_NAMED]
    named = [label for label in ranked if totals.share(label) >= _LEAST_SHARE]
    if not named:
        return "" if told else "was in view, but no expression was clear enough to be named"
    first, *others = named
    told_first = f"looked {adjective(first)} for {percent(totals.share(first))} of the time in view"
    return joined([told_first, *(f"{adjective(k)} for {percent(totals.share(k))}" for k in others)])
