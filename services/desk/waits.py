"""What a watch waits for, in a sentence: its author sees whether it was understood. Pure."""

from collections.abc import Callable, Iterable, Iterator

from services.desk.why import spoken
from services.desk.words import befallen, event_name
from services.messages import LEVELS, ClaimCondition, Watch
from services.messages.watch import DEFAULT_CONFIDENCE
from services.text.happening import capital

NameOf = Callable[[str], str]
"""Returns the name of an actor by its id, "" if no dictionary has it."""


def waits_for(watch: Watch, name_of: NameOf = lambda _: "") -> str:
    """Return what a watch waits for, in names: "Articles with halvane, also in passing."."""
    condition = ", ".join(_condition(watch.claim, name_of)) if watch.claim is not None else ""
    if watch.query is not None:
        text = f"articles with {watch.query}" + (", also in passing" if watch.passing else "")
        return capital(f"{text}, once they tell of {condition}" if condition else text) + "."
    return capital(condition or "nothing yet") + "."


def _condition(asked: ClaimCondition, name_of: NameOf) -> Iterator[str]:
    yield _any(map(event_name, asked.event)) if asked.event else "any event"
    roles = (("about", asked.actor), ("that befell", asked.patient), ("by", asked.agent))
    for words, names in roles:
        if names:
            yield f"{words} {_any(name_of(name) or spoken(name) for name in names)}"
    if asked.place:
        yield f"in {_any(name_of(place) or spoken(place) for place in asked.place)}"
    if asked.killed:
        yield f"with at least {asked.killed:,} {befallen('killed')}"
    if asked.status and asked.status != LEVELS[0]:  # every claim has the lowest level
        yield f"at least {asked.status}"
    if asked.independent > 1:
        yield f"from at least {asked.independent} independent sources"
    if asked.confidence != DEFAULT_CONFIDENCE:
        yield f"read with {asked.confidence:.0%} confidence or more"


def _any(names: Iterable[str]) -> str:
    return " or ".join(names)
