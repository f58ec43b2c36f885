"""Watches over HTTP: whose they are, which version is replaced, and what is said of mistakes."""

import asyncio
import dataclasses

import httpx
import msgspec
import pytest
from people import Site, bearer

from services.alerter.vocabulary import ANY
from services.api.access.people import Person
from services.api.problems import Problem
from services.api.resources.examples import CHECKED, WATCH, WATCH_ROW
from services.api.tables import WATCHES
from services.api.watching import Watching, watching_of
from services.messages import Watch, encode
from services.watching.checking import check

PATH = "/v1/watches/w"
ROW = {"name": "Halvane", "query": "halvane"}
NEW = {"if_none_match": "*"}


class Desk:
    """A site and one person who uses it."""

    def __init__(self, site, person, scope="editor", *groups):
        self.site, self.own = site, bearer(site.make(person, scope, *groups))

    def ask(self, path, method="GET", json=None, **headers):
        return self.site.ask(path, method, json=json, authorization=self.own, **headers)


@pytest.fixture
def site():
    found = Site()
    watching_of(found.app, found.desk)._vocabulary = ANY
    return found


@pytest.fixture
def amira(site):
    return Desk(site, "amira", "editor", "levant")


def test_a_watch_is_saved_read_changed_and_removed_by_its_version(amira):
    saved = amira.ask(PATH, "PUT", ROW, **NEW)
    assert (saved.status_code, saved.headers["etag"]) == (201, '"1"')
    read = amira.ask(PATH)
    assert read.headers["etag"] == '"1"'
    assert read.json() == saved.json()
    changed = amira.ask(PATH, "PUT", ROW | {"name": "H."}, if_match='"1"')
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert amira.ask(PATH).json()["name"] == "H."
    assert amira.ask(PATH, "DELETE", if_match='"2"').status_code == 204
    assert amira.ask(PATH).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 428),
        ({"if_match": '"1"'}, 412),
        ({"if_match": "*"}, 412),
        ({"if_match": '"x"'}, 412),
        ({"if_match": '"2", "1"'}, 412),
        ({"if_match": '"' + "9" * 50 + '"'}, 412),
        ({"if_match": "x" * 300}, 422),
        ({"if_none_match": "*"}, 409),
        ({"if_none_match": '"2"'}, 428),
    ],
    ids=str,
)
def test_who_did_not_read_what_is_saved_replaces_nothing(amira, headers, status):
    amira.ask(PATH, "PUT", ROW, **NEW)
    amira.ask(PATH, "PUT", ROW | {"name": "Two"}, if_match='"1"')
    refused = amira.ask(PATH, "PUT", ROW | {"name": "Mine"}, **headers)
    assert refused.status_code == status
    assert amira.ask(PATH).json()["name"] == "Two"
    if "if_none_match" not in headers:
        assert amira.ask(PATH, "DELETE", **headers).status_code == status
        assert amira.ask(PATH).status_code == 200


@pytest.mark.parametrize(
    ("owner", "may"),
    [(None, True), ("amira", True), ("group:levant", True), ("idris", False), ("group:x", False)],
)
def test_a_person_reads_and_changes_what_is_theirs_and_knows_of_nothing_else(
    site, amira, owner, may
):
    boss = Desk(site, "boss", "operator", "any")
    assert boss.ask(PATH, "PUT", ROW | {"owner": owner}, **NEW).status_code == 201
    read = amira.ask(PATH)
    assert read.status_code == (200 if may else 404)
    assert len(amira.ask("/v1/watches").json()["items"]) == may
    for version, method in enumerate(("PUT", "DELETE"), 1):
        row = ROW | {"owner": owner} if method == "PUT" else None
        answer = amira.ask(PATH, method, row, if_match=f'"{version}"')
        assert (answer.status_code < 300) == may
    assert len(boss.ask("/v1/watches").json()["items"]) == (0 if may else 1)


def test_nobody_gives_a_watch_to_others_or_takes_their_id(site, amira):
    given = amira.ask(PATH, "PUT", ROW | {"owner": "idris"}, **NEW)
    assert given.status_code == 403
    Desk(site, "idris").ask(PATH, "PUT", ROW | {"owner": "idris"}, **NEW)
    assert amira.ask(PATH, "PUT", ROW, **NEW).status_code == 409
    assert amira.ask(PATH, "PUT", ROW, if_match='"1"').status_code == 404


