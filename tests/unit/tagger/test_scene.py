"""The place of an event that its own clause leaves open."""

import pytest
from builders import sentence_report

from services.tagger.discourse.scene import with_scene
from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions

DATELINE = "Meris"
MARKET = "a market"


def article(*sentences, named):
    """Return the mentions of a text, and its sentences' spans;
    `named` holds (words, type, country).
    """
    text = " ".join(sentences)
    mentions = Mentions(text, Actors(()))
    for words, kind, country in named:
        at = text.find(words)
        while at >= 0:
            mentions.add(at, at + len(words), kind, "phrase/name", country=country)
            at = text.find(words, at + 1)
    spans, at = [], 0
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return mentions, spans


def places(mentions, spans, index, **kw):
    """Return what the places of a killing in sentence `index` are called."""
    report = sentence_report(
        sentence=spans[index], sentence_index=index, trigger=spans[index], **kw
    )
    (placed,) = with_scene([report], mentions, spans, (0, len(DATELINE)), None)
    return [mentions.by_id[i].surface for i in placed.place]


@pytest.mark.parametrize(
    ("others", "country"), [(3, ["a market", "Meris"]), (4, ["a market", "Kostria"])]
)
def test_a_dateline_counts_as_three_mentions_of_its_country(others, country):
    named = [("Meris", "place", "AA"), ("Kostria", "state", "BB"), (MARKET, "place", None)]
    mentions, spans = article(
        "Meris:", "Kostria spoke. " * others + "Men died in a market.", named=named
    )
    market = next(m for m in mentions.in_order() if m.surface == MARKET)
    assert places(mentions, spans, 1, place=(market.id,)) == country


@pytest.mark.parametrize(
    ("spot", "found"),
    [("Osk Street", "Osk Street"), ("Osk Hospital", "Meris"), ("Osk Medical Center", "Meris")],
)
def test_an_institution_sets_no_scene_unless_an_event_is_put_there(spot, found):
    named = [("Meris", "place", "AA"), (spot, "place", None)]
    mentions, spans = article("Meris:", f"Police spoke of {spot}.", "Men died.", named=named)
    assert places(mentions, spans, 2)[:1] == [found]
    there = next(m for m in mentions.in_order() if m.surface == spot)
    assert places(mentions, spans, 2, place=(there.id,))[:1] == [spot]


@pytest.mark.parametrize(("between", "found"), [(1, ["Osk"]), (2, ["Meris"])])
def test_a_place_sets_the_scene_for_the_next_two_sentences(between, found):
    named = [("Meris", "place", "AA"), ("Osk", "place", "AA")]
    mentions, spans = article(
        "Meris:", "Shots fell in Osk.", *["It was dark."] * between, "Men died.", named=named
    )
    assert places(mentions, spans, len(spans) - 1) == found


def test_an_entry_of_a_live_report_has_a_scene_of_its_own(tag):
    bus = "A bus fell into a ravine near Kabul, killing three people."
    strike = "Teachers have begun a hunger strike, their union said."
    names = {}
    for clock in ("", "10:12 "):
        article = tag("", f"{bus}\n\n{clock}{strike}")
        surfaces = {m.id: m.surface for m in article.mentions}
        names[clock] = [
            surfaces[i] for r in article.reports if r.event == "protest" for i in r.place
        ]
    assert names == {"": ["Kabul"], "10:12 ": []}


def test_where_somebody_is_alive_nobody_died(tag):
    article = tag("", "Karl Bosman is alive in Kabul.")
    assert [(r.stance, r.place) for r in article.reports] == [("denied", ())]
