"""Who undergoes an event, on parses written by hand where the parser must err."""

import pytest
from spacy.tokens import Doc as SpacyDoc
from spacy.vocab import Vocab

from services.tagger.events.roles import roles
from services.tagger.lexicon.ontology import type_named
from services.tagger.parse.doc import Doc


def misread_passive(inserted):
    """Return "a farmer, … , was killed" with so many words put in,
    whose subject the parse has lost.
    """
    words = ["A", "farmer", ",", *["known"] * inserted, ",", "was", "killed"]
    labels = ["dep"] * (len(words) - 2) + ["auxpass", "ROOT"]
    tags = ["DT", "NN", ",", *["VBN"] * inserted, ",", "VBD", "VBN"]
    pos = ["DET", "NOUN", "PUNCT", *["VERB"] * inserted, "PUNCT", "AUX", "VERB"]
    heads = [len(words) - 1] * len(words)
    return Doc(SpacyDoc(Vocab(), words, heads=heads, deps=labels, tags=tags, pos=pos, lemmas=words))


@pytest.mark.parametrize(("inserted", "found"), [(19, ["farmer"]), (20, [])])
def test_the_noun_before_an_insertion_is_looked_for_20_tokens_back(inserted, found):
    killed = misread_passive(inserted)[-1]
    patients, agents = roles(type_named("killed"), killed, "verb")
    assert [p.text for p in patients] == found
    assert agents == []


@pytest.mark.parametrize(
    ("sentence", "patients"),
    [
        ("Marta Olvin appointed finance minister", ["Olvin"]),
        ("The king appointed a finance minister", ["minister"]),
        ("King appoints finance minister", ["minister"]),
    ],
)
def test_the_subject_of_a_headline_is_put_into_a_bare_office(token_of, sentence, patients):
    verb = token_of(sentence, "appoints" if "appoints" in sentence else "appointed")
    found, _ = roles(type_named("appointment"), verb, "verb")
    assert [p.text for p in found] == patients


@pytest.mark.parametrize(
    ("sentence", "verb", "patients", "agents"),
    [
        ("A farmer accused of murder was booked on Friday.", "accused", ["farmer"], []),
        ("A farmer accused by the bank of a theft left.", "accused", ["farmer"], ["bank"]),
        ("The bank accused a farmer of a theft.", "accused", ["farmer"], ["bank"]),
        ("The unions complained of the cuts.", "complained", ["cuts"], ["unions"]),
    ],
)
def test_whoever_is_accused_of_something_accuses_nobody(token_of, sentence, verb, patients, agents):
    found = roles(type_named("accusation"), token_of(sentence, verb), "verb")
    assert [[t.text for t in tokens] for tokens in found] == [patients, agents]


@pytest.mark.parametrize("toll", ["15", "tens"])
def test_those_before_the_next_toll_of_a_headline_undergo_it(token_of, toll):
    killed = token_of(f"10 civilians killed {toll} injured in Meris", "killed")
    patients, agents = roles(type_named("killed"), killed, "verb")
    assert ([p.text for p in patients], agents) == (["civilians"], [])


def test_a_passive_names_its_patient_and_its_agent(token_of):
    killed = token_of("Two farmers were killed by rebels in Meris.", "killed")
    patients, agents = roles(type_named("killed"), killed, "verb")
    assert ([p.text for p in patients], [a.text for a in agents]) == (["farmers"], ["rebels"])


@pytest.mark.parametrize(
    ("sentence", "patients"),
    [
        ("Olaf Brandt was one of five people killed in Lima.", ["Brandt"]),
        ("Olaf Brandt was among dozens of people killed in Lima.", ["Brandt"]),
        ("Olaf Brandt, among nine killed in Lima, was a teacher.", ["Brandt"]),
        ("One of the five people killed in Lima was Olaf Brandt.", ["Brandt"]),
        ("Olaf Brandt is among 14 people who were killed in Lima.", ["Brandt"]),
        ("He was proud of five people killed in Lima.", ["people"]),
        ("10 civilians killed 15 injured in a blast", ["civilians"]),
        ("Rebels killed 15 guards injured in a blast.", ["guards"]),
    ],
)
def test_a_number_of_dead_is_of_those_it_names_or_counts(token_of, sentence, patients):
    found, _ = roles(type_named("killed"), token_of(sentence, "killed"), "verb")
    assert [p.text for p in found] == patients


@pytest.mark.parametrize(
    ("sentence", "agents"),
    [
        ("Ten people were killed at the hands of the militia.", ["militia"]),
        ("Ten people were killed at the house of the mayor.", []),
    ],
)
def test_the_hands_that_somebody_died_at_are_the_agents(token_of, sentence, agents):
    _, found = roles(type_named("killed"), token_of(sentence, "killed"), "verb")
    assert [a.text for a in found] == agents


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("An aide to Hadi Morvan killed in Meris", "aide"),
        ("aide to hadi morvan killed in meris", "aide"),
        ("The mother of a boy killed in Meris", "boy"),
    ],
)
def test_a_participle_is_about_the_people_that_a_name_complements(token_of, sentence, found):
    patients, _ = roles(type_named("killed"), token_of(sentence, "killed"), "verb")
    assert [p.text for p in patients] == [found]


@pytest.mark.parametrize(
    ("sentence", "verb", "event", "found"),
    [
        ("Daro Kest was given a life sentence.", "given", "sentenced", ["Kest"]),
        ("The judge set bail for Daro Kest.", "set", "trial", ["Kest"]),
        ("The judge set bail on Monday.", "set", "trial", []),
    ],
)
def test_what_is_given_to_or_set_for_somebody_befalls_them(token_of, sentence, verb, event, found):
    patients, _ = roles(type_named(event), token_of(sentence, verb), "object")
    assert [p.text for p in patients] == found


@pytest.mark.parametrize(
    ("sentence", "verb"),
    [
        ("The guard killed judge Olvin on Monday.", "killed"),
        ("Kostrian army says it killed brigade chief", "killed"),
    ],
)
def test_whoever_kills_an_officer_is_put_into_no_office(token_of, sentence, verb):
    patients, _ = roles(type_named("killed"), token_of(sentence, verb), "verb")
    assert not {"guard", "it"} & {p.text for p in patients}
