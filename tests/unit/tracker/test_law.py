"""The law of the fold: claims are a function of the set of what articles said,
in whatever order, how often, how late it came.
"""

import msgspec
import pytest
from builders import answer, hours, mention, report, said, speaker, tagged
from folding import updates
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.messages import Attribution, BlockArticle, Claim, Count, EventDate, Report, encode
from services.ports import Record
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.fold import fold
from services.tracker.route import RouteMachine

THOROUGH = settings(max_examples=4000, deadline=None, suppress_health_check=list(HealthCheck))
STANCES = st.sampled_from(["asserted", "reported", "claimed", "confirmed", "denied", "background"])
EVENTS = st.sampled_from(["killed", "wounded", "airstrike", "bombing"])
QUOTES = st.sampled_from(
    [
        "A drone killed nine in Osk.",
        "Gunmen killed three near the market in Osk on Friday morning.",
        "A bomb killed four at the station in Osk on Friday afternoon.",
        "Nobody knows who fired in Osk.",
    ]
)
SPEAKERS = st.sampled_from(
    [
        (),
        (speaker("front"),),
        (speaker("brigade"),),
        (speaker("police", "official"),),
        (speaker(None),),
    ]
)
AGENTS = st.sampled_from(
    [
        (),
        (answer("tarvan", "state"),),
        (answer("brigade", "group"),),
        (answer("gunmen", named=False),),
    ]
)
DATES = st.sampled_from(
    [
        None,
        *(
            EventDate(from_=day, to=day, basis="weekday")
            for day in ("2031-04-20", "2031-04-29", "2031-05-02")
        ),
    ]
)


@st.composite
def reports(draw, article):
    common = {
        "event": draw(EVENTS),
        "stance": draw(STANCES),
        "speakers": draw(SPEAKERS),
        "agent": draw(AGENTS),
        "killed": draw(st.integers(1, 4)),
        "date": draw(DATES),
        "cues": draw(st.sampled_from([(), ("hedge",), ("unverified",)])),
    }
    return report(f"{article}{draw(st.integers(0, 2))}", quote=draw(QUOTES), **common)


@st.composite
def messages(draw, block="violence:halvane"):
    article, version = draw(st.sampled_from("abcdef")), draw(st.integers(1, 3))
    hour = ord(article) * 36
    unique = {r.report_id: r for r in draw(st.lists(reports(article), max_size=3))}
    message = said(
        article,
        *unique.values(),
        version=version,
        hour=hour,
        block=block,
        text=draw(st.sampled_from([None, "copied text " * 20])),
        wire=draw(st.sampled_from([None, None, "meridian"])),
    )
    return msgspec.structs.replace(message, seen_at=hours(hour + 30 * (version - 1)))


BLOCKS = ["violence:halvane", "violence:osk", "violence:?"]
NAMES = st.sampled_from([(), ("osk",), ("osk", "werrin"), ("halvane", "osk"), ("halvane", "lund")])


@st.composite
def messages_of_many_blocks(draw):
    """Messages whose claims may meet: they share names and days, and their patients differ."""
    block = draw(st.sampled_from(BLOCKS))
    message = draw(messages(block))
    people = {"violence:halvane": (answer("halvane"),), "violence:osk": (), "violence:?": ()}
    places = (answer("osk", type="place", precision="town"),) if block == "violence:osk" else ()
    found = tuple(
        msgspec.structs.replace(
            one,
            report_id=f"{block}-{one.report_id}",
            patient=people[block],
            place=places,
            names=draw(NAMES),
        )
        for one in message.reports
    )
    return msgspec.structs.replace(message, reports=found)


MANY = st.lists(
    messages_of_many_blocks(),
    max_size=9,
    unique_by=lambda m: (m.article_id, m.block, m.version),
)


def batches(block):
    return st.lists(messages(block), max_size=9, unique_by=lambda m: (m.article_id, m.version))


def folded(batch):
    machine = FoldMachine()
    for i, message in enumerate(batch):
        machine.step(Record("reports", 0, i, message.article_id, encode(message)))
    return machine.claims()


