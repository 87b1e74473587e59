"""A session beside the student's own earlier ones: what is usual for them, and what is not."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from overlay.monitor.statistics import Totals
from overlay.monitor.timeline import SEEN

#: Earlier sessions needed before they are shown beside this one.
ENOUGH_SESSIONS = 3
#: Earlier sessions needed before anything is called unusual.
ENOUGH_FOR_USUAL = 8
#: A session counts for comparison if the student's face was in view for at least this long, in
#: seconds.
ENOUGH_PRESENT_S = 300.0

# Beyond the quartiles by this many times their distance, a value is "far out" (J. W. Tukey,
# Exploratory Data Analysis, 1977, 2C). In 1,500 simulated series of sessions that differed by
# chance alone, that and the margins below found something unusual in 12 % of the sessions after 8
# earlier ones, and in 4 % after 20.
_FAR_OUT = 3.0
# Differences smaller than this are not worth telling: in changes a minute, and in shares.
_LEAST_CHANGES, _LEAST_SHARE = 0.5, 0.03


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a session, and the same number of earlier ones.

    Attributes:
        name: A label of `SEEN`, `present`, `away` or `changes`.
        value: This session's: changes a minute, or a share, 0 to 1.
        earlier: The earlier sessions', oldest first.
    """

    name: str
    value: float
    earlier: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of the earlier values."""
        return statistics.median(self.earlier)

    @property
    def range(self) -> tuple[float, float]:
        """The least and the greatest of the earlier values."""
        return min(self.earlier), max(self.earlier)

    @property
    def unusual(self) -> float:
        """How far the value is out of what is usual, in differences worth telling; 0 if it is not.

        Always 0 with fewer than `ENOUGH_FOR_USUAL` earlier values.
        """
        if len(self.earlier) < ENOUGH_FOR_USUAL:
            return 0.0
        least = _LEAST_CHANGES if self.name == "changes" else _LEAST_SHARE
        low, _, high = statistics.quantiles(self.earlier, n=4, method="inclusive")
        margin = _FAR_OUT * (high - low) + least
        outside = max(self.value - (high + margin), low - margin - self.value, 0.0)
        return outside / least


@dataclass(frozen=True, slots=True)
class Comparison:
    """A session compared with the student's own earlier ones.

    Attributes:
        sessions: How many earlier sessions were long enough to count.
        measures: The numbers; empty if there are too few sessions, or this one is too short.
    """

    sessions: int
    measures: tuple[Measure, ...]

    @property
    def knows_usual(self) -> bool:
        """Whether there are enough earlier sessions to say what is usual."""
        return bool(self.measures) and self.sessions >= ENOUGH_FOR_USUAL

    @property
    def unusual(self) -> tuple[Measure, ...]:
        """The numbers that are far from what is usual, the farthest first."""
        found = [measure for measure in self.measures if measure.unusual > 0]
        return tuple(sorted(found, key=lambda measure: -measure.unusual))


def compare(totals: Totals, earlier: Sequence[Totals]) -> Comparison:
    """Compare a session with the student's own earlier ones.

    Args:
        totals: This session's numbers.
        earlier: Those of earlier sessions, oldest first.
    """
    counted = [other for other in earlier if other.present_s >= ENOUGH_PRESENT_S]
    if len(counted) < ENOUGH_SESSIONS or totals.present_s < ENOUGH_PRESENT_S:
        return Comparison(len(counted), ())
    now, then = measures_of(totals), [measures_of(other) for other in counted]
    measures = (
        Measure(name, value, tuple(other[name] for other in then)) for name, value in now.items()
    )
    return Comparison(len(counted), tuple(measures))


def measures_of(totals: Totals) -> dict[str, float]:
    """The numbers of a session by which it is compared, by the names of `Measure`."""
    return {
        "present": totals.present_share,
        "away": totals.away_share,
        "changes": totals.changes_per_minute,
        **{label: totals.share(label) for label in SEEN},
    }
