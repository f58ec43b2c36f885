"""The tagger's batches: one article that can't be read, written, or come to an end with costs the others nothing."""

import asyncio
from types import SimpleNamespace

import pytest
from builders import START

from services.messages import Article, TaggedArticle, decode, encode
from services.messages.limits import MESSAGE_BYTES
from services.runtime.workers import WorkerDied
from services.settings import Settings
from services.tagger import service
from services.tagger.bounds import READ_TOGETHER, groups
from services.tagger.service import TagStream, tag_each


def article(name, text="Nothing happened."):
    return Article(
        article_id=name,
        url_key=name,
        feed_id="f",
        outlet="Post",
        version=1,
        content_hash="",
        title="",
        text=text,
        first_seen_at=START,
        seen_at=START,
    )


def tagged(one, text="t"):
    return TaggedArticle(article_id=one.article_id, version=1, text=text, title_end=0, sketch="")


class Tagger:
    """Tags all but articles of some names."""

    def tag(self, articles):
        for one in articles:
            while one.article_id == "endless":
                pass
            if one.article_id == "broken":
                raise KeyError("no such place")
        return [tagged(one) for one in articles]


@pytest.fixture
def quick(monkeypatch):
    """The tagger of this process, with a tenth of a second for each text."""
    monkeypatch.setattr(service, "_tagger", Tagger())
    monkeypatch.setattr(service, "allowed_seconds", lambda articles: 0.1)


def test_a_text_without_end_is_given_up_and_its_neighbours_are_tagged(quick):
    first, endless, broken, last = tag_each([article(name) for name in ("a", "endless", "broken", "b")])
    assert (first.article_id, last.article_id) == ("a", "b")
    assert (endless.reason, broken.reason) == ("too-slow", "untaggable")


def test_long_articles_are_read_alone_and_last():
    sizes = [READ_TOGETHER, 10, READ_TOGETHER + 1, READ_TOGETHER - 10, 1]
    assert groups([article("x", "x" * n) for n in sizes]) == [[0], [1, 3], [4], [2]]
    assert groups([]) == []


class Topic:
    """Keeps what is sent to it."""

    def __init__(self):
        self.sent = []

    async def send(self, key, value, headers):
        self.sent.append((key, value, headers))
        acknowledged = asyncio.get_running_loop().create_future()
        acknowledged.set_result(None)
        return acknowledged


class Heart:
    def beat(self, **_):
        pass


def stream(*articles, tag):
    """Return what becomes of a batch: the ids of what is tagged, and the reasons of what is not, by key."""
    made = {}

    class App:
        def topic(self, name, **_):
            return made.setdefault(name, Topic())

    world = SimpleNamespace(settings=Settings(), clock=SimpleNamespace(now=lambda: START))
    messages = [
        SimpleNamespace(topic="articles", partition=0, offset=i, key=one.article_id.encode(), value=encode(one), timestamp=0.0)
        for i, one in enumerate(articles)
    ]

    class Stream:
        async def take_events(self, *_, **__):
            yield [SimpleNamespace(message=message) for message in messages]

    asyncio.run(TagStream(world, App(), tag, Heart()).follow(Stream()))
    ids = [decode(TaggedArticle, value).article_id for _, value, _ in made["tagged-articles"].sent]
    return ids, {key.decode(): headers["reason"].decode() for key, _, headers in made["articles-dlq"].sent}


def test_an_article_whose_message_is_too_large_is_a_dead_letter_and_the_others_are_sent():
    async def tag(articles):
        sizes = {"fits": MESSAGE_BYTES - 1000, "large": MESSAGE_BYTES + 1}
        return [tagged(one, "x" * sizes.get(one.article_id, 1)) for one in articles]

    assert stream(article("a"), article("large"), article("fits"), tag=tag) == (["a", "fits"], {"large": "too-large"})


def test_an_article_at_which_the_workers_break_off_three_times_is_a_dead_letter_and_the_others_are_sent():
    tries = []

    async def tag(articles):
        tries.append([one.article_id for one in articles])
        if "b" in tries[-1]:
            raise OverflowError("int too large")
        return [tagged(one) for one in articles]

    assert stream(article("a"), article("b"), article("c"), tag=tag) == (["a", "c"], {"b": "failed-three-times"})
    assert tries.count(["b"]) == 3


@pytest.mark.parametrize(("cause", "reason"), [("time", "too-slow"), ("memory", "untaggable"), ("crash", "untaggable")])
def test_an_article_that_ended_its_worker_is_a_dead_letter_by_its_cause(cause, reason):
    async def tag(articles):
        return [WorkerDied(cause, "it did") if one.article_id == "b" else tagged(one) for one in articles]

    assert stream(article("a"), article("b"), tag=tag) == (["a"], {"b": reason})
