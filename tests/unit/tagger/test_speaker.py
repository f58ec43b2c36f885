"""The source and the content of a verb of speech, by the dependency tree."""

import pytest
from spacy.tokens import Doc as SpacyDoc
from spacy.vocab import Vocab

from services.tagger.layout.quotes import find_quotes
from services.tagger.parse.doc import Doc
from services.tagger.sources.content import said
from services.tagger.sources.sentence import QuotingSentence, noun_phrase
from services.tagger.sources.speaker import is_content, is_purpose, is_unreal, source_of


def read(parse, sentence, cue):
    doc = parse(sentence)
    return QuotingSentence(doc, 0, find_quotes(sentence)), next(t for t in doc if t.text == cue)


@pytest.mark.parametrize(
    ("sentence", "cue", "source"),
    [
        ("The mayor said it was closed.", "said", "mayor"),
        ("It was announced by the mayor that it was closed.", "announced", "mayor"),
        ("The council closed the bridge, adding that it would stay so.", "adding", "council"),
        ("The union urged him to admit that it was closed.", "admit", "him"),
        ("Marta Olvin, who said it was closed, left.", "said", "Olvin"),
        ("The mayor was quoted as saying that it was closed.", "quoted", "mayor"),
        ("The mayor was asked whether it was closed.", "asked", None),
        ("Five people were killed in Dovra, the town's mayor, Petra Halm, said.", "said", "mayor"),
        ("They robbed the mayor, Petra Halm, police said.", "said", "police"),
    ],
)
def test_the_source_of_a_verb_is_its_subject_or_one_that_it_shares(parse, sentence, cue, source):
    whole, verb = read(parse, sentence, cue)
    found = source_of(verb, whole)
    assert (found.text if found is not None else None) == source


@pytest.mark.parametrize(
    ("sentence", "cue", "content"),
    [
        ("The mayor said that it was closed.", "said", "that it was closed"),
        ("“It is closed,” the mayor said.", "said", "It is closed"),
        ("The mayor spoke of a closed bridge.", "spoke", "of a closed bridge"),
        ("The mayor announced a new bridge.", "announced", "a new bridge"),
        ("The mayor told him.", "told", "him"),
        ("The mayor added: it stays closed.", "added", "it stays closed"),
        ("The mayor spoke to the union.", "spoke", None),
        (
            "Roe was killed on Sunday, his father, Olof Roe, said at the family home. “He fell.”",
            "said",
            "Roe was killed on Sunday, his father, Olof Roe, said at the family home. “He fell.”",
        ),
    ],
)
def test_a_verb_of_saying_introduces_a_clause_quotation_topic_or_object(
    parse, sentence, cue, content
):
    whole, verb = read(parse, sentence, cue)
    span = said(verb, whole)
    assert (sentence[slice(*span)] if span is not None else None) == content


def test_a_verb_is_unreal_under_a_modal_an_infinitive_or_a_negation(parse):
    for sentence in ("He would say so.", "He wants to say so.", "He did not say so."):
        _, verb = read(parse, sentence, "say")
        assert is_unreal(verb), sentence
    assert not is_unreal(read(parse, "He said so.", "said")[1])


def test_a_purpose_is_no_attribution(parse):
    assert is_purpose(read(parse, "They had a plan to urge a change.", "urge")[1])
    assert not is_purpose(read(parse, "They urged a change.", "urged")[1])


def test_a_verb_in_what_another_says_is_content(parse):
    sentence = "The mayor said the union praised the bridge."
    assert is_content(read(parse, sentence, "praised")[1])
    assert not is_content(read(parse, sentence, "said")[1])


def test_a_noun_phrase_ends_before_its_clauses(parse):
    sentence = "The old mayor, who left, said so."
    _, mayor = read(parse, sentence, "mayor")
    assert sentence[slice(*noun_phrase(mayor, 0))] == "The old mayor"


@pytest.mark.parametrize(("verbs", "source"), [(4, "mayor"), (5, None)])
def test_a_subject_is_shared_up_to_four_verbs_on(verbs, source):
    """The verb itself is the first of them: "the mayor came and went and … and said"."""
    words = ["mayor", *["went"] * verbs]
    heads = [1, 1, *range(1, verbs)]
    labels = ["nsubj", "ROOT", *["conj"] * (verbs - 1)]
    pos = ["NOUN", *["VERB"] * verbs]
    doc = Doc(SpacyDoc(Vocab(), words, heads=heads, deps=labels, pos=pos, lemmas=words))
    found = source_of(doc[-1], QuotingSentence(doc, 0, find_quotes("")))
    assert (found.text if found is not None else None) == source
