"""Options and arguments with a closed list of values."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

import click

from services.errors import ConfigError
from services.messages.topics import letter_topics, state_topics
from services.ports import SearchIndex
from services.text.choices import MOST_MEANT, SHOWN, did_you_mean, not_allowed

MOST_NAMED = 10
"""Ids named in an error if none is similar to the wrong one."""


class OneOf(click.ParamType):
    """A value of a list that may be long. `--help` shows `name`; an error shows the list."""

    def __init__(self, name: str, allowed: Callable[[], Collection[str]]) -> None:
        self.name = name
        self._allowed = allowed

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        given, allowed = str(value), self._allowed()
        if given not in allowed:
            self.fail(not_allowed(given, allowed), param, ctx)
        return given


class Moment(click.ParamType):
    """A date (midnight) or a date and time; UTC unless it names a zone."""

    name = "T"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                f"{value!r} is no date or time such as 2031-05-02 or 2031-05-02T06:00:00Z",
                param,
                ctx,
            )
        return at if at.tzinfo else at.replace(tzinfo=UTC)


def require_known(what: str, given: str, known: Collection[str], many: str = "") -> None:
    """Raise ConfigError unless `given` is a known id.

    It names similar ids, or else some that exist. `many`: what a running system may have none of
    yet ("alerts").
    """
    if given in known:
        return
    ids = sorted(known)
    raise unknown(what, given, ids, _some(ids, many))


def unknown(what: str, given: str, ids: Sequence[str], otherwise: str) -> ConfigError:
    """Return the error about an unknown id, with the similar `ids`, or else with `otherwise`."""
    hint = did_you_mean(given, ids) or otherwise
    return ConfigError(f"no {what} has the id {given:.{SHOWN}}: {hint}")


def ids_that_begin_so(index: SearchIndex, name: str, field: str, given: str) -> list[str]:
    """Return the ids of an index that begin with `given`, at most MOST_MEANT."""
    body = {"query": {"prefix": {field: given}}, "size": MOST_MEANT, "_source": [field]}
    return sorted({hit["_source"][field] for hit in index.search(name, body)["hits"]["hits"]})


def _some(ids: Sequence[str], many: str) -> str:
    if not ids:
        return f"there are no {many} yet" if many else "there is none"
    verb, more = "is" if len(ids) == 1 else "are", " …" if len(ids) > MOST_NAMED else ""
    return f"there {verb} {', '.join(ids[:MOST_NAMED])}{more}"


class DeadLettered(OneOf):
    """A topic whose messages can become dead letters.

    Raises ConfigError for a topic of state: its rows are no messages.
    """

    def __init__(self) -> None:
        super().__init__("TOPIC", letter_topics)

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        if value in state_topics():
            raise ConfigError(
                f"{value} holds rows of state, not messages: see `reportedly state --help`"
            )
        return super().convert(value, param, ctx)
