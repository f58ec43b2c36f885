"""What reasons of a webhook of Discord show, whatever form its address has."""

import asyncio

import pytest

from services.errors import TransientError
from services.notifier.content import Notice
from services.notifier.targets.discord import DiscordTarget
from services.notifier.targets.target import Later
from services.ports import HttpAnswer

SECRET = "tok-Xq7vault"
URL = f"https://discord.com/api/webhooks/12/{SECRET}"


class Discord:
    def __init__(self, answer=None):
        self.answer = answer
        self.urls = []

    async def call(self, _method, url, _headers, _body=b"", _answer_bytes=0):
        self.urls.append(url)
        if self.answer is None:
            raise TransientError(f"{url}: no whole answer within 15 s")
        return self.answer


def post(service, url):
    target = DiscordTarget(service, lambda _name: {"url": url})
    return asyncio.run(target.post("desk", Notice("k", "A", ("b",))))


@pytest.mark.parametrize("behind", ["/", "/slack", "?thread_id=7", "?wait=true", "#x", "//"])
def test_an_address_with_more_behind_its_token_is_not_asked_and_not_shown(behind):
    service = Discord()
    told = post(service, URL + behind)
    assert isinstance(told, Later)
    assert SECRET not in told.reason
    assert service.urls == []


def test_no_reason_shows_the_token():
    for service in (
        Discord(),
        Discord(HttpAnswer(500, URL, {}, f'{{"message":"{URL}"}}'.encode())),
    ):
        told = post(service, URL)
        assert isinstance(told, Later)
        assert SECRET not in told.reason
        assert service.urls == [f"{URL}?wait=true"]
