"""Living alerts: what is told, when, and never twice."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from builders import claim, hours
from hypothesis import given
from hypothesis import strategies as st

from services.alerter.alerts import AlertMachine
from services.alerter.bars import SAME_STORY_WITHIN, SAME_TOLL_WITHIN
from services.alerter.condition import holds
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
    Suppressed,
    Watch,
    decode,
    encode,
)
from services.ports import Record, partition_of
from services.text.sketch import sketch

CLAIM_WATCH = Watch(id="leaders", name="Leaders", claim=ClaimCondition(event=("killed",)))
TEXT_WATCH = Watch(id="words", name="Words", query="halvane")
BOTH = Watch(id="both", name="Both", query="halvane", claim=ClaimCondition(event=("killed",)))


def machine(*watches):
    compiled = compile_all(watches)
    return AlertMachine(lambda: compiled, 1, lambda: hours(0))


def quote(text="Halvane was reportedly killed."):
    return Evidence(article_id="a1", version=1, quote=text, mark=(23, 29))


def feed(m, *messages):
    """Return what the machine tells: revisions as (kind, status), and hits held back as reasons."""
    told: list[object] = []
    for i, message in enumerate(messages):
        hit = message if isinstance(message, Hit) else Hit(hit_id=f"c{i}", claim=message)
        for out in m.step(Record("hits", 0, i, hit.hit_id, encode(hit))):
            if out.topic == "alerts":
                last = decode(Alert, out.value).revisions[-1]
                told.append((last.kind, last.told.status))
            elif out.topic == "suppressed":
                told.append(decode(Suppressed, out.value).reason)
    return told


def update(version, article="a1", **kw):
    evidence = msgspec.structs.replace(quote(f"Sentence {version}."), article_id=article)
    cause = ClaimCause(
        article_id=article,
        version=version,
        evidence=evidence,
        published_at=hours(0),
        first_seen_at=hours(0),
    )
    return claim(version=version, cause=(cause,), **kw)


def hit(article="a1", watch="words", text="", report=True, **kw):
    on = HitReport(
        report_id=f"r-{article}",
        block="violence:halvane",
        event="killed",
        status="reported",
        evidence=quote(),
    )
    defaults: dict[str, Any] = {
        "watch_version": 1,
        "article_version": 1,
        "outlet": "Post",
        "published_at": hours(0),
        "first_seen_at": hours(0),
        "sketch": sketch(text or f"{article} {article}x {article}y {article}z"),
    }
    return Hit(
        hit_id=f"{watch}-{article}",
        watch_id=watch,
        article_id=article,
        report=on if report else None,
        **(defaults | kw),
    )


def test_a_claim_that_meets_the_condition_alerts_once():
    assert feed(machine(CLAIM_WATCH), update(1), update(1), update(2, n_reports=2)) == [
        ("first", "reported")
    ]


def test_status_is_told_when_it_changes():
    m = machine(CLAIM_WATCH)
    assert feed(
        m, update(1), update(2, status="corroborated", level="corroborated", n_independent=2)
    ) == [
        ("first", "reported"),
        ("status", "corroborated"),
    ]


def test_a_denial_and_a_retraction_reach_whoever_got_the_first():
    m = machine(CLAIM_WATCH)
    told = feed(
        m,
        update(1),
        update(2, status="disputed"),
        update(3, status="retracted", level=None, n_reports=0, n_independent=0),
    )
    assert told == [("first", "reported"), ("denied", "disputed"), ("retracted", "retracted")]


def test_an_older_claim_update_changes_nothing():
    assert feed(
        machine(CLAIM_WATCH), update(2, status="confirmed", level="confirmed"), update(1)
    ) == [("first", "confirmed")]


def test_a_higher_count_and_a_second_perpetrator_are_told():
    def with_slots(version, counts, agents):
        slots = {
            "count.killed": Slot(
                answers=tuple(SlotAnswer(key=str(n), label=str(n), min=n, max=n) for n in counts)
            ),
            "agent": Slot(answers=tuple(SlotAnswer(key=a, label=a) for a in agents)),
        }
        return update(version, slots=slots)

    told = feed(
        machine(CLAIM_WATCH),
        with_slots(1, [4], ["k"]),
        with_slots(2, [4, 8], ["k"]),
        with_slots(3, [4, 8], ["k", "t"]),
    )
    assert [kind for kind, _ in told] == ["first", "count", "slot"]


def test_a_claim_without_a_principal_never_alerts():
    assert feed(machine(CLAIM_WATCH), update(1, block="violence:?")) == []


def test_replay_and_backfill_never_alert():
    for cause in ("replay", "backfill"):
        silent = msgspec.structs.replace(
            update(1), cause=(ClaimCause(article_id="a1", version=1, cause=cause),)
        )
        assert feed(machine(CLAIM_WATCH), silent) == []
        assert feed(machine(TEXT_WATCH), hit(cause=cause)) == ["cause"]


def test_a_text_hit_alerts_at_once_and_its_claim_adds_nothing_until_it_changes():
    m = machine(TEXT_WATCH)
    assert feed(m, hit(), update(1)) == [("first", "reported")]
    assert feed(m, update(2, status="denied")) == [("denied", "denied")]


def test_claim_first_then_text_is_one_alert():
    m = machine(TEXT_WATCH)
    assert feed(m, update(1), hit()) == [("first", "reported")]
    assert len(m.alerts()) == 1
    assert m.alerts()[0].claim_ids == ("c1",)


def test_a_copy_of_an_alerted_text_is_held_back():
    assert feed(
        machine(TEXT_WATCH), hit("a1", text="same words here"), hit("a2", text="same words here")
    ) == [
        ("first", "reported"),
        "copy",
    ]


def test_both_parts_of_a_watch_must_hold_whichever_comes_first():
    assert feed(machine(BOTH), update(1)) == []
    assert feed(machine(BOTH), update(1), hit(watch="both")) == [("first", "reported")]
    assert feed(machine(BOTH), hit(watch="both"), update(1)) == [("first", "reported")]


def test_suppressed_and_stale_hits_are_kept_with_their_reason():
    assert feed(machine(TEXT_WATCH), hit(suppressed="boilerplate")) == ["boilerplate"]
    assert feed(machine(TEXT_WATCH), hit(published_at=hours(-200), first_seen_at=hours(0))) == [
        "stale"
    ]


def test_a_hit_of_an_older_version_of_the_watch_is_dropped_with_its_reason():
    newer = msgspec.structs.replace(TEXT_WATCH, version=2)
    assert feed(machine(newer), hit()) == ["watch-changed"]


def test_a_merged_claim_goes_on_under_the_same_alert_without_a_word():
    m = machine(CLAIM_WATCH)
    assert feed(m, update(1), update(2, merged_into="c2"), update(3, claim_id="c2")) == [
        ("first", "reported")
    ]
    assert m.alerts()[0].claim_ids == ("c1", "c2")


def test_of_messages_that_come_together_one_that_may_alert_is_enough():
    loud = update(1, article="a2", article_ids=("a1", "a2"))
    silent = msgspec.structs.replace(loud.cause[0], article_id="a1", cause="backfill")
    together = msgspec.structs.replace(loud, cause=(silent, *loud.cause))
    assert feed(machine(CLAIM_WATCH), together) == [("first", "reported")]
    assert feed(machine(CLAIM_WATCH), msgspec.structs.replace(loud, cause=(silent,))) == []


BOTH_ARTICLES: dict[str, Any] = {"article_ids": ("a1", "a2")}
APART: dict[str, Any] = {"claim_id": "c2", "split_from": ("c1",), "article_ids": ("a2",)}


def told_of_both(m):
    """Let an alert begin with a1 and quote a2, which corroborates it."""
    more = update(2, "a2", status="corroborated", level="corroborated", **BOTH_ARTICLES)
    assert feed(m, update(1), more) == [("first", "reported"), ("status", "corroborated")]


def test_who_was_told_of_an_article_hears_once_that_it_is_in_another_claim():
    m = machine(CLAIM_WATCH)
    told_of_both(m)
    assert feed(m, update(3, "a2", **APART)) == [("split", "reported")]
    assert feed(m, update(4, "a2", **APART)) == []
    (split,) = (r for a in m.alerts() for r in a.revisions if r.kind == "split")
    assert split.corrects
    assert split.text.startswith("Part of this is now told apart: ")


def test_of_what_has_parted_only_corrections_are_told_and_no_further_parting():
    m = machine(CLAIM_WATCH)
    told_of_both(m)
    assert feed(m, update(3, "a2", **APART)) == [("split", "reported")]
    sure = {"status": "confirmed", "level": "confirmed", "article_ids": ("a2", "a3")}
    assert feed(m, update(4, "a3", **(APART | sure))) == []
    third = {"claim_id": "c3", "split_from": ("c2",), "article_ids": ("a3",), "event": "wounded"}
    assert feed(m, update(5, "a3", **third)) == []
    assert feed(m, update(6, "a2", **APART, status="denied")) == [("denied", "denied")]


def test_an_alert_goes_with_the_article_that_it_began_with():
    m = machine(CLAIM_WATCH)
    told_of_both(m)
    moved = APART | {"article_ids": ("a1",)}
    assert feed(m, update(3, "a1", **moved)) == [("corrected", "reported")]
    rest = {"article_ids": ("a2",), "event": "wounded"}
    assert feed(m, update(4, "a2", **rest, status="denied")) == []
    assert feed(m, update(5, "a1", **moved, status="denied")) == [("denied", "denied")]
    assert m.alerts()[0].claim_ids == ("c1", "c2")


def test_a_claim_that_joined_and_parted_is_followed_where_the_alert_began():
    """c1 joins c2 and leaves it again: what becomes of c2 is none of the alert's news."""
    m = machine(CLAIM_WATCH)
    joined = {"claim_id": "c2", "event": "wounded"}
    feed(m, update(1), update(2, merged_into="c2"), update(3, **joined, **BOTH_ARTICLES))
    feed(m, update(4, "a1", article_ids=("a1",)))
    assert m.alerts()[0].claim_ids == ("c2", "c1")
    assert feed(m, update(5, "a2", **joined, article_ids=("a2",), status="denied")) == []
    assert feed(m, update(6, "a1", article_ids=("a1",), status="denied")) == [("denied", "denied")]


