"""The rules of level and status: the table that the fold runs, in order, and that docs/claims.md shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from services.messages import Level, Status

Outcome = TypeVar("Outcome")

NOTHING_LEFT = "status/nothing-left@1"

QUIET = timedelta(days=30)
"""News time without a report after which a claim is closed: no rule of grouping reaches further by nearness alone."""

ARCHIVE = ((1_000, timedelta(days=365)), (4_000, timedelta(0)))
"""(articles in the block, age of the closed claim in news time): above both, a stub takes the
place of the claim's articles."""

_LAST_DAY = datetime.max.replace(tzinfo=UTC) - QUIET


@dataclass(frozen=True)
class Facts:
    """What the rules look at: origins whose last word is for or against, how many of them are known, and who speaks."""

    supporting: int
    denying: int
    independent: int
    somebody_confirms: bool
    somebody_claims: bool


@dataclass(frozen=True)
class Rule(Generic[Outcome]):
    """`gives` where `holds`; `when` says the same in words. The first rule that holds is taken."""

    name: str
    gives: Outcome
    when: str
    holds: Callable[[Facts], bool]


LEVELS: tuple[Rule[Level], ...] = (
    Rule(
        "level/affected-side-or-authority@2",
        "confirmed",
        "the affected side, its kin, or an authority that is no party to the act says so, unhedged",
        lambda f: f.somebody_confirms,
    ),
    Rule(
        "level/independent-origins@2",
        "corroborated",
        "two or more independent origins say so; an article adds at most one, an unknown origin none",
        lambda f: f.independent >= 2,
    ),
    Rule(
        "level/named-party@2", "claimed", "a named party says so; a medium that is cited is no party", lambda f: f.somebody_claims
    ),
    Rule("level/reported@1", "reported", "anything else that is asserted or reported", lambda f: True),
)

STATUSES: tuple[Rule[Status | None], ...] = (
    Rule(NOTHING_LEFT, "retracted", "no report is left", lambda f: not f.supporting and not f.denying),
    Rule("status/only-denials@1", "denied", "only denials are left", lambda f: not f.supporting),
    Rule(
        "status/origins-contradict@1",
        "disputed",
        "different origins say that it happened and that it did not; an origin's last word counts",
        lambda f: f.denying > 0,
    ),
    Rule("status/level@1", None, "otherwise the level, by the rules below", lambda f: True),
)
"""A rule that gives None leaves the status to the level."""


def first(rules: Sequence[Rule[Outcome]], facts: Facts) -> Rule[Outcome]:
    """Return the first rule that holds; the last one of a table always does."""
    return next(rule for rule in rules if rule.holds(facts))


def closes_at(last: datetime | None) -> datetime | None:
    """Return when a claim closes that was last spoken of then; one without any date never does."""
    return min(last, _LAST_DAY) + QUIET if last else None
