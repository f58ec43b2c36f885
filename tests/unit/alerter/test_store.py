"""The state of the alerter: what was told stays, and of the rest nothing outlives its use."""

from datetime import timedelta

import msgspec
import pytest
from alerting import WATCHES, Stream, edit, hit, update
from builders import hours
from hypothesis import given, settings
from hypothesis import strategies as st

from services.adapters.sqlite_rows import SqliteRows
from services.alerter.store import CLAIMS_STAY, HORIZON
from services.settings import Settings
from services.text.sketch import sketch

DAY = timedelta(days=1)
EVER = timedelta(days=100_000)
WORDS = {"words": WATCHES["words"]}
SEEN = hours(0)


def tick(n):
    """Return a hit of no interest: with each message, rows whose time is over leave."""
    return hit("words", f"tick{n}", first_seen_at=SEEN + EVER, published_at=SEEN + EVER)


def old_report(article):
    """Return a hit that is kept but opens no alert."""
    return hit("words", article, suppressed="background")


def test_the_setting_has_the_default_that_follows_from_the_laws():
    assert Settings().state_days == HORIZON.days


@pytest.mark.parametrize(("days", "is_kept"), [(HORIZON.days, True), (HORIZON.days + 1, False)])
def test_a_hit_that_opened_no_alert_leaves_after_the_horizon(days, is_kept):
    stream = Stream(WORDS).take([old_report("a1")]).at(SEEN + days * DAY).take([tick(1)])
    assert ("hit|words|a1" in stream.left()) == is_kept


@pytest.mark.parametrize(
    ("days", "is_kept"), [(CLAIMS_STAY.days, True), (CLAIMS_STAY.days + 1, False)]
)
def test_a_claim_that_nobody_was_told_of_leaves_when_no_hit_can_be_news(days, is_kept):
    stream = Stream(WORDS).take([update("c1", 1, "reported", 1, 4, {"k"}, updated_at=SEEN)])
    stream.at(SEEN + days * DAY).take([tick(1)])
    assert ("claim|c1" in stream.left()) == is_kept


@pytest.mark.parametrize(
    ("days", "is_kept"), [(CLAIMS_STAY.days, True), (CLAIMS_STAY.days + 1, False)]
)
def test_a_claim_that_comes_late_stays_as_long_for_its_hits(days, is_kept):
    late = SEEN + 20 * DAY
    stream = Stream(WORDS).at(late).take([update("c1", 1, "reported", 1, 4, {"k"})])
    stream.at(late + days * DAY).take([tick(1)])
    assert ("claim|c1" in stream.left()) == is_kept


def test_an_old_claim_that_is_replayed_leaves_with_the_next_message():
    replayed = update("c1", 1, "reported", 1, 4, {"k"})
    assert replayed.claim is not None
    cause = msgspec.structs.replace(replayed.claim.cause[0], cause="replay")
    claim = msgspec.structs.replace(replayed.claim, cause=(cause,), updated_at=SEEN)
    stream = Stream(WORDS).at(SEEN + 20 * DAY)
    stream.take([msgspec.structs.replace(replayed, claim=claim), tick(1)])
    assert "claim|c1" not in stream.left()


def test_hits_that_are_read_days_late_and_after_their_claims_open_the_same_alerts():
    """So they are when the alerter was away, and reads one topic before the other."""
    claims = [update(f"c{n}", 1, "reported", 1, n, {"k"}) for n in range(1, 6)]
    hits = [hit("both", f"c{n}-a1") for n in range(1, 6)]
    watches = {"both": WATCHES["both"]}
    on_time = Stream(watches).take([*claims, *hits])
    late = Stream(watches).at(SEEN + 20 * DAY).take([*claims, *hits])
    assert len(on_time.standing()) == 5
    assert late.standing() == on_time.standing()


def test_what_was_told_stays_with_a_stub_of_what_it_rests_on():
    stream = Stream(WORDS).take([hit("words", "c1-a1"), update("c1", 1, "reported", 1, 4, {"k"})])
    before = stream.left()
    after = stream.at(SEEN + 400 * DAY).take([tick(1)]).left()
    (alert,) = (key for key in before if key.startswith("alert|"))
    assert after[alert] == before[alert]
    told, claim = after["hit|words|c1-a1"].hit, after["claim|c1"].claim
    assert (told.sketch, told.evidence, told.report.evidence.quote) == (None, (), "")
    assert told.report.block == before["hit|words|c1-a1"].hit.report.block
    assert (claim.version, claim.block, claim.article_ids) == (1, "violence:halvane", ())


@pytest.mark.parametrize("status", ["denied", "retracted"])
def test_a_denial_after_the_horizon_still_corrects(status):
    stream = Stream().take([hit("words", "c1-a1"), update("c1", 1, "reported", 1, 4, {"k"})])
    later = Stream().load(stream.at(SEEN + 400 * DAY).take([tick(1)]).state)
    later.at(SEEN + 401 * DAY).take([update("c1", 2, status, 0, 0, {"k"})])
    told = {alert.watch_id: alert.revisions[-1].told.status for alert in later.sent}
    assert told == {"words": status, "claim": status}


