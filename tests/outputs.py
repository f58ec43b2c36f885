"""For tests of machines: what they send, read as its readers do."""

from collections.abc import Iterable

import services.messages as messages
from services.messages import Message, decode
from services.messages.topics import topics
from services.ports import Outgoing

_KINDS = {spec.name: getattr(messages, spec.message) for spec in topics() if spec.message}


def read(out: Outgoing) -> Message | None:
    """Return the message of an Outgoing by the Struct of its topic, None for a tombstone.

    Raises what its reader would.
    """
    return None if out.value is None else decode(_KINDS[out.topic], out.value)


def readable(outs: Iterable[Outgoing]) -> list[Outgoing]:
    """Return the messages as they are; fail at one that its reader could not read."""
    outs = list(outs)
    for out in outs:
        read(out)
    return outs
