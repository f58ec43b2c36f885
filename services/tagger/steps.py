"""Steps of a pass over an article; each states what it needs and what it makes.

spaCy's component declarations are the model (`requires`, `assigns`, and its analysis of pipes). A
test finds an order in which a step lacks what it needs.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Fact = Literal[
    "text",
    "parse",
    "dateline",
    "names:dictionary",
    "names:dateline",
    "names:places",
    "names:recognised",
    "names:acronyms",
    "names:one-key",
    "names:short-forms",
    "names:unnamed",
    "names:labels",
    "places:owned",
    "mentions:roles",
    "mentions:leaders",
    "reports:read",
    "reports:antecedents",
    "reports:kinds",
    "reports:counts",
    "reports:scene",
    "reports:perpetrators",
    "reports:generality",
    "reports:passing",
    "clusters:told",
    "clusters:all",
    "reports:responsible",
    "reports:time",
    "reports:ids",
    "sources:read",
    "sources:lines",
]
"""Things known of an article at some point of its reading."""

W = TypeVar("W")


@dataclass(frozen=True)
class Step(Generic[W]):
    """One step over the work `W`. `why`: the reason for its place in the order."""

    run: Callable[[W], None]
    requires: tuple[Fact, ...]
    assigns: tuple[Fact, ...]
    why: str

    @property
    def name(self) -> str:
        return self.run.__name__


def take(steps: Sequence[Step[W]], work: W) -> None:
    """Run the steps in order."""
    for step in steps:
        step.run(work)


def misplaced(steps: Sequence[Step[W]], given: Collection[Fact]) -> list[str]:
    """Return a sentence for each fact that a step needs before any step makes it."""
    known, problems = set(given), []
    for step in steps:
        missing = [fact for fact in step.requires if fact not in known]
        problems += [f"{step.name} needs {fact}, which no step before it makes" for fact in missing]
        known.update(step.assigns)
    return problems
