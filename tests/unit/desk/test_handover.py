"""What changed since a shift: status, corrections, new alerts, and what others have seen."""

from builders import claim, hours
from msgspec.structs import replace
from policing import alert, command

from services.desk.handover import (
    corrections,
    opened,
    seen_by_others,
    status_change,
    status_changes,
)
from services.desk.inbox import Reader
from services.messages import Evidence, Slot, SlotAnswer, Transition

READER = Reader("ann", hours(9), {})


def steps(*rows):
    return tuple(
        Transition(at=hours(at), from_=was, to=to, report_id="r", rule="x") for at, was, to in rows
    )


STORY = claim(
    status="disputed",
    history=steps(
        (0, None, "reported"), (2, "reported", "confirmed"), (4, "confirmed", "disputed")
    ),
)


def test_the_steps_since_the_shift_are_one_change():
    found = status_change(STORY, hours(1))
    assert (found.was, found.now, found.at) == ("reported", "disputed", hours(4))
    assert status_change(STORY, hours(4)).was == "confirmed"
    assert status_change(STORY, hours(4.1)) is None


def test_a_claim_of_which_nothing_is_left_is_named_by_what_it_had_said():
    said = Evidence(article_id="a", version=1, quote="He was arrested.", mark=(7, 15))
    bare = status_change(replace(STORY, evidence=(said,)), hours(1))
    assert bare.is_quoted
    assert said.quote in bare.sentence
    where = {"place": Slot(answers=(SlotAnswer(key="meris", label="Meris"),))}
    assert not status_change(replace(STORY, evidence=(said,), slots=where), hours(1)).is_quoted


def test_a_status_that_came_back_is_no_change():
    back = replace(STORY, history=(*STORY.history, *steps((5, "disputed", "confirmed"))))
    assert status_change(back, hours(3)) is None


def test_a_new_claim_counts_once_it_is_more_than_one_report():
    fresh = replace(STORY, claim_id="c2", history=steps((3, None, "reported")))
    assert [each.claim_id for each in status_changes([fresh, STORY], hours(1))] == ["c1"]
    borne_out = replace(fresh, history=(*fresh.history, *steps((5, "reported", "confirmed"))))
    assert [each.claim_id for each in status_changes([STORY, borne_out], hours(1))] == ["c2", "c1"]


def test_corrections_are_what_takes_back_and_nothing_before_the_shift():
    of = alert("first", "denied", "count", "corrected", "merged", corrects=(5,))
    assert [each.step.number for each in corrections([of], hours(0))] == [4, 2]
    assert [each.step.number for each in corrections([of], hours(2))] == [4]


def test_an_alert_is_new_from_its_first_revision_on():
    of = alert("first", "status")
    assert [each.step.kind for each in opened([of], hours(0))] == ["status"]
    assert opened([of], hours(0.1)) == []
    assert opened([replace(of, state="closed")], hours(0)) == []


def test_what_others_acknowledged_is_told_once_and_ones_own_is_not():
    seen = [
        replace(command("acknowledge", at=hours(n), command_id=str(n)), by=who)
        for n, who in enumerate(["ben", "ann", "ben", "ben"], 1)
    ]
    of = alert("first")
    (found,) = seen_by_others(seen, [of], READER, hours(2), {"w": "Leaders"})
    assert (found.who, found.at, found.says, found.watch_name) == (
        "ben",
        hours(4),
        "Told.",
        "Leaders",
    )
    gone = replace(seen[0], alert_id="gone", at=hours(3))
    (other,) = seen_by_others([gone], [of], READER, hours(2), {})
    assert other.watch_name == "a watch that is gone"
