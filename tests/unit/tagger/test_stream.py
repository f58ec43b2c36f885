"""The tagger's batches: one article that can't be read, written,
or come to an end with costs the others nothing.
"""

import asyncio

import pytest
from builders import START
from faust_stand_ins import App, Stream, never, tag_stream

from services.messages import Article, TaggedArticle
from services.messages.limits import MESSAGE_BYTES
from services.runtime.workers import WorkerDied
from services.tagger.bounds import LONG, READ_TOGETHER, groups, is_long
from services.tagger.service import stream, worker
from services.tagger.service.worker import tag_each


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
def hurry(monkeypatch):
    """The tagger of this process, with a tenth of a second for each text."""
    monkeypatch.setattr(worker, "_tagger", Tagger())
    monkeypatch.setattr(worker, "allowed_seconds", lambda articles: 0.1)


@pytest.mark.usefixtures("hurry")
def test_a_text_without_end_is_given_up_and_its_neighbours_are_tagged():
    first, endless, broken, last = tag_each(
        [article(name) for name in ("a", "endless", "broken", "b")]
    )
    assert (first.article_id, last.article_id) == ("a", "b")
    assert (endless.reason, broken.reason) == ("too-slow", "untaggable")


def test_articles_are_read_together_up_to_a_bound():
    sizes = [READ_TOGETHER, 10, READ_TOGETHER - 10, 1]
    assert groups([article("x", "x" * n) for n in sizes]) == [[0], [1, 2], [3]]
    assert groups([]) == []


def test_an_article_is_long_beyond_its_bound():
    assert not is_long(article("x", "x" * LONG))
    assert is_long(article("x", "x" * (LONG + 1)))


def outcome(*articles, tag):
    """Return what becomes of a batch: the ids of what is tagged,
    and the reasons of what is not, by key.
    """

    async def run():
        app = App()
        await tag_stream(app, tag).follow(
            Stream([app.event(i, one) for i, one in enumerate(articles)])
        )
        return app

    app = asyncio.run(run())
    letters = app.topics["articles-dlq"].sent
    return app.sent("tagged-articles"), {
        key.decode(): headers["reason"].decode() for key, _, headers in letters
    }


def test_no_batch_waits_for_a_long_article_and_none_behind_it_is_acknowledged_before_it():
    async def run():
        app, may_end = App(), asyncio.Event()
        long = article("long", "x" * (LONG + 1))

        async def tag(articles):
            return [tagged(one) for one in articles]

        async def tag_long(articles):
            await may_end.wait()
            return await tag(articles)

        first, second = [article("first"), long, article("a")], [article("b")]
        batches = [[app.event(i, one) for i, one in enumerate(first)], [app.event(3, *second)]]
        following = tag_stream(app, tag, tag_long)
        await following.follow(Stream(*batches))
        assert app.sent("tagged-articles") == ["first", "a", "b"]
        assert app.consumer.acknowledged == ["first"], (
            "what stands behind the long one waits for it"
        )
        may_end.set()
        while following.is_reading_long:
            await asyncio.sleep(0)
        assert app.sent("tagged-articles") == ["first", "a", "b", "long"]
        assert app.consumer.acknowledged == ["first", "long", "a", "b"]

    asyncio.run(run())


def test_the_next_batch_is_tagged_while_one_is_not_sent():
    async def run():
        app, may_end = App(), asyncio.Event()

        async def tag(articles):
            if articles[0].article_id == "a":
                await may_end.wait()
            return [tagged(one) for one in articles]

        batches = [[app.event(i, article(name))] for i, name in enumerate("abc")]
        following = asyncio.ensure_future(tag_stream(app, tag).follow(Stream(*batches)))
        while "b" not in app.sent("tagged-articles"):
            await asyncio.sleep(0)
        assert app.consumer.acknowledged == [], "an earlier article is not sent"
        may_end.set()
        await following
        assert sorted(app.sent("tagged-articles")) == ["a", "b", "c"]
        assert app.consumer.acknowledged == ["a", "b", "c"]

    asyncio.run(run())


def test_no_third_batch_is_begun_while_two_are_in_hand():
    async def run():
        app, may_end = App(), asyncio.Event()
        begun: list[str] = []

        async def tag(articles):
            begun.extend(one.article_id for one in articles)
            await may_end.wait()
            return [tagged(one) for one in articles]

        batches = [[app.event(i, article(name))] for i, name in enumerate("abc")]
        following = asyncio.ensure_future(tag_stream(app, tag).follow(Stream(*batches)))
        while len(begun) < stream.BATCHES_AT_ONCE:
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        assert begun == ["a", "b"]
        may_end.set()
        await following
        assert begun == ["a", "b", "c"]

    asyncio.run(run())


def test_so_many_long_articles_are_in_hand_and_the_next_waits_for_room(monkeypatch):
    monkeypatch.setattr(stream, "LONG_AT_ONCE", 2)

    async def run():
        app, may_end, begun = App(), asyncio.Event(), []

        async def tag_long(articles):
            begun.extend(articles)
            await may_end.wait()
            return [tagged(one) for one in articles]

        batch = [app.event(i, article(str(i), "x" * (LONG + 1))) for i in range(3)]
        following = asyncio.ensure_future(tag_stream(app, never, tag_long).follow(Stream(batch)))
        while len(begun) < 2:
            await asyncio.sleep(0)
        for _ in range(10):
            await asyncio.sleep(0)
        assert (len(begun), following.done()) == (2, False)
        may_end.set()
        await following
        while len(begun) < 3:
            await asyncio.sleep(0)

    asyncio.run(run())


def test_an_article_whose_message_is_too_large_is_a_dead_letter_and_the_others_are_sent():
    async def tag(articles):
        sizes = {"fits": MESSAGE_BYTES - 1000, "large": MESSAGE_BYTES + 1}
        return [tagged(one, "x" * sizes.get(one.article_id, 1)) for one in articles]

    assert outcome(article("a"), article("large"), article("fits"), tag=tag) == (
        ["a", "fits"],
        {"large": "too-large"},
    )


def test_an_article_at_which_workers_break_off_three_times_is_a_dead_letter_and_others_are_sent():
    tries = []

    async def tag(articles):
        tries.append([one.article_id for one in articles])
        if "b" in tries[-1]:
            raise OverflowError("int too large")
        return [tagged(one) for one in articles]

    assert outcome(article("a"), article("b"), article("c"), tag=tag) == (
        ["a", "c"],
        {"b": "failed-three-times"},
    )
    assert tries.count(["b"]) == 3


@pytest.mark.parametrize(
    ("cause", "reason"), [("time", "too-slow"), ("memory", "untaggable"), ("crash", "untaggable")]
)
def test_an_article_that_ended_its_worker_is_a_dead_letter_by_its_cause(cause, reason):
    async def tag(articles):
        return [
            WorkerDied(cause, "it did") if one.article_id == "b" else tagged(one)
            for one in articles
        ]

    assert outcome(article("a"), article("b"), tag=tag) == (["a"], {"b": reason})
