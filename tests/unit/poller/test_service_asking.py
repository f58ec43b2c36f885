"""All requests of a poller: one at a time to a host, and none before the time that it named."""

import asyncio
import contextlib
import dataclasses
import random
import time
from collections import Counter

import pytest
from polling import URL, InThread, Web, answer, feed, world
from stand_ins import stand_in

from services.errors import InvalidMessage, TransientError
from services.messages import FeedState, Subscription
from services.poller.hosts import Hosts
from services.poller.roster import Slot, Tenure
from services.poller.service import asking
from services.poller.service.asking import Asking, Held
from services.poller.service.polling import Polling
from services.poller.service.pushing import Pushing
from services.ports import HttpAnswer

LIMITED = HttpAnswer(429, URL + "a", {"retry-after": "600"})


class Crowded:
    """Counts the requests that are under way on each host: GETs along redirects, and POSTs."""

    def __init__(self):
        self.under_way, self.most, self.n = Counter[str](), Counter[str](), 0

    async def _asked(self, host):
        self.under_way[host] += 1
        self.most[host] = max(self.most[host], self.under_way[host])
        for _ in range(3):
            await asyncio.sleep(0)
        self.under_way[host] -= 1
        self.n += 1

    async def get(self, url, _headers, turn):
        for host in url.removeprefix("http://").split("/"):
            async with turn(f"http://{host}/"):
                await self._asked(host)
        return HttpAnswer(200, f"http://{host}/", {})

    async def call(self, _method, url, _headers, _body):
        await self._asked(url.removeprefix("http://").strip("/"))
        return HttpAnswer(202, url, {})


def test_a_host_gets_one_request_at_a_time_whatever_is_asked_for(tmp_path):
    crowded, chance = Crowded(), random.Random(1)
    web = stand_in(crowded)
    there = dataclasses.replace(world(tmp_path, web), poster=web)

    async def ask_all():
        own = Asking(there, Hosts())
        chains = ["/".join(chance.choices("abc", k=chance.randint(1, 5))) for _ in range(60)]
        await asyncio.gather(
            *(own.get(f"http://{chain}", {}) for chain in chains),
            *(own.post(f"http://{host}/", {}, b"") for host in "abc" * 5),
        )
        return sum(len(chain.split("/")) for chain in chains) + 15

    assert asyncio.run(ask_all()) == crowded.n
    assert crowded.most == dict.fromkeys("abc", 1)


def test_who_waits_for_a_host_hears_that_it_wants_to_be_left_alone(tmp_path):
    web = Web(a=LIMITED, b=answer(b"x"))
    own = Asking(world(tmp_path, web), Hosts())

    async def ask_both():
        names = (URL + "a", URL + "b", "http://other.example/")
        return await asyncio.gather(*(own.get(n, {}) for n in names), return_exceptions=True)

    limited, held, other = asyncio.run(ask_both())
    assert (limited.status, other.status) == (429, 404)
    assert isinstance(held, Held)
    assert 590 < held.seconds <= 600
    assert not web.n_asked("b")


@pytest.mark.parametrize("key", ["", "pages"])
def test_a_wait_that_is_not_for_the_host_is_for_the_address_or_for_what_goes_by_its_key(
    tmp_path, key
):
    web = Web(a=HttpAnswer(503, URL + "a", {"retry-after": "600"}), b=answer(b"x"))
    own = Asking(world(tmp_path, web), Hosts())

    async def ask():
        await own.get(URL + "a", {}, key)
        with contextlib.suppress(Held):
            await own.get(URL + "b", {}, key)
        assert (await own.get(URL + "c", {}, "")).status == 404

    asyncio.run(ask())
    assert web.n_asked("b") == (not key)


def test_a_poll_that_comes_too_soon_for_its_host_asks_nothing_and_waits(tmp_path):
    web, hosts = Web(a=answer(b"x")), Hosts()
    hosts.hold("feed.example", time.monotonic() + 600)
    slot = Slot(feed("a"), FeedState(feed_id="a"), Tenure(0), 0.0)
    outcome = asyncio.run(Polling(world(tmp_path, web), InThread(), hosts).outcome(slot))
    assert (outcome.kind, outcome.done.trouble, web.asked) == ("failed", "limited", {})
    assert 590 < outcome.waits.feed <= 600


def test_a_turn_that_does_not_come_is_a_failed_request(tmp_path, monkeypatch):
    monkeypatch.setattr(asking, "ASK_SECONDS", 0.02)
    own = Asking(world(tmp_path, Web()), Hosts())

    async def ask():
        async with own._turn(URL + "a"):
            with pytest.raises(TransientError, match="no whole answer"):
                await own.get(URL + "b", {})

    asyncio.run(ask())


def test_a_request_that_fails_lets_the_host_go(tmp_path):
    own = Asking(world(tmp_path, Web(a=InvalidMessage("bad", "no"), b=answer(b"x"))), Hosts())

    async def ask():
        with pytest.raises(InvalidMessage):
            await own.get(URL + "a", {})
        return await own.get(URL + "b", {})

    assert asyncio.run(ask()).status == 200


def test_a_hub_is_not_asked_while_its_host_is_or_wants_to_be_left_alone(tmp_path):
    there = world(tmp_path, Web(), public_url="https://news.example", websub_secret="s" * 40)
    hosts, parsers = Hosts(), InThread()
    pushing = Pushing(there, parsers, polling := Polling(there, parsers, hosts))
    state = FeedState(
        feed_id="a", subscription=Subscription(hub="https://hub.example/", topic=URL + "a")
    )

    async def ask():
        assert pushing.is_due(state)
        async with polling.asking._turn("https://hub.example/feed"):
            assert not pushing.is_due(state)
        assert pushing.is_due(state)
        hosts.hold("hub.example", time.monotonic() + 600)
        assert not pushing.is_due(state)

    asyncio.run(ask())
