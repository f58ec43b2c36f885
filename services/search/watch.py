"""A search as a watch, and a watch as a search. Both find the same."""

import msgspec
import yaml

from services.errors import ConfigError
from services.messages import Watch
from services.query.parse import parse
from services.search.asked import Asked, Filters, Kind, in_words

_NAME_LETTERS = 80


def as_watch(asked: Asked, id: str) -> Watch:
    """Return the watch that waits for what a search finds, but for its dates.

    Raises ConfigError for what no watch can ask, or may.
    """
    filters = asked.filters
    if asked.kind == "incidents":
        raise ConfigError(
            "a watch waits for articles or claims, not for incidents: search in articles or claims"
        )
    if filters.status:
        raise ConfigError(
            "a watch waits for a level, not for a status: give level instead of status"
        )
    if asked.kind == "articles":
        text = in_words(asked.query, filters)
        if not text:
            raise ConfigError("a watch needs words: this search finds every article")
        parse(text)  # a watch that would match nearly everything is refused
        return Watch(id=id, name=_name(text), query=text)
    shown = asked.query or ", ".join(
        f"{name} {_shown(getattr(filters, name))}"
        for name in filters.given
        if name not in ("since", "until")
    )
    return Watch(
        id=id, name=_name(shown or "claims"), query=asked.query or None, claim=asked.condition
    )


def written(watch: Watch) -> str:
    """Return a watch as the YAML of a watch file, without what has its default.

    A confidence is always given, since a watch without one asks for more than none.
    """
    row: dict[str, object] = {"id": watch.id, "name": watch.name}
    if watch.query is not None:
        row["query"] = watch.query
    if watch.claim is not None:
        given = msgspec.to_builtins(watch.claim)
        row["claim"] = {
            name: value for name, value in given.items() if value or name == "confidence"
        }
    return yaml.safe_dump([row], sort_keys=False, allow_unicode=True, width=100)


def of_watch(watch: Watch, filters: Filters) -> Asked:
    """Return the search for what a watch waits for. Of `filters` only the dates hold."""
    dates = Filters(since=filters.since, until=filters.until)
    node = parse(watch.query) if watch.query is not None else None
    kind: Kind = "articles" if watch.claim is None else "claims"
    return Asked(kind, watch.query or "", dates, node, watch.claim)


def _name(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _NAME_LETTERS else line[: _NAME_LETTERS - 1] + "…"


def _shown(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, tuple) else str(value)
