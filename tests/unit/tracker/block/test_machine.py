"""A hot block tells once a batch what came together:
the same in the end, with nothing lost on the way.
"""

import msgspec
from builders import report, said
from folding import homes, moved, take, updates
from hypothesis import given, settings
from hypothesis import strategies as st

from services.messages import Claim
from services.tracker.block.machine import MAX_CAUSES, FoldMachine


def test_a_cool_block_tells_each_report_at_once_and_a_hot_one_at_the_end_of_the_batch():
    machine = FoldMachine(put_off_from=1)
    assert len(updates(take(machine, said("a", report("r1"))))) == 1
    assert (
        updates(take(machine, said("b", report("r2"), hour=1), said("c", report("r3"), hour=2)))
        == []
    )
    (claim,) = updates(machine.settle())
    assert (claim.n_reports, [c.article_id for c in claim.cause]) == (3, ["b", "c"])
    assert machine.settle() == []


def test_state_is_never_put_off():
    machine = FoldMachine(put_off_from=0)
    assert [o.topic for o in take(machine, said("a", report("r1")))] == ["tracker-state"]


def test_the_messages_behind_an_update_are_the_last_of_its_own_articles():
    machine, arrested = (
        FoldMachine(put_off_from=0),
        said("x", report("r", event="arrested"), hour=9),
    )
    take(machine, *(said(f"a{i:02}", report(f"r{i}"), hour=i) for i in range(30)), arrested)
    causes = {c.event: [cause.article_id for cause in c.cause] for c in updates(machine.settle())}
    assert causes == {"killed": [f"a{i:02}" for i in range(30 - MAX_CAUSES, 30)], "arrested": ["x"]}


def test_the_message_behind_an_update_has_the_headline_and_what_of_the_claim_that_tells():
    title = "Blast kills nine"
    spans = {"in-title": (0, len(title)), "at-its-end": (5, len(title)), "in-body": (1, 17)}
    for name, sentence in spans.items():
        machine = FoldMachine()
        article = msgspec.structs.replace(
            said("a", report(name, sentence=sentence, trigger=sentence)), title=title
        )
        (claim,) = updates(take(machine, article))
        (cause,) = claim.cause
        assert (cause.title, cause.headline) == (title, () if name == "in-body" else ("killed",))


def test_the_sentence_behind_an_update_is_of_the_claims_type_and_of_the_body_if_one_is():
    title = "Blast kills nine"
    opening = report("title", sentence=(0, len(title)), trigger=(0, len(title)))
    strike = report("strike", event="airstrike", sentence=(20, 40), trigger=(20, 40))
    deaths = report("deaths", sentence=(50, 80), trigger=(50, 80))
    for reports, best in [
        ((opening, strike, deaths), "deaths"),
        ((opening, strike), "title"),
    ]:
        article = msgspec.structs.replace(said("a", *reports), title=title)
        told = {c.event: c for c in updates(take(FoldMachine(), article))}
        (cause,) = told["killed"].cause
        assert cause.evidence is not None
        assert cause.evidence.quote == f"Sentence of {best}."


EVENTS = st.sampled_from(["killed", "wounded", "airstrike", "arrested"])


def test_the_claims_of_one_message_come_by_id_in_every_process():
    """Python orders a set of ids by a seed that each process draws."""
    kinds = ("killed", "arrested", "airstrike", "released", "resigned")
    machine, seen = FoldMachine(), 0
    for n in range(8):
        some = (report(f"r{n}-{kind}", event=kind) for kind in kinds)
        told = [c.claim_id for c in updates(take(machine, said(f"a{n}", *some, hour=n)))]
        assert told == sorted(told)
        seen += len(told)
    assert seen > 20


def test_a_claim_is_told_to_be_merged_before_the_claim_that_it_is_merged_into():
    """Whoever was told of the first one would take the other one for news."""
    machine = FoldMachine()
    (known,) = updates(take(machine, said("a1", report("r1"), hour=2)))
    ended, now = updates(take(machine, said("a2", report("r2"), hour=1)))
    assert (ended.claim_id, ended.merged_into) == (known.claim_id, now.claim_id)


@st.composite
def streams(draw):
    """Return messages in the order they come,
    edits among them, and after which of them a batch ends.
    """
    n = draw(st.integers(1, 9))
    articles, days = st.integers(0, n), st.integers(0, 60)
    messages = [
        said(
            f"a{draw(articles)}",
            report(f"r{i}", event=draw(EVENTS)),
            version=i + 1,
            hour=24 * draw(days),
        )
        for i in range(n)
    ]
    return messages, draw(st.lists(st.booleans(), min_size=n, max_size=n))


@settings(max_examples=150, deadline=None)
@given(streams(), st.sampled_from([None, 0, 2]))
def test_who_hears_only_what_is_told_knows_all_claims_and_where_each_report_went(
    stream, put_off_from
):
    messages, ends = stream
    machine, at = FoldMachine(put_off_from=put_off_from), 0
    known: dict[str, Claim] = {}
    for i, (message, is_end) in enumerate(zip(messages, [*ends[:-1], True], strict=True), 1):
        known |= {c.claim_id: c for c in updates(take(machine, message))}
        if is_end:
            known |= {c.claim_id: c for c in updates(machine.settle())}
            pairs, at = moved(homes(messages[:at]), homes(messages[:i])), i
            # Without batches a report may have moved on
            # before; then the pointers lead there in steps.
            if put_off_from == 0:
                assert all(
                    known[old].merged_into == now or old in known[now].split_from
                    for old, now in pairs
                )
    heard = [
        msgspec.structs.replace(c, cause=(), split_from=(), version=0)
        for _, c in sorted(known.items())
        if not c.merged_into
    ]
    assert heard == [msgspec.structs.replace(c, version=0) for c in machine.claims()]
