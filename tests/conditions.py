"""Random claims and conditions on them over few names, so that they often meet."""

from collections.abc import Sequence

from builders import claim
from hypothesis import strategies as st
from msgspec.structs import replace

from services.messages import (
    LEVELS,
    Claim,
    ClaimCondition,
    Evidence,
    Slot,
    SlotAnswer,
    Transition,
)

NAMES = ["idris-halvane", "Idris Halvane", "orran-front", "meris", "Kostria"]
KEYS = st.sampled_from(["idris-halvane", "orran-front", "meris", "kostria"])
names = st.lists(st.sampled_from(NAMES), max_size=2).map(tuple)
answers = st.builds(
    SlotAnswer,
    key=KEYS,
    label=st.sampled_from(NAMES),
    within=st.lists(KEYS, max_size=1).map(tuple),
)
tolls = st.builds(SlotAnswer, key=st.just("n"), label=st.just("n"), min=st.integers(0, 3))
slots = st.dictionaries(
    st.sampled_from(["patient", "target", "agent", "place", "instrument"]),
    st.lists(answers, max_size=2).map(lambda given: Slot(answers=tuple(given))),
).flatmap(
    lambda roles: st.dictionaries(
        st.sampled_from(["count.killed", "count.wounded"]),
        st.lists(tolls, max_size=2).map(lambda given: Slot(answers=tuple(given))),
    ).map(lambda counts: roles | counts)
)
EVENTS = ["killed", "wounded", "attack"]
SHOWN = Evidence(article_id="a", version=1, quote="x", mark=(0, 1))
steps = st.sampled_from(
    [(), (Transition(at=None, to="confirmed", report_id="r", shown_by=(SHOWN,), rule="x"),)]
)
claims = st.builds(
    claim,
    event=st.sampled_from(EVENTS),
    events=st.lists(st.sampled_from(EVENTS), max_size=1).map(tuple),
    level=st.sampled_from([None, *LEVELS]),
    status=st.sampled_from(["reported", "confirmed", "denied"]),
    n_independent=st.integers(0, 3),
    confidence=st.sampled_from([None, 0.1, 0.4, 0.7]),
    slots=slots,
    history=steps,
)
conditions = st.builds(
    ClaimCondition,
    event=st.lists(st.sampled_from(EVENTS), max_size=2).map(tuple),
    actor=names,
    patient=names,
    agent=names,
    place=names,
    status=st.sampled_from([None, *LEVELS]),
    independent=st.integers(0, 3),
    killed=st.integers(0, 3),
    confidence=st.sampled_from([0.0, 0.3, 0.4, 0.41, 0.7]),
)


def numbered(some: Sequence[Claim], before: str = "c") -> list[Claim]:
    """Return the claims with ids of their own."""
    return [replace(each, claim_id=f"{before}{n}") for n, each in enumerate(some)]
