"""Names of the dictionaries, and those that only the entity recogniser knows."""

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc, Token
from spacy.tokens import Span as SpacySpan

from services.messages import Mention, MentionForm, MentionType, Span
from services.tagger.lexicon.actors import Actor
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions
from services.tagger.parse.tree import behind, forms_of, is_a, lemma_of

Entity = tuple[int, int, str]
"""Start, end, and label of a named entity."""

_KINDS: dict[str, MentionType] = {"PERSON": "person", "ORG": "organisation", "NORP": "group"}

_MISTAKEN = frozenset({"ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "WORK_OF_ART", "EVENT"})
"""Labels that a small model gives to names of people it has not met."""


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


def named_entities(doc: Doc, base: int) -> Iterator[Entity]:
    """Yield the named entities of a parsed sentence that starts at `base`.

    A name that the recogniser takes for a body or a place is a person's where its clause says so:
    beside a noun for people ("one of the officers, Rina Toll"), or where only people are killed,
    arrested, appointed.
    """
    for entity in doc.ents:
        is_person = entity.label_ == "PERSON" or _is_somebody(entity)
        first = _whole_name(entity) if is_person else entity[0]
        yield base + first.idx, base + entity.end_char, "PERSON" if is_person else entity.label_


def _whole_name(entity: SpacySpan) -> Token:
    """Return the first token of a person's name.

    A given name that the recogniser left out stands right before.
    """
    first = entity[0]
    if len(entity) > 1 or first.i == 0:
        return first
    before = first.nbor(-1)
    is_beside = before.tag_ == "NNP" and before.head.i == first.i
    is_given = is_beside and not before.ent_type_ and before.text.isalpha()
    return before if is_given and not _is_personal(before) else first


def _is_somebody(entity: SpacySpan) -> bool:
    if entity.label_ not in _MISTAKEN or len(entity) < 2:
        return False
    name, words = entity.root, forms_of(entity)
    if len(words) < 2 or name.tag_ != "NNP":
        return False
    if words & (cues().bodies | cues().group_words):
        return False
    if is_a(name, "appos"):
        return _is_personal(name.head)
    return is_a(name, "dobj", "nsubjpass") and lemma_of(name.head) in cues().done_to_people


def _is_personal(noun: Token) -> bool:
    """Return whether a noun is for people ("officers", "one of the officers")."""
    if noun.pos_ == "NUM":
        return any(map(_is_personal, behind(noun, "of")))
    return lemma_of(noun) in cues().person_nouns | cues().roles | cues().title_heads


def add_entities(mentions: Mentions, entities: Iterable[Entity], day: str | None) -> None:
    """Add named entities that no dictionary name overlaps.

    The name of a body may hold that of a state or place. A person whose name is another spelling of
    one in a dictionary is that actor.
    """
    for start, end, label in entities:
        start, end = _bare(mentions.text, start, end)
        kind = _KINDS.get(label)
        if kind == "person":
            _drop_namesakes(mentions, start, end)
        if kind is None or not _may_be_a_name(mentions.text, start, end):
            continue
        if all(_is_part(known, start, end, kind) for known in mentions.overlapping(start, end)):
            rule, form = f"entity/{label.lower()}", _form(label)
            mention = mentions.add(start, end, kind, rule, form=form, basis="recogniser")
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


def _drop_namesakes(mentions: Mentions, start: int, end: int) -> None:
    """Forget a state that is only a word of a person's name ("Michael Jordan")."""
    inside = mentions.inside(start, end)
    if len(inside) != 1 or inside[0].type != "state":
        return
    if " " not in inside[0].surface and " " in mentions.text[start:end]:
        mentions.drop(inside[0])
