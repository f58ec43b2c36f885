"""Dates are given to the clause that they belong to, by the tree."""

from datetime import date

import pytest

from services.tagger.timing.scope import Timeline

MAY_13 = date(2031, 5, 13)


@pytest.fixture
def say(parse):
    """Return a function that gives what holds of one word of a sentence; `events` name events."""

    def one(sentence, word, events=()):
        doc = parse(sentence)
        named = {t.i for t in doc if t.text in (word, *events)}
        trigger = next(t for t in doc if t.text == word)
        return [e.says for e in Timeline(doc, sentence, named, MAY_13).of(trigger)]

    return one


@pytest.mark.parametrize(
    ("word", "said"),
    [("jailed", ["recent"]), ("killed", ["long_ago"])],
)
def test_a_date_holds_of_its_own_clause_and_not_of_the_one_above(say, word, said):
    sentence = "A court on Monday jailed a clerk who killed two guards in 2019."
    assert say(sentence, word)[:1] == said


def test_a_date_of_long_ago_holds_below_and_a_recent_one_does_not(say):
    assert say("In 2019 he met a man who killed two guards.", "killed") == ["long_ago"]
    assert say("On Monday he met a man who killed two guards.", "killed") == []


def test_an_old_date_does_not_reach_a_clause_in_the_present(say):
    assert say("In 2019 he met a man who has killed two guards.", "killed") == []


def test_a_participle_has_the_time_of_its_verb(say):
    sentence = "A bomb exploded in Meris on Monday, killing two guards."
    assert say(sentence, "killing") == ["recent"]


def test_a_date_in_front_holds_of_both_joined_verbs_and_one_behind_of_the_first(say):
    front = "In 2019 rebels stormed a court and killed two guards."
    assert say(front, "killed") == ["long_ago"]
    behind = "He was arrested in 2019 and killed two guards."
    assert say(behind, "killed") == []


@pytest.mark.parametrize(
    ("word", "said"), [("arrested", []), ("bombing", ["long_ago"]), ("killed", ["long_ago"])]
)
def test_a_year_before_an_event_noun_is_the_noun_s_own(say, word, said):
    sentence = "Police arrested a clerk over the 2019 bombing which killed two guards."
    assert say(sentence, word, events=("bombing",)) == said


@pytest.mark.parametrize("clause", ["rebels attacked the port", "the attack"])
def test_what_stands_behind_years_after_is_that_old(say, clause):
    sentence = f"Shops were burnt in Meris on Monday, two years after {clause}."
    word = "attacked" if "attacked" in clause else "attack"
    assert "after" in say(sentence, word)
    assert "after" not in say(sentence, "burnt")


def test_a_clause_with_when_has_the_date_before_it(say):
    sentence = "It was the worst fire since 2011, when 80 people died on a steamer."
    assert say(sentence, "died")[:1] == ["long_ago"]


def test_a_date_of_the_telling_is_not_that_of_the_event(say):
    assert say("Police said on Monday that rebels killed two guards.", "killed") == []


def test_what_happened_before_an_old_event_says_nothing_of_a_later_clause(say):
    assert say("In 2019 he fled before rebels killed two guards.", "killed") == []
