"""What stands for Faust where the tagger's batches are tested: an application, and its stream."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace
from typing import Any

from builders import START
from faust.events import Event
from faust.types.tuples import TP, ConsumerMessage
from stand_ins import stand_in

from services.messages import Article, TaggedArticle, decode, encode
from services.settings import Settings
from services.tagger.service.stream import TagBatch, TagStream


class Topic:
    """Keeps what is sent to it."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, bytes, Mapping[str, bytes]]] = []

    async def send(
        self, key: bytes, value: bytes, headers: Mapping[str, bytes]
    ) -> "asyncio.Future[None]":
        self.sent.append((key, value, headers))
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        acknowledged.set_result(None)
        return acknowledged


class Heart:
    """Beats for nobody."""

    def beat(self, **_: object) -> None:
        pass


class Consumer:
    """Notes which messages are acknowledged, as Faust's own does:
    then their offsets may be committed.
    """

    def __init__(self) -> None:
        self.acknowledged: list[str] = []

    def ack(self, message: Any) -> bool:
        self.acknowledged.append(message.key.decode())
        return True


class App:
    """Faust's application with topics that keep what is sent, and batches that the test makes."""

    def __init__(self) -> None:
        self.topics: dict[str, Topic] = {}
        self.consumer = Consumer()

    def topic(self, name: str, **_: object) -> Topic:
        return self.topics.setdefault(name, Topic())

    def sent(self, name: str) -> list[str]:
        return [decode(TaggedArticle, value).article_id for _, value, _ in self.topics[name].sent]

    def event(self, offset: int, one: Article) -> Any:
        """Return Faust's event of an article, as one stream holds it."""
        place = ("articles", 0, offset, 0.0, 0, None, one.article_id.encode(), encode(one), None)
        message = ConsumerMessage(*place, tp=TP("articles", 0))
        message.incref()
        return Event(self, message.key, message.value, None, message)


class Stream:
    """Hands out batches, and acknowledges each when the next one is asked for."""

    def __init__(self, *batches: list[Any]) -> None:
        self.batches = batches

    async def take_events(self, *_: object, **__: object) -> AsyncIterator[list[Any]]:
        for batch in self.batches:
            yield batch
            for event in batch:
                event.ack()


async def never(_articles: object) -> Any:
    """Tag nothing."""
    raise AssertionError("no article of this test is long")


def tag_stream(app: App, tag: TagBatch, tag_long: TagBatch = never) -> TagStream:
    """Return the tagger's stream over an application of ours."""
    world = SimpleNamespace(
        settings=Settings(),
        clock=SimpleNamespace(now=lambda: START),
        broker=SimpleNamespace(physical=lambda topic: topic),
    )
    return TagStream(stand_in(world), app, tag, tag_long, stand_in(Heart()))