def test_who_never_heard_of_what_was_split_off_hears_nothing_of_it():
    m = machine(CLAIM_WATCH)
    elsewhere = {
        "claim_id": "c2",
        "event": "wounded",
        "split_from": ("c1",),
        "article_ids": ("a2",),
    }
    assert feed(m, update(1), update(2, **elsewhere)) == [("first", "reported")]


def test_conditions_are_lower_bounds():
    corroborated = claim(
        level="corroborated",
        n_independent=2,
        slots={"patient": Slot(answers=(SlotAnswer(key="halvane", label="H"),))},
    )
    assert holds(ClaimCondition(status="claimed", independent=2, actor=("halvane",)), corroborated)
    assert not holds(ClaimCondition(status="confirmed"), corroborated)
    assert not holds(ClaimCondition(independent=3), corroborated)
    assert not holds(ClaimCondition(actor=("kadrin",)), corroborated)
    assert not holds(ClaimCondition(event=("arrested",)), corroborated)


UPDATES = st.lists(
    st.sampled_from(["reported", "corroborated", "disputed", "confirmed", "denied", "retracted"]),
    min_size=1,
    max_size=8,
)


@given(UPDATES)
def test_the_last_revision_agrees_with_the_claim_and_no_id_is_told_twice(statuses):
    m = machine(CLAIM_WATCH)
    feed(m, update(1), *(update(i, status=status) for i, status in enumerate(statuses, start=2)))
    (alert,) = m.alerts()
    assert alert.revisions[-1].told.status == statuses[-1]
    assert len({r.id for r in alert.revisions}) == len(alert.revisions)


