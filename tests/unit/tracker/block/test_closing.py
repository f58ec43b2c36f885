"""Claims close after quiet time:
a date in news time that follows from their reports, told to nobody, undone by a late one.
"""

from datetime import UTC, datetime, timedelta

import pytest
from builders import answer, hours, in_block, report, said
from hypothesis import given
from hypothesis import strategies as st

from services.messages import encode
from services.ports import Record
from services.tracker.block.closing import MONTH_DAYS, Checks, may_be_old
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.fold import fold
from services.tracker.claims.rules import QUIET, STAY, archive, closes_at
from services.tracker.grouping.rules import PERSON_WITHIN, PLACE_WITHIN

BLOCK = "violence:halvane"


def step(machine, message):
    return [
        o
        for o in machine.step(Record("reports", 0, 0, message.article_id, encode(message)))
        if o.topic == "claims"
    ]


def test_no_rule_joins_a_report_to_a_closed_claim_by_nearness():
    assert max(PERSON_WITHIN, PLACE_WITHIN) <= QUIET


@given(st.lists(st.integers(0, 20), min_size=1, max_size=6))
def test_a_claim_closes_a_quiet_time_after_it_was_last_spoken_of(days):
    (claim,) = fold(
        BLOCK,
        [in_block(said(f"a{i}", report(f"r{i}"), hour=24 * day)) for i, day in enumerate(days)],
    )
    assert claim.closes_at == hours(24 * max(days)) + QUIET


def test_copies_that_are_only_counted_keep_a_claim_open():
    machine = FoldMachine()
    for i in range(40):
        step(
            machine,
            said(f"copy{i:02}", report(f"r{i}"), wire="meridian", text="x " * 40, hour=i / 10),
        )
    (claim,) = machine.claims()
    assert claim.updated_at == hours(3.9)
    assert claim.closes_at == hours(3.9) + QUIET


def test_a_claim_without_any_date_never_closes_and_the_last_day_of_all_is_a_date():
    assert closes_at(None) is None
    assert closes_at(datetime.max.replace(tzinfo=UTC)) == datetime.max.replace(tzinfo=UTC)


def test_time_that_passes_tells_nothing_of_a_claim_that_closes():
    machine = FoldMachine()
    step(machine, said("a", report("r1")))
    (old,) = machine.claims()
    (told,) = step(machine, said("b", report("r2"), hour=24 * 365))
    assert told.key != old.claim_id


def test_a_late_report_finds_the_closed_claim_and_opens_no_other():
    machine = FoldMachine()
    step(machine, said("a", report("r1")))
    step(machine, said("b", report("r2"), hour=24 * 365))
    before = {c.claim_id for c in machine.claims()}
    step(machine, said("late", report("r3"), hour=48))
    assert {c.claim_id for c in machine.claims()} == before
    (found,) = [c for c in machine.claims() if "late" in c.article_ids]
    assert (found.n_reports, found.closes_at) == (2, hours(48) + timedelta(days=30))


def test_a_block_from_its_rows_is_checked_when_one_in_memory_would_be():
    checks = Checks(archive(), every=500)
    checks.resume(3, hours(0))
    same_days, later = hours(0), hours(0) + timedelta(days=MONTH_DAYS)
    assert checks.before(3, same_days) is None
    assert checks.before(3, later) == later - (STAY - QUIET)


@pytest.mark.parametrize(("n_articles", "is_due"), [(4_499, False), (4_500, True)])
def test_a_block_from_its_rows_is_checked_at_the_next_number_of_articles(n_articles, is_due):
    checks = Checks(archive(), every=500)
    checks.resume(4_010, hours(0))
    assert (checks.before(n_articles, hours(0)) is not None) == is_due


PARTS = st.tuples(
    st.sampled_from(["halvane", "osk"]),
    st.integers(0, 90),
    st.sampled_from(["osk", "lund"]),
)


@given(st.lists(PARTS, min_size=1, max_size=8), st.integers(0, 120))
def test_a_claim_that_stays_for_itself_stays_with_those_that_it_meets(parts, day):
    machine = FoldMachine()
    for i, (home, at, place) in enumerate(parts):
        one = report(
            f"r{i}",
            patient=(answer("halvane"),) if home == "halvane" else (),
            place=(answer(place, type="place", precision="town"),),
            names=("halvane", "werrin"),
            incident_id=f"i{i}",
        )
        step(machine, said(f"a{i}", one, block=f"violence:{home}", hour=24 * at))
    before = hours(24 * day) + QUIET
    for name in ("violence:halvane", "violence:osk"):
        live = machine._blocks[name]
        for claim in live.own.claims.values():
            if not may_be_old(claim, before):
                shown = live.block.shown(claim)
                assert shown.closes_at is None or shown.closes_at >= before
