"""Claims that closed long ago give way to stubs:
exact while nothing comes too late, found by what does, told to nobody.
"""

from datetime import timedelta

import msgspec
import pytest
from builders import answer, hours, judgement, report, said, speaker
from folding import take, updates
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.alerts import AlertMachine
from services.alerter.watch import compile_all
from services.messages import (
    Alert,
    BlockArticle,
    ClaimCondition,
    EventDate,
    Hit,
    Watch,
    decode,
    encode,
)
from services.ports import Record
from services.tracker.block.block import Block
from services.tracker.block.machine import FoldMachine
from services.tracker.grouping.judgements import route_judgement

YEAR = timedelta(days=365)
BLOCK = "violence:halvane"


class Small(Block):
    """A block that keeps no articles of claims that have been closed
    for a year, once it has more than three.
    """

    ARCHIVE = ((3, YEAR),)  # one step in place of two


class Whole(Block):
    """A block that keeps all."""

    ARCHIVE = ()


def told_on(day, name=None, n=1, **kw):
    """Return an article of a day that says how many were killed, in words of its own."""
    article = name or f"a{day:05}"
    fields = {f: kw.pop(f) for f in ("outlet", "text", "block", "version") if f in kw}
    return said(article, report(f"r-{article}", killed=n, **kw), hour=24 * day, **fields)


def fed(*messages):
    machine = FoldMachine(Small)
    return machine, take(machine, *messages)


def restored(out, is_compacted=False):
    machine = FoldMachine(Small)
    rows = [(o.key, o.value) for o in out if o.topic == "tracker-state"]
    for key, value in dict(rows).items() if is_compacted else rows:
        if value is not None or not is_compacted:
            machine.restore(key, value)
    return machine


def names(machine):
    return {c.claim_id for c in machine.claims()}


def only(machine, article):
    (claim,) = [c for c in machine.claims() if article in c.article_ids]
    return claim


def unversioned(claims):
    return [msgspec.structs.replace(claim, version=0) for claim in claims]


OLD = (told_on(0, "first"), told_on(1, "second", outlet="sella"))
SINCE = tuple(told_on(day) for day in (600, 700, 800))
"""What comes later, each a claim of its own; with the last of them the first claim is archived."""


def archived(*more):
    machine, out = fed(*OLD, *SINCE, *more)
    assert machine.n_kept == len(SINCE)
    return machine, out


@st.composite
def slow(draw):
    """Articles over seven years, each less than a year late, of few words and voices."""
    days = draw(
        st.lists(
            st.tuples(st.integers(0, 2500), st.integers(0, 300)),
            max_size=24,
            unique_by=lambda d: d[0],
        )
    )
    agents = st.sampled_from([(), (answer("brigade", "group"),)])
    return [
        told_on(
            day,
            n=draw(st.integers(1, 3)),
            stance=draw(
                st.sampled_from(["reported", "claimed", "confirmed", "denied", "background"])
            ),
            speakers=draw(st.sampled_from([(), (speaker("front"),)])),
            agent=draw(agents),
            outlet=draw(st.sampled_from(["sella", "meridian", None])),
            text=draw(st.sampled_from([None, "copied text " * 20])),
        )
        for day, _ in sorted(days, key=sum)
    ]


@settings(max_examples=150)
@given(slow())
def test_what_is_less_than_a_year_late_is_folded_as_if_nothing_were_archived(batch):
    whole = FoldMachine(Whole)
    take(whole, *batch)
    machine, _ = fed(*batch)
    assert machine.claims() == whole.claims()


@settings(max_examples=100)
@given(slow(), st.integers(0, 24), st.booleans())
def test_a_restart_at_any_moment_takes_the_archive_up_again(batch, cut, is_compacted):
    undisturbed, _ = fed(*batch)
    _, out = fed(*batch[:cut])
    machine = restored(out, is_compacted)
    take(machine, *batch[cut:])
    assert machine.claims() == undisturbed.claims()


@settings(max_examples=100)
@given(slow())
def test_what_is_said_again_changes_nothing_but_the_version(batch):
    machine, _ = fed(*batch)
    before = machine.claims()
    take(machine, *batch)
    assert unversioned(machine.claims()) == unversioned(before)
    assert all(
        new.version >= old.version for new, old in zip(machine.claims(), before, strict=True)
    )


def test_to_archive_a_claim_tells_nobody():
    machine, _ = fed(*OLD, SINCE[0])
    old = only(machine, "first")
    told = updates(take(machine, SINCE[1]))
    assert machine.n_kept == 2
    assert [c.article_ids for c in told] == [(SINCE[1].article_id,)]
    assert unversioned([only(machine, "first")]) == unversioned([old])