@given(UPDATES, st.integers(0, 8))
def test_a_restart_at_any_point_ends_in_the_same_alert(statuses, cut):
    """Restoring from the state that was written goes on exactly as the undisturbed machine does."""
    updates = [update(1), *(update(i, status=status) for i, status in enumerate(statuses, start=2))]
    whole, before, after = machine(CLAIM_WATCH), machine(CLAIM_WATCH), machine(CLAIM_WATCH)
    feed(whole, *updates)
    for i, message in enumerate(updates[:cut]):
        for out in before.step(Record("hits", 0, i, "x", encode(Hit(hit_id="x", claim=message)))):
            if out.topic == "alerter-state":
                after.restore(out.key, out.value)
    feed(after, *updates[cut:])
    assert after.alerts() == whole.alerts()


def test_two_people_nobody_knows_are_two_alerts_though_their_reports_meet_in_one_block():
    """Blocks without a principal hold events of any two people;
    their claim joins no text alerts.
    """

    def nobody(article):
        on = HitReport(
            report_id=f"r-{article}",
            block="custody:?",
            event="arrested",
            status="reported",
            evidence=quote(),
        )
        return msgspec.structs.replace(hit(article), report=on)

    shared = update(2, block="custody:?", event="arrested", article_ids=("a1", "a2"))
    m = machine(TEXT_WATCH)
    assert feed(m, nobody("a1"), shared, nobody("a2")) == [
        ("first", "reported"),
        ("first", "reported"),
    ]
    assert len(m.alerts()) == 2