def test_an_edit_after_the_horizon_still_takes_back_what_its_words_told():
    stream = Stream(WORDS).take([hit("words", "a1")]).at(SEEN + 400 * DAY).take([tick(1)])
    (sent,) = stream.take([edit("a1")]).sent[-1:]
    assert sent.revisions[-1].kind == "retracted"


def test_an_older_version_of_a_told_claim_is_still_known_after_the_horizon():
    stream = Stream(WORDS).take([hit("words", "c1-a2"), update("c1", 2, "reported", 1, 4, {"k"})])
    n = len(stream.at(SEEN + 400 * DAY).take([tick(1)]).sent)
    assert len(stream.take([update("c1", 1, "denied", 1, 4, {"k"})]).sent) == n


def test_rows_leave_a_few_at_a_time():
    stream = Stream(WORDS).take([old_report(f"a{i}") for i in range(50)])
    stream.at(SEEN + 400 * DAY).take([tick(1)])
    assert 0 < sum(row.value is None for row in stream.state) < 50
    stream.take([tick(2), tick(3)])
    assert sum(row.value is None for row in stream.state) == 50


def test_a_copy_is_found_among_many_texts():
    text = " ".join(f"word{i}" for i in range(60))
    stream = Stream(WORDS).take([hit("words", "first", text=text)])
    stream.take([hit("words", f"other{i}") for i in range(30)])
    n = len(stream.sent)
    stream.take([hit("words", "copy", text=text)])
    assert len(stream.sent) == n
    (alert,) = (a for a in stream.machine.alerts() if "copy" in a.article_ids)
    assert alert.article_ids == ("first", "copy")


def test_a_denial_is_no_copy_of_what_it_denies():
    text = " ".join(f"word{i}" for i in range(60))
    near = hit("words", "no", status="denied", text=text)
    assert near.sketch == sketch(text)
    stream = Stream(WORDS).take([hit("words", "first", text=text), near])
    assert [alert.article_ids for alert in stream.sent] == [("first",), ("no",)]


MESSAGES = st.lists(
    st.one_of(
        st.builds(
            hit,
            st.sampled_from(["words", "both"]),
            st.sampled_from(["c1-a1", "c1-a2", "c2-a1", "x"]),
            st.sampled_from(["reported", "denied"]),
            text=st.sampled_from(["", " ".join(f"copied{i}" for i in range(40))]),
        ),
        st.builds(edit, st.sampled_from(["c1-a1", "x"])),
        st.builds(
            update,
            st.sampled_from(["c1", "c2"]),
            st.integers(1, 4),
            st.sampled_from(["reported", "corroborated", "disputed", "denied", "retracted"]),
            st.integers(0, 2),
            st.integers(0, 5),
            st.sets(st.sampled_from("kt"), min_size=1),
            updated_at=st.just(SEEN),
        ),
    ),
    max_size=12,
)
TIMES = st.lists(st.integers(0, 60), min_size=12, max_size=12).map(sorted)


@settings(deadline=None, max_examples=60)
@given(MESSAGES, TIMES)
def test_inside_the_horizon_bounded_and_unbounded_state_tell_the_same(messages, hours_since):
    """All messages come while a hit is news: sixty hours."""
    bounded, unbounded = Stream(), Stream(horizon=EVER)
    for message, hour in zip(messages, hours_since, strict=False):
        for stream in (bounded, unbounded):
            stream.at(hours(hour)).take([message])
    assert bounded.sent == unbounded.sent
    assert bounded.left() == unbounded.left()


@settings(deadline=None, max_examples=60)
@given(MESSAGES, TIMES, st.integers(0, 12))
def test_a_restart_at_any_step_gives_the_same_also_beyond_the_horizon(messages, days, cut):
    whole, before = Stream(), Stream()
    steps = list(zip(messages, days, strict=False))
    for message, day in steps:
        whole.at(SEEN + 2 * day * DAY).take([message])
    for message, day in steps[:cut]:
        before.at(SEEN + 2 * day * DAY).take([message])
    after = Stream().load(before.state)
    for message, day in steps[cut:]:
        after.at(SEEN + 2 * day * DAY).take([message])
    assert before.sent + after.sent == whole.sent


@settings(deadline=None, max_examples=30)
@given(MESSAGES, TIMES)
def test_rows_on_disk_tell_the_same_as_rows_in_memory(tmp_path_factory, messages, days):
    memory = Stream()
    disk = Stream(rows=SqliteRows(tmp_path_factory.getbasetemp()))
    for message, day in zip(messages, days, strict=False):
        for stream in (memory, disk):
            stream.at(SEEN + day * DAY).take([message])
    assert memory.sent == disk.sent
    assert memory.left() == disk.left()
