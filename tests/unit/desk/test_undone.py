"""What was decided about a claim and taken back: who took what back, and when."""

import msgspec
from builders import claim, hours, judgement, verdict

from services.desk.undone import MOST_UNDONE, undone_of
from services.messages import Evidence

SAID = Evidence(article_id="a", version=1, report_id="r1", quote="Q", mark=(0, 0))
CLAIM = claim(evidence=(SAID,))


def undo(of, hour, by="idris", id="u"):
    return msgspec.structs.replace(
        of, judgement_id=id, kind="undo", undoes=of.judgement_id, by=by, at=hours(hour), why="No."
    )


NOTE = msgspec.structs.replace(judgement("note"), claim_id="c1", reports=("r1",))


def test_who_took_what_back_is_told_the_last_first():
    wrong = verdict("old", about="claim", id="c1", claim_id="c1", at=hours(3), note="Of May.")
    back = verdict(about="claim", id="c1", claim_id="c1", undoes=wrong.verdict_id, by="rana",
                   at=hours(4))  # fmt: skip
    first, second = undone_of(CLAIM, [NOTE, undo(NOTE, 2)], [wrong, back])
    assert (first.heading, first.why) == ("mara called it wrong: old news", "Of May.")
    assert (first.by, first.undone_at, first.at) == ("rana", hours(4), hours(3))
    assert (second.by, second.reason, second.undone_at) == ("idris", "No.", hours(2))


def test_what_is_in_force_is_not_among_them_and_an_undo_can_be_undone():
    assert undone_of(CLAIM, [NOTE], []) == []
    once = undo(NOTE, 2)
    again = msgspec.structs.replace(undo(once, 3, id="u2"), undoes="u")
    assert undone_of(CLAIM, [NOTE, once, again], []) == []


def test_decisions_on_other_claims_and_on_alerts_are_not_told():
    other = msgspec.structs.replace(NOTE, claim_id="c2", reports=("r9",))
    on_alert = verdict("old", about="alert", id="x", watch_id="w", claim_id="c1")
    back = verdict(about="alert", id="x", watch_id="w", claim_id="c1", undoes=on_alert.verdict_id)
    assert undone_of(CLAIM, [other, undo(other, 2)], [on_alert, back]) == []


def test_a_claim_whose_id_changed_is_known_by_its_reports():
    moved = msgspec.structs.replace(NOTE, claim_id="of before")
    assert len(undone_of(CLAIM, [moved, undo(moved, 2)], [])) == 1


def test_few_are_listed():
    notes = [msgspec.structs.replace(NOTE, judgement_id=f"n{n}") for n in range(MOST_UNDONE + 1)]
    undos = [undo(note, n, id=f"u{n}") for n, note in enumerate(notes)]
    assert len(undone_of(CLAIM, [*notes, *undos], [])) == MOST_UNDONE
