"""Names: those of the dictionaries, and those that the entity recogniser found and no list knows."""

from collections.abc import Iterable

from services.messages import Mention, MentionType
from services.tagger.actors import Actor
from services.tagger.dictionaries import cues
from services.tagger.mentions import Mentions

_KINDS: dict[str, MentionType] = {"PERSON": "person", "ORG": "organisation", "NORP": "group"}


def add_dictionary(mentions: Mentions, day: str | None) -> None:
    """Add every name of the dictionaries, with the office held on an ISO day."""
    for start, end, actor, adjective in mentions.actors.find(mentions.text):
        kind: MentionType = "nationality" if adjective else actor.type
        mentions.add(start, end, kind, f"dictionary/{actor.type}@1", **known_as(actor, day))


def known_as(actor: Actor, day: str | None) -> dict[str, object]:
    """Return the fields of a mention that a dictionary knows: id, office on an ISO day, and whom the actor speaks for."""
    role = actor.role_at(day)
    affiliation = actor.affiliation or tuple(r.of for r in actor.roles if r.of)
    return {"key": actor.id, "actor_id": actor.id, "role": role.role if role else None, "affiliation": affiliation}


def add_entities(mentions: Mentions, entities: Iterable[tuple[int, int, str]], day: str | None) -> None:
    """Add named entities (start, end, label) that no dictionary name overlaps; a body may be called after a state or place.

    A person whose name is another spelling of one in a dictionary is that actor.
    """
    for start, end, label in entities:
        start, end = _bare(mentions.text, start, end)
        kind = _KINDS.get(label)
        if kind == "person":
            _drop_namesakes(mentions, start, end)
        if kind is None or start >= end or not mentions.text[start].isupper() or _ends_a_title(mentions.text, start, end):
            continue
        if all(_is_part(known, start, end, kind) for known in mentions.overlapping(start, end)):
            mention = mentions.add(start, end, kind, f"entity/{label.lower()}@1")
            actor = mentions.actors.of_key(mention.key) if kind == "person" and mention.actor_id is None else None
            if actor is not None and actor.type == "person":
                mentions.update(mention, **known_as(actor, day))


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    if text.startswith(("the ", "The "), start, end):
        start += 4
    return start, end - 2 if text[start:end].endswith(("'s", "’s")) else end


def _ends_a_title(text: str, start: int, end: int) -> bool:
    """Tell whether a name is the last word of an office ("Secretary of State") and no body."""
    return text[start:end].lower() in cues()["bodies"] and text.endswith(" of ", 0, start)


def _is_part(known: Mention, start: int, end: int, kind: MentionType) -> bool:
    """Tell whether a known name is but a part of the name of a body: "Kentucky State Police"."""
    inside = start <= known.start and known.end <= end and (known.start, known.end) != (start, end)
    return inside and kind == "organisation" and known.type in ("state", "nationality", "place")


def _drop_namesakes(mentions: Mentions, start: int, end: int) -> None:
    """Forget a state that is but a word of a person's name ("Michael Jordan", "Georgia Stevens")."""
    inside = mentions.inside(start, end)
    if len(inside) == 1 and inside[0].type == "state" and " " not in inside[0].surface and " " in mentions.text[start:end]:
        mentions.drop(inside[0])
