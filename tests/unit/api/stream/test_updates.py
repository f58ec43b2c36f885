"""Alerts and claims as small events."""

import json

import pytest
from builders import START
from msgspec.structs import replace

from services.api.stream.updates import MOST_SENTENCE_CHARS, update
from services.errors import InvalidMessage
from services.messages import Alert, Claim, Evidence, Revision, Told, Transition, encode
from services.messages.claim import ClaimCause
from services.ports import Record


def of(topic, value):
    return update(Record(topic, 0, 0, "k", value))


def quote(text):
    return Evidence(article_id="a", version=1, quote=text, mark=(0, 1))


CLAIM = Claim(
    claim_id="c1", block="b", event="killed", status="claimed", version=7, n_reports=3,
    n_independent=2, updated_at=START,
)  # fmt: skip


def test_an_alert_tells_its_last_revision():
    first = Revision(id="r1", number=1, kind="first", text="Old.")
    last = Revision(
        id="r2", number=2, kind="denied", text="Now denied.", at=START, told=Told(status="denied")
    )
    alert = Alert(
        alert_id="a1", watch_id="w", watch_version=1, watch_name="W", version=2,
        revisions=(first, last),
    )  # fmt: skip
    found = of("alerts", encode(alert))
    assert (found.kind, found.watch_id) == ("alert", "w")
    told = json.loads(found.data)
    assert (told["id"], told["version"], told["status"]) == ("a1", 2, "denied")
    assert (told["sentence"], told["change"], told["at"]) == ("Now denied.", "denied", SHORT)
    assert len(found.data) < 300


SHORT = START.isoformat().replace("+00:00", "Z")


def test_a_claim_tells_the_newest_sentence_and_nobody_owns_it():
    step = Transition(at=START, to="claimed", report_id="r", rule="x", shown_by=(quote("Shown."),))
    cause = (ClaimCause(article_id="a", version=1, evidence=quote("Brought.")),)
    found = of("claims", encode(replace(CLAIM, history=(step,), cause=cause)))
    assert (found.kind, found.watch_id) == ("claim", None)
    told = json.loads(found.data)
    assert (told["id"], told["status"], told["sentence"]) == ("c1", "claimed", "Brought.")
    told = json.loads(of("claims", encode(replace(CLAIM, history=(step,)))).data)
    assert told["sentence"] == "Shown."
    assert json.loads(of("claims", encode(CLAIM)).data)["sentence"] == ""


@pytest.mark.parametrize(
    ("n", "told"),
    [
        (MOST_SENTENCE_CHARS, "x" * MOST_SENTENCE_CHARS),
        (MOST_SENTENCE_CHARS + 1, "x" * (MOST_SENTENCE_CHARS - 1) + "…"),
    ],
)
def test_a_sentence_has_two_lines_at_most(n, told):
    cause = (ClaimCause(article_id="a", version=1, evidence=quote("x" * n)),)
    assert json.loads(of("claims", encode(replace(CLAIM, cause=cause))).data)["sentence"] == told


def test_words_of_others_stay_inside_their_event():
    """A line break in a sentence would begin a field of the stream."""
    cause = (ClaimCause(article_id="a", version=1, evidence=quote("a\n\nevent: alert\r\n")),)
    data = of("claims", encode(replace(CLAIM, cause=cause))).data
    assert not {*b"\r\n"} & {*data}


def test_a_tombstone_is_no_event_and_junk_is_an_error():
    assert of("claims", None) is None
    with pytest.raises(InvalidMessage):
        of("alerts", b"\xff")
