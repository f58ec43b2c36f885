"""Alerts and claims as feeds, by the schemas of their formats and by a reader of feeds."""

import asyncio
import json
from datetime import timedelta
from functools import cache
from pathlib import Path

import feedparser
import httpx
import jsonschema
import msgspec
import pytest
from builders import START, claim
from desks import open_app
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.api.feeds.cap import CATEGORIES
from services.api.feeds.entry import MOST_CHARS, MOST_QUOTES, words
from services.api.feeds.routes import Cap
from services.errors import TransientError
from services.indexer.documents import BUILDERS
from services.messages import (
    Alert,
    Also,
    Channel,
    Evidence,
    Revision,
    Slot,
    SlotAnswer,
    Told,
    Transition,
)
from services.messages.events import EVENTS
from services.poller.reading.feed import parse_feed

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
ATOM = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
JSON_FEED = json.loads((SCHEMAS / "json-feed-1.1.json").read_text(encoding="utf-8"))
NAMES = {"a": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}
HOSTILE = "<script>alert(1)</script>\u202e]]>&amp;\x00\ufffe@everyone\r\nX: y"


def evidence(quote="Oren Halvane was killed on Thursday.", url="https://ostrel-post.example/1"):
    return Evidence(
        article_id="a-1",
        version=1,
        outlet="Ostrel Post",
        url=url,
        at=START,
        quote=quote,
        mark=(17, 23),
        speaker="the Vale Guard",
    )


TOLD = Told(
    event="killed",
    status="claimed",
    n_reports=5,
    n_independent=2,
    slots={"place": ("Talden",)},
)


def revision(
    number=1, kind="first", text="Oren Halvane reportedly killed", told=TOLD, quoted=None, **kw
):
    if kind == "retracted":
        told = msgspec.structs.replace(told, status="retracted")
    return Revision(
        id=f"r{number}",
        number=number,
        kind=kind,
        text=text,
        at=START + timedelta(minutes=number),
        evidence=quoted or (evidence(),),
        told=told,
        **kw,
    )


def alert(*revisions, alert_id="al-1", **kw):
    return Alert(
        alert_id=alert_id,
        watch_id="halvane",
        watch_version=1,
        watch_name="Halvane",
        revisions=revisions or (revision(),),
        channels=(Channel(to="webhook:https://secret.example/hook"),),
        version=len(revisions) or 1,
        **kw,
    )


def held(topic, message):
    """Return the document that the indexer makes of a message, as Elasticsearch has it."""
    (action,) = BUILDERS[topic][1](message)
    return json.loads(action.document)


class Search:
    """Has some documents, of which it answers with the pages asked for.

    The older a document is, the smaller its place in `sort`, as with dates.
    """

    def __init__(self, *documents, is_down=False):
        self.documents, self.is_down, self.asked = documents, is_down, []

    def search(self, index, body):
        if self.is_down:
            raise TransientError("Elasticsearch: connection refused")
        self.asked.append(body)
        n = len(self.documents)
        begin = n - body["search_after"][0] + 1 if "search_after" in body else body["from"]
        found = [*enumerate(self.documents)][begin : begin + body["size"]]
        hits = [{"_source": each, "sort": [n - at, str(at)]} for at, each in found]
        return {"hits": {"total": {"value": n}, "hits": hits}}

    def get(self, index, id):
        self.search(index, {"from": 0, "size": 0})
        return next((each for each in self.documents if each["alert_id"] == id), None)


CAP = Cap("desk@example.org", is_test=False)


class Asked:
    """Stands for the search of one application, which takes long to make."""

    def __init__(self):
        self.of = Search()

    def search(self, index, body):
        return self.of.search(index, body)

    def get(self, index, id):
        return self.of.get(index, id)


@cache
def application(sends_cap):
    asked = Asked()
    return asked, open_app(asked, sends_cap=sends_cap)


def ask(search, path, sends_cap=None, **headers):
    async def answer():
        asked, app = application(sends_cap)
        asked.of = search
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as it:
            return await it.get(path, headers=headers)

    return asyncio.run(answer())


def atom(*documents, path="/v1/feeds/alerts.atom", **kw):
    answer = ask(Search(*documents), path, **kw)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml"
    tree = etree.fromstring(answer.content)
    ATOM.assertValid(tree)
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    return tree, parsed


