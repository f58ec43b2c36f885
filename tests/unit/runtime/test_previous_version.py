"""Today's machines start from what the previous version wrote, and go on from there."""

from datetime import UTC, datetime, timedelta

import msgspec
import previous
from outputs import read, readable

from services.alerter.alerts import AlertMachine
from services.alerter.watch import compile_all
from services.backtest.pipeline import Pipeline, in_order
from services.messages import (
    Alert,
    AlertState,
    BlockReports,
    Claim,
    FeedState,
    Hit,
    TaggedArticle,
    Watch,
    decode,
    encode,
)
from services.ports import Record
from services.tracker.block.machine import FoldMachine
from services.tracker.route import RouteMachine

RECORDS = previous.records()
DEAD = {r.value for r in RECORDS if r.topic.endswith("-dlq")}
NOW = datetime(2032, 6, 1, tzinfo=UTC)


def watches():
    return compile_all([decode(Watch, value) for value in previous.latest("watches").values()])


def restored(topic, machine):
    """Return a machine a partition, with all that the previous version wrote to its topic."""
    machines = [machine() for _ in range(previous.PARTITIONS)]
    for record in RECORDS:
        if record.topic == topic:
            machines[record.partition].restore(record.key, record.value)
    return machines


def alerters():
    in_force = watches()
    return restored(
        "alerter-state", lambda: AlertMachine(lambda: in_force, previous.PARTITIONS, lambda: NOW)
    )


def test_every_message_of_the_previous_version_is_read_but_those_that_it_could_not_read_itself():
    kept = [r for r in RECORDS if not r.topic.endswith("-dlq") and r.value not in DEAD]
    assert len({r.topic for r in kept}) == 16
    assert len(readable(map(previous.again, kept))) > 200


def test_the_alerter_holds_the_alerts_that_the_previous_version_told():
    told = {key: decode(Alert, value).revisions for key, value in previous.latest("alerts").items()}
    assert {
        alert.alert_id: alert.revisions for machine in alerters() for alert in machine.alerts()
    } == told


def without_what_is_new(claim):
    """Return a claim without the sentences that show its status, the versions of the rules,
    the events that are told with its own and of each patient, the patients beside an answer, and
    the rules by which its sentences were read.
    """
    steps = [
        msgspec.structs.replace(step, shown_by=(), rule=step.rule.partition("@")[0])
        for step in claim.history
    ]
    slots = {
        name: msgspec.structs.replace(
            slot,
            answers=tuple(msgspec.structs.replace(a, events=(), beside=None) for a in slot.answers),
        )
        for name, slot in claim.slots.items()
    }
    kept = msgspec.structs.replace(claim, history=tuple(steps), events=(), slots=slots)
    return without_rules_of_sentences(msgspec.to_builtins(kept))


def without_rules_of_sentences(value):
    if isinstance(value, dict):
        dropped = {"rule"} if "quote" in value else set()
        return {k: without_rules_of_sentences(v) for k, v in value.items() if k not in dropped}
    if isinstance(value, (list, tuple)):
        return [without_rules_of_sentences(one) for one in value]
    return value


def test_the_tracker_holds_the_claims_that_the_previous_version_told():
    held = {
        claim.claim_id: claim
        for machine in restored("tracker-state", FoldMachine)
        for claim in machine.claims()
    }
    told = {key: decode(Claim, value) for key, value in previous.latest("claims").items()}
    assert held.keys() == {key for key, claim in told.items() if not claim.merged_into}
    for key, claim in held.items():
        assert claim.version >= told[key].version
        before = msgspec.structs.replace(told[key], cause=(), split_from=(), version=claim.version)
        assert without_what_is_new(claim) == without_what_is_new(before)


def test_the_poller_takes_up_its_feeds_where_the_previous_version_left_them():
    states = [decode(FeedState, value) for value in previous.latest("feed-states").values()]
    assert {state.feed_id for state in states} == previous.latest("feeds").keys()
    assert all(state.entries for state in states)


def test_an_edit_takes_its_reports_out_of_the_blocks_that_the_previous_version_routed_them_to():
    first = next(
        decode(TaggedArticle, r.value)
        for r in RECORDS
        if r.topic == "tagged-articles" and b'"reports":[{' in (r.value or b"")
    )
    partition = next(
        r.partition for r in RECORDS if r.topic == "article-blocks" and r.key == first.article_id
    )
    assert first.seen_at is not None
    later = first.seen_at + timedelta(days=60)
    silent = msgspec.structs.replace(
        first, version=first.version + 10**9, reports=(), cause="edit", seen_at=later
    )
    route, fold = (
        restored(topic, kind)
        for topic, kind in (("article-blocks", RouteMachine), ("tracker-state", FoldMachine))
    )
    out = readable(route[partition].step(record("tagged-articles", silent)))
    blocks = [decode(BlockReports, o.value).block for o in out if o.topic == "reports"]
    assert blocks == sorted({r.claim_block for r in first.told})
    home = next(
        r.partition
        for r in RECORDS
        if r.topic == "tracker-state" and r.key == f"{blocks[0]}|{first.article_id}"
    )
    told = [
        read(o)
        for o in readable(fold[home].step(Record("reports", home, 0, out[0].key, out[0].value)))
    ]
    assert any(isinstance(message, Claim) for message in told)


def record(topic, message):
    return Record(topic, 0, 0, None, encode(message))


def test_an_alert_of_the_previous_version_is_corrected_when_its_claim_is_denied():
    alert = next(
        decode(Alert, v) for v in previous.latest("alerts").values() if b'"watch_id":"halvane"' in v
    )
    told = decode(Claim, previous.latest("claims")[alert.claim_ids[0]])
    denied = msgspec.structs.replace(told, version=told.version + 1, status="denied", cause=())
    machine = next(m for m in alerters() if alert.alert_id in {a.alert_id for a in m.alerts()})
    sent = [
        decode(Alert, o.value)
        for o in readable(machine.step(record("hits", Hit(hit_id="d", claim=denied))))
        if o.topic == "alerts"
    ]
    assert [(a.alert_id, a.revisions[-1].kind) for a in sent] == [(alert.alert_id, "denied")]


def test_an_article_alerts_after_the_row_that_the_previous_version_could_write_and_not_read():
    """An edit took the watched word back: its row said so with a word that no reader knew."""
    row = next(
        r for r in RECORDS if r.topic == "alerter-state" and b'"withdrawn"' in (r.value or b"")
    )
    gone = decode(AlertState, row.value).hit
    assert gone is not None
    hit = msgspec.structs.replace(
        gone, hit_id="new", article_id="new", article_version=1, suppressed=None, sketch=None
    )
    sent = [
        decode(Alert, o.value)
        for o in readable(alerters()[row.partition].step(record("hits", hit)))
        if o.topic == "alerts"
    ]
    assert [(a.watch_id, a.article_ids, a.revisions[-1].kind) for a in sent] == [
        ("rice", ("new",), "first")
    ]


def test_all_stages_go_through_the_articles_of_the_previous_version_and_end_in_its_alerts():
    articles = [decode(TaggedArticle, r.value) for r in RECORDS if r.topic == "tagged-articles"]
    pipeline = Pipeline(watches())
    passages = [pipeline.step(article) for article in in_order(articles)]
    assert {alert.watch_id for passage in passages for alert in passage.alerts} >= {
        "halvane",
        "arrests",
        "succession",
    }
