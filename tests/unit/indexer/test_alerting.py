"""Alerts, orders of readers, and deliveries as documents."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders import START, hours
from msgspec.structs import replace

from services.errors import InvalidMessage
from services.indexer.documents import BUILDERS
from services.messages import Alert, Command, Delivery, Evidence, Revision, Stamps, Told


def documents(topic, message):
    return [(a.index, a.id, a.version, json.loads(a.document)) for a in BUILDERS[topic][1](message)]


def alert(*revisions):
    return Alert(
        alert_id="al", watch_id="w", watch_version=1, watch_name="W", revisions=revisions, version=2
    )


def revision(number=1, **kw):
    defaults: dict[str, Any] = {"kind": "first", "text": "One.", "at": hours(number)}
    return Revision(id=str(number), number=number, **(defaults | kw))


def row(*revisions):
    [(*_, found)] = documents("alerts", alert(*revisions))
    return found


def test_an_alert_shows_its_last_revision_and_when_it_began():
    denied = revision(2, kind="denied", text="Two.", told=Told(status="denied"))
    [(index, id, version, found)] = documents("alerts", alert(revision(), denied))
    assert (index, id, version) == ("alerts", "al", 2)
    assert (found["status"], found["last_kind"], found["last_text"], found["n_revisions"]) == (
        "denied",
        "denied",
        "Two.",
        2,
    )
    assert found["first_at"] < found["last_at"]


def test_an_alert_that_told_nothing_is_an_invalid_message_not_a_crash():
    with pytest.raises(InvalidMessage, match="no revision"):
        BUILDERS["alerts"][1](alert())


def test_an_alert_has_the_values_of_its_main_incident_not_of_another_one():
    told = Told(
        event="killed", status="disputed", level="claimed", n_reports=3, disputed=("agent",)
    )
    other = revision(2, about="i2", told=Told(event="arrested", status="reported"))
    found = row(revision(told=told), other)
    assert [found[name] for name in ("event", "status", "level", "n_reports", "disputed")] == [
        "killed",
        "disputed",
        "claimed",
        3,
        ["agent"],
    ]
    assert row(revision())["event"] is None


def test_an_alert_names_the_outlets_that_it_quotes():
    def quoted(outlet):
        return Evidence(article_id="a", version=1, quote="He fell.", mark=(3, 7), outlet=outlet)

    found = row(
        revision(evidence=(quoted("Post"), quoted(None))), revision(2, evidence=(quoted("Herald"),))
    )
    assert found["outlets"] == ["Herald", "Post"]


@pytest.mark.parametrize(
    ("published", "seen", "seconds"),
    [
        (START - timedelta(minutes=2), START, (180.5, 60.5)),
        (START + timedelta(days=1), START, (0.0, 60.5)),
        (None, None, (None, None)),
    ],
)
def test_an_alert_says_how_long_after_publication_and_first_sight_it_was_decided(
    published, seen, seconds
):
    decided = START + timedelta(seconds=60.5)
    stamps = Stamps(published_at=published, first_seen_at=seen, decided_at=decided)
    found = row(revision(stamps=stamps), revision(2))
    assert (found["seconds_from_publication"], found["seconds_from_sight"]) == seconds


def test_an_order_of_a_reader_is_kept_with_its_author_and_time():
    asked = Command(
        command_id="c1", watch_id="w", alert_id="al", action="acknowledge", by="mara", at=START
    )
    [(index, id, version, found)] = documents("commands", asked)
    assert (index, id, version) == ("commands", "c1", 1)
    assert (found["alert_id"], found["action"], found["by"], found["at"]) == (
        "al",
        "acknowledge",
        "mara",
        "2031-05-02T06:00:00Z",
    )


def delivery(attempt, outcome, at):
    return Delivery(
        delivery_id="d1",
        alert_id="al",
        revision_id="r1",
        watch_id="w",
        channel="mail:ann@example.org",
        kind="first",
        attempt=attempt,
        outcome=outcome,
        at=at,
    )


def test_the_later_outcome_of_a_delivery_counts_and_not_the_one_with_more_tries():
    [(*_, failed, _)] = documents("deliveries", delivery(3, "failed", START))
    [(*_, later, found)] = documents(
        "deliveries", delivery(1, "delivered", START + timedelta(milliseconds=1))
    )
    assert later == failed + 1
    assert (found["outcome"], found["channel_kind"]) == ("delivered", "mail")


def test_a_delivery_holds_the_seconds_since_its_evidence_was_seen():
    prompt = replace(delivery(1, "delivered", START), seen_at=START - timedelta(seconds=2.5))
    [(*_, found)] = documents("deliveries", prompt)
    assert found["seconds_from_sight"] == 2.5
    [(*_, waited)] = documents("deliveries", delivery(1, "delivered", START))
    assert "seconds_from_sight" not in waited


def test_a_delivery_without_a_time_gives_way_to_any_other():
    [(*_, version, _)] = documents("deliveries", delivery(3, "failed", None))
    [(*_, oldest, _)] = documents(
        "deliveries", delivery(1, "failed", datetime(1970, 1, 1, tzinfo=UTC))
    )
    assert version == oldest == 0
