"""Mentions: names from the dictionaries and the parse, their short forms, and the roles that tie them together."""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

import msgspec

from services.messages import Mention, MentionType, Span
from services.tagger.dictionaries import cues
from services.tagger.matcher import Actors
from services.text.names import name_key

_SHORT_FORM = 4
"""Letters that a last name needs to be looked for on its own."""


class Mentions:
    """The mentions of one article while it is read, by their spans; `add` returns the one that is there already.

    `text` is what is read: of an upper-case article its truecased text, offset by offset.

    Spans are kept sorted, so that looking around a place in the text costs the same in long articles as in short ones.
    """

    def __init__(self, text: str, actors: Actors) -> None:
        self.text = text
        self.actors = actors
        self.found: dict[Span, Mention] = {}
        self._spans: list[Span] = []
        self._longest = 0
        self._n_made = 0

    def at(self, start: int, end: int) -> Mention | None:
        """Return the mention that holds a character range whole, the shortest of several."""
        holding = [m for m in self._around(start, start + 1) if m.start <= start and end <= m.end]
        return min(holding, key=lambda m: m.end - m.start, default=None)

    def inside(self, start: int, end: int) -> list[Mention]:
        """Return the mentions within a character range, in order."""
        first, last = bisect_left(self._spans, (start, 0)), bisect_left(self._spans, (end, 0))
        return [self.found[span] for span in self._spans[first:last] if span[1] <= end]

    def overlapping(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that share a character with a range, in order."""
        return [m for m in self._around(start, end) if start < m.end]

    def overlaps(self, start: int, end: int) -> bool:
        return bool(self.overlapping(start, end))

    def starting(self, at: int) -> list[Mention]:
        """Return the mentions that start at a place, the shortest first."""
        return self.inside_starts(at, at + 1)

    def inside_starts(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that start within a character range, wherever they end, in order."""
        first, last = bisect_left(self._spans, (start, 0)), bisect_left(self._spans, (end, 0))
        return [self.found[span] for span in self._spans[first:last]]

    def before(self, at: int) -> Iterator[Mention]:
        """Yield the mentions that end at or before a place, the nearest start first."""
        for i in range(bisect_left(self._spans, (at, 0)) - 1, -1, -1):
            if self._spans[i][1] <= at:
                yield self.found[self._spans[i]]

    def add(self, start: int, end: int, kind: MentionType, rule: str, **more: object) -> Mention:
        known = self.found.get((start, end))
        if known is not None:
            return known
        surface = self.text[start:end]
        values = {"key": name_key(surface)} | more
        self._n_made += 1
        mention = Mention(id=f"m{self._n_made}", start=start, end=end, surface=surface, type=kind, rule=rule, **values)  # type: ignore[arg-type]
        self.found[(start, end)] = mention
        insort(self._spans, (start, end))
        self._longest = max(self._longest, end - start)
        return mention

    def update(self, mention: Mention, **changes: object) -> Mention:
        changed = msgspec.structs.replace(mention, **changes)
        self.found[(mention.start, mention.end)] = changed
        return changed

    def drop(self, mention: Mention) -> None:
        """Forget a mention."""
        span = (mention.start, mention.end)
        del self.found[span]
        del self._spans[bisect_left(self._spans, span)]

    def in_order(self) -> list[Mention]:
        return [self.found[span] for span in self._spans]

    def _around(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that start before `end` and not so far before `start` that they can't reach it."""
        first, last = bisect_left(self._spans, (start - self._longest, 0)), bisect_left(self._spans, (end, 0))
        return [self.found[span] for span in self._spans[first:last]]


def add_dictionary(mentions: Mentions, day: str | None) -> None:
    """Add every name of the dictionaries, with the office held on an ISO day."""
    for start, end, actor, adjective in mentions.actors.find(mentions.text):
        kind: MentionType = "nationality" if adjective else actor.type
        role = actor.role_at(day)
        mentions.add(
            start,
            end,
            kind,
            f"dictionary/{actor.type}@1",
            key=actor.id,
            actor_id=actor.id,
            role=role.role if role else None,
            affiliation=actor.affiliation or tuple(r.of for r in actor.roles if r.of),
        )


_NAME = r"[A-Z][\w’'-]+(?:[ -](?:al|el|bin|ibn|abu|van|de|der|von|da|di)[ -](?=\w)|[ -](?=[A-Z]))?"
_PERSON = re.compile(rf"(?:{_NAME}){{2,5}}(?<! )")


def add_entities(mentions: Mentions, entities: Iterable[tuple[int, int, str]]) -> None:
    """Add named entities (start, end, label) that no dictionary name overlaps."""
    kinds: dict[str, MentionType] = {
        "PERSON": "person",
        "ORG": "organisation",
        "NORP": "group",
    }
    for start, end, label in entities:
        surface = mentions.text[start:end]
        if surface.startswith(("the ", "The ")):
            start += 4
        if surface.endswith(("'s", "’s")):
            end -= 2
        if label == "PERSON":
            _drop_namesakes(mentions, start, end)
        if label in kinds and start < end and mentions.text[start].isupper() and not mentions.overlaps(start, end):
            mentions.add(start, end, kinds[label], f"entity/{label.lower()}@1")


def _drop_namesakes(mentions: Mentions, start: int, end: int) -> None:
    """Forget a state that is but a word of a person's name ("Michael Jordan", "Georgia Stevens")."""
    inside = mentions.inside(start, end)
    if len(inside) == 1 and inside[0].type == "state" and " " not in inside[0].surface and " " in mentions.text[start:end]:
        mentions.drop(inside[0])


def tie_roles(mentions: Mentions) -> None:
    """Read "leader of GROUP, NAME", "GROUP leader NAME", and "NAME, leader of GROUP": the name gets role and body."""
    words = "|".join(sorted(cues()["roles"]))
    for match in re.finditer(rf"\b({words})\b", mentions.text, re.IGNORECASE):
        body = _body_after(mentions, match.end()) or _body_before(mentions, match.start())
        if body is None:
            continue
        after = max(match.end(), body.end)
        name = _name_after(mentions, after) or _name_before(mentions, min(match.start(), body.start))
        if name is not None and not (name.start <= match.start() < name.end):
            _give_role(mentions, name, match.group(1).lower(), body)


def _body_after(mentions: Mentions, at: int) -> Mention | None:
    gap = re.compile(r" (?:of|for) (?:the )?").match(mentions.text, at)
    return _starting(mentions, gap.end(), ("group", "organisation", "state")) if gap else None


def _body_before(mentions: Mentions, at: int) -> Mention | None:
    return next(
        (
            m
            for m in mentions.in_order()
            if m.type in ("group", "organisation") and mentions.text[m.end : at] in (" ", "'s ", "’s ")
        ),
        None,
    )


def _name_after(mentions: Mentions, at: int) -> Mention | None:
    gap = re.compile(r",? ").match(mentions.text, at)
    if gap is None:
        return None
    known = _starting(mentions, gap.end(), ("person",))
    if known:
        return known
    match = _PERSON.match(mentions.text, gap.end())
    if match is None or mentions.overlaps(match.start(), match.end()):
        return None
    return mentions.add(match.start(), match.end(), "person", "mention/name-after-role@1")


def _name_before(mentions: Mentions, at: int) -> Mention | None:
    return next(
        (
            m
            for m in mentions.in_order()
            if m.type == "person" and re.fullmatch(r",? (?:the |a |an )?", mentions.text[m.end : at] or "-")
        ),
        None,
    )


def _starting(mentions: Mentions, at: int, kinds: tuple[str, ...]) -> Mention | None:
    return next((m for m in mentions.in_order() if m.start == at and m.type in kinds), None)


def _give_role(mentions: Mentions, name: Mention, role: str, body: Mention) -> None:
    mentions.update(name, role=role, of=body.id, affiliation=tuple(dict.fromkeys((*name.affiliation, body.actor_id or body.key))))


def add_short_forms(mentions: Mentions) -> None:
    """Join short forms to the full name that goes with them ("Alloush" to the one person named so), new or known."""
    full = [m for m in mentions.in_order() if m.type == "person" and " " in m.surface]
    by_last: dict[str, Mention] = {}
    for mention in sorted(full, key=lambda m: (m.actor_id is None, m.role is None, m.start)):
        last = re.split(r"[ ]", mention.surface)[-1]
        if len(last) >= _SHORT_FORM:
            by_last.setdefault(last, mention)
    for last, whole in by_last.items():
        for match in re.finditer(rf"(?<![\w-]){re.escape(last)}(?!\w)", mentions.text):
            _join(mentions, match.start(), match.end(), whole)


def _join(mentions: Mentions, start: int, end: int, whole: Mention) -> None:
    known = mentions.at(start, end)
    if (
        known is not None
        and known.type == "person"
        and known.actor_id is None
        and (known.start, known.end) != (whole.start, whole.end)
    ):
        if " " in known.surface and name_key(known.surface) != name_key(whole.surface):
            return
        mentions.update(
            known, key=whole.key, actor_id=whole.actor_id, role=whole.role, of=whole.of, affiliation=whole.affiliation
        )
    elif known is None or ((known.start, known.end) == (start, end) and known.actor_id is None):
        if known is not None:
            mentions.drop(known)
        more = {
            "key": whole.key,
            "actor_id": whole.actor_id,
            "role": whole.role,
            "of": whole.of,
            "affiliation": whole.affiliation,
        }
        mentions.add(start, end, "person", "mention/short-form@1", **more)


def renumbered(mentions: Mentions, written: str) -> dict[str, str]:
    """Number the mentions by their place, give them their surfaces as `written`, and return old id to new."""
    ids = {m.id: f"m{i}" for i, m in enumerate(mentions.in_order())}
    for mention in mentions.in_order():
        surface = written[mention.start : mention.end]
        mentions.update(mention, id=ids[mention.id], of=ids.get(mention.of or ""), surface=surface)
    return ids
