"""What a hot block costs: counted in reports folded and articles kept, not in time;
and it is still a function of the set.
"""

from collections import defaultdict

import pytest
from builders import answer, in_block, report, said, speaker
from hypothesis import given, settings
from hypothesis import strategies as st

from services.messages import encode
from services.ports import Record
from services.tracker.block.block import Block
from services.tracker.block.distinct import hashed, size, with_member
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


@pytest.mark.slow
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
    assert {o.partition_key for o in out} == {"violence:werrin"}


def test_a_new_voice_is_heard_in_the_hottest_block():
    denial = said("denial", report("d", stance="denied", speakers=(speaker("front"),)), hour=9)
    machine, _ = fed(*(copy(i) for i in range(500)), denial)
    assert [c.status for c in machine.claims()] == ["disputed"]


def counted(names):
    """Yield the count after each name."""
    parts: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    for name in names:
        part, number = hashed(name)
        parts[part] = with_member(parts[part], number)
        yield sum(map(size, parts.values()))


@given(st.sets(st.integers(0, 10**6), min_size=1, max_size=300), st.randoms(use_true_random=False))
def test_a_count_is_of_the_set_and_exact_while_it_is_small(members, rnd):
    names = [str(m) for m in members] * 2
    rnd.shuffle(names)
    assert list(counted(names))[-1] == len(members)


def test_a_large_count_is_near_and_never_falls():
    told = list(counted(str(i) for i in range(100_000)))
    assert told == sorted(told)
    assert all(abs(n - i) <= 0.03 * i for i, n in enumerate(told, 1))


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