def json_feed(*documents, path="/v1/feeds/alerts.json"):
    answer = ask(Search(*documents), path)
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    checker = jsonschema.FormatChecker()
    jsonschema.Draft202012Validator(JSON_FEED, format_checker=checker).validate(feed)
    return feed


def cap(whole, path=None, **kw):
    search = Search(held("alerts", whole))
    answer = ask(search, path or f"/v1/feeds/cap/{whole.alert_id}", sends_cap=Cap(**kw) or CAP)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/cap+xml"
    tree = etree.fromstring(answer.content)
    etree.XMLSchema(etree.parse(SCHEMAS / "cap-1.2.xsd")).assertValid(tree)
    return {element.tag.rpartition("}")[2]: element.text for element in tree.iter()}


def test_a_feed_of_alerts_is_valid_and_reads_back_in_both_formats():
    told = held("alerts", alert())
    _, parsed = atom(told)
    (entry,) = parsed.entries
    (item,) = json_feed(told)["items"]
    for title in (entry.title, item["title"]):
        assert title == "Oren Halvane reportedly killed"
    assert entry.link == item["external_url"] == "https://ostrel-post.example/1"
    assert entry.id == item["id"]
    assert entry.updated == item["date_modified"] == "2031-05-02T06:01:00Z"
    assert [author.name for author in entry.authors] == ["Ostrel Post"]
    assert [tag.term for tag in entry.tags] == item["tags"] == ["killed", "claimed"]
    assert "<b>killed</b>" in entry.content[0].value
    assert "“Oren Halvane was killed on Thursday.”" in item["content_text"]
    assert "Claimed, 2 independent of 5 reports." in item["content_text"]


def test_our_own_poller_reads_both_formats():
    document = held("alerts", alert())
    for path in ("/v1/feeds/alerts.atom", "/v1/feeds/alerts.json"):
        answer = ask(Search(document), path)
        feed = parse_feed(answer.content, answer.headers["content-type"], "http://localhost/")
        assert [entry.title for entry in feed.entries] == ["Oren Halvane reportedly killed"]


def test_a_correction_is_the_same_entry_and_newer():
    first = revision()
    denied = revision(2, "denied", "Now denied by the group: Oren Halvane killed", corrects=True)
    (before,) = atom(held("alerts", alert(first)))[1].entries
    (after,) = atom(held("alerts", alert(first, denied)))[1].entries
    assert after.id == before.id
    assert after.updated_parsed > before.updated_parsed
    assert after.published == before.published
    assert after.title.startswith("Now denied by the group")
    assert "06:01 UTC: Oren Halvane reportedly killed" in after.content[0].value


def test_a_retraction_is_a_tombstone_of_the_same_id_and_newer():
    (entry,) = atom(held("alerts", alert()))[1].entries
    gone = held("alerts", alert(revision(), revision(2, "retracted", "Taken back: he is alive")))
    tree, parsed = atom(gone)
    assert parsed.entries == []
    (stone,) = tree.findall("at:deleted-entry", NAMES)
    assert stone.get("ref") == entry.id
    assert stone.get("when") == "2031-05-02T06:02:00Z" > entry.updated
    assert stone.findtext("at:comment", namespaces=NAMES) == "Taken back: he is alive"
    (item,) = json_feed(gone)["items"]
    assert item["id"] == entry.id
    assert item["title"] == "No longer holds: Taken back: he is alive"
    assert item["_reportedly"]["deleted"]


@pytest.mark.parametrize(("status", "n_stones"), [("claimed", 0), ("retracted", 1)])
def test_an_alert_stands_as_long_as_one_of_its_incidents_does(status, n_stones):
    also = (Also(id="i-2", told=Told(status=status)),)
    tree, _ = atom(held("alerts", alert(revision(), revision(2, "retracted"), also=also)))
    assert len(tree.findall("at:deleted-entry", NAMES)) == n_stones


def test_an_alert_that_another_one_continues_is_a_tombstone():
    merged = held("alerts", alert(revision(), revision(2, "merged"), state="closed"))
    assert len(atom(merged)[0].findall("at:deleted-entry", NAMES)) == 1