def test_an_undated_hit_says_that_its_date_is_unknown():
    m = machine(TEXT_WATCH)
    assert feed(m, hit(published_at=None)) == ["undated"]
    assert feed(m, hit("a2", published_at=None, last_poll_at=hours(-1))) == [("first", "reported")]
    assert m.alerts()[0].revisions[0].text.endswith("date unknown")


def test_old_news_opens_no_alert_on_its_claim_and_says_so():
    stale = ClaimCause(
        article_id="a1",
        version=1,
        published_at=hours(-200),
        first_seen_at=hours(0),
        last_poll_at=hours(-1),
    )
    assert feed(machine(CLAIM_WATCH), msgspec.structs.replace(update(1), cause=(stale,))) == [
        "stale"
    ]


def test_an_article_seen_before_the_watch_was_saved_opens_nothing_by_words_or_claim():
    saved = {"saved_at": hours(1)}
    assert feed(machine(msgspec.structs.replace(TEXT_WATCH, **saved)), hit()) == ["before-save"]
    assert feed(machine(msgspec.structs.replace(CLAIM_WATCH, **saved)), update(1)) == [
        "before-save"
    ]


def test_an_edit_alerts_only_where_it_brought_the_words():
    told = [("first", "reported")]
    assert feed(machine(TEXT_WATCH), hit(cause="edit", article_version=2)) == told
    assert feed(
        machine(TEXT_WATCH), hit(suppressed="background"), hit(cause="edit", article_version=2)
    ) == ["background", *told]
    assert feed(machine(TEXT_WATCH), hit(), hit(cause="edit", article_version=2)) == told


def test_a_denial_is_no_copy_of_what_it_denies():
    denied = msgspec.structs.replace(hit("a2", text="same words here").report, status="denied")
    told = feed(
        machine(TEXT_WATCH),
        hit("a1", text="same words here"),
        hit("a2", text="same words here", report=False),
    )
    assert told == [("first", "reported"), "copy"]
    debunk = msgspec.structs.replace(hit("a2", text="same words here"), report=denied)
    assert "copy" not in feed(machine(TEXT_WATCH), hit("a1", text="same words here"), debunk)


def test_another_article_on_a_story_just_told_waits_for_its_claim():
    m = machine(TEXT_WATCH)
    assert feed(m, hit("a1"), update(1), hit("a2")) == [("first", "reported")]
    two = ("a1", "a2")
    assert feed(m, update(2, article="a2", article_ids=two, n_reports=2, n_independent=2)) == [
        ("independent", "reported")
    ]
    assert [alert.article_ids for alert in m.alerts()] == [two]


def test_another_story_of_the_same_block_is_told_when_its_claim_comes():
    m = machine(TEXT_WATCH)
    assert feed(m, hit("a1"), update(1), hit("a2")) == [("first", "reported")]
    assert feed(m, update(1, article="a2", claim_id="c2", article_ids=("a2",))) == [
        ("first", "reported")
    ]
    assert len(m.alerts()) == 2


def edit(article="a1", version=2):
    return Hit(hit_id=f"edit-{article}", article_id=article, article_version=version, cause="edit")