def test_a_claim_that_closes_and_is_archived_alerts_nobody_and_a_late_report_of_it_is_no_first():
    watches = compile_all([Watch(id="w", name="Killed", claim=ClaimCondition(event=("killed",)))])
    alerts = AlertMachine(lambda: watches, 1, lambda: hours(0))
    machine = FoldMachine(Small)

    def told(*messages):
        hits = (Hit(hit_id=c.claim_id, claim=c) for c in updates(take(machine, *messages)))
        out = [
            o for hit in hits for o in alerts.step(Record("hits", 0, 0, hit.hit_id, encode(hit)))
        ]
        return [decode(Alert, o.value).revisions[-1].kind for o in out if o.topic == "alerts"]

    assert told(*OLD) == ["first", "status"]
    (before,) = alerts.alerts()
    assert told(*(told_on(day, n=0, event="wounded") for day in (600, 700, 800))) == []
    assert machine.n_kept == 3
    assert alerts.alerts() == [before]
    assert told(told_on(2, "late")) == []
    assert [a.revisions for a in alerts.alerts()] == [before.revisions]


def test_a_late_report_finds_the_archived_claim_and_opens_no_other():
    machine, _ = archived()
    before, old = names(machine), only(machine, "first")
    (told,) = updates(take(machine, told_on(2, "late")))
    assert names(machine) == before
    assert (told.claim_id, told.n_reports, told.status) == (
        old.claim_id,
        old.n_reports + 1,
        old.status,
    )
    assert told.article_ids == ("first", "second", "late")
    assert told.cause[0].article_id == "late"
    assert told.version > old.version
    assert machine.n_kept == len(SINCE)


def denial(name, day=2, **kw):
    return told_on(day, name, stance="denied", speakers=(speaker("ministry", "official"),), **kw)


def test_a_late_denial_disputes_an_archived_claim_and_quotes_both_sides():
    machine, _ = archived()
    before = only(machine, "first")
    (told,) = updates(take(machine, denial("no")))
    assert (told.claim_id, told.status, told.level) == (before.claim_id, "disputed", before.level)
    step = told.history[-1]
    assert (step.from_, step.article_id) == (before.status, "no")
    assert [said.article_id for said in step.shown_by] == ["first", "no"]


@given(st.permutations([denial("b", day=2), denial("c", day=3), told_on(4, "yes")]))
def test_late_denials_in_any_order_are_the_same_also_after_a_restart(late):
    one, out = archived(*late)
    other, _ = archived(denial("b", day=2), denial("c", day=3), told_on(4, "yes"))
    assert only(one, "first").history == only(other, "first").history
    assert restored(out).claims() == one.claims()


def test_a_late_denial_that_is_taken_back_leaves_the_claim_as_it_was():
    machine, _ = archived(denial("no"))
    take(machine, said("no", version=2, hour=24 * 2, block=BLOCK))
    assert only(machine, "first").status != "disputed"
    assert len(only(machine, "first").history) == len(only(archived()[0], "first").history)


def test_an_accused_who_denies_the_act_late_does_not_dispute_an_archived_event():
    raid = {"event": "airstrike", "patient": (), "agent": (answer("front", "group"),)}
    old = (told_on(0, "first", **raid), told_on(1, "second", outlet="sella", **raid))
    machine, _ = fed(*old, *SINCE)
    own = told_on(2, "no", stance="denied", speakers=(speaker("front"),), **raid)
    (told,) = updates(take(machine, own))
    assert told.article_ids == ("first", "second", "no")
    assert told.status != "disputed"


def test_a_late_report_is_counted_once_also_after_a_restart():
    _, out = archived(told_on(2, "late"))
    machine = restored(out)
    take(machine, told_on(2, "late"))
    assert only(machine, "late").n_reports == 3


@given(st.permutations([told_on(day, f"late{day}") for day in range(-3, 5)]))
def test_late_reports_in_any_order_are_the_same_to_an_archived_claim(late):
    one, other = archived()[0], archived()[0]
    take(one, *late)
    take(other, *sorted(late, key=lambda m: m.article_id), *late)
    assert set(only(one, "first").article_ids) == set(only(other, "first").article_ids)
    assert [(c.claim_id, c.n_reports, c.version) for c in one.claims()] == [
        (c.claim_id, c.n_reports, c.version) for c in other.claims()
    ]


