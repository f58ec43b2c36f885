"""Rows of state that can't be read, on a real broker:
the alerter goes on, `health` tells, `state` puts them back.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import claim, tagged
from click.testing import CliRunner
from streams import eventually, on, service
from streams import send as publish

from services.adapters.kafka import KafkaBroker
from services.cli import root
from services.commands.set_aside import health_row
from services.messages import Alert, AlertState, Watch, decode, encode
from services.ports import Outgoing
from services.runtime.set_aside import Letter, letters

pytestmark = pytest.mark.engines

WATCH = Watch(id="rice", name="Rice", query="rice")
TEXT = {
    "a1": "Minister signs rice accord\n\nThe rice accord was signed today.",
    "a2": "Rice prices fall\n\nTraders say that rice has become cheap in the ports of the south.",
}


@pytest.fixture
def reportedly(settings, broker):  # noqa: ARG001 - its topics
    """A function that runs a command."""

    def run(*words):
        return CliRunner().invoke(root, list(words), env=settings.environment())

    return run


def article(article_id, text, **kw):
    now = datetime.now(UTC)
    return tagged(article_id, text, published_at=now, first_seen_at=now, seen_at=now, **kw)


def told(broker):
    alerts = (decode(Alert, record.value) for record in on(broker, "alerts"))
    return [(alert.article_ids[0], alert.revisions[-1].kind) for alert in alerts]


def tell(broker, article_id, kind="first", **kw):
    one = article(article_id, kw.pop("text", TEXT.get(article_id)), **kw)
    publish(broker, ("tagged-articles", article_id, encode(one)))
    eventually(lambda: (article_id, kind) in told(broker))


def alert_row(broker):
    return [r for r in on(broker, "alerter-state") if r.key.startswith("alert|") and r.value][-1]


def overwrite(broker, row, value):
    producer = broker.producer()
    producer.send(Outgoing(row.topic, row.key, value, partition=row.partition))
    producer.close()


def state_of(health):
    return next(row for row in json.loads(health.stdout) if row["name"] == "state")


def test_an_unreadable_row_is_set_aside_told_by_health_and_put_back_by_a_version_that_reads_it(
    broker, settings, reportedly
):
    publish(broker, ("watches", WATCH.id, encode(WATCH)))
    with service(settings, "alert"):
        tell(broker, "a1")
    row = alert_row(broker)
    assert state_of(reportedly("health", "--json"))["well"]
    overwrite(
        broker, row, later := row.value.replace(b'"state":"open"', b'"state":"of a later version"')
    )

    with service(settings, "alert"):
        tell(broker, "a2")
    name = f"{row.partition}/{row.key}"
    listed = reportedly("state", "list").stdout
    assert listed.startswith(f"alerter-state\t{name}\t")
    assert "Invalid enum value 'of a later version'" in listed
    shown = reportedly("state", "show", "alerter-state", name).stdout
    assert shown.endswith(later.decode() + "\n")
    health = reportedly("health", "--json")
    assert health.exit_code == 1
    assert state_of(health)["state"] == "damaged"
    assert "can't be read by this version either" in str(
        reportedly("state", "restore", "alerter-state", name).exception
    )

    mend(broker, row)
    assert (
        "put back when the alerter next starts"
        in reportedly("state", "restore", "alerter-state", name).stdout
    )
    with service(settings, "alert"):
        tell(
            broker,
            "a1",
            "retracted",
            text="Grain accord\n\nThe accord was signed.",
            version=2,
            cause="edit",
        )
    assert reportedly("state", "list").stdout == ""
    assert state_of(reportedly("health", "--json"))["well"]


def mend(broker, row):
    """Let this version read what is set aside, as a mended one would."""
    letter = letters(on(broker, "alerter-state-dlq"))[f"{row.partition}/{row.key}"]
    producer = broker.producer()
    producer.send(replace(letter, row=replace(letter.row, value=row.value)).written("test"))
    producer.close()


def a_letter(broker, key, value=b"{}", partition=0):
    row = replace(
        on(broker, "alerter-state")[-1], key=key, value=value, partition=partition, headers={}
    )
    producer = broker.producer()
    producer.send(Letter(row, "wrong-schema", "of a test").written("test"))
    producer.close()


def test_a_row_that_is_older_than_what_the_state_holds_is_not_put_back_but_dropped(
    broker, reportedly
):
    producer = broker.producer()
    producer.send(Outgoing("alerter-state", "claim|c", b"{}", partition=0))
    producer.close()
    older = encode(AlertState(claim=claim()))
    a_letter(broker, "claim|c", older)
    assert "was written anew at offset 0" in str(
        reportedly("state", "restore", "alerter-state", "0/claim|c").exception
    )
    dropped = reportedly("state", "drop", "alerter-state", "0/claim|c")
    assert dropped.stdout == older.decode() + "\n"
    assert letters(on(broker, "alerter-state-dlq")) == {}


@pytest.mark.usefixtures("broker")
def test_a_topic_without_state_and_a_row_that_is_not_there_are_one_line(reportedly):
    assert (
        "'claims' is not allowed; allowed: " in reportedly("state", "show", "claims", "0/x").output
    )
    assert "`reportedly state list` shows" in str(
        reportedly("state", "drop", "alerter-state", "0/x").exception
    )


def test_rows_of_state_are_no_dead_letters_that_could_be_sent_again(broker, reportedly):
    publish(broker, ("alerter-state", "k", b"{}"))
    a_letter(broker, "k")
    assert reportedly("dlq", "list").stdout == ""
    assert "see `reportedly state --help`" in str(
        reportedly("dlq", "redrive", "alerter-state").exception
    )


def test_before_the_topics_for_such_rows_are_made_health_says_so(settings):
    row = health_row(KafkaBroker(settings.kafka_bootstrap, prefix="never-made-"))
    assert not row["well"]
    assert "run `reportedly topics apply`" in row["detail"]
