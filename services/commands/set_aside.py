"""Rows of state that are set aside, for the commands that show them."""

from itertools import chain

from services.errors import TransientError
from services.messages.topics import DEAD_LETTERS, state_topics
from services.ports import Broker, JsonObject, TopicPartition
from services.runtime.set_aside import Letter, letters
from services.text.counts import counted


def set_aside_rows(broker: Broker) -> list[Letter]:
    """Return all rows set aside, by topic. Raises TransientError, also for a missing topic."""
    return [*chain.from_iterable(letters_of(broker, topic).values() for topic in state_topics())]


def health_row(broker: Broker) -> JsonObject:
    """Return the row of `reportedly health` on state. It is not well while a row is set aside."""
    try:
        found = set_aside_rows(broker)
    except TransientError as error:
        return {"name": "state", "state": "unknown", "well": False, "detail": str(error)}
    if not found:
        return {"name": "state", "state": "whole", "well": True, "detail": "every row can be read"}
    rows = f"{counted(len(found), 'row')}"
    do = "`reportedly state list` shows them, `state restore` puts them back"
    detail = f"{rows} can't be read and are set aside: {do}"
    return {"name": "state", "state": "damaged", "well": False, "detail": detail}


def letters_of(broker: Broker, topic: str) -> dict[str, Letter]:
    """Return the rows of a state topic that are set aside, by name. Raises TransientError."""
    name = topic + DEAD_LETTERS
    partitions = [TopicPartition(name, p) for p in range(broker.n_partitions(name))]
    reader = broker.reader()
    try:
        return letters(reader.read_to_end(partitions))
    finally:
        reader.close()
