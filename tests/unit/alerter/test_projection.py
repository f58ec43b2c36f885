"""The projection of a claim: small, and enough for all that alerts say of it."""

import pytest
from alerting import WATCHES, Stream, quote
from builders import claim, hours

from services.alerter.condition import holds
from services.alerter.projection import LISTED, listed, projected
from services.alerter.revisions import quoted
from services.messages import (
    AlertState,
    ClaimCause,
    Hit,
    OriginGroup,
    Slot,
    SlotAnswer,
    Transition,
    decode,
    encode,
)
from services.messages.limits import CLAIM_BYTES
from services.text.happening import told_of_claim


def told(n_articles, version=1, **kw):
    """Return a claim that so many articles tell, each with a quotation, an origin, and a step."""
    ids = [f"a{i:019}" for i in range(n_articles)]
    quotes = tuple(map(quote, ids))
    return claim(
        version=version,
        article_ids=tuple(ids),
        incident_ids=tuple(f"i{i:019}" for i in range(n_articles)),
        evidence=quotes[:5],
        origins=tuple(OriginGroup(key=id, kind="publisher", members=(id,), n=1) for id in ids),
        history=tuple(
            Transition(
                at=hours(0), to="reported", report_id=id, rule="r", evidence=q, shown_by=(q,)
            )
            for id, q in zip(ids, quotes, strict=True)
        ),
        slots={
            "patient": Slot(
                answers=(
                    SlotAnswer(key="halvane", label="Halvane", origins=tuple(ids), evidence=quotes),
                )
            )
        },
        cause=(
            ClaimCause(
                article_id=ids[-1],
                version=1,
                evidence=quotes[-1],
                published_at=hours(0),
                first_seen_at=hours(0),
            ),
        ),
        **kw,
    )


def test_watches_ask_and_tell_the_same_of_a_claim_and_of_its_projection():
    whole = told(50)
    small = projected(whole)
    assert told_of_claim(small) == told_of_claim(whole)
    assert small.cause == whole.cause
    assert whole.shown_by
    assert quoted(small, None) == quoted(whole, None)
    assert small.evidence == whole.evidence[:1]
    for compiled in WATCHES.values():
        if compiled.watch.claim:
            assert holds(compiled.watch.claim, small) == holds(compiled.watch.claim, whole)


def test_a_projection_is_its_own_projection():
    small = projected(told(2 * LISTED))
    assert projected(small) == small


def test_an_update_of_a_claim_of_many_articles_stays_small():
    whole = told(1_000)
    assert len(encode(whole)) > 100 * len(encode(projected(told(3))))
    assert len(encode(whole)) < CLAIM_BYTES
    assert len(encode(projected(whole))) < 12_000


@pytest.mark.parametrize(("n", "n_listed"), [(LISTED, LISTED), (LISTED + 1, LISTED)])
def test_the_first_and_the_last_articles_are_listed(n, n_listed):
    ids = [str(i) for i in range(n)]
    found = listed(ids)
    assert len(found) == n_listed
    assert (found[0], found[-1]) == (ids[0], ids[-1])


def test_the_article_that_caused_an_update_is_listed_wherever_it_stands():
    ids = [str(i) for i in range(3 * LISTED)]
    assert ids[LISTED] not in listed(ids)
    assert ids[LISTED] in listed(ids, [ids[LISTED]])


def test_a_row_of_an_earlier_version_holds_a_whole_claim_and_is_taken_as_its_projection():
    whole, stream = told(30), Stream()
    stream.machine.restore("claim|c1", encode(AlertState(claim=whole)))
    later = told(31, version=2, status="denied")
    stream.take([Hit(hit_id="c1-2", claim=later)])
    row = decode(AlertState, next(o for o in stream.state if o.key == "claim|c1").value)
    assert row.claim == projected(later)
