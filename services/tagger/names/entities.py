"""Names: those of the dictionaries, and those that the entity recogniser found and no list knows."""

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc, Token
from spacy.tokens import Span as SpacySpan

from services.messages import Mention, MentionForm, MentionType
from services.tagger.lexicon.actors import Actor
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions
from services.tagger.parse.tree import behind, is_a, lemma_of

_KINDS: dict[str, MentionType] = {"PERSON": "person", "ORG": "organisation", "NORP": "group"}

_MISTAKEN = frozenset({"ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "WORK_OF_ART", "EVENT"})
"""Labels that a small model gives to names of people it has not met."""


def add_dictionary(mentions: Mentions, day: str | None) -> None:
    """Add every name of the dictionaries, with the office held on an ISO day."""
    for start, end, actor, adjective in mentions.actors.find(mentions.text):
        kind: MentionType = "nationality" if adjective else actor.type
        mentions.add(start, end, kind, f"dictionary/{actor.type}", basis="dictionary", **known_as(actor, day))


def known_as(actor: Actor, day: str | None) -> dict[str, object]:
    """Return the fields of a mention that a dictionary knows: id, office on an ISO day, and whom the actor speaks for."""
    role = actor.role_at(day)
    affiliation = actor.affiliation or tuple(r.of for r in actor.roles if r.of)
    return {"key": actor.id, "actor_id": actor.id, "role": role.role if role else None, "affiliation": affiliation}


def named_entities(doc: Doc, base: int) -> Iterator[tuple[int, int, str]]:
    """Yield the named entities of a parsed sentence that starts at `base`: start, end, label.

    A name that the recogniser takes for a body or a place is a person's where its clause says so: beside a noun for people
    ("one of the officers, Rina Toll"), or as whom only people are killed, arrested, appointed.
    """
    for entity in doc.ents:
        name = _whole_name(entity) if entity.label_ == "PERSON" or _is_somebody(entity) else None
        first, label = (name, "PERSON") if name is not None else (entity[0], entity.label_)
        yield base + first.idx, base + entity.end_char, label


def _whole_name(entity: SpacySpan) -> Token:
    """Return the first token of a person's name: a given name that the recogniser left out stands right before."""
    first = entity[0]
    if len(entity) > 1 or first.i == 0:
        return first
    before = first.nbor(-1)
    is_given = before.tag_ == "NNP" and before.head.i == first.i and not before.ent_type_ and before.text.isalpha()
    return before if is_given and not _is_personal(before) else first


def _is_somebody(entity: SpacySpan) -> bool:
    name = entity.root
    words = {token.lower_ for token in entity}
    if entity.label_ not in _MISTAKEN or len(words) < 2 or name.tag_ != "NNP" or words & (cues().bodies | cues().group_words):
        return False
    if is_a(name, "appos"):
        return _is_personal(name.head)
    return is_a(name, "dobj", "nsubjpass") and lemma_of(name.head) in cues().done_to_people


def _is_personal(noun: Token) -> bool:
    """Tell whether a noun is for people ("officers"), or for one of them ("one of the officers")."""
    if noun.pos_ == "NUM":
        return any(_is_personal(g) for g in behind(noun, "of"))
    return lemma_of(noun) in cues().person_nouns | cues().roles | cues().title_heads


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
            mention = mentions.add(start, end, kind, f"entity/{label.lower()}", form=_form(label), basis="recogniser")
            actor = mentions.actors.of_key(mention.key) if kind == "person" and mention.actor_id is None else None
            if actor is not None and actor.type == "person":
                mentions.update(mention, **known_as(actor, day))


def _form(label: str) -> MentionForm:
    return "people" if label == "NORP" else "name"


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    if text.startswith(("the ", "The "), start, end):
        start += 4
    return start, end - 2 if text[start:end].endswith(("'s", "’s")) else end


def _ends_a_title(text: str, start: int, end: int) -> bool:
    """Tell whether a name is the last word of an office ("Secretary of State") and no body."""
    return text[start:end].lower() in cues().bodies and text.endswith(" of ", 0, start)


def _is_part(known: Mention, start: int, end: int, kind: MentionType) -> bool:
    """Tell whether a known name is but a part of the name of a body: "Kentucky State Police"."""
    inside = start <= known.start and known.end <= end and (known.start, known.end) != (start, end)
    return inside and kind == "organisation" and known.type in ("state", "nationality", "place")


def _drop_namesakes(mentions: Mentions, start: int, end: int) -> None:
    """Forget a state that is but a word of a person's name ("Michael Jordan", "Georgia Stevens")."""
    inside = mentions.inside(start, end)
    if len(inside) == 1 and inside[0].type == "state" and " " not in inside[0].surface and " " in mentions.text[start:end]:
        mentions.drop(inside[0])
