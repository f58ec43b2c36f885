"""`reportedly deliveries replay`: a webhook is sent a range again."""

import json

import pytest
from click.testing import CliRunner
from letters import ALERT
from msgspec.structs import replace
from receivers.shore import Reply, Shore
from receivers.webhook import Receiver

from services.adapters.memory import MemoryBroker
from services.addresses import LOOPBACK
from services.cli import root
from services.commands.world import Instead
from services.messages import Channel, encode
from services.notifier.signing import secret_of
from services.ports import Outgoing
from services.settings import Settings

KEY = secret_of(bytes(24))
SINCE = ("--since", "2031-01-01")


@pytest.fixture
def shore():
    with Shore() as ashore:
        yield ashore


@pytest.fixture
def receiver():
    return Receiver(KEY)


@pytest.fixture
def replay(shore, receiver):
    to = f"webhook:{shore.add('hook', receiver)}"
    broker = MemoryBroker()
    producer = broker.producer()
    alert = replace(ALERT, channels=(Channel(to=to),))
    producer.send(Outgoing("alerts", alert.alert_id, encode(alert)))
    producer.close()
    settings = Settings(webhook_secret=KEY, fetch_allow_networks=LOOPBACK)

    def command(*words, to=to):
        words = ("deliveries", "replay", "--to", to, *words)
        return CliRunner().invoke(root, words, obj=Instead(settings=settings, broker=broker))

    return command


def test_a_range_goes_to_the_webhook_signed_and_in_order(replay, receiver):
    told = replay(*SINCE, "--until", "2032-01-01")
    assert told.exit_code == 0, told.output
    assert receiver.types == [f"alert.{each.kind}" for each in ALERT.revisions]
    n = len(ALERT.revisions)
    assert told.stdout.startswith(f"{n} messages sent to webhook:http://127.0.0.1")


def test_what_it_had_already_the_receiver_knows_as_repeats(replay, receiver):
    replay(*SINCE, "--until", "2032-01-01")
    replay(*SINCE, "--until", "2032-01-01")
    assert receiver.repeats == list(receiver.taken)


def test_a_dry_run_only_counts(replay, receiver):
    told = replay(*SINCE, "--until", "2032-01-01", "--dry-run")
    assert told.stdout.startswith(f"{len(ALERT.revisions)} messages in this range")
    assert not receiver.taken


def test_it_stops_at_what_is_not_taken_and_says_where_to_go_on(replay, receiver, shore):
    def away(_name, request):
        second = json.loads(request.body)["data"]["revision"]["number"] == 2
        return Reply(503) if second else None

    shore.trouble = away
    told = replay(*SINCE, "--until", "2032-01-01")
    assert told.exit_code == 1
    assert len(receiver.taken) == 1
    at = ALERT.revisions[1].at.isoformat(timespec="seconds")
    assert f"HTTP 503; go on with --since {at}" in told.stderr
    shore.trouble = lambda _name, _request: None
    assert replay("--since", at, "--until", "2032-01-01").exit_code == 0
    assert len(receiver.taken) == len(ALERT.revisions)
    assert not receiver.repeats


@pytest.mark.parametrize(
    ("to", "since", "until", "says"),
    [
        ("log:", "2031-01-01", "2032-01-01", "only a webhook"),
        ("webhook:https://a.example", "2032-01-01", "2031-01-01", "is not before"),
    ],
)
def test_what_can_not_be_sent_again_is_told(replay, to, since, until, says):
    told = replay("--since", since, "--until", until, to=to)
    assert told.exit_code != 0
    assert says in f"{told.exception} {told.stderr}"
