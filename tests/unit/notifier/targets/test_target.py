"""Handles, by which messages are found again."""

import asyncio
import json

import pytest
from letters import ALERT, FIRST

from services.notifier.targets.discord import DiscordTarget
from services.notifier.targets.target import MOST_HANDLE_CHARS, Done, taken
from services.notifier.texts.compose import letter
from services.ports import HttpAnswer

WEBHOOK = "https://discord.com/api/webhooks/12/token"


@pytest.mark.parametrize(
    "handle",
    ["1100000001", "C0123ABCD/1700000000.000100", "-1001/77", "$event:chat.example",
     "x" * MOST_HANDLE_CHARS, ""],
)  # fmt: skip
def test_a_handle_of_a_service_is_kept(handle):
    assert taken(handle) == Done(handle)


@pytest.mark.parametrize(
    "handle", ["x" * (MOST_HANDLE_CHARS + 1), "a b", "a\nb", "\0", "\ud800", "é"]
)
def test_what_is_no_handle_counts_as_none(handle):
    assert taken(handle) == Done("")


def test_a_handle_can_not_change_the_path_of_a_request():
    class Discord:
        async def call(self, _method, url, _headers, _body=b"", _answer_bytes=0):
            self.url = url
            return HttpAnswer(200, url, {}, json.dumps({"id": "1/../../x\u0000"}).encode())

    service = Discord()
    target = DiscordTarget(service, lambda _name: {"url": WEBHOOK})
    done = asyncio.run(target.edit("desk", letter(ALERT, FIRST, key="1"), "7/../../1?x#y"))
    assert service.url == f"{WEBHOOK}/messages/7%2F..%2F..%2F1%3Fx%23y"
    assert done == Done("")
