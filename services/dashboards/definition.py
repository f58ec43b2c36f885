"""The words in which dashboards are defined: views, buckets, metrics, panels, and their places."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from services.dashboards.conditions import ANY, Condition

Unit = Literal["number", "share", "seconds", "time"]
"""How a value is written: 12, 45%, 1.5 s, or a date and time."""


@dataclass(frozen=True, slots=True)
class View:
    """The documents of one index; a data view in Kibana.

    `time`: the date that the range of a dashboard is about. Every document has it.
    """

    index: str
    time: str


@dataclass(frozen=True, slots=True)
class OverTime:
    """A bucket for each step of time, by the view's time."""

    label: str = "Time"


@dataclass(frozen=True, slots=True)
class ByValue:
    """A bucket for each of the most frequent values of a field, by the first metric.

    `rising`: those with the lowest value of the first metric, lowest first.
    """

    field: str
    label: str
    size: int
    rising: bool = False


@dataclass(frozen=True, slots=True)
class ByCondition:
    """A bucket for each named condition, in their order."""

    label: str
    parts: tuple[tuple[str, Condition], ...]


Bucket: TypeAlias = OverTime | ByValue | ByCondition


@dataclass(frozen=True, slots=True)
class Count:
    """Documents, of those that meet a condition."""

    label: str
    where: Condition = ANY
    unit: Unit = "number"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number made of the values of a field. `distinct`: how many different ones there are."""

    of: Literal["distinct", "sum", "max"]
    field: str
    label: str
    unit: Unit = "number"


@dataclass(frozen=True, slots=True)
class Percentile:
    """The value that `percent` of the documents do not exceed."""

    field: str
    percent: int
    label: str
    unit: Unit = "number"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One metric divided by another; no value where that is 0."""

    of: Count | Figure
    to: Count | Figure
    label: str
    unit: Unit = "number"


Metric: TypeAlias = Count | Figure | Percentile | Ratio

Shape = Literal["number", "bars", "lying-bars", "lines", "table"]
"""How a chart is drawn.

- number: the first metric, without buckets.
- bars, lines: the first bucket lies on the x axis; bars are split by the second.
- lying-bars: the same with bars from left to right.
- table: a row for each value of the bucket, a column for each metric.
"""


@dataclass(frozen=True, slots=True)
class Chart:
    """Metrics of the documents of a view that meet a condition, by buckets.

    `about`: what is counted, in one sentence.
    """

    title: str
    about: str
    view: View
    shape: Shape
    metrics: tuple[Metric, ...]
    buckets: tuple[Bucket, ...] = ()
    where: Condition = ANY


@dataclass(frozen=True, slots=True)
class Map:
    """Documents on a map, by a point. `name`: of the place. `tooltip`: fields of a document."""

    id: str
    title: str
    about: str
    view: View
    point: str
    name: str
    tooltip: tuple[str, ...]
    where: Condition = ANY


@dataclass(frozen=True, slots=True)
class Listing:
    """The newest documents that meet a condition; a saved search in Kibana.

    `columns`: field and heading. `sort`: a date, the newest first.
    """

    id: str
    title: str
    about: str
    view: View
    columns: tuple[tuple[str, str], ...]
    sort: str
    where: Condition = ANY


Panel: TypeAlias = Chart | Map | Listing

COLUMNS = 48
"""Columns of Kibana's grid. A row of it is about 20 pixels high."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel stands in the grid."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Panels and their places. `days`: the range of time that it shows at first."""

    id: str
    title: str
    about: str
    days: int
    panels: tuple[tuple[Place, Panel], ...]


def side_by_side(
    *rows: tuple[int, tuple[tuple[int, Panel], ...]],
) -> tuple[tuple[Place, Panel], ...]:
    """Return panels with their places: each row has a height and its panels with their widths."""
    placed: list[tuple[Place, Panel]] = []
    y = 0
    for height, panels in rows:
        x = 0
        for width, panel in panels:
            placed.append((Place(x, y, width, height), panel))
            x += width
        y += height
    return tuple(placed)
