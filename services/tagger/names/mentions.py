"""Mentions: the spans of one article that refer to somebody, something, or a place."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Literal

import msgspec

from services.messages import Mention, MentionType, Span
from services.tagger.lexicon.matcher import Actors
from services.tagger.lexicon.rules import rule_id
from services.text.names import name_key

PERSON_WITHIN = 2000
"""Characters before a pronoun in which the person it stands for is looked for."""


class Mentions:
    """The mentions of one article while it is read, by their spans.

    `text` is the text in mixed case, of the same length as the article's own; `day` is the ISO day
    of the article, if it is known. Spans are kept sorted: a look around a place in the text costs
    the same in long articles as in short ones.
    """

    def __init__(self, text: str, actors: Actors, day: str | None = None) -> None:
        self.text = text
        self.day = day
        self.actors = actors
        self.found: dict[Span, Mention] = {}
        self.by_id: dict[str, Mention] = {}
        self.persons_by_verb: set[Span] = set()
        """Names that are of persons only since a verb says so."""
        self.owned: dict[Span, Literal["local", "far", "unclear"]] = {}
        """Places that belong to a person or body; to a local one, such as the police of a town."""
        self._spans: list[Span] = []
        self._longest = 0
        self._n_made = 0

    def at(self, start: int, end: int) -> Mention | None:
        """Return the mention that holds a character range whole, the shortest of several."""
        found: Span | None = None
        for i in range(bisect_left(self._spans, (start + 1, 0)) - 1, -1, -1):
            first, last = span = self._spans[i]
            if first < start - self._longest:
                break
            if end <= last and (found is None or last - first <= found[1] - found[0]):
                found = span
        return None if found is None else self.found[found]

    def inside(self, start: int, end: int) -> list[Mention]:
        """Return the mentions within a character range, in order."""
        return [mention for mention in self._starting_in(start, end) if mention.end <= end]

    def overlapping(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that share a character with a range, in order."""
        return [m for m in self._around(start, end) if start < m.end]

    def overlaps(self, start: int, end: int) -> bool:
        return bool(self.overlapping(start, end))

    def starting(self, at: int) -> list[Mention]:
        """Return the mentions that start at a place, the shortest first."""
        return self._starting_in(at, at + 1)

    def ending(self, at: int) -> list[Mention]:
        """Return the mentions that end at a place, the longest first."""
        return [m for m in self._around(at - 1, at) if m.end == at]

    def person_before(self, at: int) -> Mention | None:
        """Return the person that a pronoun at a place stands for: the last one named before it."""
        for i in range(bisect_left(self._spans, (at, 0)) - 1, -1, -1):
            start, end = self._spans[i]
            if at - start > PERSON_WITHIN:
                return None
            mention = self.found[start, end]
            if end <= at and mention.type == "person" and mention.is_name:
                return mention
        return None

    def without_people(self, start: int, end: int) -> str:
        """Return a stretch of the text, of the same length, with the names of people blanked.

        Days and months are looked for in it: "Sunday Olvin" is no day.
        """
        words = self.text[start:end]
        for mention in self.inside(start, end):
            if mention.type == "person" and mention.is_name:
                first, last = mention.start - start, mention.end - start
                words = words[:first] + " " * (last - first) + words[last:]
        return words

    def add(self, start: int, end: int, kind: MentionType, rule: str, **more: object) -> Mention:
        """Return the mention of a span, a new one if there is none.

        `rule` is a rule's name ("phrase/noun").
        """
        known = self.found.get((start, end))
        if known is not None:
            return known
        surface = self.text[start:end]
        self._n_made += 1
        values = {"id": f"m{self._n_made}", "key": name_key(surface)} | more
        mention = Mention(
            start=start,
            end=end,
            surface=surface,
            type=kind,
            rule=rule_id(rule),
            **values,  # type: ignore[arg-type]
        )
        self.found[(start, end)] = self.by_id[mention.id] = mention
        insort(self._spans, (start, end))
        self._longest = max(self._longest, end - start)
        return mention

    def update(self, mention: Mention, **changes: object) -> Mention:
        changed = msgspec.structs.replace(mention, **changes)
        self.found[(mention.start, mention.end)] = self.by_id[changed.id] = changed
        return changed

    def drop(self, mention: Mention) -> None:
        """Forget a mention."""
        span = (mention.start, mention.end)
        del self.by_id[self.found.pop(span).id]
        del self._spans[bisect_left(self._spans, span)]

    def keep(self, mentions: Sequence[Mention]) -> None:
        """Forget all mentions but these."""
        if len(mentions) < len(self._spans):
            self._spans = sorted((m.start, m.end) for m in mentions)
            self.found = {span: self.found[span] for span in self._spans}
            self.by_id = {m.id: m for m in self.found.values()}

    def in_order(self) -> list[Mention]:
        return [self.found[span] for span in self._spans]

    def _around(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that start before `end`, and near enough to `start` to reach it."""
        return self._starting_in(start - self._longest, end)

    def _starting_in(self, first: int, end: int) -> list[Mention]:
        """Return the mentions that start within a character range, in order."""
        begin, stop = bisect_left(self._spans, (first, 0)), bisect_left(self._spans, (end, 0))
        return [self.found[span] for span in self._spans[begin:stop]]


def renumbered(mentions: Mentions, written: str) -> dict[str, str]:
    """Number the mentions by their place, and return old id to new.

    `written` is the article's own text, which gives them their surfaces.
    """
    ids = {m.id: f"m{i}" for i, m in enumerate(mentions.in_order())}
    mentions.by_id.clear()
    for mention in mentions.in_order():
        surface = written[mention.start : mention.end]
        mentions.update(mention, id=ids[mention.id], of=ids.get(mention.of or ""), surface=surface)
    return ids
