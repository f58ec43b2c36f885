"""Claims close after quiet time:
a date in news time that follows from their reports, told to nobody, undone by a late one.
"""

from datetime import UTC, datetime, timedelta

from builders import hours, in_block, report, said
from hypothesis import given
from hypothesis import strategies as st

from services.messages import encode
from services.ports import Record
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.fold import fold
from services.tracker.claims.rules import QUIET, closes_at
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
