"""What a hot block costs: counted in reports folded and articles kept, not in time;
and it is still a function of the set.
"""

from datetime import timedelta

import pytest
from builders import answer, hours, in_block, report, said, speaker
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.messages import encode
from services.ports import Record
from services.tracker.block.block import Block
from services.tracker.block.machine import FoldMachine

BLOCK = "violence:halvane"
WIRE = "x " * 40


def copy(i, hour=1.0, **kw):
    """Return one more article that passes on what the wire says."""
    return said(
        f"copy{i:06}",
        report(f"c{i:06}"),
        outlet=f"outlet {i}",
        text=WIRE,
        wire="meridian",
        hour=hour,
        **kw,
    )


def fed(*messages):
    machine = FoldMachine()
    out = [
        o for m in messages for o in machine.step(Record("reports", 0, 0, m.article_id, encode(m)))
    ]
    return machine, out


def restored(out):
    machine = FoldMachine()
    for key, value in {o.key: o.value for o in out if o.topic == "tracker-state"}.items():
        machine.restore(key, value)
    return machine


def test_the_work_of_a_copy_does_not_grow_with_the_copies():
    machine, _ = fed(said("first", report("r0")), *(copy(i) for i in range(300)))
    before = machine.n_folded
    for i in range(300, 500):
        machine.step(Record("reports", 0, 0, "", encode(copy(i))))
    assert machine.n_folded == before
    (claim,) = machine.claims()
    assert (claim.n_reports, claim.n_independent, claim.counts_approximate) == (501, 2, False)
    assert [o.n for o in claim.origins] == [1, 500]


def test_a_report_is_worked_through_only_with_its_own_claim():
    old = [said(f"old{i}", report(f"o{i}"), hour=0) for i in range(50)]
    machine, _ = fed(*old, said("new1", report("n1"), hour=24 * 90))
    before = machine.n_folded
    machine.step(Record("reports", 0, 0, "", encode(said("new2", report("n2"), hour=24 * 90 + 1))))
    assert machine.n_folded - before == 2


def test_what_copies_of_a_copy_say_is_taken_back_only_when_all_take_it_back():
    machine, _ = fed(*(copy(i) for i in range(Block.KEPT + 2)))
    for i in range(Block.KEPT + 1):
        machine.step(
            Record(
                "reports",
                0,
                0,
                "",
                encode(said(f"copy{i:06}", outlet=f"outlet {i}", version=2, hour=2)),
            )
        )
    assert [(c.status, c.n_reports) for c in machine.claims()] == [("reported", 1)]
    machine.step(
        Record("reports", 0, 0, "", encode(said(f"copy{Block.KEPT + 1:06}", version=2, hour=2)))
    )
    assert [c.status for c in machine.claims()] == ["retracted"]


@pytest.mark.faults
def test_a_day_of_a_hundred_thousand_copies_is_kept_small_and_counted_well():
    """Straight to the block: what is measured is what it keeps and folds,
    and its count, against the contract's 3 %.
    """
    block, n = Block(BLOCK), 100_000
    block.place(in_block(said("first", report("r0"))))
    template = copy(0)
    for i in range(n):
        changed = {"article_id": f"copy{i:06}", "reports": (report(f"c{i:06}"),)}
        kept = {f: getattr(template, f) for f in template.__struct_fields__}
        block.put(in_block(type(template)(**(kept | changed))))
    (claim,) = block.claims().values()
    assert len(block.articles) <= Block.KEPT + 1
    assert block.n_folded <= Block.MAX_ARTICLES
    assert claim.counts_approximate
    assert abs(claim.n_reports - (n + 1)) <= 0.03 * n
    assert claim.n_independent == 2


def test_a_hot_block_leaves_the_others_alone():
    machine, _ = fed(
        said("other", report("r0"), block="violence:werrin"), *(copy(i) for i in range(200))
    )
    before = machine.n_folded
    out = machine.step(
        Record(
            "reports",
            0,
            0,
            "",
            encode(said("other2", report("r9"), block="violence:werrin", hour=1)),
        )
    )
    assert machine.n_folded - before == 2
    assert {(o.key or "").partition("|")[0] for o in out if o.topic == "tracker-state"} == {
        "violence:werrin"
    }


def test_a_new_voice_is_heard_in_the_hottest_block():
    denial = said("denial", report("d", stance="denied", speakers=(speaker("front"),)), hour=9)
    machine, _ = fed(*(copy(i) for i in range(500)), denial)
    assert [c.status for c in machine.claims()] == ["disputed"]


class Small(Block):
    """A block with bounds so small that examples reach them."""

    KEPT, MAX_FOLDED, MAX_PILES, MAX_ARTICLES = 3, 12, 8, 10


