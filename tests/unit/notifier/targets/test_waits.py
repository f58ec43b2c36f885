"""The waits that services ask for, whatever number stands in their answers."""

import asyncio

import pytest
from builders import START

from services.notifier.content import Notice
from services.notifier.targets.chat import chat_targets
from services.notifier.targets.target import MOST_WAIT_SECONDS, Later, bounded
from services.notifier.targets.webhook import outcome_of
from services.ports import HttpAnswer

ENTRY = {
    "token": "1:AA",
    "key": "K",
    "url": "https://discord.com/api/webhooks/1/T",
    "server": "https://chat.example",
}
ADDRESSES = {
    "slack": "desk/C0123ABCD",
    "telegram": "desk/1",
    "discord": "desk",
    "matrix": "desk/!room:chat.example",
    "ntfy": "desk/alerts",
    "pagerduty": "desk",
}
NUMBERS = ["0", "1", "86400", "86401", "99999999999999", "9" * 300, "9" * 400, "-5"]
BODIES = (
    b"{}",
    b'{"ok":false,"parameters":{"retry_after":N}}',
    b'{"message":"slow","retry_after":N}',
    b'{"message":"slow","code":20028,"retry_after":N}',
    b'{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":N}',
    b'{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":N000}',
)


class Answers:
    def __init__(self, answer):
        self.answer = answer

    async def call(self, method, url, headers, body=b"", answer_bytes=0):
        return self.answer


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("scheme", ADDRESSES)
def test_no_wait_is_longer_than_a_day_or_before_now(scheme, number):
    for body in BODIES:
        for headers in ({}, {"retry-after": number}):
            answer = HttpAnswer(429, "https://x", headers, body.replace(b"N", number.encode()))
            target = chat_targets(Answers(answer), lambda _name: ENTRY, None)[scheme]
            told = asyncio.run(target.post(ADDRESSES[scheme], Notice("k", "s", ("l",))))
            assert isinstance(told, Later)
            assert told.wait_seconds is None or 0 <= told.wait_seconds <= MOST_WAIT_SECONDS


@pytest.mark.parametrize("number", NUMBERS)
def test_no_wait_of_a_webhook_is_longer_than_a_day(number):
    told = outcome_of(HttpAnswer(429, "https://x", {"retry-after": number}), START)
    assert told.wait_seconds is None or 0 <= told.wait_seconds <= MOST_WAIT_SECONDS


def test_a_wait_within_the_bounds_is_kept():
    assert bounded(MOST_WAIT_SECONDS) == MOST_WAIT_SECONDS
    assert bounded(MOST_WAIT_SECONDS - 1) == MOST_WAIT_SECONDS - 1
    assert bounded(MOST_WAIT_SECONDS + 1) == MOST_WAIT_SECONDS
    assert bounded(2.5) == 2.5
    assert bounded(-1) == 0
    assert bounded(float("inf")) == MOST_WAIT_SECONDS
    assert bounded(None) is None
