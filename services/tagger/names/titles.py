"""Titles: one before a name becomes part of its mention, one alone is a mention of its holder.

A title is a run of words in capitals with one that only titles have ("Minister"), and what
describes it: a state, a body, a department, "for Central Asia". A person called by a title once is
its holder for the article.
"""

import re
from collections.abc import Sequence
from typing import Any

from services.messages import Mention, Span
from services.tagger.lexicon.words import any_of, cues, forms
from services.tagger.names.mentions import Mentions
from services.text.names import name_key

WORD = re.compile(r"[A-Za-zÀ-ÿ](?:[\w.’'&-]*\w)?|\d(?:[\d,.]*\d)?")
_TITLE_WORDS = 12
"""Words that a title may have before its last."""
_DOMAIN = re.compile(r" (?:of|for) (?:the )?[A-Z][\w-]+(?: (?:and )?[A-Z][\w-]+)*")
_TWO = re.compile(r"\band (?=\S)")


def add_titles(mentions: Mentions, words: Sequence[Span]) -> None:
    """Widen the mentions of named people by their titles, then add the titles without a name.

    `words` are all words of the text (`WORD`).
    """
    titles = _Titles(mentions, words)
    for mention in mentions.in_order():
        if mention.type == "person" and mention.is_name:
            titles.widen(mention)
    titles.add_offices()


class _Titles:
    def __init__(self, mentions: Mentions, words: Sequence[Span]) -> None:
        self._mentions = mentions
        self._text = mentions.text
        self._words = words
        self._number = {start: number for number, (start, _) in enumerate(self._words)}
        self._holders: dict[str, Mention] = {}

    def widen(self, name: Mention) -> None:
        """Take the title before a name into its mention; it is the role if none is known."""
        first = self._number.get(name.start)
        start = self._start(first - 1, name.start) if first else None
        if start is None:
            return
        title = _plain(self._text[start : name.start])
        self._mentions.drop(name)
        kept = ("id", "key", "label", "actor_id", "of", "affiliation", "form", "basis")
        fields: dict[str, Any] = {field: getattr(name, field) for field in kept}
        fields["role"] = name.role or title
        wide = self._mentions.add(start, name.end, "person", name.rule, **fields)
        self._holders.setdefault(_DOMAIN.sub("", title), wide)

    def add_offices(self) -> None:
        """Add the titles that stand alone: "the Foreign Secretary", "Minister for Central Asia"."""
        for number, (a, b) in enumerate(self._words):
            if not self._is_head((a, b)) or "." in self._text[a : b + 1]:
                continue
            start = self._start(number, b)
            if start is not None and not self._has_person(start, b):
                self._add_office(start, b)

    def _has_person(self, start: int, end: int) -> bool:
        return any(m.type == "person" for m in self._mentions.overlapping(start, end))

    def _add_office(self, start: int, end: int) -> None:
        domain = _DOMAIN.match(self._text, end)
        title = _plain(self._text[start:end])
        fields: dict[str, Any] = {"key": name_key(title), "role": title}
        holder = self._holders.get(title)
        if holder is not None:
            fields |= {"key": holder.key, "actor_id": holder.actor_id}
            fields["affiliation"] = holder.affiliation
        end = domain.end() if domain else end
        self._mentions.add(start, end, "person", "phrase/office", form="title", **fields)

    def _start(self, last: int, end: int) -> int | None:
        """Return the start of the title to `end` whose last word has number `last`."""
        start, has_head = None, False
        for number in range(last, max(-1, last - _TITLE_WORDS), -1):
            a, b = self._words[number]
            gaps = ("", " ", ", ") if number == last else (" ",)
            gap = self._text[b : end if number == last else self._words[number + 1][0]]
            if gap not in gaps or not self._may_belong((a, b)):
                break
            has_head = has_head or self._is_head((a, b))
            if has_head and self._text[a:b] not in forms().within_titles:
                start = a
        return self._whole(start, end) if start is not None else None

    def _whole(self, start: int, end: int) -> int:
        """Return the start of the last of several titles, with its article.

        An example is "the Prime Minister and President NAME".
        """
        parts = _TWO.finditer(self._text, start, end)
        ends = [part.end() for part in parts if self._has_head(start, part.start())]
        start = ends[-1] if ends else start
        has_article = self._text[max(0, start - 4) : start] in ("the ", "The ")
        return start - 4 if has_article else start

    def _has_head(self, start: int, end: int) -> bool:
        return any(self._is_head(match.span()) for match in WORD.finditer(self._text, start, end))

    def _is_head(self, span: Span) -> bool:
        word = self._text[slice(*span)]
        return word[0].isupper() and word.lower() in cues().title_heads

    def _may_belong(self, span: Span) -> bool:
        word = self._text[slice(*span)]
        is_capital = word[0].isupper()
        if word in forms().within_titles:
            return True
        if is_capital and word.lower() in any_of(cues().title_heads, cues().title_parts):
            return True
        known = self._mentions.at(*span)
        kinds = ("nationality", "state", "organisation", "place")
        return known is not None and known.type in kinds


def _plain(title: str) -> str:
    return title.strip(" ,.").lower().removeprefix("the ")