def small_in_any_order(batch, rnd):
    """Return a small block that took the articles in order;
    one that took them shuffled and partly twice has the same claims.
    """
    shuffled = batch + batch[::2]
    rnd.shuffle(shuffled)
    one, other = Small(BLOCK), Small(BLOCK)
    for article in batch:
        one.put(in_block(article))
    for article in shuffled:
        other.put(in_block(article))
    assert one.claims() == other.claims()
    return one


@st.composite
def hot(draw):
    """Articles of few voices that say few things, so that piles grow, on two days."""
    n = draw(st.integers(1, 40))
    return [
        said(
            f"a{i}",
            report(
                f"r{i}", killed=draw(st.sampled_from([4, 8])), agent=(answer("kostria", "state"),)
            ),
            wire=draw(st.sampled_from(["meridian", "sella"])),
            hour=draw(st.sampled_from([1, 2, 30])),
        )
        for i in range(n)
    ]


@settings(max_examples=60)
@given(hot(), st.randoms(use_true_random=False))
def test_beyond_all_bounds_a_claim_is_still_a_function_of_the_set(batch, rnd):
    one = small_in_any_order(batch, rnd)
    assert sum(c.n_reports for c in one.claims().values()) == len(batch)


@settings(max_examples=30)
@given(hot())
def test_a_block_is_taken_up_again_from_its_rows(batch):
    machine, out = fed(*batch)
    assert restored(out).claims() == machine.claims()


@st.composite
def varied(draw):
    """Articles that all say something else, by few voices, on several days."""
    n = draw(st.integers(1, 40))
    days = st.integers(0, 3)
    return [
        said(
            f"a{i}",
            report(f"r{i}", killed=i + 1),
            outlet=f"o{draw(st.integers(0, 4))}",
            hour=24 * draw(days) + i / 60,
        )
        for i in range(n)
    ]


@settings(max_examples=60)
@given(varied(), st.randoms(use_true_random=False))
def test_too_many_different_things_leave_the_newest_days_and_every_voice(batch, rnd):
    one = small_in_any_order(batch, rnd)
    assert len(one.articles) <= Small.MAX_ARTICLES
    newest = max(a.published_at.date() for a in batch)
    heard = {a.outlet for a in batch if a.published_at.date() == newest}
    told = {v.outlet for entry in one.articles.values() for v in entry.versions}
    assert heard <= told
    assert (
        all(c.counts_approximate for c in one.claims().values()) or len(batch) <= Small.MAX_ARTICLES
    )


class Kept(Block):
    """A block with bounds so small that a few articles reach them, without an archive."""

    KEPT, MAX_PILES, MAX_ARTICLES = 2, 3, 4
    ARCHIVE = ()


class Tiny(Block):
    """A block that archives closed claims from two articles on."""

    CLOSING_CHECK_EVERY = 3
    ARCHIVE = ((1, timedelta(0)),)


def put(block, *messages):
    for message in messages:
        block.put(in_block(message))
    return block


@pytest.mark.parametrize(("n", "kept"), [(4, 4), (5, 2)])
def test_copies_are_kept_up_to_the_bound_of_the_block_and_beyond_as_many_as_are_folded(n, kept):
    block = put(Kept(BLOCK), *(copy(i) for i in range(n)))
    assert (len(block.articles), block.counts.n) == (kept, n - kept)
    (claim,) = block.claims().values()
    assert (claim.n_reports, claim.counts_approximate) == (n, n > kept)


@pytest.mark.parametrize(("n", "is_approximate"), [(3, False), (4, True)])
def test_piles_beyond_the_bound_are_only_counted(n, is_approximate):
    block = put(Kept(BLOCK), *(said(f"a{i}", report(f"r{i}"), hour=i) for i in range(n)))
    (claim,) = block.claims().values()
    assert claim.counts_approximate == is_approximate
    assert len(block.articles) == min(n, Kept.MAX_PILES)


@pytest.mark.parametrize(("n", "is_archived"), [(1, False), (2, True)])
def test_closed_claims_are_looked_for_again_in_a_month_after_some_articles(n, is_archived):
    day, late = 24 * 100, said("late", report("l", event="arrested"), hour=24)
    block = put(Tiny(BLOCK), said("old", report("o")), said("new", report("n0"), hour=day), late)
    assert len(block.archive) == 1
    put(block, *(copy(i, hour=day + i) for i in range(1, n + 1)))
    assert len(block.archive) == 1 + is_archived


def test_a_date_ahead_of_time_neither_parts_a_claim_nor_moves_it():
    first, ahead = said("a", report("r1")), said("b", report("r2"), hour=1)
    machine, _ = fed(first, replace(ahead, published_at=hours(24 * 700)))
    (claim,) = machine.claims()
    assert claim.n_reports == 2
    assert claim.updated_at == ahead.first_seen_at
    assert max(sentence.at for sentence in claim.evidence) == ahead.first_seen_at
