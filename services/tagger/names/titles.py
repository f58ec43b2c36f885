"""Titles: those before names become part of the mention, those that stand alone are mentions of their holder.

A title is a run of words in capitals with one that only titles have ("Minister"), and what describes it: a state, a body, a
department, "for Central Asia". Who is called by a title once is its holder for the article.
"""

import re

from services.messages import Mention, Span
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions
from services.text.names import name_key

WORD = re.compile(r"[A-Za-zÀ-ÿ](?:[\w.’'&-]*\w)?|\d(?:[\d,.]*\d)?")
_TITLE_WORDS = 12
"""Words that a title may have before its last."""
_INNER = frozenset({"of", "for", "the", "and"})
_DOMAIN = re.compile(r" (?:of|for) (?:the )?[A-Z][\w-]+(?: (?:and )?[A-Z][\w-]+)*")
_TWO = re.compile(r"\band (?=\S)")


def add_titles(mentions: Mentions) -> None:
    """Widen the mentions of named people by their titles, then add the titles that no name follows."""
    titles = _Titles(mentions)
    for mention in mentions.in_order():
        if mention.type == "person" and mention.is_name:
            titles.widen(mention)
    titles.add_offices()


class _Titles:
    def __init__(self, mentions: Mentions) -> None:
        self._mentions = mentions
        self._text = mentions.text
        self._words = [m.span() for m in WORD.finditer(self._text)]
        self._number = {start: number for number, (start, _) in enumerate(self._words)}
        self._holders: dict[str, Mention] = {}

    def widen(self, name: Mention) -> None:
        """Take the title before a name into its mention; it is the person's role if none is known."""
        first = self._number.get(name.start)
        start = self._start(first - 1, name.start) if first else None
        if start is None:
            return
        title = _plain(self._text[start : name.start])
        self._mentions.drop(name)
        fields = {"id": name.id, "key": name.key, "actor_id": name.actor_id, "of": name.of, "affiliation": name.affiliation}
        wide = self._mentions.add(
            start, name.end, "person", name.rule, form=name.form, basis=name.basis, role=name.role or title, **fields
        )
        self._holders.setdefault(_DOMAIN.sub("", title), wide)

    def add_offices(self) -> None:
        """Add the titles that stand alone: "the Foreign Secretary", "Minister for Central Asia"."""
        for number, (a, b) in enumerate(self._words):
            start = self._start(number, b) if self._is_head((a, b)) and "." not in self._text[a : b + 1] else None
            if start is None or any(m.type == "person" for m in self._mentions.overlapping(start, b)):
                continue
            domain = _DOMAIN.match(self._text, b)
            title = _plain(self._text[start:b])
            holder = self._holders.get(title)
            more = {"key": holder.key, "actor_id": holder.actor_id, "affiliation": holder.affiliation} if holder else {}
            self._mentions.add(
                start,
                domain.end() if domain else b,
                "person",
                "phrase/office",
                form="title",
                **({"key": name_key(title), "role": title} | more),
            )

    def _start(self, last: int, end: int) -> int | None:
        """Return where the title starts whose last word has number `last` and that reaches to `end`, if there is one."""
        start, has_head = None, False
        for number in range(last, max(-1, last - _TITLE_WORDS), -1):
            a, b = self._words[number]
            gaps = ("", " ", ", ") if number == last else (" ",)
            if self._text[b : end if number == last else self._words[number + 1][0]] not in gaps or not self._may_belong((a, b)):
                break
            has_head = has_head or self._is_head((a, b))
            if has_head and self._text[a:b] not in _INNER:
                start = a
        return self._whole(start, end) if start is not None else None

    def _whole(self, start: int, end: int) -> int:
        """Return the start of the last title of several ("the Prime Minister and President NAME"), with its article."""
        parts = [m.end() for m in _TWO.finditer(self._text, start, end) if self._has_head(start, m.start())]
        start = parts[-1] if parts else start
        return start - 4 if self._text[max(0, start - 4) : start] in ("the ", "The ") else start

    def _has_head(self, start: int, end: int) -> bool:
        return any(self._is_head(m.span()) for m in WORD.finditer(self._text, start, end))

    def _is_head(self, span: Span) -> bool:
        word = self._text[slice(*span)]
        return word[0].isupper() and word.lower() in cues().title_heads

    def _may_belong(self, span: Span) -> bool:
        word = self._text[slice(*span)]
        if word in _INNER or (word[0].isupper() and word.lower() in cues().title_heads | cues().title_parts):
            return True
        known = self._mentions.at(*span)
        return known is not None and known.type in ("nationality", "state", "organisation", "place")


def _plain(title: str) -> str:
    return title.strip(" ,.").lower().removeprefix("the ")
