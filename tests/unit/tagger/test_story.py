"""The bundled story, article by article: what must be read in each."""

import pytest

from services.messages import Article
from services.scenario.story import load_story
from services.text.names import name_key

STORY = load_story()


@pytest.fixture(scope="module")
def tagged(tagger):
    articles = [
        Article(
            article_id=e.id,
            url_key=e.id,
            feed_id=e.outlet,
            outlet=STORY.outlets[e.outlet],
            version=1,
            content_hash="",
            title=e.title,
            text=e.text,
            published_at=e.at,
            first_seen_at=e.at,
            seen_at=e.at,
        )
        for e in STORY.entries
    ]
    return {a.article_id: a for a in tagger.tag(articles)}


def keys(article, ids):
    mentions = {m.id: m for m in article.mentions}
    return [mentions[i].actor_id or mentions[i].key for i in ids]


def of(article, event):
    return [r for r in article.reports if r.event == event]


def test_every_report_of_the_death_is_in_one_block(tagged):
    killed = [r for a in tagged.values() for r in of(a, "killed")]
    assert len(killed) >= 20
    assert {r.claim_block for r in killed} == {"violence:idris-halvane"}


@pytest.mark.parametrize(
    ("article", "stances"),
    [
        ("first-hedged", ["reported", "reported", "hypothetical"]),
        ("named-party", ["reported", "claimed"]),
        ("second-independent", ["reported", "claimed"]),
        ("state-agency", ["claimed", "claimed"]),
        ("denial", ["denied", "denied"]),
        ("confirmation", ["confirmed", "confirmed"]),
        ("anniversary", ["background", "background"]),
        ("misleading-sidebar", []),
    ],
)
def test_stance_is_what_the_words_say(tagged, article, stances):
    assert [r.stance for r in of(tagged[article], "killed")] == stances


@pytest.mark.parametrize(
    ("article", "agent"), [("first-hedged", "kostria"), ("state-agency", "tarvan")]
)
def test_the_strike_is_laid_at_the_right_door_and_linked_to_the_death(tagged, article, agent):
    strikes = of(tagged[article], "airstrike")
    assert strikes
    for strike in strikes:
        assert keys(tagged[article], strike.agent) == [agent]
        assert strike.linked
        assert strike.claim_block == "violence:idris-halvane"


@pytest.mark.parametrize(("article", "n"), [("second-independent", 5), ("count-rises", 9)])
def test_the_dead_are_counted(tagged, article, n):
    assert n in [c.min for r in of(tagged[article], "killed") for c in r.counts]


def test_wire_copies_credit_the_wire_and_have_the_same_sketch(tagged):
    copies = [tagged[i] for i in ("first-hedged", "wire-copy-north", "wire-copy-sella")]
    assert {a.origin.wire for a in copies} == {"meridian-wire"}
    assert len({a.sketch for a in copies}) == 1


def test_the_successor_is_appointed_and_does_not_inherit_the_death(tagged):
    (first, *_rest) = of(tagged["successor"], "appointment")
    assert keys(tagged["successor"], first.patient) == ["samir-kadrin"]
    assert first.claim_block == "office:samir-kadrin"
    assert of(tagged["successor"], "killed") == []


def test_the_sidebar_is_boilerplate(tagged):
    article = tagged["misleading-sidebar"]
    at = article.text.index("Leader of Orran")
    assert any(b.start <= at < b.end and b.kind == "related" for b in article.boilerplate)


def test_the_withdrawn_arrest_is_read_in_the_first_version_only(tagged):
    assert [r.claim_block for r in of(tagged["count-rises"], "arrested")] == [
        f"custody:{name_key('Tomas Werrin')}"
    ]
    assert of(tagged["count-rises-edited"], "arrested") == []


def test_a_state_is_shown_by_its_name_where_the_text_has_the_adjective(tagged):
    labels = {m.label for m in tagged["first-hedged"].mentions if m.surface == "Kostrian"}
    assert labels == {"Kostria"}
