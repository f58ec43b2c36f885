"""Names of the dictionaries, and those that only the entity recogniser knows."""

from collections.abc import Iterable
from typing import NamedTuple

from services.messages import Mention, MentionForm, MentionType, Span
from services.tagger.lexicon.actors import Actor
from services.tagger.lexicon.words import cues
from services.tagger.names.bare import is_title
from services.tagger.names.mentions import Mentions
from services.tagger.names.namesakes import clear_namesakes, without_body
from services.tagger.names.persons import persons
from services.tagger.parse.doc import Doc, Token


class Entity(NamedTuple):
    """A named entity of a text; `is_sure`: grammar says that it is of a person."""

    start: int
    end: int
    label: str
    is_sure: bool = False


_PERSON = "PERSON"
_KINDS: dict[str, MentionType] = {_PERSON: "person", "ORG": "organisation", "NORP": "group"}


def add_dictionary(mentions: Mentions, day: str | None) -> None:
    """Add every name of the dictionaries, with the office held on an ISO day."""
    for start, end, actor, adjective in mentions.actors.find(mentions.text):
        kind: MentionType = "nationality" if adjective else actor.type
        fields = known_as(actor, day)
        mentions.add(start, end, kind, f"dictionary/{actor.type}", basis="dictionary", **fields)


def known_as(actor: Actor, day: str | None) -> dict[str, object]:
    """Return the fields of a mention that a dictionary knows.

    They are the id, the office on an ISO day, and the bodies that the actor belongs to.
    """
    role = actor.role_at(day)
    affiliation = actor.affiliation or tuple(held.of for held in actor.roles if held.of)
    return {
        "key": actor.id,
        "actor_id": actor.id,
        "role": role.role if role else None,
        "affiliation": affiliation,
    }


def named_entities(doc: Doc, base: int) -> list[Entity]:
    """Return the named entities of a parsed sentence that starts at `base`, in order.

    Those that are of persons (`persons`) take the place of the recogniser's.
    """
    found = [
        Entity(base + name.start, base + name.end, _PERSON, name.is_sure) for name in persons(doc)
    ]
    people = list(found)
    for entity in doc.ents:
        start, end = base + entity.start_char, base + entity.end_char
        is_free = all(end <= name.start or name.end <= start for name in people)
        if is_free and not _is_title_of(entity.words[-1], base, people):
            found.append(Entity(start, end, entity.label_))
    return sorted(found)


def _is_title_of(last: Token, base: int, people: Iterable[Entity]) -> bool:
    """Return whether an entity is no more than the title before a person's name."""
    behind = base + last.idx + len(last) + 1
    return is_title(last.lower_) and any(name.start == behind for name in people)


def add_entities(mentions: Mentions, entities: Iterable[Entity], day: str | None) -> None:
    """Add named entities that no dictionary name overlaps.

    The name of a body may hold that of a state or place. A person whose name is another spelling of
    one in a dictionary is that actor.
    """
    for entity in entities:
        start, end = _bare(mentions.text, entity.start, entity.end)
        kind = _KINDS.get(entity.label)
        if kind == "person":
            start = without_body(mentions, start, end)
            clear_namesakes(mentions, start, end, is_sure=entity.is_sure)
        if kind is None or not _may_be_a_name(mentions.text, start, end):
            continue
        if all(_is_part(known, start, end, kind) for known in mentions.overlapping(start, end)):
            rule, basis = f"entity/{entity.label.lower()}", "recogniser"
            if entity.is_sure:
                rule, basis = "mention/person-by-words", "grammar"
            form = _form(entity.label)
            mention = mentions.add(start, end, kind, rule, form=form, basis=basis)
            _identify(mentions, mention, day)


def _may_be_a_name(text: str, start: int, end: int) -> bool:
    return start < end and text[start].isupper() and not _ends_a_title(text, start, end)


def _identify(mentions: Mentions, mention: Mention, day: str | None) -> None:
    """Give a person the id of the one actor of the dictionaries with that name."""
    if mention.type != "person" or mention.actor_id is not None:
        return
    actor = mentions.actors.of_key(mention.key)
    if actor is not None and actor.type == "person":
        mentions.update(mention, **known_as(actor, day))


def _form(label: str) -> MentionForm:
    return "people" if label == "NORP" else "name"


def _bare(text: str, start: int, end: int) -> Span:
    if text.startswith(("the ", "The "), start, end):
        start += 4
    return start, end - 2 if text[start:end].endswith(("'s", "’s")) else end


def _ends_a_title(text: str, start: int, end: int) -> bool:
    """Return whether a name is the last word of an office ("Secretary of State") and no body."""
    return text[start:end].lower() in cues().bodies and text.endswith(" of ", 0, start)


def _is_part(known: Mention, start: int, end: int, kind: MentionType) -> bool:
    """Return whether a known name is only a part of a body's name: "Kentucky State Police"."""
    is_whole = (known.start, known.end) == (start, end)
    is_inside = start <= known.start and known.end <= end and not is_whole
    return is_inside and kind == "organisation" and known.type in ("state", "nationality", "place")
