"""Numbers and times as people read them, and the ticks of axes."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.dashboards.definition import Unit

MOST_LETTERS = 160
"""Letters of a value in a table; a longer one is cut."""

_LENGTHS = ((3_600, "h"), (60, "min"), (1, "s"))
"""Units of time, in seconds."""

_DAY = timedelta(days=1)


def written(value: float | None, unit: Unit) -> str:
    """Return a value with its unit; an en dash for none."""
    if value is None:
        return "–"
    match unit:
        case "share":
            return f"{value:.0%}"
        case "seconds":
            return _seconds(value)
        case "time":
            return moment(datetime.fromtimestamp(value / 1000, UTC))
        case "number":
            return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def moment(at: datetime) -> str:
    """Return a time in UTC, without a zone: a page says once that all are in UTC."""
    return f"{at.day} {at:%b %Y, %H:%M}"


def is_time(field: str) -> bool:
    """Return True for a field of times, by its name: `at`, `…_at`, or `…_since`."""
    return field == "at" or field.endswith(("_at", "_since"))


def cell(field: str, value: object) -> str:
    """Return the value of a document's field. Several are told apart by a dot in the middle."""
    if is_time(field) and isinstance(value, str):
        return moment(datetime.fromisoformat(value))
    shown = " · ".join(map(str, value)) if isinstance(value, list) else _plain(value)
    return shown if len(shown) <= MOST_LETTERS else f"{shown[: MOST_LETTERS - 1]}…"


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _seconds(value: float) -> str:
    if value < 100:
        return f"{value:,.1f} s"
    if value < 6_000:
        return f"{value / 60:,.0f} min"
    return f"{value / 3_600:,.1f} h"


def axis(values: Sequence[float], unit: Unit) -> list[tuple[float, str]]:
    """Return the marks of an axis from 0 up to the highest of `values`, with their labels.

    Seconds are all in the unit of time that suits the highest.
    """
    most, whole = max(values, default=0), all(value == round(value) for value in values)
    if unit != "seconds":
        return [(mark, written(mark, unit)) for mark in ticks(most, whole=whole)]
    length, name = next((n, name) for n, name in _LENGTHS if most >= 2 * n or n == 1)
    marks = ticks(most / length, whole=whole and length == 1)
    return [(mark * length, f"{mark:g} {name}") for mark in marks]


def ticks(most: float, *, whole: bool, wanted: int = 4) -> list[float]:
    """Return round numbers from 0 up to at least `most`, about `wanted` of them above 0.

    The step is 1, 2, or 5 times a power of ten; if all values are whole, it is not below 1.
    """
    if most <= 0:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(most / wanted))
    step = next(power * n for n in (1, 2, 5, 10) if power * n * wanted >= most)
    step = max(step, 1.0) if whole else step
    return [step * n for n in range(math.ceil(most / step - 1e-9) + 1)]


def labelled(steps: Sequence[datetime], most: int) -> dict[int, str]:
    """Return index to label for at most about `most` steps of time, evenly spaced.

    A step of less than a day shows its hour; the first label, and each first one of a day, the day.
    """
    if not steps:
        return {}
    every = max(1, math.ceil(len(steps) / most))
    is_by_hour = len(steps) > 1 and steps[1] - steps[0] < _DAY
    found: dict[int, str] = {}
    day = None
    for index in range(0, len(steps), every):
        at = steps[index]
        is_new = at.date() != day
        day = at.date()
        date = f"{at.day} {at:%b}"
        found[index] = f"{at:%H:%M}\n{date}" if is_by_hour and is_new else date
        if is_by_hour and not is_new:
            found[index] = f"{at:%H:%M}"
    return found
