"""Commands on a world of memory: no server, no patches."""

import dataclasses
import json

import pytest
from builders import claim, hours
from click.testing import CliRunner
from loops import everything, send

from services.adapters.memory import MemoryBroker
from services.commands import world
from services.commands.alerts import alerts
from services.commands.claims import claims
from services.commands.dlq import dlq
from services.commands.feeds import feeds
from services.commands.state import state
from services.commands.watches import watches
from services.commands.world import Instead
from services.errors import InvalidMessage
from services.messages import (
    Alert,
    Command,
    DeliveryRow,
    DeliveryState,
    Judgement,
    Revision,
    Told,
    Watch,
    decode,
    encode,
)
from services.ports import Outgoing, Record
from services.runtime.set_aside import letters, set_aside
from services.settings import Settings

WATCHES = """\
- {id: leaders, name: Leaders, query: halvane}
- {id: strikes, name: Strikes, query: strike}
"""


class OneClaim:
    """An index that holds one claim."""

    def __init__(self, held):
        self._held = held

    def get(self, index, id):
        found = index == "claims" and id == self._held.claim_id
        return {"whole": json.loads(encode(self._held))} if found else None


@pytest.fixture
def broker():
    return MemoryBroker()


@pytest.fixture
def run(broker):
    """A function that runs a command on the broker and returns its result."""

    def command(group, *words, index=None):
        instead = Instead(Settings.parse({}), broker, index)
        return CliRunner().invoke(group, words, obj=instead)

    return command


@pytest.fixture
def watch_file(tmp_path):
    path = tmp_path / "watches.yaml"
    path.write_text(WATCHES, encoding="utf-8")
    return str(path)


def test_imported_watches_are_listed_and_a_removed_one_is_not(run, watch_file):
    assert run(watches, "import", watch_file).stdout == "2 watches saved\n"
    assert run(watches, "remove", "strikes").output == "strikes removed\n"
    (row,) = run(watches, "list").output.splitlines()
    assert decode(Watch, row.encode()).id == "leaders"


def test_a_watch_that_is_imported_again_unchanged_is_not_sent_again(run, broker, watch_file):
    run(watches, "import", watch_file)
    assert run(watches, "import", watch_file).stdout == "2 watches unchanged\n"
    assert sorted(record.key or "" for record in everything(broker, "watches")) == [
        "leaders",
        "strikes",
    ]


def test_an_import_counts_what_is_changed_and_what_is_not(run, watch_file):
    run(watches, "import", watch_file)
    run(watches, "remove", "strikes")
    assert run(watches, "import", watch_file).stdout == "1 watch saved, 1 unchanged\n"


def test_muting_an_alert_sends_a_command_for_its_watch(run, broker):
    first = Revision(
        id="r1", number=1, kind="first", text="killed: reported", at=hours(0), told=Told()
    )
    alert = Alert(alert_id="a1", watch_id="w", watch_version=1, watch_name="W", revisions=(first,))
    send(broker, Outgoing("alerts", "a1", encode(alert), partition_key="w"))
    assert run(alerts, "mute", "a1").exit_code == 0
    (record,) = everything(broker, "commands")
    command = decode(Command, record.value)
    assert (command.action, command.alert_id, command.watch_id) == ("mute", "a1", "w")


def test_muting_an_alert_that_nobody_knows_sends_nothing(run, broker):
    result = run(alerts, "mute", "a1")
    assert "no alert has the id a1: there are no alerts yet" in str(result.exception)
    assert everything(broker, "commands") == []


def test_a_dismissed_claim_is_judged_with_the_reason_given(run, broker):
    result = run(claims, "dismiss", "c1", "--why", "a drill", index=OneClaim(claim()))
    assert result.exit_code == 0
    (record,) = everything(broker, "judgements")
    judgement = decode(Judgement, record.value)
    assert (judgement.kind, judgement.claim_id, judgement.why) == ("dismiss", "c1", "a drill")


def test_a_redriven_dead_letter_goes_back_to_its_topic(run, broker):
    headers = {"reason": b"untaggable", "partition": b"1"}
    send(broker, Outgoing("articles-dlq", "a1", b"{}", headers=headers))
    assert run(dlq, "redrive", "articles").output == "1 message sent to articles again\n"
    (record,) = everything(broker, "articles")
    assert (record.partition, record.key, record.value) == (1, "a1", b"{}")


ROW = DeliveryState(alert_id="a", watch_id="w", to="log:", settled=1)


@pytest.mark.parametrize("is_stub", [True, False])
def test_a_row_of_a_delivery_is_put_back_over_its_stub_alone(run, broker, is_stub):
    value = encode(DeliveryRow(delivery=ROW))
    aside = Record("delivery-states", 0, 7, ROW.key, value)
    letter, stub = set_aside(aside, InvalidMessage("not-json", ""), "notifier", value)
    send(broker, letter, stub if is_stub else dataclasses.replace(stub, headers={}))
    done = run(state, "restore", "delivery-states", f"0/{ROW.key}")
    assert (done.exit_code == 0) == is_stub, done.output
    asked_back = letters(everything(broker, "delivery-states-dlq"))[f"0/{ROW.key}"].is_asked_back
    assert asked_back == is_stub


def test_outside_of_a_command_the_settings_are_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("REPORTEDLY_TOPIC_PREFIX", "seen-")
    assert world.settings().topic_prefix == "seen-"


EMPTY = [
    (alerts, "no alert yet"),
    (watches, "no watch is saved"),
    (feeds, "no feed is saved"),
    (dlq, "no dead letter"),
    (state, "no row is set aside"),
]


@pytest.mark.parametrize(("group", "says"), EMPTY)
def test_an_empty_list_is_said_to_be_empty_beside_the_rows(run, group, says):
    result = run(group, "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith(f"reportedly: {says}")
