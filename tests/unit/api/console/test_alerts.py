"""The pages of alerts: triage with one key each, undo, why, and what changed since a shift."""

import asyncio
import html
import re

import httpx
import pytest
from builders import claim, hours, tagged
from desks import desk_of, open_access
from fastapi import FastAPI
from msgspec.structs import replace
from policing import alert

from services.adapters.memory import MemoryBroker
from services.adapters.memory_index import MemoryIndex
from services.api.access.gate import Gate
from services.api.console.alerts import add_alerts
from services.api.console.assets import Assets
from services.api.console.errors import add_errors
from services.api.console.frame import Pages
from services.api.console.since import add_since
from services.api.problems import add_problems
from services.indexer.alerting import alerts, commands
from services.indexer.documents import BUILDERS
from services.indexer.templates import templates
from services.messages import (
    Alert,
    ClaimCondition,
    Command,
    Evidence,
    Revision,
    Transition,
    Watch,
    Wording,
    encode,
)
from services.ports import Outgoing

HOST = "http://localhost"
PAGE = {"accept": "text/html"}
PART = {"hx-request": "true"}
QUOTE = Evidence(
    article_id="a1",
    version=1,
    outlet="Post",
    at=hours(1),
    quote="The Front confirmed it.",
    mark=(0, 9),
)


def story(*kinds: str) -> Alert:
    """An alert whose last change has words, a sentence, and a claim."""
    of = alert(*kinds)  # type: ignore[arg-type]
    last = replace(
        of.revisions[-1],
        wording=Wording(change="Now confirmed by the Front", core="Idris Halvane killed"),
        evidence=(QUOTE,),
    )
    return replace(
        of,
        revisions=(*of.revisions[:-1], last),
        claim_ids=("c1",),
        article_ids=("a1",),
        version=len(kinds),
    )


def ben_saw(at):
    return Command(
        command_id="b",
        watch_id="w",
        alert_id="a",
        revision=2,
        action="acknowledge",
        by="ben",
        at=at,
    )


class Console:
    """The pages over memory, for a local operator, who is called local."""

    def __init__(self):
        self.index, self.broker = MemoryIndex(), MemoryBroker()
        self.index.apply_templates(templates())
        for name in ("alerts", "articles", "claims", "commands", "suppressed", "incidents"):
            self.index.ensure(name)
        self.desk = desk_of(self.index, self.broker, now=lambda: hours(5))
        self.app = FastAPI()
        self.app.add_middleware(Gate, access=open_access(self.desk))
        add_problems(self.app)
        pages = Pages(self.desk.now, Assets())
        add_alerts(self.app, self.desk, pages)
        add_since(self.app, self.desk, pages)
        add_errors(self.app, pages)
        asked = ClaimCondition(event=("killed",))
        self.write("watches", "w", Watch(id="w", name="Leaders", query="halvane", claim=asked))

    def write(self, topic, key, row):
        producer = self.broker.producer()
        producer.send(Outgoing(topic, key, encode(row)))
        producer.close()

    def told(self, *given):
        for each in given:
            self.index.bulk(alerts(each))

    def ask(self, method, path, data=None, **headers):
        async def run():
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
                return await client.request(method, path, data=data, headers=PAGE | headers)

        return asyncio.run(run())

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def press(self, button, /, id="a", **more):
        return self.ask("POST", f"/alerts/{id}/orders", {"do": button, **more}, **PART)


@pytest.fixture
def console():
    made = Console()
    made.told(story("first", "status"))
    return made


