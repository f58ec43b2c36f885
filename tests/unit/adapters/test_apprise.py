"""Apprise, where only services with hosts of their own may be reached."""

import asyncio
from contextlib import suppress

import pytest
from apprise.plugins.pushover import NotifyPushover
from receivers.shore import Reply, Request, Shore

from services.adapters.apprise import FIXED_HOSTS, AppriseBroadcaster
from services.errors import InvalidMessage

SECRET = "tok-Xq7vault"


class Json:
    """What Apprise's own `json://` posts to."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.got: list[dict[str, str]] = []

    def answer(self, request: Request) -> Reply:
        self.got.append(request.json)
        return Reply(self.status)


@pytest.fixture
def shore():
    with Shore() as shore:
        yield shore


def send(url, schemes=("json",)):
    return asyncio.run(AppriseBroadcaster(schemes).send(url, "Denied", "<b>Nine</b> *killed*"))


def test_a_text_is_sent_as_it_is(shore):
    service = Json()
    assert send(shore.add("hook", service).replace("http", "json"))
    (got,) = service.got
    assert (got["title"], got["message"]) == ("Denied", "<b>Nine</b> *killed*")


def test_a_refusal_is_no_success(shore):
    assert not send(shore.add("hook", Json(500)).replace("http", "json"))


@pytest.mark.parametrize("url", [f"json://{SECRET}@127.0.0.1/", f"mailto://{SECRET}", SECRET, ""])
def test_a_service_whose_address_leads_anywhere_is_refused_without_the_url(url):
    with pytest.raises(InvalidMessage, match="must begin with one of") as caught:
        send(url, FIXED_HOSTS)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("between", [",", ", ", " ", "%2C", ";", "\n", "\t"])
def test_a_second_url_behind_the_first_is_not_asked(shore, monkeypatch, between):
    asked = []

    def take(self, *_args, **_options):
        asked.append(self)
        return True

    monkeypatch.setattr(NotifyPushover, "send", take)
    service = Json()
    behind = shore.add("hook", service).replace("http", "json")
    with suppress(InvalidMessage):
        send(f"pover://{'u' * 30}@{'t' * 30}{between}{behind}", FIXED_HOSTS)
    assert len(asked) <= 1
    assert service.got == []


def test_a_url_that_can_not_be_read_is_refused_without_it():
    with pytest.raises(InvalidMessage, match="can't read the URL") as caught:
        send(f"pover://{SECRET}", FIXED_HOSTS)
    assert SECRET not in str(caught.value)
