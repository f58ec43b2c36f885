"""How what two versions of a watch find differs: seen before the new one is saved. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.desk.found import Hit, hits_of
from services.search.rows import Row

MOST_SHOWN = 10
"""Rows of each side that are shown: what is read before a watch is saved."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What two versions of a watch find: `before` of the one, `after` of the other.

    - `more`, `fewer`: what only the other finds, and what only the one does; `n_…` of all.
    - `is_whole`: everything was compared, not only the newest.
    """

    before: int
    after: int
    n_more: int
    n_fewer: int
    more: tuple[Hit, ...]
    fewer: tuple[Hit, ...]
    is_whole: bool = True


def difference(before: Sequence[Row], after: Sequence[Row], *, is_whole: bool = True) -> Difference:
    """Return how what two watches find differs, each the newest first."""
    # Words find articles, and a condition finds claims: a watch may turn from one to the other.
    old, new = ({(row.kind, row.id) for row in rows} for rows in (before, after))
    more = [row for row in after if (row.kind, row.id) not in old]
    fewer = [row for row in before if (row.kind, row.id) not in new]
    return Difference(
        before=len(old),
        after=len(new),
        n_more=len(more),
        n_fewer=len(fewer),
        more=hits_of(more[:MOST_SHOWN]),
        fewer=hits_of(fewer[:MOST_SHOWN]),
        is_whole=is_whole,
    )
