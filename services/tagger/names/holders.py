"""Who holds an office: somebody that the article names with it, else an actor of a dictionary, else
the one holder without a name ("the Front's leader")."""

from typing import Any

from services.messages import Mention
from services.tagger.lexicon.words import cues, forms, lemmas
from services.tagger.names.mentions import Mentions
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import is_a, kids, lemma_of

Fields = tuple[str, str, dict[str, Any]]
"""Rule, form, and fields of a mention."""

_SAME = ("key", "actor_id", "affiliation", "role")


def holder_or_office(
    token: Token, mentions: Mentions, bodies: list[Mention], affiliation: tuple[str, ...]
) -> Fields | None:
    """Return what a phrase for a person known by the office says of that person.

    `bodies` are the bodies that the phrase names, `affiliation` their keys.
    """
    holder = _holder(token, mentions, affiliation)
    if holder is not None:
        return "phrase/role", "role", {field: getattr(holder, field) for field in _SAME}
    office = _office(token, [body for body in bodies if body.type != "nationality"])
    if office is None:
        return None
    return "mention/office", "office", office | _known(token, mentions, office)


def _holder(token: Token, mentions: Mentions, affiliation: tuple[str, ...]) -> Mention | None:
    """Return the person whom the article names as holder of a definite noun's office, if any."""
    role = lemma_of(token)
    if role not in cues().roles or token.tag_ == "NNS":
        return None
    roles = _same_as(role) if affiliation and _is_bare(token) else frozenset({role})
    if not _is_definite(token) and (len(roles) < 2 or _is_indefinite(token)):
        return None
    for mention in mentions.in_order():
        is_holder = mention.type == "person" and mention.role in roles and mention.is_name
        if is_holder and (not affiliation or not set(affiliation).isdisjoint(mention.affiliation)):
            return mention
    return None


def _known(token: Token, mentions: Mentions, office: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the one actor whom a dictionary gives an office on the article's day."""
    (body,), roles = office["affiliation"], _same_as(office["role"])
    actor = mentions.actors.holder(body, roles, mentions.day) if _is_bare(token) else None
    return {"key": actor.id, "actor_id": actor.id} if actor is not None else {}


def _same_as(role: str) -> frozenset[str]:
    """Return the words for one office: who leads a body is its leader, head, and chief."""
    return lemmas().leaders if role in lemmas().leaders else frozenset({role})


def _is_bare(noun: Token) -> bool:
    """True for an office with nothing before it but a determiner and names.

    Other words may make it another office ("the former leader", "its youth leader").
    """
    before = (word for word in kids(noun) if word.i < noun.i and not is_a(word, "det", "poss"))
    return all(word.pos_ == "PROPN" for word in before)


def _is_definite(noun: Token) -> bool:
    return bool(kids(noun, "poss")) or any(word.lower_ == "the" for word in kids(noun, "det"))


def _office(token: Token, bodies: list[Mention]) -> dict[str, Any] | None:
    """Return role, body, and key of the one holder of an office ("the Front's leader")."""
    role = lemma_of(token)
    is_one = token.tag_ not in ("NNS", "NNPS") and not _is_indefinite(token)
    if role not in cues().unique_roles or not bodies or not is_one:
        return None
    body = bodies[0]
    key = body.actor_id or body.key
    return {"key": f"{key}-{role}", "role": role, "of": body.id, "affiliation": (key,)}


def _is_indefinite(noun: Token) -> bool:
    return any(is_a(word, "nummod") or word.lower_ in forms().indefinite for word in kids(noun))
