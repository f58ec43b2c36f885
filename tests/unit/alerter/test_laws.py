"""The five laws of living alerts, each on random streams of hits and claim updates.

A stream holds one or two claims of one block, each told in rising versions,
and hits of their articles. Watches ask for words, for a claim, and for both.
"""

import msgspec
import pytest
from alerting import CHANNELS, LEVEL, WATCHES, Stream, edit, hit, update
from builders import START
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.alerter.revisions import change
from services.alerter.watch import compile_all
from services.messages import (
    Channel,
    ClaimCondition,
    DeliveryState,
)
from services.notifier.deliveries.wanted import pending
from services.text.happening import told_of_claim


def wanted(alert, channel):
    """Return what a channel is told of an alert."""
    row = DeliveryState(
        alert_id=alert.alert_id, watch_id=alert.watch_id, to=channel.to, alert=alert
    )
    return pending(row, channel.when, START)


STATUSES = (*LEVEL, "disputed", "denied", "retracted")
STREAMS = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def streams(draw, first=STATUSES, claims=("c1",), edits=False):
    """Return of each claim its updates in order of version,
    and hits of its articles, some of them followed by an edit.
    """
    values = st.tuples(
        st.sampled_from(STATUSES),
        st.integers(0, 3),
        st.integers(0, 9),
        st.sets(st.sampled_from("kt"), min_size=1),
    )
    messages = []
    for claim_id in claims:
        versions = draw(st.lists(values, min_size=1, max_size=5))
        versions[0] = (draw(st.sampled_from(first)), *versions[0][1:])
        updates = [update(claim_id, i, *value) for i, value in enumerate(versions, start=1)]
        articles = [f"{claim_id}-a{i}" for i in range(1, len(updates) + 1)]
        edited = draw(st.sets(st.sampled_from(articles))) if edits else ()
        hits = [
            [hit(w, a), *([edit(a)] if a in edited else ())]
            for w in ("words", "both")
            for a in articles
        ]
        messages.append((updates, hits))
    return messages


def interleaved(draw, messages):
    """Return all messages in a drawn order that keeps, as Kafka does,
    that of one claim's updates, and of hit and edit.
    """
    lanes = [
        *(updates for updates, _ in messages),
        *(lane for _, hits in messages for lane in hits),
    ]
    turns = draw(st.permutations([i for i, lane in enumerate(lanes) for _ in lane]))
    left = [iter(lane) for lane in lanes]
    return [next(left[i]) for i in turns]


@STREAMS
@given(st.data(), streams(first=("reported", "claimed", "confirmed")))
def test_law_a_any_order_ends_in_the_same_state(data, messages):
    """The same up to what is not worth telling: one more copy, the first word on who did it."""
    one, other = (Stream().take(interleaved(data.draw, messages)).standing() for _ in range(2))
    assert one.keys() == other.keys()
    for key in one:
        pair = [one[key], other[key]]
        if not all("agent" in told.slots for told in pair):
            pair = [msgspec.structs.replace(told, slots={}) for told in pair]
        assert change(*pair) is None


@STREAMS
@given(st.data(), streams(claims=("c1", "c2"), edits=True), st.integers(0, 40))
def test_law_b_no_revision_id_is_sent_twice(data, messages, again):
    """Whatever comes again, after a restart from the state that was written too."""
    order = interleaved(data.draw, messages)
    stream = Stream().take([*order[:again], *order])
    new = Stream()
    new.load(stream.state)
    new.take(order)
    ids = [alert.revisions[-1].id for alert in (*stream.sent, *new.sent)]
    assert len(ids) == len(set(ids))


@STREAMS
@given(st.data(), streams())
def test_law_c_the_last_revision_agrees_with_the_state(data, messages):
    stream = Stream().take(interleaved(data.draw, messages))
    last_sent = {alert.alert_id: alert for alert in stream.sent}
    claims = {updates[-1].claim.claim_id: updates[-1].claim for updates, _ in messages}
    for alert in stream.machine.alerts():
        assert last_sent[alert.alert_id].revisions == alert.revisions
        if alert.state == "open" and alert.claim_ids:
            assert (
                change(alert.revisions[-1].told, told_of_claim(claims[alert.claim_ids[0]])) is None
            )


@STREAMS
@given(st.data(), streams())
def test_law_d_whoever_got_what_is_no_longer_true_got_a_correction(data, messages):
    """Channel by channel: nothing that a channel was told last has been taken back since."""
    stream = Stream().take(interleaved(data.draw, messages))
    for alert in stream.machine.alerts():
        for channel in CHANNELS:
            got = wanted(alert, channel)
            for number in range(got[-1].number, len(alert.revisions)) if got else ():
                now, told = alert.revisions[number].told, got[-1].told
                assert now.n_independent >= told.n_independent
                assert all(now.counts.get(event, 0) >= n for event, n in told.counts.items())
                assert set(told.slots.get("agent", ())) <= set(now.slots.get("agent", ()))
                assert now.status == told.status or now.status in LEVEL or told.status not in LEVEL


