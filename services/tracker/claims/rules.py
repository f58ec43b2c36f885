"""The rules of level and status, as a table that the fold runs in order.

docs/claims.md shows the same table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from services.messages import Level, Status

Outcome = TypeVar("Outcome")

NOTHING_LEFT = "status/nothing-left@1"
CONTRADICT = "status/origins-contradict@1"

QUIET = timedelta(days=30)
"""News time without a report after which a claim is closed.

It is the largest of the limits by which reports are grouped, so that no report joins a closed claim
by nearness alone.
"""

INDEPENDENT_ORIGINS = 2
"""Independent origins from which a claim is corroborated: the two-source rule of newsrooms."""

STAY = timedelta(days=395)
"""News time after its last report at which a stub takes the place of a claim's articles.

A guess: it is closed for a year then, which keeps anniversaries exact.
"""

MANY = 4_000
"""Articles of a block above which stubs take the place of all closed claims.

A guess: a thousand articles fit in memory a dozen times.
"""


def archive(stay: timedelta = STAY) -> Sequence[tuple[int, timedelta]]:
    """Return (articles in the block, age of a closed claim): above both, a stub takes its place."""
    return ((0, stay - QUIET), (MANY, timedelta(0)))


_LAST_DAY = datetime.max.replace(tzinfo=UTC) - QUIET


@dataclass(frozen=True)
class Facts:
    """The facts that the rules read.

    `supporting` and `denying` count the origins whose last report is for or against the event.
    `independent` counts those of them that are known.
    """

    supporting: int
    denying: int
    independent: int
    somebody_confirms: bool
    somebody_claims: bool


@dataclass(frozen=True)
class Rule(Generic[Outcome]):
    """A rule that `gives` a result if it `holds`. `when` is the same condition in words."""

    name: str
    gives: Outcome
    when: str
    holds: Callable[[Facts], bool]


LEVELS: tuple[Rule[Level], ...] = (
    Rule(
        "level/affected-side-or-authority@3",
        "confirmed",
        "the affected side, its kin, or an authority with a say and no side says so, unhedged",
        lambda f: f.somebody_confirms,
    ),
    Rule(
        "level/independent-origins@2",
        "corroborated",
        "two or more independent origins say so; "
        "an article adds at most one, an unknown origin none",
        lambda f: f.independent >= INDEPENDENT_ORIGINS,
    ),
    Rule(
        "level/named-party@2",
        "claimed",
        "a named party says so; a medium that is cited is no party",
        lambda f: f.somebody_claims,
    ),
    Rule(
        "level/reported@1", "reported", "anything else that is asserted or reported", lambda _: True
    ),
)

STATUSES: tuple[Rule[Status | None], ...] = (
    Rule(
        NOTHING_LEFT, "retracted", "no report is left", lambda f: not f.supporting and not f.denying
    ),
    Rule("status/only-denials@1", "denied", "only denials are left", lambda f: not f.supporting),
    Rule(
        CONTRADICT,
        "disputed",
        "different origins say that it happened and that it did not; an origin's last word counts",
        lambda f: f.denying > 0,
    ),
    Rule("status/level@1", None, "otherwise the level, by the rules below", lambda _: True),
)
"""The first rule that holds decides. One that gives None makes the level the status."""


def first(rules: Sequence[Rule[Outcome]], facts: Facts) -> Rule[Outcome]:
    """Return the first rule that holds. The last rule of a table always holds."""
    return next(rule for rule in rules if rule.holds(facts))


def closes_at(last: datetime | None) -> datetime | None:
    """Return when a claim closes whose last report has this time; None: it never closes."""
    return min(last, _LAST_DAY) + QUIET if last else None
