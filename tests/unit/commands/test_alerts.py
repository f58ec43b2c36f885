"""`reportedly alerts`: what a command asks for, and what is in force."""

import json

import pytest
from click.testing import CliRunner
from loops import everything
from policing import alert, command

from services.adapters.memory import MemoryBroker
from services.cli import root
from services.commands.world import Instead
from services.messages import Command, decode, encode
from services.ports import Outgoing


@pytest.fixture
def broker():
    made = MemoryBroker()
    producer = made.producer()
    producer.send(Outgoing("alerts", "a", encode(alert("first", "denied"))))
    producer.close()
    return made


@pytest.fixture
def run(broker):
    def command(*words):
        return CliRunner().invoke(root, ["alerts", *words], obj=Instead(broker=broker), env={})

    return command


def asked(run):
    (row,) = [json.loads(line) for line in run("list").stdout.splitlines()]
    return set(row["asked"])


def test_an_acknowledgement_is_of_the_last_revision_that_there_is(run, broker):
    assert run("acknowledge", "a").stdout == "acknowledge: a\n"
    (record,) = everything(broker, "commands")
    found = decode(Command, record.value)
    assert (found.action, found.revision, found.watch_id) == ("acknowledge", 2, "w")


def test_the_list_shows_what_is_in_force_until_it_is_ended(run):
    run("acknowledge", "a")
    run("mute", "a")
    assert asked(run) == {"acknowledge", "mute"}
    run("resume", "a")
    assert asked(run) == set()


def test_what_one_reader_asks_for_itself_is_not_shown_as_everybodys(run, broker):
    producer = broker.producer()
    own = command("snooze", to="subscriber:ann")
    producer.send(Outgoing("commands", "c", encode(own), partition_key="w"))
    producer.close()
    assert asked(run) == set()