def a_claim(status="denied", **kw):
    return claim(
        **{
            "claim_id": "c-1",
            "event": "killed",
            "status": status,
            "n_reports": 5,
            "n_independent": 2,
            "opened_at": START,
            "updated_at": START + timedelta(hours=1),
            "evidence": (evidence(),),
            "history": (
                Transition(at=START, to="claimed", report_id="r", rule="x"),
                Transition(at=START, from_="claimed", to=status, report_id="r", rule="x"),
            ),
            "slots": {
                "patient": Slot(answers=(SlotAnswer(key="h", label="Oren Halvane"),)),
                "place": Slot(answers=(SlotAnswer(key="t", label="Talden"),)),
                "count.killed": Slot(answers=(SlotAnswer(key="1", label="1", min=1, max=1),)),
            },
        }
        | kw
    )


def test_a_feed_of_claims_tells_what_is_claimed_and_how_far_it_has_come():
    (entry,) = atom(held("claims", a_claim()), path="/v1/feeds/claims.atom")[1].entries
    assert entry.title == ("killed: Oren Halvane in Talden (denied, 2 independent of 5 reports)")
    (item,) = json_feed(held("claims", a_claim()), path="/v1/feeds/claims.json")["items"]
    assert item["id"] == entry.id
    assert item["url"] == "http://localhost:8080/v1/claims/c-1"
    assert "Number killed: 1" in item["content_text"]
    assert "2031-05-02 06:00 UTC  claimed" in item["content_text"]


@pytest.mark.parametrize("gone", [{"status": "retracted"}, {"merged_into": "c-2"}])
def test_a_claim_that_is_taken_back_or_in_another_is_a_tombstone(gone):
    tree, _ = atom(held("claims", a_claim(**gone)), path="/v1/feeds/claims.atom")
    assert len(tree.findall("at:deleted-entry", NAMES)) == 1


def test_claims_are_filtered_by_values_and_by_least_numbers():
    search = Search()
    path = "/v1/feeds/claims.atom?event=killed&place=talden&killed=5&independent=2&size=7"
    assert ask(search, path).status_code == 200
    (body,) = search.asked
    assert body["size"] == 7
    assert body["query"]["bool"]["filter"] == [
        {"term": {"event": "killed"}},
        {"term": {"place": "talden"}},
        {"range": {"killed_max": {"gte": 5}}},
        {"range": {"n_independent": {"gte": 2}}},
    ]


def test_what_no_feed_shows_is_not_fetched():
    search = Search()
    ask(search, "/v1/feeds/claims.json")
    assert "whole.origins" in search.asked[0]["_source"]["excludes"]


def test_pages_lead_from_one_to_the_next_without_a_gap():
    documents = [held("alerts", alert(alert_id=f"al-{n}")) for n in range(5)]
    path, seen = "/v1/feeds/alerts.atom?watch_id=halvane&size=2", []
    ids = set()
    while path:
        _, parsed = atom(*documents, path=path)
        seen += [entry.id for entry in parsed.entries]
        ids.add(parsed.feed.id)
        links = {link.rel: link.href for link in parsed.feed.links}
        assert links["self"] == f"http://localhost:8080{path}"
        path = links.get("next", "").removeprefix("http://localhost:8080")
    assert len(seen) == len(set(seen)) == 5
    assert len(ids) == 1
    feed = json_feed(*documents, path="/v1/feeds/alerts.json?size=2")
    assert feed["next_url"].startswith("http://localhost:8080/v1/feeds/alerts.json?size=2&after=")


def test_what_comes_while_one_reads_makes_no_page_repeat_or_skip_an_alert():
    documents = [held("alerts", alert(alert_id=f"al-{n}")) for n in range(6)]
    path, seen = "/v1/feeds/alerts.json?size=2", []
    while path:
        feed = json_feed(*documents, path=path)
        seen += [item["id"] for item in feed["items"]]
        documents.insert(0, held("alerts", alert(alert_id=f"new-{len(seen)}")))
        path = feed.get("next_url", "").removeprefix("http://localhost:8080")
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize("after", ["x", "WzFd", "W10="])
def test_a_cursor_of_nobody_is_refused(after):
    assert ask(Search(), f"/v1/feeds/alerts.atom?after={after}").status_code == 422


