"""What analysts decide is part of the fold: it holds in any order,
survives new reports, and can be taken back.
"""

import msgspec
from builders import hours, in_block, judgement, report, said
from hypothesis import given
from hypothesis import strategies as st

from services.messages import BlockReports, Judgement, decode, encode
from services.ports import Record
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.fold import fold
from services.tracker.grouping.judgements import in_force, route_judgement

BLOCK = "violence:halvane"
A, B, C = (
    said("a", report("r1")),
    said("b", report("r2"), hour=1),
    said("c", report("r3"), hour=24 * 365),
)


def folded(*judgements, articles=(A, B, C)):
    return fold(BLOCK, [in_block(a) for a in articles], judgements)


def articles_of(claims):
    return [claim.article_ids for claim in claims]


def test_a_split_sets_articles_apart_and_both_claims_say_why():
    claims = folded(judgement("split", reports=("r1",), articles=("b",), why="the second strike"))
    assert articles_of(claims) == [("a",), ("b",), ("c",)]
    assert [[j.why for j in c.judgements] for c in claims] == [
        ["the second strike"],
        ["the second strike"],
        [],
    ]


def test_a_merge_joins_what_the_rules_keep_apart():
    (claim,) = folded(judgement("merge", reports=("r1",), other_reports=("r3",)))
    assert claim.article_ids == ("a", "b", "c")


def test_a_dismissed_claim_is_retracted_and_stays_so_whatever_comes():
    claim, other = folded(
        judgement("dismiss", reports=("r1",), at=hours(2)),
        articles=(A, B, C, said("d", report("r4"), hour=3)),
    )
    assert (claim.status, claim.n_reports, other.status) == ("retracted", 0, "reported")
    assert [(t.to, t.rule) for t in claim.history][-1] == ("retracted", "judgement/dismissed@1")


def test_a_note_changes_nothing_but_is_kept():
    plain, noted = folded(), folded(judgement("note", reports=("r1",)))
    assert [c.status for c in plain] == [c.status for c in noted]
    assert noted[0].judgements[0].by == "mara"


def test_a_judgement_holds_on_when_an_earlier_report_gives_the_claim_another_id():
    earlier = said("z", report("r0"), hour=-5)
    claim, _ = folded(judgement("dismiss", reports=("r1",)), articles=(A, B, C, earlier))
    assert claim.claim_id != folded()[0].claim_id
    assert claim.status == "retracted"


def test_a_judgement_about_reports_that_nobody_has_made_does_nothing():
    assert folded(judgement("dismiss", reports=("r9",))) == folded()


def test_what_is_split_off_a_dismissed_claim_lives():
    away = judgement("dismiss", reports=("r1",), at=hours(2))
    apart = judgement("split", reports=("r1",), articles=("b",), at=hours(3))
    assert [c.status for c in folded(away, apart)] == ["retracted", "reported", "reported"]


def test_an_undo_takes_back_and_can_be_taken_back():
    away = judgement("dismiss", reports=("r1",), at=hours(2))
    undo = judgement("undo", undoes=away.judgement_id, at=hours(3))
    redo = judgement("undo", undoes=undo.judgement_id, at=hours(4))
    assert in_force([away, undo]) == []
    assert in_force([redo, away, undo]) == [away]
    assert folded(away, undo) == folded()


@given(st.permutations(range(4)), st.sampled_from([(0, 0, 0, 0), (0, 1, 2, 3), (3, 2, 1, 0)]))
def test_what_undoes_what_decides_whatever_the_clocks_say(order, times):
    chain = [judgement("dismiss", reports=("r1",), at=hours(times[0]))]
    for n in (1, 2, 3):
        chain.append(
            judgement("undo", undoes=chain[-1].judgement_id, at=hours(times[n]), why=f"no {n}")
        )
    for n in range(1, 5):
        given_ = [chain[i] for i in order if i < n]
        assert in_force(given_) == ([chain[0]] if n % 2 else [])


