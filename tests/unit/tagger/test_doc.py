"""A sentence copied out of spaCy says of each token what spaCy says."""

import pytest
from spacy.tokens import Doc as SpacyDoc
from spacy.vocab import Vocab

from services.tagger.lexicon.words import endings
from services.tagger.parse import doc as module
from services.tagger.parse.doc import Doc

SENTENCES = (
    "Two rebels were killed by the army in a raid near Meris on Friday, and police gave him a car.",
    "“He isn’t dead,” said Ms. Olvin’s  brother – who’d seen him in Port Corrin.",
    "U.S.-backed forces took 1,200 men and a drone's wreck…",
    "Dead.",
    "   ",
)
COPIED = ("i", "idx", "text", "whitespace_", "lower_", "pos_", "tag_", "ent_type_")


@pytest.fixture(params=SENTENCES)
def both(request, parser):
    parsed = next(parser.pipe([request.param]))
    return parsed, Doc(parsed)


def numbers(tokens):
    return [token.i for token in tokens]


def test_the_words_are_spacys(both):
    parsed, doc = both
    assert doc.text == parsed.text
    assert len(doc) == len(parsed)
    for theirs, ours in zip(parsed, doc, strict=True):
        assert [getattr(ours, name) for name in COPIED] == [getattr(theirs, n) for n in COPIED]
        assert (ours.dep, len(ours), ours.doc) == (theirs.dep_, len(theirs), doc)


def test_the_tree_is_spacys(both):
    for theirs, ours in zip(*both, strict=True):
        assert ours.head.i == theirs.head.i
        assert numbers(ours.kids) == numbers(theirs.children)
        assert numbers(ours.subtree) == sorted(numbers(theirs.subtree))
        assert numbers(ours.ancestors) == numbers(theirs.ancestors)
        assert ours.left_edge.i == theirs.left_edge.i
        for other_theirs, other_ours in zip(*both, strict=True):
            assert ours.is_ancestor(other_ours) == theirs.is_ancestor(other_theirs)


def test_the_entities_are_spacys(both):
    parsed, doc = both
    found = [(e.start, e.end, e.label_, e.start_char, e.end_char, e.root.i) for e in doc.ents]
    assert found == [
        (e.start, e.end, e.label_, e.start_char, e.end_char, e.root.i) for e in parsed.ents
    ]
    assert [numbers(e.words) for e in doc.ents] == [numbers(e) for e in parsed.ents]


def test_a_neighbour_before_the_sentence_is_an_error(both):
    _, doc = both
    with pytest.raises(IndexError):
        doc[0].nbor(-1)
    with pytest.raises(IndexError):
        doc[-1].nbor()


def test_a_subtree_with_a_gap_is_in_text_order_and_reaches_its_last_word():
    words = ["the", "claim", "was", "made", "that", "he", "fled"]
    heads = [1, 3, 3, 3, 6, 6, 1]  # "that he fled" hangs on "claim", across "was made"
    doc = Doc(SpacyDoc(Vocab(), words, heads=heads, deps=["dep"] * 7))
    assert numbers(doc[1].subtree) == [0, 1, 4, 5, 6]


def test_a_chain_as_long_as_a_sentence_may_be_is_walked():
    n = 5_000
    doc = Doc(
        SpacyDoc(Vocab(), ["x"] * n, heads=[max(0, i - 1) for i in range(n)], deps=["dep"] * n)
    )
    assert len(doc[0].subtree) == n
    assert doc[n - 1].left_edge.i == n - 1


def test_past_forms_have_the_lemma_of_the_word_lists():
    doc = Doc(SpacyDoc(Vocab(), ["Shot", "dead"], lemmas=["Shot", "dead"]))
    assert doc[0].lemma == endings().pasts.get("shot", "shot")


@pytest.mark.parametrize(("more", "kept"), [(0, True), (1, False)])
def test_words_are_remembered_up_to_a_bound(monkeypatch, more, kept):
    monkeypatch.setattr(module, "_known", {})
    monkeypatch.setattr(module, "_KEPT", 2)
    Doc(SpacyDoc(Vocab(), ["one", "two", "three"][: 2 + more]))
    first = next(iter(module._known))
    Doc(SpacyDoc(Vocab(), ["four"]))
    assert (first in module._known) is kept
