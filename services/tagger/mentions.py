"""Mentions: names from the dictionaries and the parse, their short forms, and the roles that tie them together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.messages import Mention, MentionType, Span
from services.tagger.dictionaries import Actors, cues
from services.text.names import name_key

_SHORT_FORM = 4
"""Letters that a last name needs to be looked for on its own."""


@dataclass
class Mentions:
    """The mentions of one article while it is read; `add` returns the one that is there already."""

    text: str
    actors: Actors
    found: dict[Span, Mention] = field(default_factory=dict)
    n_made: int = 0

    def at(self, start: int, end: int) -> Mention | None:
        """Return the mention that holds a character range whole, the shortest of several."""
        holding = [m for m in self.found.values() if m.start <= start and end <= m.end]
        return min(holding, key=lambda m: m.end - m.start, default=None)

    def inside(self, start: int, end: int) -> list[Mention]:
        """Return the mentions within a character range, in order."""
        return sorted((m for m in self.found.values() if start <= m.start and m.end <= end), key=lambda m: m.start)

    def add(self, start: int, end: int, kind: MentionType, rule: str, **more: object) -> Mention:
        known = self.found.get((start, end))
        if known is not None:
            return known
        surface = self.text[start:end]
        values = {"key": name_key(surface)} | more
        self.n_made += 1
        mention = Mention(id=f"m{self.n_made}", start=start, end=end, surface=surface, type=kind, rule=rule, **values)  # type: ignore[arg-type]
        self.found[(start, end)] = mention
        return mention

    def update(self, mention: Mention, **changes: object) -> Mention:
        fields = {name: getattr(mention, name) for name in mention.__struct_fields__}
        changed = Mention(**(fields | changes))
        self.found[(mention.start, mention.end)] = changed
        return changed

    def overlaps(self, start: int, end: int) -> bool:
        return any(m.start < end and start < m.end for m in self.found.values())

    def in_order(self) -> list[Mention]:
        return sorted(self.found.values(), key=lambda m: (m.start, m.end))


def add_dictionary(mentions: Mentions) -> None:
    """Add every name of the dictionaries."""
    for start, end, actor, adjective in mentions.actors.find(mentions.text):
        kind: MentionType = "nationality" if adjective else actor.type
        role = actor.roles[0] if actor.roles else None
        mentions.add(
            start,
            end,
            kind,
            f"dictionary/{actor.type}@1",
            key=actor.id,
            actor_id=actor.id,
            role=role.role if role else None,
            affiliation=actor.affiliation or tuple(r.of for r in actor.roles),
        )


_NAME = r"[A-Z][\w’'-]+(?:[ -](?:al|el|bin|ibn|abu|van|de|der|von|da|di)[ -](?=\w)|[ -](?=[A-Z]))?"
_PERSON = re.compile(rf"(?:{_NAME}){{2,5}}(?<! )")


def add_entities(mentions: Mentions, entities: Iterable[tuple[int, int, str]]) -> None:
    """Add named entities (start, end, label) that no dictionary name overlaps."""
    kinds: dict[str, MentionType] = {
        "PERSON": "person",
        "ORG": "organisation",
        "GPE": "place",
        "LOC": "place",
        "FAC": "place",
        "NORP": "group",
    }
    for start, end, label in entities:
        surface = mentions.text[start:end]
        if surface.startswith(("the ", "The ")):
            start += 4
        if surface.endswith(("'s", "’s")):
            end -= 2
        if label == "PERSON":
            _drop_surname_state(mentions, start, end)
        if label in kinds and start < end and mentions.text[start].isupper() and not mentions.overlaps(start, end):
            mentions.add(start, end, kinds[label], f"entity/{label.lower()}@1")


def _drop_surname_state(mentions: Mentions, start: int, end: int) -> None:
    """Forget a state that is but the last word of a person's name ("Michael Jordan")."""
    last = [m for m in mentions.inside(start, end) if m.type == "state" and m.end == end and m.start > start]
    if len(last) == 1 and len(mentions.inside(start, end)) == 1 and " " not in last[0].surface:
        mentions.found.pop((last[0].start, last[0].end))


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
        mentions.found.pop((start, end), None)
        more = {
            "key": whole.key,
            "actor_id": whole.actor_id,
            "role": whole.role,
            "of": whole.of,
            "affiliation": whole.affiliation,
        }
        mentions.add(start, end, "person", "mention/short-form@1", **more)


def renumbered(mentions: Mentions) -> dict[str, str]:
    """Number the mentions by their place in the text, and return old id to new."""
    ids = {m.id: f"m{i}" for i, m in enumerate(mentions.in_order())}
    for span, mention in list(mentions.found.items()):
        fields = {name: getattr(mention, name) for name in mention.__struct_fields__}
        mentions.found[span] = Mention(**(fields | {"id": ids[mention.id], "of": ids.get(mention.of or "")}))
    return ids
