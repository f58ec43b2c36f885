"""Messages to documents: ids, versions, months, and what is flattened."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from builders import START, claim, hours, tagged

from services.indexer.documents import BUILDERS
from services.messages import (
    Attribution,
    Boilerplate,
    Claim,
    Count,
    Evidence,
    Mention,
    OriginGroup,
    Report,
    Slot,
    SlotAnswer,
    TextChange,
    Transition,
)

TEXT = (
    "Halvane killed in Ostrel\n\nTwelve died, a spokesman said. "
    "Read more: Halvane profile. The Kestrel front denied it."
)


def documents(topic, message):
    return [(a.index, a.id, a.version, json.loads(a.document)) for a in BUILDERS[topic][1](message)]


def mention(id, surface, key, actor_id=None):
    start = TEXT.index(surface)
    return Mention(
        id=id,
        start=start,
        end=start + len(surface),
        surface=surface,
        type="person",
        key=key,
        actor_id=actor_id,
        rule="t",
    )


def report(report_id="r1", **kw):
    start = TEXT.index("Twelve")
    end = TEXT.index(" Read more")
    defaults: dict[str, Any] = {
        "event": "killed",
        "plover": "ASSAULT",
        "stance": "claimed",
        "claim_block": "violence:halvane",
        "rule": "t",
    }
    spans = {"trigger": (start + 7, start + 11), "sentence": (start, end), "sentence_index": 1}
    return Report(report_id=report_id, **(defaults | spans | kw))


def article(**kw):
    mentions = (
        mention("m1", "Halvane", "halvane", "arn-halvane"),
        mention("m2", "a spokesman", "spokesman"),
    )
    return tagged(
        "a1",
        TEXT,
        **({"mentions": mentions, "first_seen_at": datetime(2031, 5, 31, 23, 59, tzinfo=UTC)} | kw),
    )


def test_an_article_and_its_reports_go_to_the_month_of_first_sight_whatever_the_publisher_says():
    late = article(reports=(report(),), version=3, published_at=datetime(2031, 6, 2, tzinfo=UTC))
    assert [
        (index, id, version) for index, id, version, _ in documents("tagged-articles", late)
    ] == [
        ("articles-2031.05", "a1", 3),
        ("reports-2031.05", "r1", 3),
    ]


def test_a_report_is_flat_with_keys_labels_speakers_and_its_sentence():
    said = report(
        patient=("m1", "m1"),
        counts=(
            Count(of="killed", min=12, max=None, span=(26, 32)),
            Count(of="wounded", min=3, max=5, span=(26, 32)),
        ),
        attribution=(
            Attribution(mention="m2", kind="party", cue=(50, 54)),
            Attribution(mention=None, kind="unnamed", cue=(50, 54)),
        ),
    )
    row = documents("tagged-articles", article(reports=(said,), outlet="Ostrel Post"))[1][3]
    assert row["patient"] == row["actors"] == ["arn-halvane"]
    assert row["patient_labels"] == ["Halvane"]
    assert row["speakers"] == ["a spokesman"]
    assert row["speaker_kinds"] == ["party", "unnamed"]
    assert row["quote"] == "Twelve died, a spokesman said."
    assert (row["killed_min"], row["killed_max"], row["wounded_min"], row["wounded_max"]) == (
        12,
        None,
        3,
        5,
    )
    assert (row["article_id"], row["outlet"], row["claim_block"]) == (
        "a1",
        "Ostrel Post",
        "violence:halvane",
    )


def test_an_article_says_which_of_its_reports_are_in_force():
    assert documents("tagged-articles", article(reports=(report("r1"), report("r2"))))[0][3][
        "report_ids"
    ] == ["r1", "r2"]
    assert documents("tagged-articles", article(version=2))[0][3]["report_ids"] == []


def test_only_known_actors_are_actors_of_an_article():
    assert documents("tagged-articles", article())[0][3]["actors"] == ["arn-halvane"]


def test_what_watches_match_leaves_out_boilerplate_and_keeps_its_two_sides_apart():
    start, end = TEXT.index("Read more"), TEXT.index("The Kestrel")
    cut = article(boilerplate=(Boilerplate(start=start, end=end, kind="related", rule="t"),))
    assert documents("tagged-articles", cut)[0][3]["match"] == [
        "halvane killed in ostrel",
        "twelve died a spokesman said",
        "the kestrel front denied it",
    ]


def test_a_title_that_is_all_boilerplate_matches_nothing():
    title = article(
        boilerplate=(Boilerplate(start=0, end=TEXT.index("\n\n"), kind="title", rule="t"),)
    )
    assert not any(
        "ostrel" in segment for segment in documents("tagged-articles", title)[0][3]["match"]
    )


def test_an_article_never_stamped_still_has_an_index():
    assert documents("tagged-articles", tagged())[0][0] == "articles-unknown"


def test_a_claim_keeps_every_answer_and_names_what_is_disputed():
    halvane, front = (
        SlotAnswer(key="arn-halvane", label="Halvane"),
        SlotAnswer(key="kestrel", label="Kestrel front"),
    )
    vale = SlotAnswer(key="vale", label="Vale guard")
    numbers = Slot(
        answers=(
            SlotAnswer(key="4", label="4", min=4, max=4),
            SlotAnswer(key="9+", label="9+", min=9),
        ),
        disputed=True,
    )
    told = claim(
        version=7,
        slots={
            "patient": Slot(answers=(halvane,)),
            "agent": Slot(answers=(front, vale), disputed=True),
            "count.killed": numbers,
        },
        origins=(
            OriginGroup(key="ostrel-post", kind="outlet", members=("a1",), n=1),
            OriginGroup(key=None, kind="", members=(), n=0),
        ),
    )
    [(index, id, version, row)] = documents("claims", told)
    assert (index, id, version) == ("claims", "c1", 7)
    assert row["agent"] == ["kestrel", "vale"]
    assert row["agent_labels"] == ["Kestrel front", "Vale guard"]
    assert row["disputed_slots"] == ["agent", "count.killed"]
    assert (row["killed_min"], row["killed_max"], row["wounded_min"]) == (4, 4, None)
    assert row["origins"] == ["ostrel-post"]


def sentence(outlet, at):
    return Evidence(article_id="a1", version=1, quote="He fell.", mark=(3, 7), outlet=outlet, at=at)


def test_a_claim_says_which_outlet_had_it_first_and_when_it_got_its_status():
    evidence = (
        sentence("Late Post", hours(2)),
        sentence("Ostrel Post", hours(1)),
        sentence("Undated", None),
    )
    steps = (
        Transition(at=hours(1), to="reported", report_id="r", rule="level/reported@1"),
        Transition(at=hours(2), to="corroborated", report_id="r", rule="level/corroborated@1"),
    )
    [(*_, row)] = documents("claims", claim(evidence=evidence, history=steps))
    assert row["outlets"] == ["Late Post", "Ostrel Post", "Undated"]
    assert (row["first_outlet"], row["first_at"]) == ("Ostrel Post", "2031-05-02T07:00:00Z")
    assert row["status_at"] == "2031-05-02T08:00:00Z"
    [(*_, bare)] = documents("claims", claim())
    assert (bare["first_outlet"], bare["first_at"], bare["status_at"]) == (None, None, None)


def test_what_was_found_stands_with_its_spans_in_rows_of_one_order():
    start = TEXT.index("Read more")
    cut = Boilerplate(start=start, end=start + 9, kind="related", rule="t")
    row = documents("tagged-articles", article(reports=(report(),), boilerplate=(cut,)))[0][3]
    spans = zip(row["mention_starts"], row["mention_ends"], strict=True)
    assert [TEXT[start:end] for start, end in spans] == ["Halvane", "a spokesman"]
    assert (row["mention_keys"], row["mention_types"]) == (
        ["arn-halvane", "spokesman"],
        ["person", "person"],
    )
    [(at, end)] = zip(row["trigger_starts"], row["trigger_ends"], strict=True)
    assert (TEXT[at:end], row["trigger_events"]) == ("died", ["killed"])
    assert (row["boilerplate_starts"], row["boilerplate_ends"]) == ([start], [start + 9])


def test_a_claims_document_holds_it_whole_to_be_shown():
    told = claim(
        opened_at=START,
        history=(Transition(at=START, to="reported", report_id="r", rule="level/reported@1"),),
    )
    (action,) = BUILDERS["claims"][1](told)
    assert msgspec.convert(msgspec.json.decode(action.document)["whole"], Claim) == told


def test_an_article_says_what_its_last_edit_changed_and_why_it_was_taken_back():
    changes = (TextChange(out="Two died", put="Twelve died"), TextChange(put="in Ostrel"))
    (_, _, _, edited), *_ = documents("tagged-articles", tagged("a", TEXT, changes=changes))
    assert list(zip(edited["taken_out"], edited["put_in"], strict=True)) == [
        ("Two died", "Twelve died"),
        ("", "in Ostrel"),
    ]
    why = "its page answered 404 twice, an hour apart; it was called 'Halvane killed'"
    gone = tagged("a", "", cause="withdrawn", withdrawn=why)
    (_, _, _, document), *_ = documents("tagged-articles", gone)
    assert (document["withdrawn"], edited["withdrawn"]) == (why, None)


@pytest.mark.parametrize(
    ("tagged_at", "seconds"),
    [
        pytest.param(START + timedelta(seconds=2), 2.0, id="later"),
        pytest.param(START - timedelta(seconds=2), 0.0, id="a-clock-set-back"),
        pytest.param(None, None, id="unknown"),
    ],
)
def test_an_article_says_how_long_it_waited_to_be_tagged(tagged_at, seconds):
    (_, _, _, row), *_ = documents(
        "tagged-articles", tagged("a", TEXT, seen_at=START, tagged_at=tagged_at)
    )
    assert row["seconds_from_sight"] == seconds
