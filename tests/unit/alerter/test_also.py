"""One article and one watch make one alert: random streams of articles that tell several incidents.

A stream holds three claims and two articles that tell them. The third may be merged into
another. Hits of the articles name all incidents, the first of them as the main one.
"""

from typing import Any

import msgspec
import pytest
from builders import claim, hours
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outputs import readable

from services.alerter.alerts import AlertMachine
from services.alerter.also import adds_nothing, has_same_toll, standing
from services.alerter.watch import compile_all
from services.messages import (
    Alert,
    ClaimCause,
    ClaimCondition,
    Evidence,
    Hit,
    HitReport,
    Slot,
    SlotAnswer,
    Told,
    Watch,
    decode,
    encode,
)
from services.ports import Record
from services.text.sketch import sketch

KILLED = ClaimCondition(event=("killed",))
WATCHES = compile_all(
    [
        Watch(id="claim", name="Claim", claim=KILLED),
        Watch(id="words", name="Words", query="halvane"),
        Watch(id="both", name="Both", query="halvane", claim=KILLED),
    ]
)
CLAIMS = ("c1", "c2", "c3")
ARTICLES = ("a1", "a2")
STANDING = ("reported", "claimed", "corroborated", "confirmed")
STATUSES = (*STANDING, "disputed", "denied", "retracted")
SEEN: dict[str, Any] = {"published_at": hours(0), "first_seen_at": hours(0)}
STREAMS = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])


def incident(claim_id, article):
    return f"{claim_id}-in-{article}"


def told(claim_id, version, status, articles, cause, **kw):
    """Return an update of a claim, whose patient has the name of the claim."""
    who = Slot(answers=(SlotAnswer(key=claim_id, label=f"Man {claim_id}"),))
    quote = Evidence(article_id=cause, version=1, quote="Killed.", mark=(0, 6), outlet="Post")
    update = claim(
        claim_id=claim_id,
        version=version,
        block=f"violence:{claim_id}",
        status=status,
        n_independent=1,
        slots={"patient": who},
        article_ids=articles,
        incident_ids=tuple(incident(claim_id, a) for a in articles),
        cause=(ClaimCause(article_id=cause, version=1, evidence=quote, **SEEN),),
        **kw,
    )
    return Hit(hit_id=f"{claim_id}-{version}", claim=update)


def hit(watch, article, claims):
    first, *others = [
        HitReport(
            report_id=f"r-{id}-{article}",
            incident_id=incident(id, article),
            block=f"violence:{id}",
            event="killed",
            status="reported",
            slots={"patient": (f"Man {id}",)},
            evidence=Evidence(article_id=article, version=1, quote="Killed.", mark=(0, 6)),
        )
        for id in claims
    ]
    words = " ".join(f"{article}{i}" for i in range(20))
    return Hit(
        hit_id=f"{watch}-{article}",
        watch_id=watch,
        watch_version=1,
        article_id=article,
        article_version=1,
        outlet="Post",
        sketch=sketch(words),
        report=first,
        also=tuple(others),
        **SEEN,
    )


@st.composite
def streams(draw):
    """Return messages in an order that keeps that of one claim's updates."""
    lanes = []
    told_in: dict[str, tuple[str, ...]] = dict.fromkeys(ARTICLES, ())
    for id in CLAIMS:
        articles = tuple(draw(st.permutations(ARTICLES))[: draw(st.integers(1, 2))])
        statuses = draw(st.lists(st.sampled_from(STATUSES), min_size=1, max_size=4))
        lane = [
            told(id, version, status, articles, draw(st.sampled_from(articles)))
            for version, status in enumerate(statuses, start=1)
        ]
        if id == "c3" and draw(st.booleans()):
            into = draw(st.sampled_from(["c1", "c2"]))
            lane.append(told(id, 9, "reported", articles, articles[0], merged_into=into))
        lanes.append(lane)
        for article in articles:
            told_in[article] += (id,)
    for watch in ("words", "both"):
        lanes += [[hit(watch, article, claims)] for article, claims in told_in.items() if claims]
    turns = draw(st.permutations([i for i, lane in enumerate(lanes) for _ in lane]))
    left = [iter(lane) for lane in lanes]
    return [next(left[i]) for i in turns]


class Stream:
    """A machine, and the alerts that it has sent, as they went out."""

    def __init__(self, messages):
        self.machine = AlertMachine(lambda: WATCHES, 1, lambda: hours(1))
        self.sent: list[Alert] = []
        self.take(messages)

    def take(self, messages):
        """Return the alerts that messages make go out."""
        before = len(self.sent)
        for i, message in enumerate(messages):
            record = Record("hits", 0, i, message.hit_id, encode(message))
            out = readable(self.machine.step(record))
            self.sent += [decode(Alert, o.value) for o in out if o.topic == "alerts"]
        return self.sent[before:]

    def open(self):
        return [alert for alert in self.machine.alerts() if alert.state == "open"]


