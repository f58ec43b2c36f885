"""From a token of the parse to the mention that it stands for."""

from typing import Any

from spacy.tokens import Token

from services.messages import Mention, MentionType
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import cues, forms
from services.tagger.names.mentions import Mentions
from services.tagger.parse.tree import is_a, is_quantity, kids, kids_called, label_of, lemma_of, prepositions

_PERSON_WITHIN = 2000
"""Characters before a pronoun in which the person it stands for is looked for."""
_CUT = frozenset({"relcl", "acl", "appos", "cc", "conj", "punct", "advcl", "prep", "parataxis", "ccomp"})


class Phrases:
    """Resolves tokens of one sentence, parsed at offset `base` of the article's text."""

    def __init__(self, mentions: Mentions, base: int) -> None:
        self._mentions = mentions
        self._base = base

    def of(self, token: Token) -> Mention | None:
        """Return the mention of a noun, name, or plain pronoun; a phrase nobody named becomes one of its own."""
        if token.pos_ in ("VERB", "AUX", "ADV", "ADP", "PUNCT", "SCONJ", "DET"):
            return None
        if token.lower_ in forms().third_person_singular:
            return self._last_person(token)
        if token.pos_ == "PRON" and not is_quantity(token):
            return None
        known = self._known(token)
        return known or self._new(token)

    def modifiers(self, token: Token) -> list[Mention]:
        """Return the states and groups that an adjective, compound, or possessive names ("a Russian airstrike")."""
        found = []
        for child in token.subtree:
            if child.i >= token.i or not is_a(child, "amod", "compound", "poss", "nmod", "conj"):
                continue
            mention = self._mentions.at(*self._place(child))
            if mention and mention.type in ("nationality", "state", "group") and mention not in found:
                found.append(mention)
        return found

    def bodies_of(self, token: Token) -> list[Mention]:
        """Return the groups that people are of: "members of the GROUP", "GROUP gunmen", "guerrillas of the GROUP"."""
        within = kids(token, "compound", "nmod", "poss", "appos", "amod")
        within += [g for c in prepositions(token, "of", "from") for g in kids(c)]
        found = [self._mentions.at(*self._place(t)) for t in within]
        found += [self._mentions.at(*self._place(t)) for w in within if is_a(w, "pobj") for t in kids(w) if t.pos_ == "PROPN"]
        return list({m.id: m for m in found if m is not None and m.type == "group" and m.actor_id}.values())

    def place_of(self, token: Token) -> Mention | None:
        """Return the place that a name below "in" or "near" stands for, whatever kind of name the parse took it for."""
        known = self._mentions.at(*self._place(token))
        if known is None:
            return None
        inner = next((m for m in self._mentions.inside(known.start, known.end) if m.type == "place"), None)
        if inner is not None:
            return inner
        if known.actor_id is None and known.basis == "recogniser" and known.type in ("person", "organisation"):
            known = self._mentions.update(known, type="place", basis="grammar", rule=rule_id("mention/place-by-preposition"))
        return known if known.type in ("place", "state") else None

    def as_person(self, mention: Mention) -> Mention:
        """Return a bare name retyped as a person where the verb says so ("arrested NAME"): small models guess names' types."""
        is_body = {*mention.surface.lower().split()} & (cues().bodies | cues().group_words)
        if mention.actor_id is not None or mention.basis != "recogniser" or mention.surface.isupper() or is_body:
            return mention
        self._mentions.persons_by_verb.add((mention.start, mention.end))
        return self._mentions.update(mention, type="person", basis="grammar", rule=rule_id("mention/person-by-verb"))

    def is_person_by_verb(self, mention: Mention) -> bool:
        """Tell whether `as_person` made a person of a name."""
        return (mention.start, mention.end) in self._mentions.persons_by_verb

    def _place(self, token: Token) -> tuple[int, int]:
        start: int = self._base + token.idx
        return start, start + len(token)

    def _known(self, token: Token) -> Mention | None:
        """Return a name that the token heads or is set beside to ("the leader, NAME"; "one of its men, NAME")."""
        own = self._mentions.at(*self._place(token))
        if own is not None and own.type != "nationality":
            return own
        if is_a(token, "appos") and token.head.pos_ == "PROPN" and token.tag_ not in ("NNS", "NNPS"):
            name = self._mentions.at(*self._place(token.head))
            if name is not None and name.type == "person" and name.is_name:
                return name
        for child in kids(token):
            if is_a(child, "appos", "npadvmod") and child.pos_ == "PROPN":
                name = self._mentions.at(*self._place(child))
                if name is not None and name.type == "person":
                    return name
        beside = [c for c in kids(token, "compound") if c.pos_ == "PROPN"]
        named = [m for m in (self._mentions.at(*self._place(c)) for c in beside) if m and m.type == "person"]
        return named[-1] if named and lemma_of(token) in cues().person_nouns else None

    def _last_person(self, token: Token) -> Mention | None:
        at = self._base + token.idx
        last = self._mentions.person_before(at, _PERSON_WITHIN)
        if last is None:
            return None
        return self._mentions.add(
            at,
            at + len(token),
            "person",
            "phrase/pronoun",
            form="pronoun",
            key=last.key,
            actor_id=last.actor_id,
            affiliation=last.affiliation,
        )

    def _new(self, token: Token) -> Mention | None:
        inside = [t for t in token.subtree if not self._is_cut(t, token)]
        if inside[-1].tag_ == "POS" and len(inside) > 1:
            inside.pop()
        start, end = self._base + inside[0].idx, self._base + inside[-1].idx + len(inside[-1])
        if end - start > 120:
            start, end = self._place(token)
        kind = self._kind(token)
        whole = [self._mentions.at(*self._place(t)) for t in token.subtree]
        bodies = [m for m in whole if m is not None and m.type in ("group", "organisation", "state", "nationality")]
        affiliation = tuple(dict.fromkeys(a for m in bodies for a in (m.actor_id or m.key, *m.affiliation)))
        holder = self._holder(token, affiliation) if kind == "person" else None
        if holder is not None:
            more = {"key": holder.key, "actor_id": holder.actor_id, "affiliation": holder.affiliation, "role": holder.role}
            return self._mentions.add(start, end, "person", "phrase/role", form="role", **more)
        office = self._office(token, [m for m in bodies if m.type != "nationality"]) if kind == "person" else None
        if office is not None:
            return self._mentions.add(start, end, "person", "mention/office", form="office", **office)
        if kind == "organisation" and not _is_body(token):
            return self._mentions.add(start, end, "thing", "phrase/thing", form="thing", affiliation=affiliation)
        return self._mentions.add(start, end, kind, "phrase/noun", form="description", affiliation=affiliation)

    def _office(self, token: Token, bodies: list[Mention]) -> dict[str, Any] | None:
        """Return role, body, and a key of its own for the one holder of an office nobody names ("the Front's leader")."""
        role = lemma_of(token)
        loose = any(is_a(c, "nummod") or c.lower_ in forms().indefinite for c in kids(token))
        if role not in cues().unique_roles or loose or not bodies or token.tag_ in ("NNS", "NNPS"):
            return None
        body = bodies[0]
        key = body.actor_id or body.key
        return {"key": f"{key}-{role}", "role": role, "of": body.id, "affiliation": (key,)}

    def _is_cut(self, token: Token, head: Token) -> bool:
        """Tell whether a token hangs below a clause, apposition, or conjunct of the head: the phrase ends before it."""
        while token.i != head.i:
            if label_of(token) in _CUT and token.head.i == head.i:
                return not (token.lower_ == "of" and (is_quantity(head) or lemma_of(head) in cues().portions))
            token = token.head
        return False

    def _holder(self, token: Token, affiliation: tuple[str, ...]) -> Mention | None:
        """Return the person who holds the role that a definite noun names ("its leader"), if the text or a dictionary knows."""
        definite = any(
            (is_a(c, "poss", "det") and c.lower_ in ("its", "the", "their", "'s")) or is_a(c, "poss") for c in kids(token)
        )
        role = lemma_of(token)
        if role not in cues().roles or not definite or token.tag_ == "NNS":
            return None
        people = [m for m in self._mentions.in_order() if m.type == "person" and m.role == role and m.is_name]
        fitting = [m for m in people if not affiliation or set(affiliation) & set(m.affiliation)]
        return fitting[0] if fitting else None

    def _kind(self, token: Token) -> MentionType:
        if _names_people(token) or is_quantity(token):
            return "person"
        if lemma_of(token) in cues().party or token.lower_ in cues().party:
            return "person" if _consists_of_people(token) else "group"
        return "organisation"


def _names_people(token: Token) -> bool:
    words = {lemma_of(token), token.lower_}
    return bool(words & cues().person_nouns or words & cues().roles)


def _consists_of_people(token: Token) -> bool:
    """Tell whether a word for many is but their number: "a group of armed men"."""
    return any(_names_people(g) for c in kids_called(token, "of") for g in kids(c))


def _is_body(token: Token) -> bool:
    """Tell whether a noun is or names a body of people: an army, a party, a name that nobody knows."""
    return token.pos_ == "PROPN" or bool({lemma_of(token), token.lower_} & cues().bodies)
