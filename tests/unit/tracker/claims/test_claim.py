"""What one claim quotes of its reports."""

import pytest
from builders import hours, in_block, report, said, speaker

from services.messages import Answer
from services.tracker.claims.claim import MAX_EVIDENCE, OPENING_CHARS
from services.tracker.claims.fold import fold


@pytest.mark.parametrize("n", [MAX_EVIDENCE, MAX_EVIDENCE + 1])
def test_a_claim_quotes_its_first_report_and_the_latest(n):
    articles = [in_block(said(f"a{i}", report(f"r{i}"), hour=i)) for i in range(n)]
    (claim,) = fold("violence:halvane", articles)
    latest = [f"r{i}" for i in range(n - MAX_EVIDENCE + 1, n)]
    assert [e.report_id for e in claim.evidence] == ["r0", *latest]


FRONT = speaker("front", affiliation=("front",))
ARMY = said("army", report("r1", stance="claimed", speakers=(speaker("army"),)), wire="meridian")
DENIAL = said("denial", report("r2", stance="denied", speakers=(FRONT,)), hour=1)
CONFIRMING = report("r3", stance="confirmed", speakers=(FRONT,))
KIN = report("r4", stance="confirmed", speakers=(speaker("kin", affiliation=("halvane",)),))


def shown(*articles):
    """Return status → the reports that show it, of each step of the one claim."""
    (claim,) = fold("violence:halvane", articles)
    assert claim.shown_by == claim.history[-1].shown_by
    return [(step.to, [e.report_id for e in step.shown_by]) for step in claim.history]


def test_a_dispute_is_shown_by_a_sentence_of_each_side_and_a_confirmation_by_its_own():
    assert shown(in_block(ARMY), in_block(DENIAL), in_block(said("own", CONFIRMING, hour=2))) == [
        ("claimed", []),
        ("disputed", ["r1", "r2"]),
        ("confirmed", ["r3"]),
    ]


def test_a_withdrawn_confirmation_gives_way_to_one_in_force():
    """The status stays confirmed, so there is no step; the sentence is another one."""
    own = said("own", CONFIRMING, hour=2)
    edited = said("own", version=2, hour=2, seen_at=hours(4), cause="edit")
    kin = said("kin", KIN, hour=3)
    assert shown(in_block(own), in_block(kin)) == [("confirmed", ["r3"])]
    assert shown(in_block(own, edited), in_block(kin)) == [("confirmed", ["r4"])]


def events_of(*reports):
    (claim,) = fold("violence:halvane", [in_block(said("a1", *reports))])
    return claim.event, claim.events


@pytest.mark.parametrize(
    ("sentence", "events"),
    [
        ((OPENING_CHARS - 1, OPENING_CHARS + 40), ("killed", "airstrike")),
        ((OPENING_CHARS, OPENING_CHARS + 40), ("killed",)),
    ],
)
def test_a_claim_has_the_types_of_what_is_told_with_its_event_or_in_the_opening(sentence, events):
    death = report("r1", sentence=(0, 1))
    assert events_of(death, report("r2", "airstrike", sentence=sentence)) == ("killed", events)


def test_a_later_sentence_on_the_event_gives_the_claim_no_type():
    """It was "in revenge for the raids", or there were raids elsewhere."""
    late = (OPENING_CHARS, OPENING_CHARS + 40)
    death, again = report("r1", sentence=(0, 1)), report("r2", sentence=late)
    assert events_of(death, again, report("r3", "airstrike", sentence=late))[1] == ("killed",)
    assert events_of(again, report("r3", "airstrike", sentence=late))[1] == ("killed", "airstrike")


def test_a_claim_has_no_type_that_is_only_denied():
    death = report("r1", sentence=(0, 1))
    denied = report("r2", "airstrike", sentence=(0, 1), stance="denied")
    assert events_of(death, denied)[1] == ("killed",)
    assert events_of(denied) == ("airstrike", ("airstrike",))


def confidence_of(*articles):
    (claim,) = fold("violence:halvane", [in_block(article) for article in articles])
    return claim.confidence


def test_origins_that_are_read_independently_make_a_claim_surer_and_a_wire_copy_does_not():
    army = report("r1", stance="claimed", speakers=(speaker("army"),), confidence=0.5)
    front = report("r2", stance="claimed", speakers=(FRONT,), confidence=0.4)
    alone = said("a1", army)
    assert confidence_of(alone) == 0.5
    assert confidence_of(alone, said("a2", front, hour=1)) == 0.7
    wire = [
        said(f"w{i}", report(f"w{i}", confidence=0.3 + i / 10), hour=i, wire="meridian")
        for i in range(2)
    ]
    assert confidence_of(*wire) == 0.4


def test_a_claim_of_reports_without_a_confidence_or_of_denials_alone_has_none():
    assert confidence_of(said("a1", report("r1"))) is None
    denial = report("r2", stance="denied", speakers=(FRONT,), confidence=0.9)
    assert confidence_of(said("a1", denial)) is None


def test_a_place_of_a_claim_keeps_where_it_lies():
    meris = Answer(key="maris", label="Meris", type="place", within=("kostria",), span=(0, 5))
    (claim,) = fold("violence:halvane", [in_block(said("a1", report("r1", place=(meris,))))])
    assert claim.slots["place"].answers[0].within == ("kostria",)