def check_order(batch, rnd):
    again = batch + batch[: len(batch) // 2]
    rnd.shuffle(again)
    assert folded(again) == folded(batch)


def check_hand_over(batch, cut):
    """Half of the messages are folded here, the rest where the partition went."""
    first, second = FoldMachine(), FoldMachine()
    for i, message in enumerate(batch[:cut]):
        for out in first.step(Record("reports", 0, i, message.article_id, encode(message))):
            if out.topic == "tracker-state":
                second.restore(out.key or "", out.value)
    for i, message in enumerate(batch[cut:]):
        second.step(Record("reports", 0, i, message.article_id, encode(message)))
    assert second.claims() == folded(batch)


@pytest.mark.parametrize("block", BLOCKS)
@given(data=st.data(), rnd=st.randoms(use_true_random=False))
def test_any_order_and_repetition_gives_the_same_claims(block, data, rnd):
    check_order(data.draw(batches(block)), rnd)


@given(batches("violence:halvane"), st.integers(0, 9))
def test_a_hand_over_at_any_moment_gives_the_same_claims(batch, cut):
    check_hand_over(batch, cut)


@given(MANY, st.randoms(use_true_random=False))
def test_claims_of_many_blocks_are_the_same_in_any_order(batch, rnd):
    check_order(batch, rnd)


@given(MANY, st.integers(0, 9))
def test_a_hand_over_of_many_blocks_gives_the_same_claims(batch, cut):
    check_hand_over(batch, cut)


def bare(claim):
    """Return a claim without what depends on its earlier updates."""
    return msgspec.structs.replace(claim, cause=(), split_from=(), version=0)


@given(MANY, st.sampled_from([None, 0]))
def test_what_was_published_last_is_what_is_held(batch, put_off):
    machine, told = FoldMachine(put_off_from=put_off), dict[str, Claim]()
    for i, message in enumerate(batch):
        out = machine.step(Record("reports", 0, i, message.article_id, encode(message)))
        out += machine.settle() if i % 3 == 2 or i == len(batch) - 1 else []
        for claim in updates(out):
            if claim.claim_id in told:
                assert claim.version >= told[claim.claim_id].version
            told[claim.claim_id] = claim
    live = [bare(claim) for claim in told.values() if not claim.merged_into]
    assert sorted(live, key=lambda c: c.claim_id) == [bare(c) for c in machine.claims()]


@given(batches("violence:halvane"))
def test_what_older_versions_are_kept_without_changes_no_claim(batch):
    """A machine keeps of an older version only what no later one says;
    the fold of all that was ever said is the same.
    """
    whole: dict[str, list] = {}
    for message in sorted(batch, key=lambda m: m.version):
        whole.setdefault(message.article_id, []).append(message)
    articles = [
        BlockArticle(block="violence:halvane", versions=tuple(versions))
        for versions in whole.values()
    ]
    found = sorted(fold("violence:halvane", articles), key=lambda c: c.claim_id)
    assert [msgspec.structs.replace(c, cause=()) for c in folded(batch)] == found


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("block", BLOCKS)
@THOROUGH
@given(data=st.data(), rnd=st.randoms(use_true_random=False))
def test_thousands_of_orders_give_the_same_claims(block, data, rnd):
    check_order(data.draw(batches(block)), rnd)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@THOROUGH
@given(batches("violence:halvane"), st.integers(0, 9))
def test_thousands_of_hand_overs_give_the_same_claims(batch, cut):
    check_hand_over(batch, cut)


@given(batches("violence:halvane"))
def test_a_history_runs_forward_and_ends_in_the_status(batch):
    for claim in folded(batch):
        times = [step.at for step in claim.history]
        assert times == sorted(times)
        assert claim.history[-1].to == claim.status
        assert [step.from_ for step in claim.history] == [
            None,
            *(step.to for step in claim.history[:-1]),
        ]
        assert all(
            step.evidence and step.evidence.quote and step.article_id in claim.article_ids
            for step in claim.history
        )


TEXT = "Halvane was killed, the front said."


@st.composite
def versions_of_an_article(draw):
    """Return versions of tagged articles that touch one block, another, both, or none."""
    article, version = draw(st.sampled_from("ab")), draw(st.integers(1, 4))
    blocks = draw(
        st.lists(st.sampled_from(["violence:halvane", "violence:osk"]), max_size=2, unique=True)
    )
    mentions = (
        mention("Halvane", id="m1", actor_id="halvane"),
        mention("the front", "group", 20, id="m2", key="front", actor_id="front"),
    )
    found = tuple(
        Report(
            report_id=f"{article}-{block}-{version // 2}",
            event="killed",
            plover="ASSAULT",
            trigger=(12, 18),
            sentence=(0, len(TEXT)),
            sentence_index=0,
            patient=("m1",),
            counts=(Count(of="killed", min=version, max=version, span=(0, 1)),),
            stance=draw(st.sampled_from(["claimed", "denied"])),
            attribution=(Attribution(mention="m2", kind="party", cue=(30, 34), named=True),),
            claim_block=block,
            rule="event/kill@1",
        )
        for block in blocks
    )
    times = {"first_seen_at": hours(0), "published_at": hours(0), "seen_at": hours(version - 1)}
    return tagged(
        f"article {article}",
        TEXT,
        version=version,
        mentions=mentions,
        reports=found,
        outlet=article,
        **times,
    )


def routed_and_folded(articles):
    route, fold = RouteMachine(), FoldMachine()
    for article in articles:
        for out in route.step(Record("tagged-articles", 0, 0, article.article_id, encode(article))):
            if out.topic == "reports":
                fold.step(Record("reports", 0, 0, out.key, out.value))
    return [msgspec.structs.replace(claim, cause=()) for claim in fold.claims()]


def check_versions(batch, rnd):
    again = batch + batch[: len(batch) // 2]
    rnd.shuffle(again)
    assert routed_and_folded(again) == routed_and_folded(batch)


TAGGED = st.lists(
    versions_of_an_article(), max_size=7, unique_by=lambda a: (a.article_id, a.version)
)


@given(TAGGED, st.randoms(use_true_random=False))
def test_versions_of_articles_in_any_order_give_the_same_claims(batch, rnd):
    check_versions(batch, rnd)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@THOROUGH
@given(TAGGED, st.randoms(use_true_random=False))
def test_thousands_of_orders_of_versions_give_the_same_claims(batch, rnd):
    check_versions(batch, rnd)


def test_an_older_version_that_comes_late_is_withdrawn_where_the_newer_is_silent():
    def version(n, *blocks):
        found = tuple(
            Report(
                report_id=f"r{block}",
                event="killed",
                plover="ASSAULT",
                trigger=(12, 18),
                sentence=(0, len(TEXT)),
                sentence_index=0,
                stance="asserted",
                claim_block=block,
                rule="event/kill@1",
            )
            for block in blocks
        )
        return tagged(
            "a1", TEXT, version=n, reports=found, first_seen_at=hours(0), seen_at=hours(n)
        )

    (claim,) = (
        c
        for c in routed_and_folded([version(2, "violence:osk"), version(1, "violence:halvane")])
        if "halvane" in c.block
    )
    assert (claim.status, claim.history[-1].at) == ("retracted", hours(2))