def test_undos_in_a_ring_take_nothing_back():
    a = msgspec.structs.replace(judgement("undo"), judgement_id="a", undoes="b")
    b = msgspec.structs.replace(judgement("undo"), judgement_id="b", undoes="a")
    away = judgement("dismiss", reports=("r1",))
    itself = msgspec.structs.replace(judgement("note"), judgement_id="c", undoes="c")
    assert in_force([a, b, away, itself]) == [away, itself] or in_force([a, b, away, itself]) == [
        itself,
        away,
    ]


def test_a_judgement_travels_to_the_partition_of_its_family_and_is_told_with_its_claim():
    machine, away = FoldMachine(), judgement("dismiss", reports=("r1",))
    machine.step(Record("reports", 0, 0, "a", encode(A)))
    (out,) = route_judgement(Record("judgements", 0, 0, away.judgement_id, encode(away)))
    assert (out.topic, out.partition_key) == ("reports", "violence")
    told = machine.step(Record("reports", 0, 1, out.key, out.value))
    assert [o.topic for o in told] == ["tracker-state", "claims"]
    assert machine.claims()[0].judgements == (away,)
    assert machine.claims()[0].version > A.version


@st.composite
def batches(draw):
    """Articles of two events in one block, and judgements about any of them."""
    articles = [
        said(
            f"a{i}",
            report(f"r{i}", stance=draw(st.sampled_from(["reported", "denied"]))),
            hour=draw(st.integers(0, 2000)),
        )
        for i in range(draw(st.integers(1, 6)))
    ]
    known: list[Judgement] = []
    for n in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(["split", "merge", "dismiss", "note", "undo"]))
        pick = st.integers(0, 6).map(lambda i: (f"r{i}",))
        undoes = (
            draw(st.sampled_from([j.judgement_id for j in known]))
            if kind == "undo" and known
            else None
        )
        about = {"reports": draw(pick), "other_reports": draw(pick), "undoes": undoes}
        apart = draw(st.lists(st.integers(0, 6).map(lambda i: f"a{i}"), max_size=3, unique=True))
        known.append(
            judgement(
                kind,
                articles=tuple(apart),
                at=hours(draw(st.integers(0, 2000))),
                why=f"reason {n}",
                **about,
            )
        )
    return articles, known


def messages(articles, judgements):
    routed = [
        route_judgement(Record("judgements", 0, 0, j.judgement_id, encode(j)))[0]
        for j in judgements
    ]
    return [*articles, *(decode(BlockReports, out.value) for out in routed)]


def after(*given):
    machine = FoldMachine()
    for message in given:
        machine.step(Record("reports", 0, 0, message.article_id, encode(message)))
    return machine


@given(batches(), st.randoms(use_true_random=False))
def test_reports_and_judgements_in_any_order_and_repeated_give_the_same_claims(batch, rnd):
    ordered = messages(*batch)
    shuffled = ordered + ordered[::2]
    rnd.shuffle(shuffled)
    assert after(*ordered).claims() == after(*shuffled).claims()


@given(batches())
def test_every_article_stays_in_a_claim_whatever_is_decided(batch):
    articles, judgements = batch
    claims = fold(BLOCK, [in_block(a) for a in articles], judgements)
    assert sorted(i for c in claims for i in c.article_ids) == sorted(
        a.article_id for a in articles
    )
    assert len({c.claim_id for c in claims}) == len(claims)


@given(batches())
def test_undoing_everything_leaves_what_the_rules_say(batch):
    articles, judgements = batch
    plain = [j for j in judgements if j.kind != "undo"]
    undos = [
        judgement("undo", undoes=j.judgement_id, at=hours(5000), why=j.judgement_id) for j in plain
    ]
    blocks = [in_block(a) for a in articles]
    assert fold(BLOCK, blocks, plain + undos) == fold(BLOCK, blocks)
