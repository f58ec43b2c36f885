"""From a token of the parse to the mention that it stands for."""

from collections.abc import Iterable
from typing import Any

from services.messages import Mention, MentionType
from services.tagger.lexicon.gazetteer import gazetteer, place_words
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import any_of, cues, forms
from services.tagger.names.holders import holder_or_office
from services.tagger.names.mentions import Mentions
from services.tagger.names.place_precision import precision_of
from services.tagger.parse.doc import Token
from services.tagger.parse.labels import Label
from services.tagger.parse.tree import (
    has,
    has_called,
    is_a,
    is_quantity,
    is_ruled_out,
    kids,
    kids_called,
    kids_of_all,
    label_of,
    lemma_of,
    prepositions,
    words_of,
)
from services.text.names import name_key

_PHRASE_CHARS = 120
"""Characters of the longest phrase; of a longer one, the parser's fault, only the noun counts."""

_CUT: frozenset[Label] = frozenset(
    {"relcl", "acl", "appos", "cc", "conj", "neg", "punct", "advcl", "prep", "parataxis", "ccomp"}
)
"""Labels of what hangs on a noun and is no part of its phrase."""


_DETERMINING: tuple[Label, ...] = ("det", "poss", "compound", "amod")
"""Labels of what makes a noun for a building a spot of its own."""


