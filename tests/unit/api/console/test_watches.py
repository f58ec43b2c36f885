"""The pages of watches: checked while one writes, saved over what was read, undone when deleted."""

import asyncio
import html
import re

import httpx
import pytest
from builders import hours, tagged
from desks import desk_of, open_access
from fastapi import FastAPI
from policing import alert

from services.adapters.memory import MemoryBroker
from services.adapters.memory_index import MemoryIndex
from services.alerter.vocabulary import Vocabulary
from services.api.access.gate import Gate
from services.api.console.assets import Assets
from services.api.console.errors import add_errors
from services.api.console.frame import Pages
from services.api.console.watches import add_watches
from services.api.problems import add_problems
from services.api.watching import Watching
from services.indexer.alerting import alerts
from services.indexer.documents import BUILDERS
from services.indexer.templates import templates
from services.messages import ClaimCondition, Watch, encode
from services.ports import Outgoing

CALLED = {"idris-halvane": "Idris Halvane", "front-a": "The Front", "front-b": "The Front"}
NAMES = Vocabulary(
    events=("killed",),
    name_of=lambda id: CALLED.get(id, ""),
    ids_of=lambda asked: [id for id, name in CALLED.items() if asked in (id, name)],
)
FORM = {"name": "Leaders", "query": "halvane", "to": "log:", "tells": "all", "enabled": "on"}
HOST = "http://localhost"
PAGE = {"accept": "text/html"}
PART = {"hx-request": "true"}


class Console:
    """The pages over memory, for a local operator."""

    def __init__(self):
        self.index, self.broker = MemoryIndex(), MemoryBroker()
        self.index.apply_templates(templates())
        for name in ("alerts", "articles", "claims"):
            self.index.ensure(name)
        self.desk = desk_of(self.index, self.broker, now=lambda: hours(48))
        self.app = FastAPI()
        self.app.add_middleware(Gate, access=open_access(self.desk))
        self.app.state.watching = Watching(self.desk, lambda: NAMES)
        add_problems(self.app)
        pages = Pages(self.desk.now, Assets())
        add_watches(self.app, self.desk, pages)
        add_errors(self.app, pages)

    def ask(self, method, path, data=None, **headers):
        async def run():
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as client:
                return await client.request(
                    method, path, data=data, headers={"accept": "text/html"} | headers
                )

        return asyncio.run(run())

    def post(self, path, data=None, **headers):
        return self.ask("POST", path, data, **headers)

    def get(self, path):
        return self.ask("GET", path)

    def saved(self):
        return self.desk.tables.watches()

    def save(self, watch):
        producer = self.broker.producer()
        producer.send(Outgoing("watches", watch.id, encode(watch)))
        producer.close()

    def stored(self, *articles):
        producer = self.broker.producer()
        for each in articles:
            self.index.bulk(BUILDERS["tagged-articles"][1](each))
            producer.send(Outgoing("tagged-articles", each.article_id, encode(each)))
        producer.close()


@pytest.fixture
def console():
    return Console()


def article(id, n_hours, text="Halvane killed\n\nHalvane was killed in Meris."):
    at = hours(n_hours)
    return tagged(id, text, published_at=at, first_seen_at=at, seen_at=at, title_end=14)


def first(pattern, answer):
    """Return what the first group of a pattern holds."""
    (found, *_) = re.findall(pattern, answer.text)
    return found


def words(answer):
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return html.unescape(re.sub(r"\s+", " ", text))


