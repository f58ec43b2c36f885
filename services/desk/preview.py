"""The history of a watch as a histogram: how often it would have found something. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

MOST_BARS = 62
"""Days that are drawn at most; of more, weeks are drawn: a bar has to be wide enough to be hit."""

WIDTH, HEIGHT = 640, 120
"""The size of the drawing, in its own units; pages scale it."""

_GAP = 2
_LEAST_BAR = 2
"""Units of height of a day with a hit: one among hundreds is still seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `first` to `last`: its days. Places and sizes are in units of the drawing."""

    first: date
    last: date
    n: int
    x: float
    y: float
    width: float
    height: float

    @property
    def label(self) -> str:
        """What a reader hears of it."""
        day = f"{self.first.day} {self.first:%b}"
        if self.first != self.last:
            day += f" to {self.last.day} {self.last:%b}"
        return f"{day}: {self.n:,}"


@dataclass(frozen=True, slots=True)
class Histogram:
    """All bars. `top`: the number of the highest. `total`: of all hits. `step`: days of a bar."""

    bars: tuple[Bar, ...]
    top: int
    total: int
    step: int

    @property
    def about(self) -> str:
        """The drawing in one sentence."""
        if not self.bars:
            return "No days are stored yet."
        first, last = self.bars[0].first, self.bars[-1].last
        each = "day" if self.step == 1 else "week"
        span = f"{first.day} {first:%B} to {last.day} {last:%B %Y}"
        return f"{self.total:,} found from {span}; at most {self.top:,} on one {each}."


def histogram(per_day: Mapping[date, int], first: date, last: date) -> Histogram:
    """Return the bars of all days from `first` to `last`, also of those without a hit."""
    days = max((last - first).days + 1, 1)
    step = 1 if days <= MOST_BARS else 7
    starts = [first + timedelta(days=n) for n in range(0, days, step)]
    width = WIDTH / len(starts)
    within = {day: n for day, n in per_day.items() if first <= day <= last}
    sums = [sum(within.get(start + timedelta(days=n), 0) for n in range(step)) for start in starts]
    top = max(sums)
    gap = min(_GAP, width / 4)
    bars: list[Bar] = []
    for i, (start, n) in enumerate(zip(starts, sums, strict=True)):
        height = max(_LEAST_BAR, HEIGHT * n / top) if n else 0.0
        bars.append(
            Bar(
                first=start,
                last=min(start + timedelta(days=step - 1), last),
                n=n,
                x=round(i * width, 2),
                y=round(HEIGHT - height, 2),
                width=round(width - gap, 2),
                height=round(height, 2),
            )
        )
    return Histogram(tuple(bars), top, sum(sums), step)