class Phrases:
    """Resolves tokens of one sentence, parsed at offset `base` of the article's text."""

    def __init__(self, mentions: Mentions, base: int) -> None:
        self._mentions = mentions
        self._base = base

    def of(self, token: Token) -> Mention | None:
        """Return the mention of a noun, name, or plain pronoun, a new one of a phrase."""
        if token.pos_ in ("VERB", "AUX", "ADV", "ADP", "PUNCT", "SCONJ", "DET"):
            return None
        if token.lower_ in forms().third_person_singular:
            return self._last_person(token)
        if token.pos_ == "PRON" and not is_quantity(token):
            return None
        known = self._known(token)
        return known or self._new(token)

    def modifiers(self, token: Token) -> list[Mention]:
        """Return the states and groups that a modifier names ("a Russian airstrike")."""
        found: list[Mention] = []
        for child in token.subtree:
            if child.i >= token.i or not is_a(child, "amod", "compound", "poss", "nmod", "conj"):
                continue
            mention = self._at(child)
            is_of = mention is not None and mention.type in ("nationality", "state", "group")
            if mention is not None and is_of and mention not in found:
                found.append(mention)
        return found

    def bodies_of(self, token: Token) -> list[Mention]:
        """Return the groups that people are of: "members of the GROUP", "GROUP gunmen"."""
        within = kids(token, "compound", "nmod", "poss", "appos", "amod")
        within += kids_of_all(prepositions(token, "of", "from"))
        objects = (word for word in within if is_a(word, "pobj"))
        within += [word for word in kids_of_all(objects) if word.pos_ == "PROPN"]
        groups = (m for m in self._all_at(within) if m.type == "group" and m.actor_id)
        return list({m.id: m for m in groups}.values())

    def places_of(self, token: Token, *, is_located: bool = True) -> list[Mention]:
        """Return the places of a name, then the larger ones behind its commas ("Meris, Kostria").

        `is_located`: it stands below "in" or "near", so it is a place whatever its type so far.
        """
        known = self._at(token)
        if known is None:
            return []
        inner = [m for m in self._mentions.inside(known.start, known.end) if m.type == "place"]
        if not is_located:
            inner = [known]
        elif not inner or _is_building(known):
            # "Shot in a Jeep": the name of a place takes no indefinite article.
            is_thing = has_called(token, *forms().indefinite)
            inner = [known if is_thing else self._as_place(known), *inner]
        found = [m for m in inner if m.type in ("place", "state")]
        return [*found, *self._behind_comma(found[-1])] if found else []

    def _as_place(self, name: Mention) -> Mention:
        """Return a name retyped as a place, if only the recogniser took it for something else."""
        is_guess = name.actor_id is None and name.basis == "recogniser"
        if not is_guess or name.type not in ("person", "organisation"):
            return name
        rule = rule_id("mention/place-by-preposition")
        precision = precision_of(name, self._mentions.text, gazetteer())
        return self._mentions.update(
            name, type="place", basis="grammar", rule=rule, precision=precision
        )

    def _behind_comma(self, place: Mention) -> list[Mention]:
        found: list[Mention] = []
        while self._mentions.text.startswith(", ", place.end):
            behind = self._mentions.starting(place.end + len(", "))
            larger = next((m for m in behind if m.type in ("place", "state")), None)
            if larger is None:
                break
            found.append(larger)
            place = larger
        return found

    def site(self, token: Token) -> Mention | None:
        """Return the spot that a common noun describes ("a checkpoint"), None for no such noun.

        A bare noun ("at home", "in prison") means the institution and no spot (Huddleston & Pullum
        2002, ch. 5, section 8.5), and several are no one spot.
        """
        is_one = has(token, *_DETERMINING) and not has(token, "nummod") and not _is_several(token)
        if lemma_of(token) not in place_words().site_nouns or not is_one:
            return None
        start, end = self._extent(token)
        more = {"form": "description", "precision": "site"}
        known = self._mentions.add(start, end, "place", "phrase/site", **more)
        if known.form != "thing":
            return known if known.type == "place" else None
        return self._mentions.update(known, type="place", precision="site")

    def as_person(self, mention: Mention) -> Mention:
        """Return a bare name retyped as a person where the verb says so ("arrested NAME").

        Small models guess the types of names.
        """
        words = set(mention.surface.lower().split())
        is_body = bool(words & any_of(cues().bodies, cues().group_words))
        is_guess = mention.actor_id is None and mention.basis == "recogniser"
        if not is_guess or mention.surface.isupper() or is_body:
            return mention
        self._mentions.persons_by_verb.add((mention.start, mention.end))
        rule = rule_id("mention/person-by-verb")
        return self._mentions.update(
            mention, type="person", basis="grammar", rule=rule, precision=None
        )

    def is_person_by_verb(self, mention: Mention) -> bool:
        """Return whether `as_person` made a person of a name."""
        return (mention.start, mention.end) in self._mentions.persons_by_verb

    def _place(self, token: Token) -> tuple[int, int]:
        start: int = self._base + token.idx
        return start, start + len(token)

    def _at(self, token: Token) -> Mention | None:
        return self._mentions.at(*self._place(token))

    def _all_at(self, tokens: Iterable[Token]) -> list[Mention]:
        return list(filter(None, map(self._at, tokens)))

    def _known(self, token: Token) -> Mention | None:
        """Return a name that the token heads or is set beside to ("the leader, NAME")."""
        own = self._at(token)
        if own is not None and own.type != "nationality":
            return own
        if is_a(token, "appos") and token.head.pos_ == "PROPN" and not _is_plural(token):
            name = self._at(token.head)
            if name is not None and name.type == "person" and name.is_name:
                return name
        for beside in [*kids(token, "appos", "npadvmod"), *self._beside_its_place(token)]:
            named = beside.pos_ == "PROPN" and not is_ruled_out(beside)
            name = self._at(beside) if named else None
            if name is not None and name.type == "person":
                return name
        if lemma_of(token) not in cues().person_nouns or _is_any(token):
            return None
        before = self._all_at(word for word in kids(token, "compound") if word.pos_ == "PROPN")
        people = [mention for mention in before if mention.type == "person"]
        return people[-1] if people else None

    def _beside_its_place(self, token: Token) -> list[Token]:
        """Return the appositions of the place behind a noun: "the mayor of Meris, NAME".

        Parsers hang a name on the nearest noun, but no person is in apposition to a place.
        """
        if _is_plural(token):
            return []
        behind = kids_of_all(prepositions(token), "pobj")
        places = (noun for noun in behind if self._is_place(noun))
        return kids_of_all(places, "appos")

    def _is_place(self, token: Token) -> bool:
        mention = self._at(token)
        return mention is not None and mention.type in ("place", "state")

    def _last_person(self, token: Token) -> Mention:
        """Return the mention of a pronoun with the key of the person named last, "" for none."""
        start, end = self._place(token)
        last = self._mentions.person_before(start)
        same: dict[str, Any] = {"key": ""}
        if last is not None:
            same = {"key": last.key, "actor_id": last.actor_id, "affiliation": last.affiliation}
        return self._mentions.add(start, end, "person", "phrase/pronoun", form="pronoun", **same)

    def _new(self, token: Token) -> Mention | None:
        start, end = self._extent(token)
        kind = _kind(token)
        bodies = [mention for mention in self._all_at(token.subtree) if _is_body_name(mention)]
        affiliation = _affiliation(bodies)
        if kind == "person":
            person = holder_or_office(token, self._mentions, bodies, affiliation)
            if person is not None:
                rule, form, fields = person
                return self._mentions.add(start, end, "person", rule, form=form, **fields)
        rule, form = "phrase/noun", "description"
        if kind == "organisation" and not _is_body(token):
            kind, rule, form = "thing", "phrase/thing", "thing"
        fields = {"form": form, "affiliation": affiliation, "key": self._key(token, start, end)}
        return self._mentions.add(start, end, kind, rule, **fields)

    def _key(self, token: Token, start: int, end: int) -> str:
        """Return the key of a phrase: of the noun first, so that "the mayor of A" is not A."""
        noun_end = self._place(token)[1]
        parts = (self._mentions.text[start:noun_end], self._mentions.text[noun_end:end])
        return "-".join(filter(None, map(name_key, parts)))

    def _extent(self, token: Token) -> tuple[int, int]:
        """Return the characters of a noun's phrase."""
        inside = [word for word in token.subtree if not _is_cut(word, token)]
        if inside[-1].tag_ == "POS" and len(inside) > 1:
            inside.pop()
        start, end = self._base + inside[0].idx, self._base + inside[-1].idx + len(inside[-1])
        return (start, end) if end - start <= _PHRASE_CHARS else self._place(token)


