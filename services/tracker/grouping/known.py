"""The gist of a claim as it is stored, to compare with when its reports are not at hand."""

from collections.abc import Iterable

from services.messages import Known, Marks
from services.tracker.grouping.gist import Gist


def known_of(said: Gist, most_marks: int) -> Known:
    """Return a gist to store, with the marks of so many incidents at most, the first ones."""
    return Known(
        kinds=_sorted(said.kinds),
        first_at=said.published,
        last_at=said.last,
        dates=tuple(sorted(said.dates)),
        sites=_sorted(said.sites),
        days=tuple(sorted(said.days)),
        tolls=tuple(sorted(said.tolls)),
        wordings=tuple(map(_sorted, said.wordings)),
        marks=said.marks[:most_marks],
    )


def gist_from(known: Known) -> Gist:
    """Return the gist that was stored."""
    return Gist(
        kinds=frozenset(known.kinds),
        last=known.last_at,
        published=known.first_at,
        dates=frozenset(known.dates),
        sites=frozenset(known.sites),
        days=frozenset(known.days),
        tolls=frozenset(known.tolls),
        wordings=tuple(map(frozenset, known.wordings)),
        marks=known.marks or _older_marks(known),
    )


def _older_marks(known: Known) -> tuple[Marks, ...]:
    """Return the marks in data of older versions: those of all incidents as one."""
    of_all = Marks(days=known.dates, means=known.means, sites=known.sites, dayparts=known.dayparts)
    return () if of_all == Marks() else (of_all,)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
