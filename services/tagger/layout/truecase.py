"""Case for text that has none: a wire in capitals, or a transcript without any, is set as the model reads best.

Letter for letter, so that offsets hold. A word is a name if the model's tagger takes it for one in most of its places in the
article (Lita et al. 2003, "tRuEcasIng", choose by context too), or if neither the model's lexicon nor ours knows it or a stem
of it. That a name of a dictionary holds it says little: "police", "people", and "state" stand in names, too.
"""

import re
from calendar import day_name, month_abbr, month_name
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from spacy.language import Language
from spacy.pipeline import Lemmatizer

from services.tagger.lexicon.ontology import ontology
from services.tagger.lexicon.words import cues

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+")
_LINE = re.compile(r"[^\n]{1,1000}?(?:[.!?](?=\s)|\n|$)|[^\n]{1000}")
_START = re.compile(r"(?:^|[.!?]\s+|\n)\W*([a-zà-öø-ÿ])")
_INSIDE = re.compile(r"(?<=[a-zA-Z] )[\[(]([A-Z]{2,6})[\])]")
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}", re.IGNORECASE)
_CALENDAR = frozenset(name.lower() for names in (month_name, month_abbr, day_name) for name in names if name != "May")
_PARTICLES = frozenset(
    {"de", "del", "la", "las", "los", "da", "do", "dos", "y", "von", "van", "al", "bin", "ibn", "of", "the", "and"}
)
_ENDINGS = (
    *(("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e")),
    *(("er", ""), ("er", "e"), ("ly", ""), ("est", "")),
)
SHOUTING = 0.7
"""Share of capitals among the letters from which a text counts as upper case."""

STRAY = 0.002
"""Capitals for each small letter up to which a text counts as lower case: headlines and news have twenty times as many."""


class Truecaser:
    """Reads articles in capitals, or without any, with a spaCy pipeline's tagger and lemmas, and our words of events."""

    def __init__(self, nlp: Language, names: Iterable[str]) -> None:
        tables = cast(Lemmatizer, nlp.get_pipe("lemmatizer")).lookups
        words = {w for name in ("lemma_index", "lemma_exc") for t in tables.get_table(name).values() for w in t}
        words |= {word for kind in ontology() for word in kind.stems()} | cues().person_nouns
        self._words = frozenset(words) | frozenset(nlp.Defaults.stop_words)
        self._acronyms = frozenset(w for name in names for w in _WORD.findall(name) if w.isupper() and len(w) > 1)
        self._nlp = nlp

    def read(self, text: str, title_end: int) -> str:
        """Return a canonical text as it is best read: truecased if its body shouts, or if all of it is in lower case."""
        flat = is_shouting(text[title_end:]) or is_whispering(text)
        return truecased(text, self._tagged(text), self._is_word, self._acronyms) if flat else text

    def _is_word(self, word: str) -> bool:
        return any(stem in self._words for stem in stems(word))

    def _tagged(self, text: str) -> Iterator[tuple[str, bool]]:
        lines = [m.group() for m in _LINE.finditer(lowered(text))]
        for doc in self._nlp.pipe(lines, disable=[name for name in self._nlp.pipe_names if name not in ("tok2vec", "tagger")]):
            for token in doc:
                yield token.lower_, token.tag_ in ("NNP", "NNPS")


def is_shouting(text: str) -> bool:
    """Tell whether a text is written in capitals throughout."""
    letters = sum(map(str.isalpha, text))
    return letters > 20 and sum(map(str.isupper, text)) > SHOUTING * letters


def is_whispering(text: str) -> bool:
    """Tell whether a text is written without capitals, but for a stray one."""
    lower = sum(map(str.islower, text))
    return lower > 20 and sum(map(str.isupper, text)) < STRAY * lower


def lowered(text: str) -> str:
    """Return `text` in lower case, same length: a letter whose lower case is longer stays."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def truecased(text: str, tagged_names: Iterable[tuple[str, bool]], is_word: Callable[[str], bool], known: frozenset[str]) -> str:
    """Return an upper-case or lower-case text in mixed case, same length.

    `tagged_names` are the words of the lowered text with whether the tagger took each for a name; `is_word` knows the
    words of the language in lower case; `known` are the acronyms of the dictionaries ("PKK").
    """
    seen, named = Counter[str](), Counter[str]()
    for word, is_name in tagged_names:
        seen[word] += 1
        named[word] += is_name
    acronyms = known | {m.group(1) for m in _INSIDE.finditer(text) if not is_word(m.group(1).lower())}

    def recase(match: re.Match[str]) -> str:
        written, word = match.group(), lowered(match.group())
        if written in acronyms:
            return written
        if word in _PARTICLES:
            return word
        unknown = len(word) > 1 and not is_word(word)
        if unknown and word.upper() in acronyms:
            return word.upper()
        is_name = unknown or word in _CALENDAR or 2 * named[word] > seen[word]
        return word[:1].upper() + word[1:] if is_name else word

    cased = _INITIALS.sub(lambda m: m.group().upper(), _WORD.sub(recase, text))
    return _START.sub(lambda m: m.group()[:-1] + m.group(1).upper(), cased)


def stems(word: str) -> Iterator[str]:
    """Yield what a word may be a regular form of, itself first."""
    yield word
    for ending, stem in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            base = word[: -len(ending)] + stem
            yield base
            if len(base) > 3 and base[-1] == base[-2]:
                yield base[:-1]