def test_a_reader_changes_and_tries_nothing(site):
    rana = Desk(site, "rana", "reader")
    assert rana.ask(PATH, "PUT", ROW, **NEW).status_code == 403
    assert rana.ask(PATH, "DELETE", if_match='"1"').status_code == 403
    assert rana.ask(f"{PATH}/test-delivery", "POST").status_code == 403
    assert rana.ask("/v1/watches/preview", "POST", ROW).status_code == 403
    assert rana.ask("/v1/watches/check", "POST", {"id": "w"} | ROW).status_code == 200


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"name": "H"}, ""),
        ({"name": "H", "query": "a AND"}, ".query"),
        ({"name": "H", "query": "halvane", "quiery": "x"}, ".quiery"),
        ({"name": "H", "query": "halvane", "version": 9}, ".version"),
        ({"name": "", "query": "halvane"}, ".name"),
        ({"name": "H", "query": 7}, ".query"),
        ({"name": "H", "query": "halvane", "deliver": [{"to": "pigeon:x"}]}, ".deliver[0].to"),
    ],
    ids=str,
)
def test_a_mistake_saves_nothing_and_is_told_with_its_place(amira, row, path):
    refused = amira.ask(PATH, "PUT", row, **NEW)
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/watch"
    assert path in {each["path"] for each in refused.json()["errors"]}
    assert amira.ask(PATH).status_code == 404
    checked = amira.ask("/v1/watches/check", "POST", {"id": "w"} | row).json()
    assert not checked["is_usable"]
    assert path in {each["path"] for each in checked["findings"]}


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{", "application/json", 422),
        (b"[]", "application/json", 422),
        (b'{"id": "other", "name": "H", "query": "halvane"}', "application/json", 422),
        (b"{}", "text/plain", 415),
        (b'{"name": "' + b"x" * 70_000 + b'"}', "application/json", 413),
        (b'{"a":' * 5_000, "application/json", 422),
        (b'{"name": "\xff"}', "application/json", 422),
    ],
    ids=["cut", "list", "other id", "text", "huge", "deep", "no text"],
)
def test_a_body_that_is_no_watch_is_refused(site, amira, content, media, status):
    async def answer():
        transport = httpx.ASGITransport(site.app, raise_app_exceptions=False)
        headers = {"authorization": amira.own, "content-type": media, "if-none-match": "*"}
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            return await client.put(PATH, content=content, headers=headers)

    assert asyncio.run(answer()).status_code == status


def test_a_list_goes_on_behind_its_last_row(site, amira):
    for number in range(5):
        site.desk.save(WATCHES, f"w{number}", Watch(id=f"w{number}", name="W", query="halvane"))
    seen, after = [], ""
    while after is not None:
        page = amira.ask(f"/v1/watches?size=2&after={after}").json()
        seen += [each["id"] for each in page["items"]]
        after = page["next"]
    assert seen == [f"w{number}" for number in range(5)]


def test_the_examples_are_what_the_types_are():
    assert msgspec.convert(WATCH, Watch).id == WATCH["id"]
    assert check(WATCH_ROW, ANY, Site().desk.settings.fetch_allow_networks).watch is not None
    site = Site()
    own = bearer(site.tokens["reader"])
    told = site.ask("/v1/watches/check", "POST", json=WATCH_ROW, authorization=own).json()
    assert told.keys() == CHECKED.keys()


class Twice:
    """A sender behind which another process saves the same watch in the same moment."""

    def __init__(self, sender, theirs):
        self._sender, self._theirs = sender, theirs

    def send(self, message):
        self._sender.send(message)
        if message.topic == "watches" and self._theirs is not None:
            theirs, self._theirs = self._theirs, None
            self._sender.send(dataclasses.replace(message, value=encode(theirs)))


def test_of_two_processes_that_save_one_version_the_replaced_one_is_told(site, amira):
    amira.ask(PATH, "PUT", ROW, **NEW)
    theirs = Watch(id="w", name="Theirs", query="halvane", version=2)
    desk = dataclasses.replace(site.desk, sender=Twice(site.desk.sender, theirs))
    watching = Watching(desk, lambda: ANY)
    mine = Watch(id="w", name="Mine", query="halvane")
    with pytest.raises(Problem) as refused:
        watching.save(Person("amira", "editor"), mine, 1)
    assert (refused.value.status_code, "same moment" in str(refused.value.detail)) == (412, True)
    assert amira.ask(PATH).json()["name"] == "Theirs"
    assert watching.save(Person("amira", "editor"), mine, 2).version == 3


def test_who_saves_over_what_was_just_saved_replaces_it_knowingly(site, amira):
    amira.ask(PATH, "PUT", ROW, **NEW)
    after = Watch(id="w", name="After", query="halvane", version=3)
    desk = dataclasses.replace(site.desk, sender=Twice(site.desk.sender, after))
    mine = Watch(id="w", name="Mine", query="halvane")
    assert Watching(desk, lambda: ANY).save(Person("amira", "editor"), mine, 1).version == 2
