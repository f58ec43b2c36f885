"""The word lists: what is compared with a lemma is a lemma, and nothing stands in a list unread."""

import re
from pathlib import Path

import msgspec
import pytest
import yaml
from spacy.tokens import Doc

import services
from services.tagger.lexicon.cues import Cues
from services.tagger.lexicon.lists import Endings, Forms, Lemmas, LemmaSet, Numbers, WordLists
from services.tagger.lexicon.ontology import EventType, ontology
from services.tagger.lexicon.speech import Speech
from services.tagger.lexicon.words import cues, forms, lemmas, read_lexicon, speech

ALSO_SINGULAR = {"data", "media"}
"""Plurals that the tagger often takes for singulars, so that they are their own lemmas."""

STRUCTS = (Lemmas, Forms, Endings, Numbers)
OPEN_CLASSES = ("NOUN", "VERB", "ADJ", "ADV")


@pytest.fixture(scope="module")
def is_lemma(nlp):
    """Return a test of one word with the lemmatizer of the pinned model.

    A word that its tables know is a lemma if, as one of the parts of speech that they know it by,
    it is made no other word that they know. A word that they don't know is one if it is left as it
    is as a noun and as a verb.
    """
    lemmatizer = nlp.get_pipe("lemmatizer")
    index = lemmatizer.lookups.get_table("lemma_index")

    def lemma(word, part):
        return lemmatizer.rule_lemmatize(Doc(nlp.vocab, [word], pos=[part])[0])[0]

    def is_left(word, part):
        made = lemma(word, part)
        return made == word or made not in index.get(part.lower(), ())

    def test(word):
        known = [part for part in OPEN_CLASSES if word in index.get(part.lower(), ())]
        if known:
            return any(is_left(word, part) for part in known)
        return lemma(word, "NOUN") == lemma(word, "VERB") == word

    return test


@pytest.mark.parametrize("word", ["troops", "killed", "wives", "policemen"])
def test_an_inflected_word_is_no_lemma(word, is_lemma):
    assert not is_lemma(word)


@pytest.mark.parametrize("word", ["troop", "kill", "wife", "building", "armed", "police", "gunman"])
def test_a_word_that_the_lemmatizer_leaves_as_it_is_is_one(word, is_lemma):
    assert is_lemma(word)


def _lemma_classes():
    for struct, of in ((Lemmas, lemmas), (Cues, cues), (Speech, speech)):
        for name in _lemma_fields(struct):
            yield pytest.param(getattr(of(), name), id=f"{of.__name__}-{name}")
    for kind in ontology():
        for name in _lemma_fields(EventType):
            if getattr(kind, name):
                yield pytest.param(getattr(kind, name), id=f"{kind.event}-{name}")


def _lemma_fields(struct):
    return [field.name for field in msgspec.structs.fields(struct) if field.type == LemmaSet]


@pytest.mark.parametrize("words", list(_lemma_classes()))
def test_a_class_that_is_compared_with_lemmas_holds_lemmas(words, is_lemma):
    assert sorted(word for word in words if word not in ALSO_SINGULAR and not is_lemma(word)) == []


def test_no_list_is_left_that_nothing_reads():
    files = Path(services.__file__).parent.rglob("*.py")
    code = " ".join(path.read_text(encoding="utf-8") for path in files)
    read = set(re.findall(r"\b(?:lemmas|forms|endings|numbers)\(\)\.(\w+)", code))
    named = {name for struct in STRUCTS for name in struct.__struct_fields__}
    assert named - read == set()


def test_words_are_written_in_lower_case_and_once_in_a_class():
    for classes in yaml.safe_load(read_lexicon("words.yaml")).values():
        for name, words in classes.items():
            assert len(words) == len(set(words)), name
            assert [word for word in words if word != word.lower()] == [], name


def test_classes_are_in_alphabetical_order():
    for classes in yaml.safe_load(read_lexicon("words.yaml")).values():
        assert list(classes) == sorted(classes)
    for struct in STRUCTS:
        assert list(struct.__struct_fields__) == sorted(struct.__struct_fields__)


def test_no_two_classes_hold_the_same_words():
    for found in (lemmas(), forms()):
        by_words = {getattr(found, name): name for name in found.__struct_fields__}
        assert set(by_words.values()) == set(found.__struct_fields__)


def test_a_class_that_no_field_names_is_refused_and_so_is_one_that_is_missing():
    found = yaml.safe_load(read_lexicon("words.yaml"))
    with pytest.raises(msgspec.ValidationError, match="compnies"):
        msgspec.convert(found | {"lemmas": found["lemmas"] | {"compnies": ["crew"]}}, WordLists)
    del found["forms"]["indefinite"]
    with pytest.raises(msgspec.ValidationError, match="indefinite"):
        msgspec.convert(found, WordLists)
