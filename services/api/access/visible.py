"""Which watches a person sees, and so which alerts and held-back hits. Pure."""

from collections.abc import Mapping

from services.api.access.people import Person
from services.messages import Watch
from services.ports import JsonObject


def sees(person: Person, watches: Mapping[str, Watch], watch_id: str) -> bool:
    """Return True if a person sees what a watch finds.

    What is left of a watch that is gone is for operators: whose it was is not known any more.
    """
    watch = watches.get(watch_id)
    return person.may("operator") if watch is None else person.owns(watch.owner)


def only_seen(person: Person, watches: Mapping[str, Watch]) -> list[JsonObject]:
    """Return the filters of a search for what a person sees of all watches."""
    if person.may("operator"):
        return []
    seen = sorted(id for id, watch in watches.items() if person.owns(watch.owner))
    return [{"terms": {"watch_id": seen}}]