@STREAMS
@given(streams())
def test_an_article_opens_at_most_one_alert_of_a_watch(messages):
    firsts = [a for a in Stream(messages).sent if a.revisions[-1].kind == "first"]
    opened = [(a.watch_id, article) for a in firsts for article in a.opened_by]
    assert len(opened) == len(set(opened))
    assert all(len(a.opened_by) == 1 for a in firsts)


@STREAMS
@given(streams())
def test_an_incident_that_an_alert_names_is_never_opened_again(messages):
    named: set[tuple[str, str]] = set()
    for alert in Stream(messages).sent:
        told_of = {(alert.watch_id, id) for id in alert.all_claim_ids}
        if alert.revisions[-1].kind == "first":
            assert named.isdisjoint(told_of)
        named |= told_of


@STREAMS
@given(streams(), st.sampled_from(["denied", "retracted"]))
def test_a_debunk_of_any_incident_revises_the_alert_that_names_it(messages, status):
    stream = settled(messages)
    named = {id for alert in stream.open() for id in alert.all_claim_ids}
    for id in sorted(named - _merged(messages)):
        owners = {a.alert_id: a for a in stream.open() if id in a.all_claim_ids}
        sent = stream.take([told(id, 99, status, ARTICLES[:1], "a1")])
        for alert in sent:
            assert alert.alert_id in owners
            assert alert.revisions[-1].told.status == status
            assert alert.revisions[-1].corrects
        silent = [owners[key] for key in owners.keys() - {alert.alert_id for alert in sent}]
        assert all(
            _last_of(alert, id).status in (status, "retracted", "denied") for alert in silent
        )


def settled(messages):
    """Return a stream with one more update of each claim that is not merged into another."""
    stream, left = Stream(messages), [id for id in CLAIMS if id not in _merged(messages)]
    stream.take([told(id, 98, "claimed", ARTICLES, "a1") for id in left])
    return stream


def _merged(messages):
    return {m.claim.claim_id for m in messages if m.claim and m.claim.merged_into}


def _last_of(alert, claim_id):
    """Return what an alert told last of a claim."""
    about = next((also.id for also in alert.also if claim_id in also.claim_ids), "")
    return [
        *(also.told for also in alert.also if also.id == about),
        *(r.told for r in alert.revisions if r.about == about == ""),
    ][-1]


@STREAMS
@given(streams())
def test_no_claim_is_told_by_two_incidents_of_a_watch(messages):
    """Once the claims that others were merged into are updated, as they are at each merger."""
    stream = settled(messages)
    for watch in WATCHES:
        told_by: list[str] = []
        for alert in stream.open():
            if alert.watch_id == watch:
                told_by += alert.all_claim_ids
                assert not any(
                    id in also.claim_ids for also in alert.also for id in alert.claim_ids
                )
        assert len(told_by) == len(set(told_by))


def test_the_other_incidents_of_an_article_come_behind_also():
    stream = Stream(
        [told("c1", 1, "claimed", ("a1",), "a1"), told("c2", 1, "claimed", ("a1",), "a1")]
    )
    texts = [a.revisions[-1].text for a in stream.sent if a.watch_id == "claim"]
    assert texts == [
        "“Killed.”, says Post (claimed, 1 source)",
        "Also: “Killed.”, says Post (claimed, 1 source); besides: Man c1 reportedly killed",
    ]
    (denied,) = stream.take([told("c1", 2, "denied", ("a1",), "a1")])
    assert denied.revisions[-1].text == (
        "Now denied by Post: Man c1 killed (1 source); also: Man c2 reportedly killed"
    )


def test_a_hit_names_all_incidents_at_once_and_the_claims_add_nothing():
    stream = Stream([hit("words", "a1", ("c1", "c2"))])
    (first,) = stream.sent
    assert first.revisions[-1].text == ("“Killed.” (1 source); also: Man c2 reportedly killed")
    claims = [told("c1", 1, "reported", ("a1",), "a1"), told("c2", 1, "reported", ("a1",), "a1")]
    assert [a for a in stream.take(claims) if a.watch_id == "words"] == []
    (alert,) = (a for a in stream.open() if a.watch_id == "words")
    assert (alert.claim_ids, [also.claim_ids for also in alert.also]) == (("c1",), [("c2",)])


