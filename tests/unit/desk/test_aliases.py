"""Names that verdicts say are somebody's, as a dictionary and in watches."""

import pytest
from builders import hours, verdict

from services.desk.aliases import Alias, aliases, dictionary, with_alias
from services.messages import ClaimCondition, Watch
from services.tagger.lexicon.actors import read_actors, slug

IDRIS = {
    "id": "idris-halvane",
    "type": "person",
    "name": "Idris Halvane",
    "aliases": ["Abu Idris"],
    "roles": [{"role": "leader", "of": "orran-front"}],
}
IDS = {
    "Samir Kadrin": ["samir-kadrin"],
    "Idris Halvane": ["idris-halvane"],
    "Abu Idris": ["idris-halvane"],
    "Jordan": ["j1", "j2"],
}


def wrong(label, really, by="mara", hour=0, **kw):
    key = f"patient:{label.lower()}"
    return verdict("who", keys=(key,), labels=(label,), really=really, by=by, at=hours(hour),
                   id=f"{label}{by}", **kw)  # fmt: skip


def told(*verdicts):
    return aliases(
        verdicts,
        lambda name: IDS.get(name, []),
        lambda id: "Idris Halvane" if id == "idris-halvane" else "",
        slug,
    )


def test_what_most_people_say_comes_first_and_an_unknown_one_gets_an_id():
    one, other = told(
        wrong("The Baker", "Marta Olvin"),
        wrong("I. Halvan", "Idris Halvane", hour=1),
        wrong("I. Halvan", "Idris Halvane", by="rana", hour=2),
    )
    assert one == Alias("I. Halvan", "Idris Halvane", "idris-halvane", False, ("mara", "rana"))
    assert one.about == "“I. Halvan” is Idris Halvane"
    assert (other.actor_id, other.is_new) == ("marta-olvin", True)


@pytest.mark.parametrize(
    "verdicts",
    [
        (wrong("Orlan", "Idris Halvane"), wrong("Orlan", "Marta Olvin", by="rana")),
        (wrong("Orlan", "Jordan"),),
        (wrong("Idris  HALVANE", "Idris Halvane"),),
        (wrong("Abu Idris", "Idris Halvane"),),
        (wrong("Samir Kadrin", "Idris Halvane"),),
        (wrong("eight other commanders", "Idris Halvane"),),
        (wrong("Orlan", ""),),
        (wrong("Orlan", "!"),),
        (verdict("who", keys=("patient:x",)),),
    ],
    ids=[
        "two people",
        "two actors",
        "the same",
        "known",
        "somebody else",
        "a description",
        "nobody",
        "no letter",
        "no name",
    ],
)
def test_what_is_not_clear_or_not_new_is_no_alias(verdicts):
    assert told(*verdicts) == []


def test_a_name_in_a_script_without_capitals_is_one():
    assert [each.spelling for each in told(wrong("إدريس", "Idris Halvane"))] == ["إدريس"]


def test_what_was_taken_back_is_no_alias():
    said = wrong("Orlan", "Idris Halvane")
    back = verdict(id=said.id, undoes=said.verdict_id, at=hours(1))
    assert told(said, back) == []


def test_a_dictionary_keeps_what_is_known_of_an_actor_and_can_be_read():
    found = told(wrong("I. Halvan", "Idris Halvane"), wrong("The Baker: no. 1", "Marta Olvin"))
    text = dictionary(found, lambda id: IDRIS if id == "idris-halvane" else {})
    known, new = sorted(read_actors(text, "own.yaml"), key=lambda actor: actor.id)
    assert known.aliases == ("Abu Idris", "I. Halvan")
    assert known.roles[0].of == "orran-front"
    assert (new.name, new.type, new.aliases) == ("Marta Olvin", "person", ("The Baker: no. 1",))


ALIAS = Alias('I. "Halvan"', "Idris Halvane", "idris-halvane", False, ("mara",))


def test_a_watch_that_asks_for_somebody_finds_the_other_name_too():
    asked = ClaimCondition(actor=("idris-halvane",), patient=("x",))
    watch = Watch(id="w", name="W", claim=asked)
    wider = with_alias(watch, ALIAS)
    assert wider is not None
    assert wider.claim is not None
    assert wider.claim.actor == ("idris-halvane", 'I. "Halvan"')
    assert wider.claim.patient == ("x",)
    assert with_alias(wider, ALIAS) is None
    by_words = Watch(id="w", name="W", query="actor:idris-halvane meris")
    wider = with_alias(by_words, ALIAS)
    assert wider is not None
    assert wider.query == '(actor:idris-halvane OR actor:"I. Halvan") meris'


@pytest.mark.parametrize("query", ["idris-halvane", "actor:idris-halvane-2", "notactor:x", None])
def test_a_watch_that_asks_for_somebody_else_is_left_as_it_is(query):
    asked = ClaimCondition(actor=("somebody",)) if query is None else None
    assert with_alias(Watch(id="w", name="W", query=query, claim=asked), ALIAS) is None
