"""Repairs of a parse: a list of what was said."""

import pytest
from spacy.tokens import Doc as SpacyDoc
from spacy.vocab import Vocab

from services.tagger.parse.doc import Doc
from services.tagger.parse.repair import repaired


def said_list(*, comma=True, own_subject=False, past="VBD"):
    """Return "Olvin said rebels seized buses , [men] killed guards", the list hung on "said"."""
    rows = [
        ("Olvin", "PROPN", "NNP", "nsubj", 1),
        ("said", "VERB", "VBD", "ROOT", 1),
        ("rebels", "NOUN", "NNS", "nsubj", 3),
        ("seized", "VERB", past, "ccomp", 1),
        ("buses", "NOUN", "NNS", "dobj", 3),
        ("," if comma else "there", "PUNCT", ",", "punct", 3),
        ("killed", "VERB", "VBD", "conj", 1),
        ("guards", "NOUN", "NNS", "nsubj" if own_subject else "dobj", 6),
    ]
    words, pos, tags, deps, heads = map(list, zip(*rows, strict=True))
    lemmas = ["say" if word == "said" else word for word in words]
    parsed = SpacyDoc(Vocab(), words, heads=heads, deps=deps, tags=tags, pos=pos, lemmas=lemmas)
    return repaired(Doc(parsed))


def test_a_list_of_what_was_said_goes_on_with_its_first_verb():
    doc = said_list()
    assert doc[6].head is doc[3]
    assert doc[6] in doc[3].kids
    assert doc[6] not in doc[1].kids
    assert [kid.i for kid in doc[3].kids] == sorted(kid.i for kid in doc[3].kids)


@pytest.mark.parametrize("other", [{"comma": False}, {"own_subject": True}, {"past": "VBN"}])
def test_a_verb_of_the_speaker_stays_with_him(other):
    doc = said_list(**other)
    assert doc[6].head is doc[1]


def test_whoever_announces_deeds_did_none_of_them_and_is_their_source(tag):
    text = (
        "Envoy Pedro Saad announced on Monday that a group of bandits kidnapped a farmer, "
        "killed a guard, and wounded a driver."
    )
    article = tag("", text)
    names = {m.id: m.surface for m in article.mentions}
    killed = next(r for r in article.reports if r.event == "killed")
    assert [names[i] for i in killed.agent] == ["a group of bandits"]
    assert [names[a.mention] for a in killed.attribution if a.mention] == ["Envoy Pedro Saad"]
