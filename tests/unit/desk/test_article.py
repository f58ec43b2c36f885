"""The page of an article, from documents of which any field may be missing."""

import json

import pytest
from builders import START, mention, tagged

from services.desk.article import MOST_CHARS, MOST_INCIDENTS, MOST_MARKS, article_view
from services.indexer.documents import _articles
from services.messages import Incident, Report
from services.ports import JsonObject

TITLE = "Idris Halvane killed"
BODY = "He was killed in Meris.\nReaders may write to us."
TITLE_SPAN = (0, len(TITLE))
TEXT = f"{TITLE}\n\n{BODY}"


def report(start, **more):
    return Report(
        report_id=f"r{start}",
        event="killed",
        plover="ASSAULT",
        trigger=(start, start + 6),
        sentence=(0, len(TITLE)),
        sentence_index=0,
        stance="reported",
        claim_block="violence:halvane",
        rule="event/kill@1",
        **more,
    )


def incident(id="i", quote=TITLE_SPAN, **more):
    given = {
        "events": ("killed",),
        "reports": (),
        "time": "news",
        "stance": "reported",
        "claim_block": "violence:halvane",
    }
    return Incident(incident_id=id, quote=quote, confidence=0.5, **given | more)


def view(article):
    first, *others = (json.loads(action.document) for action in _articles(article))
    return article_view(first, [each for each in others if "incident_id" in each])


def article(**more):
    given = {
        "reports": (report(TITLE.index("killed")),),
        "mentions": (mention("Idris Halvane"), mention("Meris", "place", TEXT.index("Meris"))),
        "incidents": (incident(patient=("Idris Halvane",), place=("Meris",)),),
        "first_seen_at": START,
    }
    return tagged("a1", TEXT, **given | more)


def test_the_text_has_what_was_found_at_its_place():
    title, first, last = view(article()).paragraphs
    assert [p.text for p in (title, first, last)] == [TITLE, *BODY.split("\n")]
    assert {(title.text[a:b], name, id) for a, b, name, id in title.marks} == {
        (TITLE, "m-told", "i1"),
        ("killed", "m-event", ""),
        ("Idris Halvane", "m-who", ""),
    }
    assert [(first.text[a:b], name) for a, b, name, _ in first.marks] == [("Meris", "m-where")]
    assert last.marks == ()
    assert view(article()).kinds == {"m-told", "m-event", "m-who", "m-where"}
    assert view(article(mentions=())).kinds == {"m-told", "m-event"}


def test_an_incident_is_told_in_words():
    (shown,) = view(article()).incidents
    assert shown.what == "Idris Halvane reportedly killed in Meris"
    assert (shown.stance, shown.time, shown.place) == ("reported", "news", "i1")
    assert (shown.speaks, shown.why_not) == (True, "")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"time": "old"}, "It is no news"),
        ({"told": False}, "too little confidence"),
        ({"claim_block": ""}, "Nothing says whom"),
    ],
)
def test_an_incident_that_speaks_for_no_claim_says_why(more, why):
    (shown,) = view(article(incidents=(incident(**more),))).incidents
    assert not shown.speaks
    assert why in shown.why_not


def test_the_main_incident_comes_first_then_those_of_the_text_in_order():
    body = TEXT.index("He was")
    found = view(
        article(
            incidents=(
                incident("late", (body, body + 23)),
                incident("early", (0, len(TITLE))),
                incident("main", (body, body + 6), main=True),
            )
        )
    ).incidents
    assert [each.quote for each in found] == ["He was", TITLE, "He was killed in Meris."]


def test_incidents_of_earlier_versions_are_left_out():
    document = {"text": TEXT, "title": TITLE, "incident_ids": ["new"]}
    rows = [{"incident_id": id, "event": "killed", "quote": "gone"} for id in ("old", "new")]
    (shown,) = article_view(document, rows).incidents
    assert (shown.what, shown.place) == ("Deaths reported", "")


def test_a_mark_over_several_lines_is_on_each_of_them():
    start, end = TEXT.index("Meris"), TEXT.index("may")
    boiler = {"boilerplate_starts": [start], "boilerplate_ends": [end]}
    title, first, last = article_view({"text": TEXT, "title": TITLE} | boiler, []).paragraphs
    assert title.marks == ()
    assert [first.text[a:b] for a, b, *_ in first.marks] == ["Meris."]
    assert [last.text[a:b] for a, b, *_ in last.marks] == ["Readers "]


def test_of_very_many_places_the_names_are_left_out():
    rows: JsonObject = {
        "trigger_starts": [0] * (MOST_MARKS - 1),
        "trigger_ends": [1] * (MOST_MARKS - 1),
    }
    rows |= {"mention_starts": [0, 0], "mention_ends": [1, 1], "mention_types": ["person"] * 2}
    (title,) = article_view({"text": "T", "title": "T"} | rows, []).paragraphs
    assert [mark[2] for mark in title.marks].count("m-who") == 1


def test_a_long_text_and_many_incidents_are_cut():
    text = "T\n\n" + "x" * MOST_CHARS
    ids = [f"i{n}" for n in range(MOST_INCIDENTS + 1)]
    shown = article_view(
        {"text": text, "title": "T", "incident_ids": ids}, [{"incident_id": id} for id in ids]
    )
    assert (shown.left_out, len(shown.incidents)) == (3, MOST_INCIDENTS)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"text": 3, "trigger_starts": "x", "mention_starts": [1], "mention_types": None},
        {"text": "t", "trigger_starts": [None, 0], "trigger_ends": [1, "x"]},
    ],
)
def test_a_document_may_lack_anything(document):
    shown = article_view(document, [{}])
    assert shown.incidents == ()
    assert shown.about.name == "an article without a title"
