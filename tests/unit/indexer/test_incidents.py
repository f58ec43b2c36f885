"""Incidents as documents: one flat row each, with everything that Lens and Maps aggregate."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders import mention, tagged
from msgspec.structs import replace

from services.indexer.documents import BUILDERS
from services.indexer.incidents import COUNTED
from services.messages import (
    Attribution,
    Boilerplate,
    Count,
    EventDate,
    Incident,
    Report,
)
from services.tagger.lexicon.ontology import ontology

TEXT = (
    "Bomb kills two in Ostrel\n\nTwo guards were killed in Ostrel in Vale, the Kestrel Front said. "
    "Read more here. It hurt five."
)
SEEN = datetime(2031, 5, 31, 23, 59, tzinfo=UTC)
MENTIONS = (
    mention("Two guards", id="m1", start=TEXT.index("Two guards"), key="two guards"),
    mention(
        "Ostrel",
        "place",
        id="m2",
        start=TEXT.rindex("Ostrel"),
        key="ostrel",
        lat=12.5,
        lon=41.25,
        country="VL",
        precision="town",
        within=("vale",),
    ),
    mention("Vale", "state", id="m3", start=TEXT.index("Vale"), key="vale", precision="country"),
    mention(
        "Kestrel Front",
        "group",
        id="m4",
        start=TEXT.index("Kestrel"),
        key="kestrel front",
        actor_id="kes",
    ),
)


def span(words):
    at = TEXT.index(words)
    return at, at + len(words)


SENTENCE = span("Two guards were killed in Ostrel in Vale, the Kestrel Front said.")


def report(id="r1", sentence=SENTENCE, **kw):
    return Report(
        report_id=id,
        claim_block="violence:two guards",
        event="killed",
        plover="ASSAULT",
        mode=kw.pop("mode", None),
        stance="claimed",
        trigger=(0, 0),
        sentence=sentence,
        sentence_index=1,
        rule="event/kill@1",
        **kw,
    )


def incident(**kw):
    defaults: dict[str, Any] = {
        "incident_id": "i1",
        "claim_block": "violence:two guards",
        "events": ("bombing", "killed"),
        "reports": ("r1",),
        "time": "news",
        "stance": "claimed",
        "quote": SENTENCE,
        "confidence": 0.8,
    }
    return Incident(**(defaults | kw))


def actions(*incidents, **kw):
    given: dict[str, Any] = {"first_seen_at": SEEN, "reports": (report(),), "mentions": MENTIONS}
    article = tagged("a1", TEXT, incidents=incidents, **(given | kw))
    return [a for a in BUILDERS["tagged-articles"][1](article) if a.index.startswith("incidents")]


def row(*incidents, **kw):
    (action,) = actions(*incidents or (incident(),), **kw)
    return json.loads(action.document)


def test_each_incident_is_a_document_of_the_month_in_which_its_article_was_first_seen():
    made = actions(incident(), incident(incident_id="i2"), version=3)
    assert [(a.index, a.id, a.version) for a in made] == [
        ("incidents-2031.05", "i1", 3),
        ("incidents-2031.05", "i2", 3),
    ]


def test_people_are_named_by_key_and_by_label():
    found = row(
        incident(
            patient=("m1", "m1"),
            agent=("m4",),
            attribution=(Attribution(mention="m4", kind="party", cue=(0, 1)),),
        )
    )
    assert (found["patient"], found["patient_labels"]) == (["two guards"], ["Two guards"])
    assert (found["agent"], found["agent_labels"]) == (["kes"], ["Kestrel Front"])
    assert found["actors"] == ["two guards", "kes"]
    assert (found["speakers"], found["speaker_kinds"]) == (["Kestrel Front"], ["party"])


def test_people_told_of_are_counted_by_name_and_never_by_a_description():
    named = mention("KF", "group", id="m5", actor_id="kes", dictionary_name="Kestrel Front")
    guards = replace(MENTIONS[0], form="description")
    mentions = (guards, *MENTIONS[1:], named)
    found = row(incident(patient=("m1",), agent=("m5", "m4")), mentions=mentions)
    assert found["actor_labels"] == ["Two guards", "KF", "Kestrel Front"]
    assert found["named_actors"] == ["Kestrel Front"]


def test_the_place_is_the_most_exact_one_that_is_on_the_map():
    found = row(incident(place=("m3", "m2")))
    assert found["location"] == {"lat": 12.5, "lon": 41.25}
    assert (found["place_name"], found["precision"], found["country"]) == ("Ostrel", "town", "VL")
    assert (found["place"], found["within"]) == (["vale", "ostrel"], ["vale"])


def test_a_place_that_is_not_on_the_map_still_has_a_name():
    found = row(incident(place=("m3",)))
    assert (found["place_name"], found["precision"], found["location"]) == ("Vale", "country", None)


def test_an_incident_without_a_place_has_none_of_its_fields():
    found = row(incident())
    assert [found[name] for name in ("place_name", "location", "precision", "country")] == [
        None
    ] * 4


def test_numbers_are_flat_ranges_of_the_whole_incident():
    counts = (
        Count(of="killed", min=2, max=2, span=(0, 1)),
        Count(of="wounded", min=5, max=None, span=(0, 1)),
    )
    found = row(incident(counts=counts))
    assert (found["killed_min"], found["killed_max"]) == (2, 2)
    assert (found["wounded_min"], found["wounded_max"]) == (5, None)
    assert found["arrested_min"] is None


def test_every_type_whose_people_are_counted_has_its_numbers():
    assert set(COUNTED) == {kind.event for kind in ontology() if kind.counts}


def test_days_are_those_of_the_event():
    date = EventDate(from_="2031-05-30", to="2031-05-31", basis="on friday")
    found = row(incident(date=date))
    assert (found["event_from"], found["event_to"], found["event_date_basis"]) == (
        "2031-05-30",
        "2031-05-31",
        "on friday",
    )
    assert row(incident())["event_from"] is None


def test_what_its_reports_say_is_joined():
    reports = (report(mode="bomb"), report("r2", span("It hurt five.")))
    found = row(incident(reports=("r1", "r2", "lost")), reports=reports)
    assert found["report_ids"] == ["r1", "r2", "lost"]
    assert (found["plover"], found["modes"], found["rules"]) == (
        ["ASSAULT"],
        ["bomb"],
        ["event/kill@1"],
    )
    assert found["match"] == [
        "two guards were killed in ostrel in vale the kestrel front said",
        "it hurt five",
    ]
    assert found["match_title"] == "bomb kills two in ostrel"


def test_words_of_boilerplate_match_nothing():
    start, end = span("Read more here.")
    long = (SENTENCE[0], span("It hurt five.")[1])
    cut = Boilerplate(start=start, end=end, kind="related", rule="t")
    found = row(incident(), reports=(report(sentence=long),), boilerplate=(cut,))
    assert not any("read more" in words for words in found["match"])
    assert any(words.endswith("it hurt five") for words in found["match"])


def test_facets_are_those_of_the_incident_and_not_of_the_whole_article():
    found = row(incident(patient=("m1",), place=("m2",)), outlet="Ostrel Post", language="en-GB")
    assert found["facets"] == [
        "actor:two-guards",
        "event:bombing",
        "event:killed",
        "lang:en",
        "place:ostrel",
        "source:ostrel-post",
        "stance:claimed",
    ]


@pytest.mark.parametrize(
    ("kw", "is_voice"),
    [({}, True), ({"time": "old"}, False), ({"told": False}, False), ({"claim_block": ""}, False)],
)
def test_it_says_whether_it_speaks_for_a_claim(kw, is_voice):
    assert row(incident(**kw))["is_voice"] is is_voice


@pytest.mark.parametrize(
    ("published", "sorted_at", "is_ahead"),
    [
        (SEEN - timedelta(hours=1), SEEN - timedelta(hours=1), False),
        (SEEN, SEEN, False),
        (SEEN + timedelta(milliseconds=1), SEEN, True),
        (SEEN.replace(year=2099), SEEN, True),
        (None, SEEN, False),
    ],
)
def test_a_date_ahead_of_time_is_kept_and_marked_and_does_not_sort_first(
    published, sorted_at, is_ahead
):
    article = tagged(
        "a1", TEXT, incidents=(incident(),), first_seen_at=SEEN, published_at=published
    )
    for made in BUILDERS["tagged-articles"][1](article):
        found = json.loads(made.document)
        assert datetime.fromisoformat(found["sorted_at"]) == sorted_at
        assert found["is_ahead"] is is_ahead
        if published:
            assert datetime.fromisoformat(found["published_at"]) == published


def test_an_article_names_its_incidents_in_force():
    article = tagged("a1", TEXT, incidents=(incident(), incident(incident_id="i2")))
    document = json.loads(BUILDERS["tagged-articles"][1](article)[0].document)
    assert document["incident_ids"] == ["i1", "i2"]
