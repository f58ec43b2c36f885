"""The names of indices, and what stands behind them. Pure.

| name | is | asked by |
| --- | --- | --- |
| `articles` | an alias of all months | readers |
| `articles-2031.05` | an alias of one month | the indexer |
| `articles-2031.05-v2` | an index, the second of its month | nobody by this name |
| `claims` | an alias of one index, such as `claims-v1` | both |

Indices of earlier versions have other names: `articles-2031.05` was itself an index, and the alias
`claims` was of `claims-1`. They stay in use until a replay replaces them.
"""

import re
from collections.abc import Iterable
from datetime import datetime

UNKNOWN_MONTH = "unknown"
"""Stands for the month of what was never stamped."""

_MONTH = re.compile(rf"-(?:(\d{{4}})\.(\d{{2}})|{UNKNOWN_MONTH})$")
_NUMBER = re.compile(r"-v(\d+)$")


def monthly(family: str, at: datetime | None) -> str:
    """Return the name under which documents of the month of `at` are written."""
    return f"{family}-{at.year:04}.{at.month:02}" if at else f"{family}-{UNKNOWN_MONTH}"


def family(name: str) -> str:
    """Return the alias that readers ask: `articles` for `articles-2031.05`."""
    return _MONTH.sub("", name)


def aliases(name: str) -> list[str]:
    """Return the aliases of the index in use for a name."""
    return list(dict.fromkeys((name, family(name))))


def index_of(name: str, number: int = 1) -> str:
    """Return the name of an index; `number` tells it from others for the same name."""
    return f"{name}-v{number}"


def name_of(index: str) -> str:
    """Return the name for which an index was made."""
    return _NUMBER.sub("", index)


def number_of(index: str) -> int:
    """Return the number of an index; 0 for one of an earlier version."""
    found = _NUMBER.search(index)
    return int(found[1]) if found else 0


def next_number(indices: Iterable[str]) -> int:
    """Return a number that none of these indices has, nor one made for the first time."""
    return max([1, *map(number_of, indices)]) + 1


def month_of(name: str) -> tuple[int, int] | None:
    """Return year and month of a name; None if it has none."""
    found = _MONTH.search(name)
    return (int(found[1]), int(found[2])) if found and found[1] else None