def test_feeds_of_other_filters_are_other_feeds_and_forms_of_one_are_the_same():
    ids = [
        atom(path=f"/v1/feeds/alerts.atom{q}")[1].feed.id for q in ("", "?watch_id=a", "?size=9")
    ]
    assert ids[0] != ids[1]
    assert ids[0] == ids[2]


def test_a_feed_without_entries_is_valid():
    assert atom()[1].entries == []
    assert json_feed()["items"] == []


@pytest.mark.parametrize("form", ["alerts.atom", "alerts.json"])
def test_who_has_the_feed_already_gets_no_body(form):
    search, path = Search(held("alerts", alert())), f"/v1/feeds/{form}"
    first = ask(search, path)
    assert first.headers["cache-control"] == "no-cache"
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = ask(search, path, **{"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("header", ["if-none-match", "if-modified-since"])
def test_who_has_another_one_or_only_a_date_gets_the_feed(header):
    """What was changed first may be indexed last, so a date can't tell that nothing came."""
    search = Search(held("alerts", alert()))
    first = ask(search, "/v1/feeds/alerts.atom")
    known = {"if-none-match": '"other"', "if-modified-since": first.headers["last-modified"]}
    again = ask(search, "/v1/feeds/alerts.atom", **{header: known[header]})
    assert again.status_code == 200


def test_another_entry_changes_the_tag_though_the_time_is_the_same():
    one, two = (held("alerts", alert(alert_id=f"al-{n}")) for n in (1, 2))
    tags = [ask(Search(*d), "/v1/feeds/alerts.atom").headers["etag"] for d in ([one], [two])]
    assert tags[0] != tags[1]


@pytest.mark.parametrize(
    "path", ["/v1/feeds/alerts.atom", "/v1/feeds/claims.json", "/v1/feeds/cap/al-1"]
)
def test_while_elasticsearch_is_away_a_feed_is_503(path):
    assert ask(Search(is_down=True), path, sends_cap=CAP).status_code == 503


@pytest.mark.parametrize(
    "path",
    [
        "/v1/feeds/alerts.rss",
        "/v1/feeds/articles.atom",
        "/v1/feeds/cap/none",
        "/v1/feeds/cap/al-1?revision=9",
    ],
)
def test_what_is_no_feed_is_404(path):
    search = Search(held("alerts", alert()))
    assert ask(search, path, sends_cap=CAP).status_code == 404


@pytest.mark.parametrize("query", ["size=101", "size=0", "killed=0", "watch=x"])
def test_what_a_feed_does_not_take_is_refused(query):
    assert ask(Search(), f"/v1/feeds/claims.atom?{query}").status_code == 422


def test_hostile_words_are_words_and_hostile_addresses_are_none():
    bad = evidence(HOSTILE * 3, url="javascript:alert(1)")
    worse = msgspec.structs.replace(bad, outlet=HOSTILE, speaker=HOSTILE)
    told = held("alerts", alert(revision(text=HOSTILE, quoted=(bad, worse))))
    _, parsed = atom(told)
    (item,) = json_feed(told)["items"]
    (entry,) = parsed.entries
    assert entry.title == item["title"] == "<script>alert(1)</script>]]>&amp;@everyone"
    for content in (entry.content[0].value, item["content_html"]):
        assert "<script" not in content
        assert "javascript:" not in content
    assert "external_url" not in item
    assert "\u202e" not in json.dumps(item, ensure_ascii=False)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/v1/feeds/alerts.atom?watch_id=%01", "Reportedly alerts: watch"),
        ("/v1/feeds/claims.atom?place=%EF%BF%BE", "Reportedly claims: place"),
        ("/v1/feeds/claims.atom?agent=a%0D%0A%E2%80%AEb%3C%00", "Reportedly claims: agent a b<"),
    ],
)
def test_hostile_words_of_a_request_are_words_of_the_title(path, title):
    assert " ".join(atom(path=path)[1].feed.title.split()) == title
    assert " ".join(json_feed(path=path.replace(".atom", ".json"))["title"].split()) == title


@given(st.text())
def test_any_words_can_stand_in_any_format(text):
    element = etree.Element("title")
    element.text = words(text)
    assert etree.fromstring(etree.tostring(element)).text == (words(text) or None)


