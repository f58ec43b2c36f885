"""Case for text that has none: a wire in capitals, or a transcript without any.

The case changes letter by letter, so that offsets hold. A word is a name if the model's tagger
takes it for one in most of its places in the article (Lita et al. 2003, "tRuEcasIng", choose by
context too), or if neither the model's lexicon nor ours knows it or a stem of it. A dictionary name
that holds it says little: "police", "people", and "state" stand in names, too.
"""

import re
from calendar import day_name, month_abbr, month_name
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Literal, cast, get_args

from spacy.language import Language
from spacy.pipeline import Lemmatizer

from services.tagger.lexicon.ontology import ontology
from services.tagger.lexicon.words import cues, forms, stems

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+")
_LINE = re.compile(r"[^\n]{1,1000}?(?:[.!?](?=\s)|\n|$)|[^\n]{1000}")
_START = re.compile(r"(?:^|[.!?]\s+|\n)\W*([a-zà-öø-ÿ])")
_INSIDE = re.compile(r"(?<=[a-zA-Z] )[\[(]([A-Z]{2,6})[\])]")
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}", re.IGNORECASE)
_MAY_BE_A_VERB = "May"


def _calendar() -> frozenset[str]:
    names = chain(month_name, month_abbr, day_name)
    return frozenset(name.lower() for name in names if name != _MAY_BE_A_VERB)


_CALENDAR = _calendar()
SHOUTING = 0.7
"""Share of capitals among the letters from which a text counts as upper case."""

STRAY = 0.002
"""Capitals for each small letter up to which a text counts as lower case.

Headlines and news have twenty times as many.
"""


class Truecaser:
    """Gives case to articles in capitals, or without any.

    It uses the tagger and the lemmas of a spaCy pipeline, and our words for events.
    """

    def __init__(self, nlp: Language, names: Iterable[str]) -> None:
        words = _lemmas(cast(Lemmatizer, nlp.get_pipe("lemmatizer"))) | cues().person_nouns
        for kind in ontology():
            words.update(kind.stems())
        self._words = words | frozenset(nlp.Defaults.stop_words)
        parts = chain.from_iterable(map(_WORD.findall, names))
        self._acronyms = frozenset(part for part in parts if part.isupper() and len(part) > 1)
        self._nlp = nlp
        self._unused = [name for name in nlp.pipe_names if name not in get_args(_Pipe)]

    def read(self, text: str, title_end: int) -> str:
        """Return a canonical text in mixed case; one that has mixed case stays as it is."""
        if not is_shouting(text[title_end:]) and not is_whispering(text):
            return text
        return truecased(text, self._tagged(text), self._is_word, self._acronyms)

    def _is_word(self, word: str) -> bool:
        return not self._words.isdisjoint(stems(word))

    def _tagged(self, text: str) -> Iterator[tuple[str, bool]]:
        lines = map(re.Match.group, _LINE.finditer(lowered(text)))
        for doc in self._nlp.pipe(lines, disable=self._unused):
            for token in doc:
                yield token.lower_, token.tag_ in ("NNP", "NNPS")


_Pipe = Literal["tok2vec", "tagger"]
"""The components of the pipeline that say which words are names."""


def _lemmas(lemmatizer: Lemmatizer) -> set[str]:
    """Return the lemmas and the irregular forms that a lemmatizer knows."""
    words = set[str]()
    for name in (_INDEX, _IRREGULAR):
        for table in lemmatizer.lookups.get_table(name).values():
            words.update(table)
    return words


_INDEX, _IRREGULAR = "lemma_index", "lemma_exc"
"""Tables of spaCy's lemmatizer."""


def is_shouting(text: str) -> bool:
    """Return whether a text is written in capitals throughout."""
    letters = sum(map(str.isalpha, text))
    return letters > 20 and sum(map(str.isupper, text)) > SHOUTING * letters


def is_whispering(text: str) -> bool:
    """Return whether a text is written without capitals, except a stray one."""
    lower = sum(map(str.islower, text))
    return lower > 20 and sum(map(str.isupper, text)) < STRAY * lower


def lowered(text: str) -> str:
    """Return `text` in lower case, same length: a letter whose lower case is longer stays."""
    return "".join(map(_small, text))


def _small(letter: str) -> str:
    small = letter.lower()
    return small if len(small) == 1 else letter


def truecased(
    text: str,
    tagged_names: Iterable[tuple[str, bool]],
    is_word: Callable[[str], bool],
    known: frozenset[str],
) -> str:
    """Return an upper-case or lower-case text in mixed case, same length.

    `tagged_names` are the words of the lowered text, each with True if the tagger takes it for a
    name. `is_word` knows the words of the language in lower case. `known` are the acronyms of the
    dictionaries ("PKK").
    """
    seen, named = Counter[str](), Counter[str]()
    for word, is_name in tagged_names:
        seen[word] += 1
        named[word] += is_name
    in_brackets = set(_INSIDE.findall(text))
    acronyms = known | {short for short in in_brackets if not is_word(short.lower())}

    def recase(match: re.Match[str]) -> str:
        written, word = match.group(), lowered(match.group())
        if written in acronyms:
            return written
        if word in forms().small_in_names:
            return word
        unknown = len(word) > 1 and not is_word(word)
        if unknown and word.upper() in acronyms:
            return word.upper()
        is_name = unknown or word in _CALENDAR or 2 * named[word] > seen[word]
        return word[:1].upper() + word[1:] if is_name else word

    cased = _INITIALS.sub(lambda m: m.group().upper(), _WORD.sub(recase, text))
    return _START.sub(lambda m: m.group()[:-1] + m.group(1).upper(), cased)
