"""Lists of names are read from words, commas, and "and"."""

import pytest
from spacy.tokens import Doc as SpacyDoc
from spacy.vocab import Vocab

from services.tagger.events.name_lists import names_from
from services.tagger.parse.doc import Doc


@pytest.mark.parametrize(
    ("sentence", "names", "closed"),
    [
        ("Luis Abarca, 24, Karl Bosman, and Eric Quispe died.", "Abarca Bosman Quispe", True),
        ("Luis Abarca, a union delegate, and Karl Bosman died.", "Abarca Bosman", True),
        ("Luis Abarca (24) and Karl Bosman died.", "Abarca Bosman", True),
        ("Luis Abarca died and Karl Bosman fled.", "Abarca", False),
        ("The farmers died.", "", False),
    ],
)
def test_names_are_listed_with_their_descriptions_between(parse, sentence, names, closed):
    found, _, ends_in_and = names_from(parse(sentence), 0)
    assert (" ".join(t.text for t in found), ends_in_and) == (names, closed)


@pytest.mark.parametrize(("words", "whole"), [(9, True), (10, False)])
def test_a_name_has_nine_words_at_most(words, whole):
    labels = ["B-PERSON", *["I-PERSON"] * (words - 1), "O"]
    tags = [*["NNP"] * words, "VBD"]
    doc = Doc(SpacyDoc(Vocab(), [*["Karl"] * words, "died"], tags=tags, ents=labels))
    _, end, _ = names_from(doc, 0)
    assert (doc[end].text == "died") is whole