def test_an_entry_is_bounded_whatever_it_is_made_of():
    many = tuple(evidence("x" * 17 + f"killed{n}" + "y" * 9_000) for n in range(MOST_QUOTES + 1))
    told = held("alerts", alert(revision(text="z" * 9_000, quoted=many)))
    (item,) = json_feed(told)["items"]
    assert len(item["title"]) == MOST_CHARS
    assert item["content_html"].count("<blockquote>") == MOST_QUOTES
    assert len(item["content_html"]) < MOST_QUOTES * 3 * MOST_CHARS


def test_an_alert_that_an_older_version_stored_flat_is_told_as_far_as_it_goes():
    flat = held("alerts", alert())
    del flat["whole"]
    (entry,) = atom(flat)[1].entries
    assert entry.title == "Oren Halvane reportedly killed"
    assert entry.id == atom(held("alerts", alert()))[1].entries[0].id
    flat_claim = held("claims", a_claim()) | {"whole": {"event": 5}}
    (entry,) = atom(flat_claim, path="/v1/feeds/claims.atom")[1].entries
    assert entry.title == "killed (denied)"


def test_nobody_reads_the_channels_of_a_watch_in_the_index():
    assert "secret.example" not in json.dumps(held("alerts", alert()))


def test_a_first_revision_is_a_cap_alert():
    told = cap(alert(), sender="desk@example.org", is_test=False)
    assert told["identifier"] == "al-1.1"
    assert told["sent"] == "2031-05-02T06:01:00-00:00"
    assert (told["msgType"], told["status"], told["scope"]) == ("Alert", "Actual", "Restricted")
    assert (told["event"], told["category"], told["certainty"]) == (
        "killed",
        "Security",
        "Possible",
    )
    assert told["areaDesc"] == "Talden"
    assert "references" not in told


def test_a_correction_is_a_cap_update_and_a_retraction_cancels_all_before():
    whole = alert(revision(), revision(2, "denied"), revision(3, "retracted", "Taken back"))
    update = cap(whole, "/v1/feeds/cap/al-1?revision=2", sender="d@e.org", is_test=False)
    assert update["msgType"] == "Update"
    assert update["references"] == "d@e.org,al-1.1,2031-05-02T06:01:00-00:00"
    cancel = cap(whole, sender="d@e.org", is_test=False)
    assert (cancel["msgType"], cancel["note"]) == ("Cancel", "Taken back")
    assert cancel["references"].split(" ") == [
        "d@e.org,al-1.1,2031-05-02T06:01:00-00:00",
        "d@e.org,al-1.2,2031-05-02T06:02:00-00:00",
    ]


def test_under_a_virtual_clock_cap_messages_are_tests():
    assert cap(alert(), sender="d@e.org", is_test=True)["status"] == "Test"


@pytest.mark.parametrize(
    ("status", "certainty"),
    [
        ("confirmed", "Observed"),
        ("corroborated", "Likely"),
        ("claimed", "Possible"),
        ("disputed", "Possible"),
        ("denied", "Unlikely"),
        (None, "Unknown"),
    ],
)
def test_certainty_is_the_status_of_the_claim(status, certainty):
    whole = alert(revision(told=Told(event="outbreak", status=status)))
    told = cap(whole, sender="d@e.org", is_test=False)
    assert (told["certainty"], told["category"]) == (certainty, "Health")


def test_only_types_of_events_have_a_category():
    assert set(CATEGORIES) <= set(EVENTS)


def test_a_cap_message_of_hostile_words_is_valid():
    bad = evidence(HOSTILE * 3, url="javascript:alert(1)")
    told = cap(alert(revision(text=HOSTILE * 9, quoted=(bad,))), sender="d@e.org", is_test=False)
    assert len(told["headline"]) <= 160
    assert "uri" not in told


def test_without_a_sender_there_are_no_cap_messages_and_no_entry_names_one():
    assert ask(Search(held("alerts", alert())), "/v1/feeds/cap/al-1").status_code == 404
    types = [link.type for link in atom(held("alerts", alert()))[1].entries[0].links]
    assert "application/cap+xml" not in types
    (entry,) = atom(held("alerts", alert()), sends_cap=CAP)[1].entries
    assert "application/cap+xml" in [link.type for link in entry.links]
