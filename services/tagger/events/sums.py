"""Sums: the number of people who are joined, each counted or single ("NAME and four guards": 5)."""

from collections.abc import Sequence

from services.messages import Count
from services.tagger.events.enumerations import is_part, is_plural, spread
from services.tagger.events.nouns import is_personal, is_thing
from services.tagger.lexicon.words import lemmas
from services.tagger.names.phrases import Phrases
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import has, is_noun, is_ruled_out, kids, lemma_of
from services.tagger.values.counts import count_of

_ADDABLE = (None, "at least")
"""Modifiers of numbers that may be summed; "dozens" are no number to add one to."""


def sum_of(noun: Token, event: str, phrases: Phrases, base: int) -> Count | None:
    """Return the number of people joined to a noun, of whom some are counted and some single.

    None where all have numbers of their own, and where any of them has neither.
    """
    joined = spread(noun)
    counts = {word.i: count_of(word, event, base) for word in joined}
    counted = [count for count in counts.values() if count is not None]
    singles = [word for word in joined if counts[word.i] is None]
    if not counted or not singles or not all(_is_one(word, phrases) for word in singles):
        return None
    if any(count.modifier not in _ADDABLE for count in counted):
        return None
    first = min(word.left_edge.idx for word in joined)
    last = max(word.idx + len(word) for word in joined)
    return _added(counted, len(singles), (base + first, base + last))


def _is_one(noun: Token, phrases: Phrases) -> bool:
    """True for a person by name and for a noun for one person, without a list beside it."""
    if not is_noun(noun) or is_plural(noun) or is_part(noun) or is_ruled_out(noun):
        return False
    if any(has(beside, "poss", "nummod") for beside in kids(noun, "appos")):
        return False  # "NAME, his wife, and two guards": the wife may be one more.
    if noun.pos_ == "PROPN":
        person = phrases.of(noun)
        return person is not None and person.type == "person" and person.is_named
    return is_personal(noun) and not is_thing(noun) and lemma_of(noun) not in lemmas().small_groups


def _added(counts: Sequence[Count], singles: int, span: tuple[int, int]) -> Count:
    least = [count.min for count in counts if count.min is not None]
    most = [count.max for count in counts if count.max is not None]
    is_open = len(most) < len(counts)
    return Count(
        of=counts[0].of,
        min=sum(least) + singles,
        max=None if is_open else sum(most) + singles,
        modifier="at least" if is_open else None,
        span=span,
    )
