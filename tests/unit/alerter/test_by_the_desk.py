"""What an alert says if the desk calls its claim wrong."""

import msgspec
import pytest
from alerting import Stream, update
from builders import hours, verdict

from services.messages import Slot, SlotAnswer

MERIS = Slot(answers=(SlotAnswer(key="meris", label="Meris"),))
HALVANE = Slot(answers=(SlotAnswer(key="halvane", label="Idris Halvane"),))


def after(reason, status="reported", n_independent=2, **left):
    """Return the last text of an alert whose claim the desk called wrong, and whether it corrects.

    `left` are the answers that the claim has then; without any it has all that it had.
    """
    before = told(update("c1", 2, "corroborated", 2, 9, ("front",)))
    now = told(update("c1", 3, status, n_independent, 9, ("front",)), **left)
    claim = msgspec.structs.replace(
        now.claim,
        cause=(),
        verdicts=(verdict(reason, at=hours(2)),),
        article_ids=("c1-a1", "c1-a2"),
    )
    stream = Stream().take([before]).at(hours(2.1))
    stream.take([msgspec.structs.replace(now, claim=claim)])
    (alert,) = [a for a in stream.machine.alerts() if a.watch_id == "claim"]
    last = alert.revisions[-1]
    return last.number, last.corrects, last.wording.change


def told(hit, **left):
    slots = {**hit.claim.slots, "place": MERIS, "patient": HALVANE}
    slots = {k: v for k, v in (slots | left).items() if v is not None}
    return msgspec.structs.replace(hit, claim=msgspec.structs.replace(hit.claim, slots=slots))


@pytest.mark.parametrize(
    ("reason", "change", "status", "left"),
    [
        ("no-event", "Taken back by the desk (no such event)", "retracted", {}),
        ("old", "Taken back by the desk (an old event)", "retracted", {}),
        ("denied", "Now denied, says the desk (the report is a denial)", "denied", {}),
        ("who", "Corrected by the desk (wrong about who)", "corroborated", {"patient": None}),
        ("where", "Corrected by the desk (wrong about where)", "corroborated", {"place": None}),
        (
            "number",
            "Corrected by the desk (wrong number)",
            "corroborated",
            {"count.killed": None},
        ),
    ],
)
def test_what_the_desk_mends_is_a_correction_that_says_so(reason, change, status, left):
    assert after(reason, status, **left) == (2, True, change)


def test_a_copy_that_the_desk_found_lowers_the_status():
    change = "Corrected by the desk (one source repeats another)"
    assert after("copy", n_independent=1) == (2, True, change)


def test_a_verdict_that_changes_no_answer_is_no_news():
    number, corrects, _ = after("where", "corroborated")
    assert (number, corrects) == (1, False)


def test_what_an_outlet_takes_back_later_is_not_of_the_desk():
    stream = Stream().take([told(update("c1", 2, "corroborated", 2, 9, ("front",)))])
    late = told(update("c1", 3, "retracted", 0, 9, ("front",)))
    claim = msgspec.structs.replace(late.claim, verdicts=(verdict("who", at=hours(0)),))
    stream.at(hours(3)).take([msgspec.structs.replace(late, claim=claim)])
    (alert,) = [a for a in stream.machine.alerts() if a.watch_id == "claim"]
    assert alert.revisions[-1].text.startswith("Taken back")
    assert "desk" not in alert.revisions[-1].text