def test_an_edit_that_takes_the_words_back_retracts_what_rested_on_nothing_else():
    assert feed(machine(TEXT_WATCH), hit(), edit(), edit()) == [
        ("first", "reported"),
        ("retracted", "retracted"),
    ]
    assert feed(machine(TEXT_WATCH), hit(), hit(article_version=2, cause="edit"), edit()) == [
        ("first", "reported")
    ]
    copied = [hit("a1", text="same words here"), hit("a2", text="same words here"), edit("a1")]
    assert feed(machine(TEXT_WATCH), *copied) == [("first", "reported"), "copy"]


def test_an_edit_leaves_to_the_claim_what_rests_on_it():
    m = machine(TEXT_WATCH)
    assert feed(m, hit(), update(1), edit()) == [("first", "reported")]
    assert feed(m, update(2, status="retracted", level=None, n_reports=0, n_independent=0)) == [
        ("retracted", "retracted")
    ]


def test_state_is_written_to_the_partition_that_the_messages_come_from():
    watches = compile_all([CLAIM_WATCH])
    m = AlertMachine(lambda: watches, 7, lambda: hours(0))
    home = partition_of(CLAIM_WATCH.id, 7)
    message = encode(Hit(hit_id="c1", claim=update(1)))
    out = m.step(Record("hits", home, 0, "c1", message))
    assert home != 0
    assert [(o.topic, o.partition) for o in out if o.topic != "alerts"] == [
        ("alerter-state", home)
    ] * 2


def told_twice(later, n_killed, place="Meris", person="", watch=BOTH):
    """Return what two claims of different articles make told, the second so much later.

    Each has as many dead. The second is in a place. Both are on a person if one is given.
    """
    clock = [hours(0)]
    compiled = compile_all([watch])
    m = AlertMachine(lambda: compiled, 1, lambda: clock[0])
    told: list[Any] = []
    for number, (at, where) in enumerate([(hours(0), "Meris"), (hours(0) + later, place)], 1):
        clock[0] = at
        article = f"a{number}"
        killed = SlotAnswer(key=str(n_killed), label=str(n_killed), min=n_killed, max=n_killed)
        patient = SlotAnswer(key=person or f"p{number}", label=person.title() or f"people {number}")
        slots = {
            "count.killed": Slot(answers=(killed,)),
            "patient": Slot(answers=(patient,)),
            "place": Slot(answers=(SlotAnswer(key=where, label=where),)),
        }
        cause = ClaimCause(article_id=article, version=1, published_at=at, first_seen_at=at)
        told += feed(
            m,
            *([hit(article, watch.id, article_version=number)] if watch.query else []),
            claim(
                claim_id=f"c{number}",
                slots=slots,
                article_ids=(article,),
                incident_ids=(),
                cause=(cause,),
            ),
        )
    return [kind for kind, _ in told]


MOMENT = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("case", "kinds"),
    [
        ({"later": SAME_TOLL_WITHIN, "n_killed": 9}, ["first", "also"]),
        ({"later": SAME_TOLL_WITHIN + MOMENT, "n_killed": 9}, ["first", "first"]),
        ({"later": MOMENT, "n_killed": 9, "place": "Talden"}, ["first", "first"]),
        ({"later": MOMENT, "n_killed": 1}, ["first", "first"]),
        ({"later": MOMENT, "n_killed": 9, "watch": CLAIM_WATCH}, ["first", "first"]),
        (
            {"later": SAME_STORY_WITHIN, "n_killed": 1, "person": "halvane", "watch": CLAIM_WATCH},
            ["first"],
        ),
        (
            {
                "later": SAME_STORY_WITHIN + MOMENT,
                "n_killed": 1,
                "person": "halvane",
                "watch": CLAIM_WATCH,
            },
            ["first", "first"],
        ),
    ],
    ids=["toll", "later", "elsewhere", "one", "no words", "person", "person later"],
)
def test_a_second_claim_on_probably_the_same_story_is_told_in_the_open_alert(case, kinds):
    """Of a person: what adds nothing. On words: the same number of people, in no other place."""
    assert told_twice(**case) == kinds