def test_a_late_report_of_another_time_is_a_claim_of_its_own():
    machine, _ = archived()
    before = names(machine)
    (told,) = updates(take(machine, told_on(200, "other")))
    assert told.claim_id not in before
    assert only(machine, "other").n_reports == 1


def test_who_names_the_day_years_later_speaks_of_the_archived_claim():
    day = EventDate(from_="2031-05-01", to="2031-05-01", basis="stated")
    machine, _ = fed(told_on(0, "first", date=day), *SINCE)
    assert machine.n_kept == 3
    (told,) = updates(take(machine, told_on(900, "later", date=day)))
    assert told.article_ids == ("first", "later")
    assert told.updated_at == hours(24 * 900)


def test_an_edit_withdraws_a_report_of_an_archived_claim_and_the_last_one_retracts_it():
    machine, _ = archived()
    gone = [msgspec.structs.replace(m, version=2, reports=(), seen_at=hours(24 * 810)) for m in OLD]
    (told,) = updates(take(machine, gone[0]))
    assert (told.status, told.n_reports) == ("corroborated", 1)
    (told,) = updates(take(machine, gone[1]))
    assert (told.status, told.level, told.n_reports, told.n_independent) == (
        "retracted",
        None,
        0,
        0,
    )
    assert (told.history[-1].to, told.history[-1].at) == ("retracted", hours(24 * 810))
    (told,) = updates(
        take(machine, msgspec.structs.replace(OLD[1], version=3, seen_at=hours(24 * 820)))
    )
    assert (told.status, told.n_reports) == ("corroborated", 1)


def test_an_edit_that_still_says_it_is_no_news():
    machine, _ = archived()
    before = names(machine)
    take(machine, msgspec.structs.replace(OLD[0], version=2, seen_at=hours(24 * 810)))
    assert names(machine) == before
    assert only(machine, "first").n_reports == 2


@pytest.mark.parametrize("kind", ["dismiss", "note"])
def test_an_analyst_has_the_last_word_on_an_archived_claim(kind):
    machine, _ = archived()
    old = only(machine, "first")
    made = msgspec.structs.replace(judgement(kind, reports=("r-first",)), claim_id=old.claim_id)
    (routed,) = route_judgement(Record("judgements", 0, 0, "", encode(made)))
    (told,) = updates(machine.step(Record("reports", 0, 0, "", routed.value)))
    assert (told.claim_id, told.judgements) == (old.claim_id, (made,))
    assert told.status == ("retracted" if kind == "dismiss" else "corroborated")


def test_an_archived_death_is_still_known_when_it_is_mentioned_in_passing():
    death = told_on(0, "death", stance="confirmed", speakers=(speaker("front"),))
    denials = [
        told_on(day, stance="denied", speakers=(speaker("brigade"),)) for day in (600, 700, 800)
    ]
    machine, _ = fed(death, *denials)
    assert only(machine, "death").status == "confirmed"
    assert machine.n_kept == 3
    assert updates(take(machine, told_on(1500, "anniversary", stance="asserted"))) == []


def test_five_years_of_one_group_keep_one_year_of_articles_and_a_stub_a_claim():
    machine, rows = FoldMachine(Small), {}
    for week in range(5 * 52):
        for i in range(3):
            for out in take(machine, told_on(35 * week, f"w{week}a{i}", outlet=f"outlet {i}")):
                if out.topic == "tracker-state":
                    rows[out.key] = out.value
    held = [decode(BlockArticle, value) for value in rows.values() if value]
    assert machine.n_kept == sum(bool(row.versions) for row in held) <= 3 * 14
    assert len(held) <= machine.n_kept + 5 * 52
    assert len(machine.claims()) == 5 * 52


def test_a_claim_that_another_stands_for_is_archived_with_it():
    """Else the other would be told again without its reports."""
    names, places = ("osk", "werrin"), ("osk", "werrin")
    at = [{"names": names, "place": (answer(place, "place"),), "patient": ()} for place in places]
    met = [
        told_on(day, f"met{day}", block=f"violence:{place}", **kw)
        for day, place, kw in zip((0, 1), places, at, strict=True)
    ]
    later = [told_on(day, n=9, block="violence:werrin", **at[1]) for day in (600, 700, 800, 900)]
    machine, _ = fed(*met)
    (before,) = machine.claims()
    assert before.article_ids == ("met0", "met1")
    told = updates(take(machine, *later))
    assert not {"met0", "met1"} & {article for claim in told for article in claim.article_ids}
    assert unversioned([only(machine, "met0")]) == unversioned([before])
