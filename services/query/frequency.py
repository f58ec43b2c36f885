"""How often words are expected in an article: rough and fixed.

It only decides what is looked up first and what is refused. Zipf's law over the commonest words of
English news in about their order of frequency; every other word counts as rare.
"""

import math
from functools import lru_cache
from itertools import pairwise

from services.query.ast import And, Field, Near, Node, Not, Or, Phrase, Prefix

ARTICLE_WORDS = 450
"""Words of a typical news article, for which hits are expected."""
RARE = 0.00006
"""Share of running words of a rare word, times its letters: longer words are rarer (Zipf)."""

_COMMON = """
the to of and a in that is for on was said with he it as by at be has from are his have an not they
were but will had who this its their more we after or been which one about would there i she her
when year also than all people out up him two new into you if over what no last can some time so
first other could government years them us president just before against only because three most
country state like do while our my where now many police those make between such since state says
these any being then how during under told made even should through may day week make did still
minister including your get officials world war million four back off group according part both
military security attack around killed down way well news another month former against city media
national per don much five here called work going own days very take house official united home
same forces international states man including next party public early long use however leader say
support political know set end came women used while see months six high children law men percent
number court family think second report power life took place political good political men business
need help want every members without until several put left area company right among told come
believe morning night local death chief case money office near south north west east army foreign
department spokesman statement monday tuesday wednesday thursday friday saturday sunday january
february march april may june july august september october november december does go too each
another might man why must given went things great show big far less market late few little 1 2 3 4
5 10 20 30 2010 2011 2012 2013 2014 2015 2016 2017 2018 2019 2020 2021 2022 2023 2024 2025 2026 bn
third held key system working added large region least open found again already become nearly
hundreds thousands dozens today yesterday
"""

_OTHER_LANGUAGES = """
de la el los las del que en y et les des du une dans pour der und das den von mit nicht auf ist il
di che della per e da em os uma para com het een van van niet в и на не что с по في من على الي ان
عن التي الذي و ve bir bu için
"""
"""The commonest words of other languages; only the clear cases.

Nearly every article in these languages has some.
"""


@lru_cache(maxsize=1)
def _per_word() -> dict[str, float]:
    """Return word to share of running words, for the commonest words."""
    shares: dict[str, float] = {}
    for rank, word in enumerate(dict.fromkeys(_COMMON.split()), start=1):
        shares[word] = 0.06 / rank**0.95
    for word in _OTHER_LANGUAGES.split():
        shares.setdefault(word, 0.002)
    return shares


def occurrences(word: str) -> float:
    """Return the expected occurrences of a word in an article."""
    known = _per_word().get(word)
    return ARTICLE_WORDS * (RARE / max(4, len(word)) if known is None else known)


def pair_share(first: str, second: str) -> float:
    """Return the expected share of articles with these two words in a row.

    One in twenty of the rarer word, more for common words.
    """
    a, b = occurrences(first), occurrences(second)
    return _at_least_one(min(a, b) * min(0.5, 0.05 + 0.05 * max(a, b)))


def word_share(word: str) -> float:
    """Return the expected share of articles with a word."""
    return _at_least_one(occurrences(word))


def stem_occurrences(stem: str) -> float:
    """Return the expected occurrences in an article of words that begin with `stem`."""
    known = sum(share for word, share in _per_word().items() if word.startswith(stem))
    return ARTICLE_WORDS * (
        known + {3: 0.0015, 4: 0.0006, 5: 0.0003, 6: 0.0001, 7: 0.00004}.get(len(stem), 0.00002)
    )


_FACETS = {
    "lang": 0.95,
    "stance:asserted": 0.8,
    "stance:reported": 0.5,
    "stance": 0.15,
    "event": 0.15,
    "source": 0.05,
}


def share(node: Node) -> float:
    """Return the expected share of articles that a query matches, from 0 to 1.

    Unknown parts count high.
    """
    match node:
        case Phrase(words):
            pairs = [pair_share(a, b) for a, b in pairwise(words)]
            return min(pairs) if pairs else word_share(words[0])
        case Near(words):
            return min(word_share(word) for word in words)
        case Prefix(stem):
            return _at_least_one(stem_occurrences(stem))
        case Field(name):
            return _FACETS.get(name, _FACETS.get(name.split(":")[0], 0.03))
        case And(parts):
            return min(share(part) for part in parts)
        case Or(parts):
            return 1 - math.prod(1 - share(part) for part in parts)
        case Not(part):
            return 1 - share(part)


def _at_least_one(expected: float) -> float:
    """Return the chance of one or more. Words cluster, so it is lower than for independent ones."""
    return 1 - math.exp(-0.7 * expected)
