"""Webhooks against a receiver that takes nothing but Standard Webhooks, over loopback HTTP."""

import asyncio
from datetime import UTC, datetime

import pytest
from letters import ALERT, hostile
from receivers.shore import Reply, Shore
from receivers.webhook import Receiver

from services.adapters.http import HttpPoster
from services.addresses import LOOPBACK
from services.notifier.content import Notice
from services.notifier.signing import read_keys, secret_of
from services.notifier.targets.target import Done, Later, Refused
from services.notifier.targets.webhook import WebhookTarget
from services.notifier.texts.compose import digest, letter

KEY, OLD_KEY, OTHER_KEY = (secret_of(bytes([n]) * 24) for n in (1, 2, 3))


class Line:
    """A receiver ashore, and a target that signs for it."""

    def __init__(self, shore, *keys):
        self.receiver = Receiver(KEY)
        self.address = shore.add("hook", self.receiver)
        self.target = WebhookTarget(
            HttpPoster("tests", LOOPBACK),
            lambda _address: read_keys(keys, "keys"),
            lambda: datetime.now(UTC),
        )

    def post(self, content):
        return asyncio.run(self.target.post(self.address, content))


@pytest.fixture(scope="module")
def shore():
    with Shore() as ashore:
        yield ashore


@pytest.fixture
def line(shore):
    shore.trouble = lambda _name, _request: None
    return Line(shore, KEY)


def of(number):
    return letter(ALERT, ALERT.revisions[number - 1], key=f"key-{number}")


def test_every_revision_is_taken_in_order_by_a_receiver_that_checks_all(line):
    for number in range(1, len(ALERT.revisions) + 1):
        assert line.post(of(number)) == Done()
    assert line.receiver.types == [f"alert.{each.kind}" for each in ALERT.revisions]
    assert line.receiver.shown == {ALERT.alert_id: len(ALERT.revisions)}


def test_a_digest_and_a_notice_are_taken(line):
    assert line.post(digest([of(1), of(2)], key="d")) == Done()
    assert line.post(Notice("n", "A test", ("It works.",))) == Done()
    assert line.receiver.types == ["alert.digest", "system.notice"]


def test_a_repeat_is_known_as_one(line):
    line.post(of(1))
    line.post(of(1))
    assert list(line.receiver.taken) == line.receiver.repeats == ["key-1"]


def test_while_a_key_is_changed_the_receiver_takes_either(shore):
    shore.trouble = lambda _name, _request: None
    assert Line(shore, OTHER_KEY, KEY).post(of(1)) == Done()
    assert isinstance(Line(shore, OTHER_KEY).post(of(1)), Later)


def test_words_of_a_hostile_article_are_words_of_json(line):
    evil = hostile()
    assert line.post(letter(evil, evil.revisions[-1], key="evil")) == Done()
    (body,) = line.receiver.taken.values()
    assert body["data"]["revision"]["text"] == evil.revisions[-1].text


def test_gone_is_gone_busy_is_busy_and_all_other_trouble_passes(line, shore):
    shore.trouble = lambda _name, _request: Reply(410)
    gone = line.post(of(1))
    assert isinstance(gone, Refused)
    assert gone.is_gone
    shore.trouble = lambda _name, _request: Reply(429, {}, {"Retry-After": "7"})
    assert line.post(of(1)) == Later("HTTP 429", 7.0, is_busy=True)
    for trouble in (Reply(500), Reply(302, b"", {"Location": "/elsewhere"}), "drop"):
        shore.trouble = lambda _name, _request, trouble=trouble: trouble
        assert isinstance(line.post(of(1)), Later)
    assert not line.receiver.taken
