"""Options and arguments whose value comes from a closed list."""

from collections.abc import Callable, Collection

import click

from services.errors import ConfigError
from services.messages.topics import DEAD_LETTERS, state_topics, topics
from services.text.choices import not_allowed


class OneOf(click.ParamType):
    """A value of a list that may be long: `--help` shows `name`, a wrong value is answered with the list."""

    def __init__(self, name: str, allowed: Callable[[], Collection[str]]) -> None:
        self.name = name
        self._allowed = allowed

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        given, allowed = str(value), self._allowed()
        if given not in allowed:
            self.fail(not_allowed(given, allowed), param, ctx)
        return given


class DeadLettered(OneOf):
    """A topic whose messages can become dead letters. Raises ConfigError for one of rows of state: they are no messages."""

    def __init__(self) -> None:
        super().__init__("TOPIC", dead_lettered_topics)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in state_topics():
            raise ConfigError(f"{value} holds rows of state, not messages: see `reportedly state --help`")
        return super().convert(value, param, ctx)


def dead_lettered_topics() -> tuple[str, ...]:
    """Return the topics whose messages can become dead letters; rows of state are set aside, which is another thing."""
    names = (spec.name.removesuffix(DEAD_LETTERS) for spec in topics() if spec.name.endswith(DEAD_LETTERS))
    return tuple(name for name in names if name not in state_topics())