def test_a_watch_is_written_and_saved(console):
    answer = console.post("/watches", FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/watches/leaders?saved=1")
    found = console.saved()["leaders"]
    assert (found.query, found.version, found.saved_at) == ("halvane", 1, hours(48))
    assert "Articles with halvane." in words(console.get("/watches"))
    assert "Saved. It is in force from now on." in words(console.get("/watches/leaders?saved=1"))


def test_a_page_shows_names_and_saves_the_ids_that_they_stand_for(console):
    asked = ("idris-halvane", "front-a", "nobody-known")
    console.save(Watch(id="leaders", name="Leaders", claim=ClaimCondition(actor=asked)))
    shown = "Idris Halvane, front-a, nobody-known"
    assert f'value="{shown}"' in console.get("/watches/leaders").text
    form = FORM | {"query": "", "actor": shown, "version": "1", "of": "leaders"}
    assert console.post("/watches/leaders", form).status_code == 303
    assert console.saved()["leaders"].claim.actor == asked


def test_a_mistake_saves_nothing_and_stands_beside_its_field(console):
    answer = console.post("/watches", FORM | {"query": "halvane AND ("})
    assert answer.status_code == 422
    assert console.saved() == {}
    field = first(r'<p class="err" id="err-query">([^<]+)</p>', answer)
    assert field.startswith("1 bracket is never closed")
    assert 'value="halvane AND ("' in answer.text


def test_a_check_says_what_was_understood_and_mends_the_fields(console):
    form = {"query": "", "event": "killed", "patient": "idris-halvane"}
    answer = console.post("/watches/check", FORM | form, **PART)
    assert "Understood as: Deaths, that befell Idris Halvane." in words(answer)
    assert 'id="err-query" hx-swap-oob="true" hidden' in answer.text
    assert "halvane" not in words(console.post("/watches/check", {"name": "", "query": ""}, **PART))


def test_a_preview_draws_the_days_and_shows_the_newest(console):
    console.stored(article("a1", 1), article("a2", 25), article("a3", 26))
    answer = console.post("/watches/preview", FORM, **PART)
    assert "3 found from" in words(answer)
    assert answer.text.count('class="bar-n"') == 2
    assert 'href="/articles/a3"' in answer.text
    assert "It would have sent 1 alert in 1 message. 3 articles read." in words(answer)
    assert "<main" not in answer.text
    whole = console.post("/watches/preview", FORM)
    assert "<main" in whole.text, "without a script the whole page comes"
    assert 'value="halvane"' in whole.text


def test_two_versions_are_compared_by_the_alerts_that_they_would_have_sent(console):
    console.stored(article("a1", 1), article("a2", 2, "Meris quiet\n\nAll was quiet in Meris."))
    console.save(Watch(id="w", name="W", query="halvane"))
    form = FORM | {"query": "quiet", "of": "w"}
    text = words(console.post("/watches/w/compare", form, **PART))
    assert "would have sent 1 alert in 1 message, this one 1 alert in 1 message" in text
    assert "1 more, 1 fewer. 2 articles read." in text
    assert "Only this one alerts “Meris quiet A” 2 May" in text


def test_what_is_kept_in_full_no_more_is_not_compared(console):
    console.index.bulk(BUILDERS["tagged-articles"][1](article("a1", 1)))
    console.save(Watch(id="w", name="W", query="halvane"))
    form = FORM | {"query": "quiet", "of": "w"}
    text = words(console.post("/watches/w/compare", form, **PART))
    assert "none of 1 article" in text.lower()


def test_of_two_tabs_the_second_sees_both_and_may_save_over(console):
    console.save(Watch(id="w", name="W", query="halvane", version=3))
    form = FORM | {"of": "w", "version": "3"}
    assert console.post("/watches/w", form).status_code == 303
    second = console.post("/watches/w", form | {"name": "Heads"})
    assert second.status_code == 412
    assert "Somebody saved this watch meanwhile" in second.text
    assert "Name Leaders Heads" in words(second)
    assert console.saved()["w"].name == "Leaders"
    assert console.post("/watches/w", form | {"name": "Heads", "version": "4"}).status_code == 303
    assert console.saved()["w"].name == "Heads"


@pytest.mark.parametrize("version", ["", "x", "٣", "9" * 30])
def test_a_form_without_a_version_saves_nothing(console, version):
    console.save(Watch(id="w", name="W", query="halvane"))
    assert console.post("/watches/w", FORM | {"version": version}).status_code == 422
    assert console.post("/watches/w/delete", {"version": version}).status_code == 422
    assert console.saved()["w"].name == "W"


def test_an_id_that_is_taken_is_refused_and_the_form_stays(console):
    console.save(Watch(id="leaders", name="L", query="idris"))
    answer = console.post("/watches", FORM)
    assert answer.status_code == 409
    assert 'value="halvane"' in answer.text
    assert console.saved()["leaders"].query == "idris"


def test_a_deleted_watch_can_be_saved_again_as_it_was(console):
    watch = Watch(id="w", name="W", query="halvane", passing=True, owner="ann", version=3)
    console.save(watch)
    assert console.post("/watches/w/delete", {"version": "2"}).status_code == 412
    gone = console.post("/watches/w/delete", {"version": "3"})
    assert console.saved() == {}
    row = html.unescape(first(r'name="row" value="([^"]+)"', gone))
    assert console.post("/watches/restore", {"row": row}).status_code == 303
    again = console.saved()["w"]
    assert (again.query, again.passing, again.owner) == ("halvane", True, "ann")


@pytest.mark.parametrize("row", ["", "[]", "{", '{"id": "w"}', '{"id": 7}', "[" * 10_000])
def test_what_is_no_watch_can_not_be_saved_again(console, row):
    assert console.post("/watches/restore", {"row": row}).status_code in (413, 422)
    assert console.saved() == {}


def test_a_test_delivery_says_what_came_of_it(console):
    console.save(Watch(id="w", name="W", query="halvane"))
    answer = console.post("/watches/w/test-delivery", {}, **PART)
    assert "Nothing was sent: this process sends no messages." in words(answer)
    assert "<main" in console.post("/watches/w/test-delivery", {}).text


def test_the_list_has_the_last_alert_of_each_watch(console):
    console.save(Watch(id="w", name="W", query="halvane"))
    console.save(Watch(id="v", name="V", query="idris", enabled=False))
    console.index.bulk(alerts(alert("first")))
    text = words(console.get("/watches"))
    assert "in 7 days 1 last alert 2 d ago" in text
    assert "V off" in text
    assert "last alert none yet" in text


def test_a_watch_that_is_gone_is_not_found(console):
    for answer in (console.get("/watches/x"), console.post("/watches/x", FORM)):
        assert answer.status_code == 404


def test_text_of_a_watch_is_set_as_text(console):
    console.save(Watch(id="w", name="<script>alert(1)</script>", query='"><img src=x>'))
    for path in ("/watches", "/watches/w"):
        text = console.get(path).text
        assert "<script>alert" not in text
        assert "<img" not in text
