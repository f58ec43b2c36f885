"""Posts of webhooks: what is sent, and what each answer means."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from builders import START
from standardwebhooks.webhooks import Webhook

from services.errors import ConfigError, InvalidMessage, TransientError
from services.notifier.content import Notice
from services.notifier.signing import Keys, read_keys
from services.notifier.targets.target import MOST_WAIT_SECONDS, NEVER_SENT, Done, Later, Refused
from services.notifier.targets.webhook import WebhookTarget, outcome_of
from services.ports import HttpAnswer

URL = "https://hook.example/in"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
UNSIGNED = Keys()
TOLD = Notice("k.1", "A test", ("It works.",), at=START)


class Receiver:
    """Answers with a status, or raises."""

    def __init__(self, answer=200):
        self.answer, self.posts = answer, []

    async def call(self, method, url, headers, body=b"", answer_bytes=0):
        assert (method, answer_bytes) == ("POST", 0)
        self.posts.append((url, headers, body))
        if isinstance(self.answer, Exception):
            raise self.answer
        return HttpAnswer(self.answer, url, {})


def sent(answer=200, keys=UNSIGNED):
    receiver = Receiver(answer)
    target = WebhookTarget(receiver, lambda _address: keys, lambda: datetime.now(UTC))
    return asyncio.run(target.post(URL, TOLD)), receiver.posts


def outcome(status, **headers):
    return outcome_of(HttpAnswer(status, URL, headers), START)


def test_a_webhook_is_signed_so_that_its_receiver_can_check_it():
    done, ((url, headers, body),) = sent(keys=read_keys([SECRET], "keys"))
    assert done == Done()
    assert url == URL
    assert Webhook(SECRET).verify(body, headers)["type"] == "system.notice"


def test_an_id_holds_no_full_stop_which_divides_what_is_signed():
    _, ((_, headers, _),) = sent()
    assert headers["webhook-id"] == "k_1"


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_every_answer_of_two_hundred_and_some_has_taken_the_message(status):
    assert outcome(status) == Done()


@pytest.mark.parametrize("status", [301, 400, 401, 404, 408, 409, 425, 500, 502, 503, 504])
def test_every_other_answer_is_tried_again_redirects_and_refusals_too(status):
    assert outcome(status) == Later(f"HTTP {status}")


def test_gone_switches_the_receiver_off():
    refused = outcome(410)
    assert isinstance(refused, Refused)
    assert refused.is_gone


def test_a_receiver_that_asks_for_less_is_busy_and_not_broken():
    assert outcome(429) == Later("HTTP 429", is_busy=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "header", ["90", format_datetime(START + timedelta(seconds=90), usegmt=True)]
)
def test_a_time_that_the_receiver_names_is_kept(status, header):
    later = outcome(status, **{"retry-after": header})
    assert isinstance(later, Later)
    assert later.wait_seconds == 90


@pytest.mark.parametrize(
    ("asked", "kept"), [(MOST_WAIT_SECONDS, MOST_WAIT_SECONDS), (10**9, MOST_WAIT_SECONDS)]
)
def test_no_receiver_makes_us_wait_longer_than_a_day(asked, kept):
    later = outcome(503, **{"retry-after": str(asked)})
    assert isinstance(later, Later)
    assert later.wait_seconds == kept


@pytest.mark.parametrize(
    "error",
    [
        TransientError("no answer"),
        InvalidMessage("bad-head", "no HTTP"),
        InvalidMessage("too-large", "the answer is over 64 KiB"),
        InvalidMessage("refused-address", "the name leads into a private network"),
        ConfigError("no keys"),
    ],
)
def test_no_answer_and_an_unreadable_one_are_tried_again(error):
    later, _ = sent(error)
    assert isinstance(later, Later)


@pytest.mark.parametrize("reason", sorted(NEVER_SENT))
def test_an_address_that_nothing_is_sent_to_is_refused_at_once(reason):
    refused, _ = sent(InvalidMessage(reason, "never"))
    assert isinstance(refused, Refused)
    assert not refused.is_gone


def test_keys_that_can_not_be_read_wait_for_whoever_mends_the_file():
    def no_keys(_address):
        raise ConfigError("the file of keys is gone")

    receiver = Receiver()
    target = WebhookTarget(receiver, no_keys, lambda: START)
    assert asyncio.run(target.post(URL, TOLD)) == Later("the file of keys is gone")
    assert not receiver.posts
