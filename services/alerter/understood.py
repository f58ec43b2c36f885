"""What a watch waits for, in words: its author sees whether it was understood."""

from collections.abc import Callable, Iterator, Sequence

from services.messages import ClaimCondition, Watch

NameOf = Callable[[str], str]
"""Returns the name of an actor by its id, "" if no dictionary has it."""


def understood(watch: Watch, name_of: NameOf) -> str:
    """Return what a watch waits for ("articles with halvane; claims: killed; in Syria …")."""
    parts: list[str] = []
    if watch.query is not None:
        where = ", also in passing" if watch.passing else ""
        parts.append(f"articles with {watch.query}{where}")
    if watch.claim is not None:
        parts.append(", ".join(_claims(watch.claim, name_of)))
    return "; ".join(parts)


def _claims(asked: ClaimCondition, name_of: NameOf) -> Iterator[str]:
    yield f"claims of {_any(asked.event)}" if asked.event else "claims of any event"
    roles = (("about", asked.actor), ("that befell", asked.patient), ("by", asked.agent))
    for words, actors in roles:
        if actors:
            yield f"{words} {_any([_actor(actor, name_of) for actor in actors])}"
    if asked.place:
        yield f"in {_any(asked.place)} and what lies there"
    if asked.killed:
        yield f"with at least {asked.killed} dead"
    if asked.status:
        yield f"at least {asked.status}"
    if asked.independent > 1:
        yield f"from at least {asked.independent} independent sources"
    yield f"with a confidence of at least {asked.confidence:g}"


def _actor(actor: str, name_of: NameOf) -> str:
    name = name_of(actor)
    return f"{name} ({actor})" if name else f"anybody called {actor}"


def _any(names: Sequence[str]) -> str:
    return " or ".join(names)
