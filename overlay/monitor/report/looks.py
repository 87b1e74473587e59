"""What a face looked like most, in words."""

from __future__ import annotations

from collections.abc import Collection

from overlay.language import _
from overlay.monitor.statistics import Totals
from overlay.monitor.wording import adjective, joined, percent
from overlay.scene import EMOTIONS

# How many expressions are named, and how rare they may be.
_MOST_NAMED, _LEAST_SHARE = 3, 0.01


def looks(totals: Totals, told: Collection[str] = ()) -> str:
    """A sentence such as `Your face looked neutral for 90 % of the time in view`.

    Args:
        totals: With time in view.
        told: Expressions that were told already, which are left out.

    Returns:
        A sentence; empty if everything was told already.
    """
    left = [label for label in EMOTIONS if label not in told]
    ranked = sorted(left, key=lambda label: -totals.share(label))[:_MOST_NAMED]
    named = [label for label in ranked if totals.share(label) >= _LEAST_SHARE]
    if not named:
        nothing = _("Your face was in view, but no expression was clear enough to be named.")
        return "" if told else nothing
    each = _("{look} for {share}")
    shares = [each.format(look=adjective(k), share=percent(totals.share(k))) for k in named]
    return _("Your face looked {looks} of the time in view.").format(looks=joined(shares))
