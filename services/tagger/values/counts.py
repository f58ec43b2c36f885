"""Numbers of people: digits, words, ranges, and what stands before them ("at least", "up to")."""

from services.messages import Count
from services.tagger.lexicon.words import any_of, forms, lemmas, numbers
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import is_a, kids, kids_called, kids_of_all, lemma_of

_DASHES = frozenset("-–—")
MAX_PEOPLE = 100_000
"""The highest number that is read as one of people: more than any one event of news befalls."""

_YEARS = range(1900, 2101)
"""Numbers in digits that are read as years, not as numbers of people."""

_WORDS_BEFORE = 3
"""Words of the longest bound before a number ("no fewer than")."""


def number(word: str) -> int | None:
    """Return the number that a word says, None for none, for years, and for more than a city."""
    plain = word.replace(",", "").casefold()
    if plain.isdigit():
        value = int(plain)
        return value if value <= MAX_PEOPLE and value not in _YEARS else None
    parts = plain.split("-")
    cardinals = numbers().cardinals
    if len(parts) == 2 and parts[0] in cardinals and parts[1] in cardinals:
        return cardinals[parts[0]] + cardinals[parts[1]]
    return numbers().factors.get(plain, cardinals.get(plain))


def count_of(token: Token, event: str, base: int) -> Count | None:
    """Return the number on a noun ("at least five civilians") as a count of an event type.

    `base` is where the sentence starts in the text.
    """
    for word in [*kids(token), token]:
        count = None if _is_clock(word) else _count_by(word, token, event, base)
        if count is not None:
            return count
    if lemma_of(token) not in lemmas().companies:
        return None
    # "a crew of nine", "a family of five", "a group of 12 tourists"
    within = (count_of(part, event, base) for part in kids_of_all(kids_called(token, "of")))
    return next((count for count in within if count is not None), None)


def _count_by(word: Token, noun: Token, event: str, base: int) -> Count | None:
    """Return the count that one word gives: the noun itself, or what hangs on it."""
    span = (base + word.idx, base + word.idx + len(word))
    together = numbers().together.get(word.lower_)
    if together is not None and (word is noun or is_a(word, "det", "predet", "preconj")):
        return Count(of=event, min=together, max=together, modifier=None, span=span)
    vague = numbers().vague.get(word.lower_)
    if vague is not None:
        return Count(of=event, min=vague, max=None, modifier=word.lower_, span=span)
    if is_a(word, "nummod") or (word is noun and word.pos_ == "NUM"):
        return _read(word, event, base)
    return None


def _is_clock(token: Token) -> bool:
    """Return whether a number is a time of day or a fraction ("9 p.m.", "1/17")."""
    behind = token.doc[token.i + 1].lower_ if token.i + 1 < len(token.doc) else ""
    before = token.doc[token.i - 1].lower_ if token.i else ""
    return behind in forms().clock or before == "/"


def _read(token: Token, event: str, base: int) -> Count | None:
    """Return the count of the number that holds a token, or of the range that it is an end of."""
    doc = token.doc
    found = _number_around(doc, token.i)
    if found is None:
        return None
    low, first, last = found
    high = low
    other = _other_end(doc, first, last)
    if other is not None:
        value, begin, end = other
        low, high, first, last = min(low, value), max(low, value), min(first, begin), max(last, end)
    span = (base + doc[first].idx, base + doc[last].idx + len(doc[last]))
    modifier = _modifier(doc, first)
    if modifier in forms().at_least:
        return Count(of=event, min=low, max=None, modifier="at least", span=span)
    if modifier in forms().at_most:
        return Count(of=event, min=None, max=high, modifier="up to", span=span)
    return Count(of=event, min=low, max=high, modifier=None, span=span)


def _number_around(doc: Doc, at: int) -> tuple[int, int, int] | None:
    """Return value, first and last token of a number ("Twenty-two", "two hundred")."""
    if number(doc[at].text) is None:
        return None
    first = last = at
    while first > 0 and (number(doc[first - 1].text) is not None or _joins(doc, first - 1)):
        first -= 1
    while last + 1 < len(doc) and (number(doc[last + 1].text) is not None or _joins(doc, last + 1)):
        last += 1
    value = _value([doc[i].text for i in range(first, last + 1) if doc[i].text not in _DASHES])
    return (value, first, last) if value is not None and value <= MAX_PEOPLE else None


def _joins(doc: Doc, at: int) -> bool:
    """Return whether a dash joins the tens and the ones of a number in words."""
    if not 0 < at < len(doc) - 1 or doc[at].text not in _DASHES:
        return False
    tens, ones = (numbers().cardinals.get(doc[i].lower_, 0) for i in (at - 1, at + 1))
    return tens >= 20 and 0 < ones < 10


def _value(words: list[str]) -> int | None:
    """Return the value of number words in a row, None where they are no one number."""
    total = 0
    for word in words:
        factor = numbers().factors.get(word.casefold())
        if factor is not None:
            total = max(total, 1) * factor
            continue
        value = number(word)
        if value is None or (total and value >= _room(total)):
            return None
        total += value
    return total


def _room(total: int) -> int:
    """Return what a following number must stay below: ten behind tens."""
    for round_number in (1000, 100, 10):
        if total % round_number == 0:
            return round_number
    return 0


def _other_end(doc: Doc, first: int, last: int) -> tuple[int, int, int] | None:
    """Return the other end of a range: "20 to 25", "between 20 and 25", "20-25"."""
    after, before = last + 1, first - 1
    if after + 1 < len(doc) and _spans(doc, after, first):
        return _number_around(doc, after + 1)
    if before > 0:
        other = _number_around(doc, before - 1)
        if other is not None and _spans(doc, before, other[1]):
            return other
    return None


def _spans(doc: Doc, joint: int, first: int) -> bool:
    """Return whether a word joins the ends of a range that starts at token `first`."""
    opened = first > 0 and doc[first - 1].lower_ == "between"
    word = doc[joint].lower_
    if doc[joint].text in "–—" and doc[joint - 1].whitespace_:
        return False  # "The ten — six men and four women": a dash in the sentence joins no ends.
    return word in forms().ranges or doc[joint].text in _DASHES or (word == "and" and opened)


def _modifier(doc: Doc, first: int) -> str | None:
    before = " ".join(doc[i].lower_ for i in range(max(0, first - _WORDS_BEFORE), first))
    known = (m for m in any_of(forms().at_most, forms().at_least) if f" {before}".endswith(f" {m}"))
    return max(known, key=len, default=None)
