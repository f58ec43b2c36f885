"""Watches tried before they are in force: a preview on what is stored, a test of the channels."""

import asyncio
import dataclasses

import httpx
import pytest
from builders import hours, tagged
from desks import desk_of, open_access
from fastapi import FastAPI
from notifying import ScriptedPoster
from stand_ins import stand_in

from services.adapters.memory import MemoryBroker
from services.adapters.memory_index import MemoryIndex
from services.alerter.vocabulary import ANY
from services.api.access.gate import Gate
from services.api.history import MOST_ARTICLES, past_of
from services.api.lately import Lately
from services.api.problems import add_problems
from services.api.resources.examples import PREVIEW
from services.api.resources.watches import add_watches
from services.api.tables import WATCHES
from services.api.trial import REST_SECONDS, Trials
from services.api.watching import KEPT_SECONDS, Watching
from services.errors import TransientError
from services.indexer.documents import BUILDERS
from services.indexer.templates import templates
from services.messages import Channel, Watch, encode
from services.ports import Outgoing
from services.runtime.shutdown import SignalStop
from services.runtime.world import World

ROW = {"id": "w", "name": "Halvane", "query": "halvane"}
WEBHOOK = "https://desk.example/hook"


class Desk:
    """The routes of watches over an index and a broker in memory, for a local operator.

    `poster` answers the channels; None: the process sends nothing.
    """

    def __init__(self, poster=None):
        self.index, self.broker, self.seconds = MemoryIndex(), MemoryBroker(), 0.0
        self.index.apply_templates(templates())
        for name in ("articles", "claims", "alerts"):
            self.index.ensure(name)
        none = stand_in()
        desk = desk_of(self.index, self.broker, now=lambda: hours(72))
        world = World(desk.settings, none, self.broker, none, none, poster, SignalStop())
        self.desk = dataclasses.replace(desk, world=world if poster else None)
        self.app = FastAPI()
        self.app.add_middleware(Gate, access=open_access(self.desk))
        self.app.state.watching = Watching(self.desk, lambda: ANY, lambda: self.seconds)
        self.app.state.trials = Trials(self.desk, lambda: self.seconds)
        add_problems(self.app)
        add_watches(self.app, self.desk)

    def stored(self, *articles, is_in_topic=True):
        producer = self.broker.producer()
        for each in articles:
            self.index.bulk(BUILDERS["tagged-articles"][1](each))
            if is_in_topic:
                producer.send(Outgoing("tagged-articles", each.article_id, encode(each)))
        producer.close()

    def post(self, path, json=None):
        async def run():
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as client:
                return await client.post(path, json=json)

        return asyncio.run(run())

    def preview(self, **more):
        return self.post("/v1/watches/preview", ROW | more)

    def saved(self, *to):
        channels = tuple(Channel(to=each) for each in to)
        self.desk.save(WATCHES, "w", Watch(id="w", name="W", query="halvane", deliver=channels))

    def sent(self):
        return self.post("/v1/watches/w/test-delivery")


@pytest.fixture
def desk():
    return Desk()


def article(n, hour, words="Halvane killed"):
    at = hours(hour)
    text = f"{words} by wire{n}\n\nIt was told in street{n} that {words} in town{n}."
    seen = {"published_at": at, "first_seen_at": at, "seen_at": at, "last_poll_at": at}
    return tagged(f"a{n}", text, **seen)


def test_a_preview_tells_hits_by_day_and_the_alerts_that_they_would_have_made(desk):
    desk.stored(article(1, 1), article(2, 30), article(3, 31), article(4, 31, "Orran met"))
    found = desk.preview().json()
    assert found.keys() == PREVIEW.keys()
    assert found["days"] == [{"day": "2031-05-02", "n": 1}, {"day": "2031-05-03", "n": 2}]
    assert (found["total"], found["is_whole"], found["sample"][0]["id"]) == (3, True, "a3")
    assert (found["alerts"], found["articles_read"], found["articles_found"]) == (3, 3, 3)
    # From 07:00 of the first day until 13:00 of the second one, 1.25 days are stored.
    assert found["alerts_a_day"] == pytest.approx(3 / 1.25)


def test_what_the_watch_excepts_is_found_but_makes_no_alert(desk):
    desk.stored(article(1, 1), article(2, 30))
    found = desk.preview(unless=["wire1"]).json()
    assert (found["total"], found["alerts"]) == (2, 1)


def test_without_the_whole_articles_the_stories_of_the_index_are_expected(desk):
    desk.stored(*(article(n, 24.0 * n) for n in range(3)), is_in_topic=False)
    found = desk.preview().json()
    assert (found["total"], found["articles_read"], found["articles_found"]) == (3, 0, 3)
    assert found["alerts_a_day"] == pytest.approx(3 / 4 / 2)


def test_a_preview_of_nothing_that_is_stored_expects_nothing(desk):
    found = desk.preview().json()
    assert (found["alerts_a_day"], found["days"], found["articles_found"]) == (None, [], 0)


def test_a_preview_is_kept_for_some_minutes_whatever_else_of_the_watch_is_changed(desk):
    desk.stored(article(1, 1))
    assert desk.preview().json()["total"] == 1
    desk.stored(article(2, 30))
    desk.seconds = KEPT_SECONDS
    assert desk.preview(name="Renamed", id="v").json()["total"] == 1
    assert desk.preview(unless=["nothing"]).json()["total"] == 2
    desk.seconds += 0.1
    assert desk.preview().json()["total"] == 2


def test_of_many_articles_the_newest_are_read_and_all_are_counted(desk, monkeypatch):
    desk.stored(*(article(n, n / 60) for n in range(4)))
    monkeypatch.setattr("services.api.history.MOST_ARTICLES", 3)
    past = past_of(desk.desk, [Watch(id="w", name="W", query="halvane")], hours(-1))
    assert sorted(each.article_id for each in past.articles) == ["a1", "a2", "a3"]
    assert (past.n_found, MOST_ARTICLES) == (4, 1_000)


def test_an_answer_leaves_when_it_is_old_or_others_need_the_room():
    at = [0.0]
    kept: Lately[str, int] = Lately(2, 10, lambda: at[0])
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)
    at[0] = 10.0
    assert kept.get("a") == 1
    at[0] = 10.1
    assert kept.get("a") is None


def test_a_test_message_goes_to_each_channel_once_and_each_answer_is_told():
    poster = ScriptedPoster({"https://gone.example/hook": [TransientError("it is gone")]})
    desk = Desk(poster)
    desk.saved(f"webhook:{WEBHOOK}", "webhook:https://gone.example/hook")
    first, second = desk.sent().json()["items"]
    assert first == {"to": f"webhook:{WEBHOOK}", "is_delivered": True, "reason": ""}
    assert (second["is_delivered"], second["reason"]) == (False, "it is gone")
    assert sorted(url for url, _, _ in poster.posts) == [WEBHOOK, "https://gone.example/hook"]


def test_a_watch_is_tested_once_a_minute_and_no_sooner():
    poster = ScriptedPoster()
    desk = Desk(poster)
    desk.saved(f"webhook:{WEBHOOK}")
    assert desk.sent().status_code == 200
    desk.seconds = REST_SECONDS - 0.5
    refused = desk.sent()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    desk.seconds = REST_SECONDS
    assert desk.sent().status_code == 200
    assert len(poster.posts) == 2


def test_a_process_that_sends_nothing_says_so(desk):
    desk.saved(f"webhook:{WEBHOOK}")
    assert desk.sent().status_code == 503