def test_another_article_opens_an_alert_of_its_own():
    stream = Stream(
        [told("c1", 1, "claimed", ("a1",), "a1"), told("c2", 1, "claimed", ("a1", "a2"), "a2")]
    )
    assert [a.revisions[-1].kind for a in stream.sent if a.watch_id == "claim"] == [
        "first",
        "first",
    ]


def test_after_a_retraction_the_story_told_again_is_told_again():
    first = told("c1", 1, "claimed", ("a1",), "a1")
    stream = Stream([first, told("c1", 2, "retracted", ("a1",), "a1")])
    again = stream.take([told("c2", 3, "claimed", ("a1",), "a1")])
    (alert,) = (a for a in again if a.watch_id == "claim")
    assert (alert.revisions[-1].kind, alert.revisions[-1].text) == (
        "status",
        "Now: Man c2 reportedly killed, says Post (1 source)",
    )


def told_of(patients, places=(), killed=None, event="killed"):
    slots = {"patient": tuple(patients), "place": tuple(places)}
    return Told(event=event, slots=slots, counts={"killed": killed} if killed else {})


@pytest.mark.parametrize(
    ("now", "adds"),
    [
        (told_of(["A"], ["Meris"]), False),
        (told_of(["C"], ["Meris"]), True),
        (told_of(["A"], ["Talden"]), True),
        (told_of(["A"], ["Meris"], killed=9), True),
        (told_of(["A"], ["Meris"], killed=7), False),
        (told_of(["A"], ["Meris"], event="wounded"), True),
    ],
)
def test_an_incident_adds_an_event_people_a_place_or_a_number(now, adds):
    known = told_of(["A", "B"], ["Meris"], killed=7)
    assert adds_nothing(now, known) == (not adds)


def test_what_one_claim_takes_back_and_another_still_tells_is_named():
    same = [told(id, 1, "claimed", ("a1",), "a1") for id in ("c1", "c2")]
    halvane = {"patient": Slot(answers=(SlotAnswer(key="c1", label="Man c1"),))}
    both = [
        msgspec.structs.replace(m, claim=msgspec.structs.replace(m.claim, slots=halvane))
        for m in same
    ]
    stream = Stream(both)
    assert [a.watch_id for a in stream.sent] == ["claim"]
    (gone,) = stream.take([told("c1", 2, "retracted", ("a1",), "a1")])
    assert gone.revisions[-1].text == (
        "Taken back by Post: Man c1 killed (1 source); also: Man c1 reportedly killed"
    )


def test_what_was_taken_back_is_not_named_again():
    stream = Stream(
        [
            told("c1", 1, "claimed", ("a1",), "a1"),
            told("c2", 1, "claimed", ("a1",), "a1"),
            told("c2", 2, "retracted", ("a1",), "a1"),
        ]
    )
    (alert,) = (a for a in stream.open() if a.watch_id == "claim")
    assert list(standing(alert, "")) == []


@pytest.mark.parametrize(
    ("now", "same"),
    [
        (told_of(["six men"], ["Meris market"], killed=6), True),
        (told_of(["six men"], [], killed=6), True),
        (told_of(["six men"], ["Talden"], killed=6), False),
        (told_of(["five men"], ["Meris"], killed=5), False),
        (told_of(["six men"], ["Meris"], event="wounded"), False),
    ],
)
def test_the_same_number_of_people_in_no_other_place_is_most_likely_the_same_event(now, same):
    assert has_same_toll(now, told_of(["six people"], ["Meris"], killed=6)) == same


def test_an_article_that_tells_one_toll_by_two_claims_is_told_once_and_both_are_followed():
    messages = []
    for id, label in (("c1", "Six men"), ("c2", "six soldiers")):
        first = told(id, 1, "claimed", ("a1",), "a1")
        slots = {
            "patient": Slot(answers=(SlotAnswer(key=label, label=label),)),
            "count.killed": Slot(answers=(SlotAnswer(key="6", label="6", min=6, max=6),)),
        }
        messages.append(
            msgspec.structs.replace(first, claim=msgspec.structs.replace(first.claim, slots=slots))
        )
    stream = Stream(messages)
    texts = [a.revisions[-1].text for a in stream.sent if a.watch_id == "claim"]
    assert texts == ["“Killed.”, says Post (claimed, 1 source)"]
    (denied,) = stream.take([told("c2", 2, "denied", ("a1",), "a1")])
    assert denied.revisions[-1].kind == "denied"


def test_one_death_is_no_number_to_know_an_event_by():
    one = told_of(["A man"], ["Meris"], killed=1)
    assert not has_same_toll(one, one)
