"""`reportedly deliveries`: what is not done is listed, and what was given up is tried again."""

import json

import pytest
from builders import START, hours
from click.testing import CliRunner
from loops import everything, send
from notifying import alert

from services.adapters.memory import MemoryBroker
from services.cli import root
from services.commands.world import Instead
from services.messages import (
    Command,
    DeliveryRow,
    DeliveryState,
    Destination,
    decode,
    encode,
)
from services.ports import Outgoing

HOOK, MAIL = "webhook:https://a.example", "mail:ann@example.org"


def state(alert_id="a", to=HOOK, outcome="given-up", **fields):
    return DeliveryRow(
        delivery=DeliveryState(
            alert_id=alert_id,
            watch_id="w",
            to=to,
            outcome=outcome,
            reason="HTTP 503",
            ended_at=START,
            given_up_after=0,
            alert=alert(to, alert_id=alert_id),
            **fields,
        )
    )


OFF = DeliveryRow(destination=Destination(watch_id="w", to=MAIL, trouble="off", since=START))


@pytest.fixture
def broker():
    made = MemoryBroker()
    rows = [state(), state("b", MAIL), state("c", outcome="waiting"), state("d", outcome="settled")]
    named = [(row.delivery.key, row) for row in rows] + [(OFF.destination.key, OFF)]
    send(made, *(Outgoing("delivery-states", key, encode(row)) for key, row in named))
    return made


@pytest.fixture
def run(broker):
    def command(*words):
        return CliRunner().invoke(root, ["deliveries", *words], obj=Instead(broker=broker), env={})

    return command


def listed(run, *words):
    rows = [json.loads(line) for line in run("list", *words).stdout.splitlines()]
    return sorted((row["state"], row.get("alert_id", ""), row["to"]) for row in rows)


def commands(broker):
    return [decode(Command, record.value) for record in everything(broker, "commands")]


def test_what_is_not_done_is_listed_with_destinations_in_trouble(run):
    assert listed(run) == [
        ("given-up", "a", HOOK),
        ("given-up", "b", MAIL),
        ("off", "", MAIL),
        ("waiting", "c", HOOK),
    ]


@pytest.mark.parametrize(
    ("words", "n"),
    [
        (("--state", "given-up"), 2),
        (("--to", MAIL), 2),
        (("--watch", "w"), 4),
        (("--watch", "x"), 0),
    ],
)
def test_the_list_is_narrowed(run, words, n):
    assert len(listed(run, *words)) == n


def test_what_was_given_up_is_asked_for_by_its_alert(run, broker):
    assert run("redrive", "a").stdout == "1 row to be tried again\n"
    (given,) = commands(broker)
    assert (given.action, given.alert_id, given.watch_id, given.to) == ("redrive", "a", "w", "")


def test_a_destination_is_asked_for_with_all_that_it_missed(run, broker):
    assert run("redrive", "--to", MAIL).stdout == "2 rows to be tried again\n"
    (given,) = commands(broker)
    assert (given.alert_id, given.to) == (None, MAIL)


@pytest.mark.parametrize("words", [(), ("a", "--all")])
def test_it_must_be_said_what_is_meant(run, broker, words):
    assert run("redrive", *words).exit_code == 2
    assert commands(broker) == []


@pytest.mark.parametrize("words", [("c",), ("--watch", "x")])
def test_where_nothing_was_given_up_nothing_is_asked_for(run, broker, words):
    assert run("redrive", *words).exit_code == 0
    assert commands(broker) == []


def test_a_row_of_a_later_hour_is_shown_with_its_next_try(run, broker):
    later = state("e", outcome="waiting", attempts=2, due_at=hours(2))
    send(broker, Outgoing("delivery-states", later.delivery.key, encode(later)))
    rows = [json.loads(line) for line in run("list").stdout.splitlines()]
    (row,) = [row for row in rows if row.get("alert_id") == "e"]
    assert (row["tries"], row["next_try"]) == (2, "2031-05-02T08:00:00Z")