def _is_building(mention: Mention) -> bool:
    last = mention.surface.rpartition(" ")[2].lower()
    return mention.basis == "recogniser" and last in place_words().site_nouns


def _is_any(token: Token) -> bool:
    """True for any of several people: what stands before their noun is no name of the person.

    "A Monroe man" is a man of Monroe, as are "Monroe police".
    """
    is_one_of_many = has(token, "nummod") or has_called(token, *forms().indefinite)
    return is_one_of_many or _is_plural(token) or token.lower_ in forms().police


def _is_plural(token: Token) -> bool:
    return token.tag_ in ("NNS", "NNPS")


def _is_several(token: Token) -> bool:
    """True for a plural that is not written like its singular ("headquarters")."""
    return _is_plural(token) and str(token.lower_) != lemma_of(token)


def _is_body_name(mention: Mention) -> bool:
    return mention.type in ("group", "organisation", "state", "nationality")


def _affiliation(bodies: Iterable[Mention]) -> tuple[str, ...]:
    """Return the keys of bodies, and of those that these belong to."""
    found: dict[str, None] = {}
    for body in bodies:
        found |= dict.fromkeys((body.actor_id or body.key, *body.affiliation))
    return tuple(found)


def _is_cut(token: Token, head: Token) -> bool:
    """Return whether a token stands outside the head's phrase: in a clause or apposition."""
    while token.i != head.i:
        if token.head.i == head.i and label_of(token) in _CUT:
            return not _is_complement(token, head)
        if is_a(token, "appos", "relcl", "acl", "punct"):
            return True
        token = token.head
    return False


def _is_complement(preposition: Token, head: Token) -> bool:
    """Return whether a preposition is part of a phrase: "five of them", "an aide to NAME".

    A noun for people takes as complement whom they belong to (Huddleston & Pullum 2002, ch. 5,
    §10.1): without it, the phrase names nobody.
    """
    if has(preposition, "pcomp"):
        return False  # "accused rebels of killing 20 people"
    if is_quantity(head) or lemma_of(head) in cues().portions:
        return preposition.lower_ == "of"
    return preposition.lower_ in forms().belonging and _names_people(head)


def _kind(token: Token) -> MentionType:
    if token.ent_type_ == "MONEY":
        return "organisation"  # and as it is no body, a thing
    if _names_people(token) or is_quantity(token):
        return "person"
    if words_of(token) & cues().party:
        return "person" if _consists_of_people(token) else "group"
    return "organisation"


def _names_people(token: Token) -> bool:
    return bool(words_of(token) & any_of(cues().person_nouns, cues().roles))


def _consists_of_people(token: Token) -> bool:
    """Return whether a word for many only counts them: "a group of armed men"."""
    return any(map(_names_people, kids_of_all(kids_called(token, "of"))))


def _is_body(token: Token) -> bool:
    """Return whether a noun is or names a body of people: an army, a party, an unknown name."""
    return token.pos_ == "PROPN" or bool(words_of(token) & cues().bodies)
