"""Events that their own clause leaves unreal."""

import pytest

from services.tagger.stance.reality import unrealised


def why(doc, trigger, **kw):
    found = unrealised(next(t for t in doc if t.text == trigger), **kw)
    return found[0] if found is not None else None


@pytest.mark.parametrize(
    ("sentence", "trigger", "rule"),
    [
        ("Rebels will attack Meris.", "attack", "future"),
        ("The rebels gathered to attack Meris.", "attack", "infinitive"),
        ("The rebels managed to attack Meris.", "attack", None),
        ("She came home, only to be arrested.", "arrested", None),
        ("The army was the first to attack Meris.", "attack", None),
        ("In the film, rebels attack Meris.", "attack", "invented"),
        ("The novel follows a man who is arrested.", "arrested", "invented"),
        ("Rebels attack Meris.", "attack", None),
    ],
)
def test_a_clause_leaves_its_event_unreal_by_a_rule(parse, sentence, trigger, rule):
    assert why(parse(sentence), trigger) == rule


def test_an_infinitive_is_the_news_of_a_title_but_for_a_plan_or_recipe(parse):
    assert why(parse("Chief to resign"), "resign", is_title=True) is None
    assert why(parse("How to survive a raid"), "raid", is_title=True) == "how-to"
    plan = parse("Rebels fail in a plan to seize Meris")
    assert why(plan, "seize", is_title=True) == "infinitive"