def words(answer):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def hidden(answer, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    return found[1] if found else None


def test_the_inbox_says_what_changed_first_with_the_sentence_and_no_click(console):
    answer = console.get("/alerts")
    text = words(answer)
    assert "Now confirmed by the Front: Idris Halvane killed" in text
    assert "The Front confirmed it." in text
    assert "<mark>The Front</mark>" in answer.text
    assert 'href="/claims/c1"' in answer.text
    assert "Open 1" in text


def test_each_order_has_a_key_and_its_undo(console):
    done = console.press("acknowledge", revision="2")
    assert "Acknowledged by you" in words(done)
    assert "<main" not in done.text, "only the part comes, so nothing else moves"
    back = console.press("reopen", undoes=hidden(done, "undoes"))
    assert 'data-state="new"' in back.text
    nap = console.press("snooze-1h")
    assert 'data-state="snoozed"' in nap.text
    assert 'data-key="u"' in nap.text
    assert 'data-state="new"' in console.press("resume", undoes=hidden(nap, "undoes")).text


def test_without_a_script_the_page_comes_back_at_the_alert(console):
    form = {"do": "acknowledge", "back": "/alerts?group=open"}
    answer = console.ask("POST", "/alerts/a/orders", form)
    to = "/alerts?group=open&done=a#alert-a"
    assert (answer.status_code, answer.headers["location"]) == (303, to)
    page = console.get("/alerts?group=open&done=a")
    assert "Acknowledged by you" in words(page), "it has left the list, and can still be undone"
    assert hidden(page, "undoes")
    assert console.get("/alerts?done=gone").status_code == 200
    away = console.ask("POST", "/alerts/a/orders", form | {"back": "//evil.example/"})
    assert away.headers["location"] == "/alerts?done=a#alert-a"
    one = console.ask("POST", "/alerts/a/orders", {"do": "mute", "back": "/alerts/a"})
    assert one.headers["location"] == "/alerts/a#alert-a"


def test_a_change_after_the_acknowledgement_brings_it_back_marked(console):
    console.press("acknowledge", revision="2")
    assert "Nothing waits for you." in words(console.get("/alerts"))
    console.told(story("first", "status", "denied"))
    text = words(console.get("/alerts"))
    assert "Changed since you acknowledged it" in text
    assert "Open 1" in text


def test_what_somebody_else_did_since_stays_and_is_told(console):
    mine = hidden(console.press("acknowledge", revision="1"), "undoes")
    console.index.bulk(commands(ben_saw(hours(6))))
    answer = console.press("reopen", undoes=mine)
    assert answer.status_code == 409
    assert "ben did so since: it stays as it is" in words(answer)
    assert "Acknowledged by ben" in words(answer)


def test_why_shows_words_and_condition(console):
    text = "Halvane killed\n\nHalvane was killed."
    console.index.bulk(
        BUILDERS["tagged-articles"][1](tagged("a1", text, title_end=14, first_seen_at=hours(1)))
    )
    console.index.bulk(BUILDERS["claims"][1](claim()))
    answer = console.get("/alerts/a/why", **PART)
    assert "<mark>Halvane</mark>" in answer.text
    assert "the event is deaths deaths yes" in words(answer)
    assert console.get("/alerts/a/why").headers["location"] == "/alerts/a#why"
    assert "What was told" in words(console.get("/alerts/a"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/alerts/x", 404),
        ("/alerts?group=x", 422),
        ("/alerts?after=x", 422),
        ("/alerts?watch=x", 200),
        ("/since?hours=0", 422),
        ("/since?hours=721", 422),
    ],
)
def test_what_there_is_not_is_said(console, path, status):
    assert console.get(path).status_code == status


def test_a_button_that_there_is_not_is_refused(console):
    assert console.press("dance").status_code == 422


def test_the_line_is_drawn_above_what_was_read(console):
    later = Revision(id="l", number=1, kind="first", text="Later.", at=hours(4))
    at = hidden(console.get("/alerts"), "at")
    assert console.ask("POST", "/alerts/read", {"at": at}).status_code == 303
    assert "Read until here" not in console.get("/alerts").text, "nothing came since"
    console.told(replace(story("first"), alert_id="b", revisions=(later,)))
    assert "Read until here" in console.get("/alerts").text
    for wrong in ("", "x", "0001-01-01T00:00:00Z", "2031-05-02T06:00:00"):
        assert console.ask("POST", "/alerts/read", {"at": wrong}).status_code == 422


def test_the_hand_over_tells_status_corrections_and_what_others_saw(console):
    steps = ((1, None, "reported"), (3, "reported", "confirmed"))
    history = tuple(
        Transition(at=hours(n), from_=was, to=to, report_id="r", rule="x")  # type: ignore[arg-type]
        for n, was, to in steps
    )
    told = claim(status="confirmed", history=history, evidence=(QUOTE,))
    console.index.bulk(BUILDERS["claims"][1](told))
    console.told(story("first", "status", "denied"))
    console.index.bulk(commands(ben_saw(hours(3.5))))
    text = words(console.get("/since"))
    assert "1 claim with a new status, 1 new alert, 1 correction, 1 acknowledged by others." in text
    assert console.ask("POST", "/since", {"at": hours(5).isoformat()}).status_code == 303
    assert "Nothing has changed." in words(console.get("/since"))
    text = words(console.get("/since?hours=3"))
    assert "Reported → is now Confirmed" in text
    assert "Corrections 1 Leaders 08:00 Now confirmed by the Front: Idris Halvane killed" in text
