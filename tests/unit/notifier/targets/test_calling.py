"""What answers of services mean, whichever service it is."""

import asyncio

import pytest
from stand_ins import stand_in

from services.errors import InvalidMessage, TransientError
from services.notifier.targets.calling import Account, judged
from services.notifier.targets.target import Later, Refused
from services.ports import HttpAnswer

AT = Account(stand_in(), "https://chat.example", "tok-Xq7vault")


def verdict(status, headers=None, wait=None, *, is_own=True):
    answer = HttpAnswer(status, "https://chat.example/x", headers or {})
    return judged(answer, "no tok-Xq7vault", AT, wait, is_own=is_own)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_what_was_taken_has_no_verdict(status):
    assert verdict(status) is None


@pytest.mark.parametrize("status", [301, 302, 307, 408, 425, 500, 502, 503, 599])
def test_what_may_pass_is_tried_later(status):
    told = verdict(status)
    assert isinstance(told, Later)
    assert not told.is_busy


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_message_that_is_never_taken_is_refused(status):
    assert verdict(status) == Refused(f"HTTP {status}: no …")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_place_or_a_key_that_is_no_more_is_gone(status):
    assert verdict(status) == Refused(f"HTTP {status}: no …", is_gone=True)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_status_that_is_not_the_word_of_the_service_switches_nothing_off(status):
    told = verdict(status, {"retry-after": "9"}, is_own=False)
    assert told == Later(f"HTTP {status}: no …", 9.0)


def test_a_time_that_is_asked_for_is_kept_that_of_the_header_first():
    assert verdict(429, {"retry-after": "7"}, 2.5) == Later("HTTP 429: no …", 7.0, is_busy=True)
    assert verdict(429, {}, 2.5) == Later("HTTP 429: no …", 2.5, is_busy=True)
    assert verdict(503, {"retry-after": "soon"}) == Later("HTTP 503: no …", None)


@pytest.mark.parametrize(
    ("error", "form"),
    [
        (TransientError("no answer"), Later),
        (InvalidMessage("too-large", "the answer is over 256 KiB"), Later),
        (InvalidMessage("bad-head", "no HTTP"), Later),
        (InvalidMessage("refused-address", "the name leads into a private network"), Later),
        (InvalidMessage("bad-url", "no host"), Refused),
        (InvalidMessage("bad-header", "a line end"), Refused),
    ],
)
def test_only_a_request_that_can_not_be_made_is_never_tried_again(error, form):
    class Fails:
        async def call(self, *_request):
            raise error

    account = Account(Fails(), "https://chat.example", "tok-Xq7vault")
    assert type(asyncio.run(account.ask("POST", "https://chat.example/x", {}, {}))) is form


def test_an_account_shows_nothing():
    assert "Xq7" not in repr(AT)
