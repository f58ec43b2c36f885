"""The packaged files of the lexicon, and its classes of words, read once."""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeVar, cast

import msgspec
import yaml

from services.tagger.lexicon.cues import Cues
from services.tagger.lexicon.lists import Endings, Forms, Lemmas, Numbers, WordLists
from services.tagger.lexicon.speech import Speech

_Word = TypeVar("_Word", bound=str)


def any_of(*classes: frozenset[_Word]) -> frozenset[_Word]:
    """Return the words of several classes; the sum of classes of hundreds is made once."""
    return cast(frozenset[_Word], _united(classes))


def but_not(words: frozenset[_Word], others: frozenset[str]) -> frozenset[_Word]:
    """Return the words of a class that are in no other; the difference is made once."""
    return cast(frozenset[_Word], _less(words, others))


@lru_cache(maxsize=1_024)
def _less(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    return words - others


@lru_cache(maxsize=1_024)
def _united(classes: tuple[frozenset[str], ...]) -> frozenset[str]:
    return frozenset().union(*classes)


@cache
def cues() -> Cues:
    """Return the classes of cue words."""
    by_hand = yaml.safe_load(read_lexicon("cues.yaml"))
    for name, words in _of_wordnet():
        by_hand[name].extend(words)
    return msgspec.convert(by_hand, Cues)


def _of_wordnet() -> Iterator[tuple[str, list[str]]]:
    """Yield the classes of wordnet.txt with their words, line by line."""
    name = ""
    for line in read_lexicon("wordnet.txt").splitlines():
        if line.endswith(":") and not line.startswith("#"):
            name = line[:-1]
        elif not line.startswith("#"):
            yield name, line.split()


@cache
def lemmas() -> Lemmas:
    """Return the word lists that are compared with lemmas."""
    return _word_lists().lemmas


@cache
def forms() -> Forms:
    """Return the word lists that are compared with words as they stand in a text."""
    return _word_lists().forms


@cache
def endings() -> Endings:
    """Return the endings that make a kind of noun."""
    return _word_lists().endings


def is_for_people(lemma: str) -> bool:
    """Return whether a noun is in the list of people, or has an ending of nouns for people."""
    if lemma in cues().person_nouns:
        return True
    return lemma.endswith(endings().people) and lemma not in cues().not_personal


def stems(word: str) -> Iterator[str]:
    """Yield what a word may be a regular form of, itself first."""
    yield word
    for ending, stems_ in endings().inflections.items():
        if not word.endswith(ending) or len(word) <= len(ending) + 2:
            continue
        for stem in stems_:
            base = word[: -len(ending)] + stem
            yield base
            if len(base) > 3 and base[-1] == base[-2]:
                yield base[:-1]


@cache
def numbers() -> Numbers:
    """Return the words that have a number."""
    return _word_lists().numbers


@cache
def _word_lists() -> WordLists:
    return msgspec.convert(yaml.safe_load(read_lexicon("words.yaml")), WordLists)


@cache
def speech() -> Speech:
    """Return the classes of speech verbs and nouns."""
    return msgspec.convert(yaml.safe_load(read_lexicon("speech.yaml")), Speech)


def read_lexicon(name: str) -> str:
    """Return the text of a file of the packaged lexicon."""
    return (files("services.tagger.lexicon") / name).read_text(encoding="utf-8")
