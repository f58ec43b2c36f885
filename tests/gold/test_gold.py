"""The gate: no figure of the gold articles may fall below its level, and every offset holds."""

import pytest
from gold.article import DATA, load_articles, load_kinds, read_articles
from gold.judge import judge
from gold.kinds import judge_kinds
from gold.run import tag_gold
from stories.levels import missed, read_levels

from services.errors import ConfigError
from services.tagger.lexicon.rules import rule_of

GATES_OF_THEIR_OWN = ("polarity,", "time,", "incidents:", "incidents, press:")


@pytest.fixture(scope="module")
def tagged():
    return tag_gold(load_articles(), load_kinds())


def test_no_figure_falls_short_of_its_level(tagged):
    articles, sentences = tagged
    known = read_levels(DATA / "levels.yaml").items()
    levels = {name: level for name, level in known if not name.startswith(GATES_OF_THEIR_OWN)}
    figures = [
        *judge(load_articles(), articles).figures(),
        *judge_kinds(load_kinds(), sentences)[0],
    ]
    assert levels.keys() <= {figure.name for figure in figures}
    short = missed(figures, levels)
    assert not short, (
        f"below levels.yaml: {short}; `make gold ARGS='--errors 20'` shows the mistakes"
    )


def test_every_offset_holds_its_surface_and_every_rule_is_in_the_rulebook(tagged):
    articles = [*tagged[0].values(), *(a for of_kind in tagged[1].values() for a in of_kind)]
    mentions = [(a, m) for a in articles for m in a.mentions]
    assert len(mentions) > 500
    assert not [m for a, m in mentions if a.text[m.start : m.end] != m.surface]
    ids = {marked.rule for a in articles for marked in (*a.mentions, *a.reports, *a.boilerplate)}
    ids |= {cue.rule for a in articles for report in a.reports for cue in report.cues}
    assert {rule_id for rule_id in ids if rule_of(rule_id) is None} == set()


def test_there_are_enough_articles_and_sentences():
    assert len(load_articles()) >= 150
    assert all(len(sentences) >= 5 for sentences in load_kinds().values())
    assert len(load_kinds()) == 15


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{id: a, title: T, text: X, at: 2031-01-01, colour: red}", "colour"),
        (
            "{id: a, title: T, text: X, at: 2031-01-01, names: {person: [Nobody Here]}}",
            "does not stand in the article",
        ),
        (
            "{id: a, title: T, text: X, at: 2031-01-01, reports: [{event: picnic}]}",
            "no event of the ontology: picnic",
        ),
    ],
)
def test_an_article_that_does_not_hold_together_is_refused_with_file_and_line(row, message):
    good = "- {id: b, title: T, text: X, at: 2031-01-01}\n"
    with pytest.raises(ConfigError, match=rf"^folder/gold\.yaml:2: .*{message}"):
        read_articles(f"{good}- {row}\n", "folder/gold.yaml")
