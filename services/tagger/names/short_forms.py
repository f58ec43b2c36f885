"""Short forms: last names that stand for a full name of the article."""

import re
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from services.messages import Mention, Span
from services.tagger.lexicon.words import forms
from services.tagger.names.full_names import full_name
from services.tagger.names.mentions import Mentions
from services.tagger.names.offices import exclude_each_other, titles_before
from services.tagger.names.place_patterns import BEFORE, KIND_OF, LOCATIVE
from services.text.names import name_key

_SHORT_FORM, _KNOWN_SHORT_FORM = 4, 2
"""Letters of a last name that is looked for on its own, and of one that is known for a name."""
_WORD = re.compile(r"(?<![\w-])[^\W\d_][\w’'-]*\w(?!\w)")
_ARTICLE = re.compile(r"^(?:al|el|Al|El)-")


def add_short_forms(mentions: Mentions) -> None:
    """Join short forms to their full name, new or known: "Alloush" after "Zahran Alloush".

    Where several people have the name, the one named last counts, at first the one in a dictionary
    or with a role. A title that the one cannot bear makes another person ("Judge Olvin").
    """
    by_last: defaultdict[str, _Bearers] = defaultdict(_Bearers)
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for mention in mentions.in_order():
        for short in _short_forms(mention):
            by_last[short].add(mention)
            titles[mention.key].update(titles_before(mentions.text, mention.start))
    for match in _WORD.finditer(mentions.text) if by_last else ():
        word = match.group()
        word = word[:-2] if word.endswith(("'s", "’s")) else word
        if word in by_last:
            end = match.start() + len(word)
            _join(mentions, (match.start(), end), by_last[word], titles)


@dataclass
class _Bearers:
    """The mentions of people with one last name, in order of the text."""

    mentions: list[Mention] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=dict)
    """Full names, with the keys of who have them."""

    def add(self, mention: Mention) -> None:
        insort(self.mentions, mention, key=_start)
        self.keys.add(mention.key)
        if " " in mention.surface:
            self.names.setdefault(mention.surface, set()).add(mention.key)

    def keys_of(self, name: str) -> set[str]:
        """Return the keys of the people who have a full name, of all for the last name alone."""
        return self.names.get(name, self.keys)

    def meant(self, at: int, keys: AbstractSet[str]) -> Mention:
        """Return the one of the people with these keys that a last name at a place stands for."""
        for number in range(bisect_right(self.mentions, at, key=_start) - 1, -1, -1):
            if self.mentions[number].key in keys:
                return self.mentions[number]
        return min((m for m in self.mentions if m.key in keys), key=_rank)


def _start(mention: Mention) -> int:
    return mention.start


def _rank(mention: Mention) -> tuple[bool, bool, int]:
    return mention.actor_id is None, mention.role is None, mention.start


def _short_forms(mention: Mention) -> Iterator[str]:
    """Yield the forms that may stand for a person: the last name, with and without an article.

    An alias of one word ("Romero") stands for its person as well.
    """
    if mention.type != "person" or not mention.is_name:
        return
    is_alias = mention.key not in (mention.actor_id, name_key(mention.surface))
    if not full_name(mention.surface).is_full and not is_alias:
        return
    words = [word for word in mention.surface.split(" ") if not _is_generation(word)]
    last = words[-1]
    for short in {last, _ARTICLE.sub("", last)}:
        if len(short) >= _KNOWN_SHORT_FORM:
            yield short


def _is_generation(word: str) -> bool:
    return word.lower().rstrip(".") in forms().generations


def _join(
    mentions: Mentions, span: Span, bearers: _Bearers, titles: defaultdict[str, set[str]]
) -> None:
    """Make a last name at a span a mention of one of the people who have it."""
    name = _whole_name(mentions, span, bearers)
    span = span[1] - len(name), span[1]
    known, own = mentions.at(*span), titles_before(mentions.text, span[0])
    if len(name) < _SHORT_FORM and (known is None or known.type != "person"):
        return
    keys = bearers.keys_of(name)
    keys = {key for key in keys if not exclude_each_other(own, titles[key])}
    if known is not None and known.type == "person":
        if known.actor_id is not None or full_name(known.surface).is_full:
            return
        if not keys:
            bearers.add(known)
            titles[known.key] |= own
    if keys:
        whole = bearers.meant(span[0], keys)
        if known is None or known.type == "person" or _gives_way(mentions, known, whole):
            _make_same(mentions, span, known, whole)


def _whole_name(mentions: Mentions, span: Span, bearers: _Bearers) -> str:
    """Return the full name that ends with a last name, unless it is known; else the last name.

    A title in capitals hides names from the recogniser ("Sunday Olvin shot dead").
    """
    start, end = span
    for name in sorted(bearers.names, key=len, reverse=True):
        first = end - len(name)
        if 0 <= first < start and mentions.text.startswith(name, first):
            known = mentions.overlapping(first, end)
            if all(first <= m.start and m.type == "person" for m in known):
                return name
    return mentions.text[start:end]


def _make_same(mentions: Mentions, span: Span, known: Mention | None, whole: Mention) -> None:
    same: dict[str, object] = {
        "key": whole.key,
        "actor_id": whole.actor_id,
        "role": whole.role,
        "of": whole.of,
        "affiliation": whole.affiliation,
    }
    if known is not None and known.type == "person":
        mentions.update(known, **same)
    elif known is None or (known.start, known.end) == span:
        for part in mentions.inside(*span):
            mentions.drop(part)
        start, end = span
        mentions.add(start, end, "person", "mention/short-form", **same)


def _gives_way(mentions: Mentions, known: Mention, whole: Mention) -> bool:
    """Return whether the name of a body or a place is that of a person here.

    The recogniser's guess gives way. Any other gives way to a person ("Ali Hamas") whom grammar
    tells, and who is named before it, unless the words before it make it a place.
    """
    if known.actor_id is None and known.basis == "recogniser":
        return True
    if whole.basis == "recogniser" or known.form != "name" or known.surface not in whole.surface:
        return False
    before = mentions.text[max(0, known.start - BEFORE) : known.start]
    if LOCATIVE.search(before) or KIND_OF.search(before):
        return False
    others = (m for m in mentions.in_order() if m.key == known.key and m.type == known.type)
    return next(others).start > whole.start