@STREAMS
@given(st.data(), streams(claims=("c1", "c2"), edits=True))
def test_law_e_the_same_messages_in_the_same_order_give_the_same_revisions(data, messages):
    order = interleaved(data.draw, messages)
    assert Stream().take(order).sent == Stream().take(order).sent
    cut = data.draw(st.integers(0, len(order)))
    before, after = Stream().take(order[:cut]), Stream()
    after.load(before.state)
    assert before.sent + after.take(order[cut:]).sent == Stream().take(order).sent


def test_a_restart_after_an_edit_took_the_watched_word_back_goes_on():
    stream = Stream().take([hit("words", "c1-a1"), edit("c1-a1")])
    assert [alert.revisions[-1].kind for alert in stream.sent] == ["first", "retracted"]
    later = Stream()
    later.load(stream.state)
    (alert,) = later.take([hit("words", "c1-a2")]).sent
    assert alert.article_ids == ("c1-a2",)


def test_two_text_alerts_that_one_claim_explains_become_the_older_one():
    stream = Stream().take(
        [hit("words", "c1-a1"), hit("words", "c1-a2"), update("c1", 2, "claimed", 1, 0, {"k"})]
    )
    closed = [a for a in stream.machine.alerts() if a.state == "closed"]
    (alive,) = (a for a in stream.machine.alerts() if a.state == "open" and a.watch_id == "words")
    assert [a.revisions[-1].kind for a in closed] == ["merged"]
    assert alive.article_ids == ("c1-a1", "c1-a2")
    told = {c.to: [r.kind for r in wanted(closed[0], c)] for c in CHANNELS}
    assert [to for to, kinds in told.items() if "merged" in kinds] == ["log:all", "log:first"]


@pytest.mark.parametrize("status", ["denied", "retracted", "disputed"])
def test_a_debunk_reaches_a_channel_that_asked_only_for_the_first_word(status):
    stream = Stream().take(
        [update("c1", 1, "reported", 1, 0, {"k"}), update("c1", 2, status, 0, 0, {"k"})]
    )
    alert = next(a for a in stream.machine.alerts() if a.watch_id == "claim")
    (first,) = (channel for channel in CHANNELS if channel.to == "log:first")
    assert len(wanted(alert, first)) == 2


def test_a_watch_saved_anew_lets_go_of_what_it_no_longer_asks_for_but_corrects_it():
    first = update("c1", 1, "reported", 1, 4, {"k"})
    stream = Stream().take([first])
    narrower = msgspec.structs.replace(
        WATCHES["claim"].watch, version=2, claim=ClaimCondition(event=("arrested",))
    )
    later = Stream(compile_all([narrower]))
    later.load(stream.state)
    assert later.take([update("c1", 2, "confirmed", 2, 9, {"k"})]).sent == []
    (sent,) = later.take([update("c1", 3, "denied", 0, 9, {"k"})]).sent
    assert sent.revisions[-1].kind == "denied"


@pytest.mark.parametrize(("status", "n_sent"), [("confirmed", 0), ("retracted", 1)])
def test_a_watch_that_is_gone_still_corrects_what_it_told(status, n_sent):
    stream = Stream().take([update("c1", 1, "reported", 1, 4, {"k"})])
    gone = Stream({})
    gone.load(stream.state)
    sent = gone.take([update("c1", 2, status, 2, 9, {"k"})]).sent
    assert len([a for a in sent if a.watch_id == "claim"]) == n_sent


def test_an_open_alert_goes_on_under_the_new_delivery():
    stream = Stream().take([update("c1", 1, "reported", 1, 4, {"k"})])
    elsewhere = msgspec.structs.replace(
        WATCHES["claim"].watch, version=2, deliver=(Channel(to="log:new"),)
    )
    later = Stream(compile_all([elsewhere]))
    later.load(stream.state)
    (sent,) = later.take([update("c1", 2, "confirmed", 2, 9, {"k"})]).sent
    assert [channel.to for channel in sent.channels] == ["log:new"]


def test_a_watch_that_is_gone_follows_its_claim_into_another():
    first = update("c1", 1, "reported", 1, 4, {"k"})
    stream = Stream().take([first])
    gone = Stream({})
    gone.load(stream.state)
    assert first.claim
    merged = msgspec.structs.replace(
        first, claim=msgspec.structs.replace(first.claim, version=2, merged_into="c2", cause=())
    )
    sent = gone.take([merged, update("c2", 3, "denied", 0, 4, {"k"})]).sent
    assert [a.revisions[-1].kind for a in sent if a.watch_id == "claim"] == ["denied"]
