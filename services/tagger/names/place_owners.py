"""Places that belong to somebody: they say who speaks or acts, and not where an event happened.

"Boston police", "the Ankara government", "the mayor of Meris", "Washington and Paris said", "said
in Geneva". A place that is part of a phrase for a person or body is its modifier or complement, no
adjunct of the clause (Huddleston & Pullum 2002, ch. 5, 8); only the adjunct places the event.
Police, mayors, and residents act where they are, so their place is the next best.
"""

import re
from collections.abc import Iterator

from services.messages import Mention
from services.tagger.lexicon.gazetteer import place_words
from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.names.mentions import Mentions
from services.tagger.parse.doc import Token
from services.tagger.parse.sentence import Parsed
from services.tagger.parse.tree import (
    is_a,
    is_noun,
    is_verb,
    kids,
    lemma_of,
    lemmas_of,
    tokens_of,
    words_of,
)

_HEADING = re.compile(r"(?:, [A-Z][\w.]*)?(?: \([^)\n]{1,30}\))?(?: ?[-–—]{1,2} |: )")
"""What stands behind a place that heads a text: "MERIS, Kostria (Agency) - ", "Meris: "."""


def add_owned(mentions: Mentions, sentence: Parsed) -> None:
    """Note the places of a sentence that belong to a person, a body, or to the act of saying."""
    base = sentence.span[0]
    for mention, head in _places(mentions, sentence):
        owner = _owner(head, mentions, base)
        if owner is not None:
            mentions.owned[mention.start, mention.end] = "local" if _is_local(owner) else "far"
        elif not (_is_located(head) or _HEADING.match(mentions.text, mention.end)):
            mentions.owned[mention.start, mention.end] = "unclear"


def _places(mentions: Mentions, sentence: Parsed) -> Iterator[tuple[Mention, Token]]:
    """Yield the places and states of a sentence, each with the token that heads its name."""
    base = sentence.span[0]
    by_start = {base + token.idx: token for token in tokens_of(sentence.doc)}
    for mention in mentions.inside(*sentence.span):
        token = by_start.get(mention.start)
        if mention.type not in ("place", "state") or token is None:
            continue
        while base + token.head.idx < mention.end and token.head.i > token.i:
            token = token.head
        yield mention, token


def _owner(place: Token, mentions: Mentions, base: int) -> Token | None:
    """Return the noun of the person or body that a place belongs to, or the verb of saying."""
    place = _first(place)
    above = place.head
    if is_a(place, "nsubj", "nsubjpass"):
        return above if _says(above) else None
    if is_a(place, "compound", "amod", "nmod", "poss"):
        return above if _is_somebody(above, mentions, base) else None
    if not is_a(place, "pobj"):
        return None
    preposition, ruler = above, above.head
    if _is_clinic(ruler):
        return ruler
    if is_verb(ruler):
        return ruler if _says(ruler) else None
    if not _is_somebody(ruler, mentions, base):
        return None
    is_whose = preposition.lower_ in forms().owner_prepositions
    return ruler if is_whose or _is_speaker(ruler) else None


def _first(place: Token) -> Token:
    """Return the first of the places that one is listed with or stands behind ("Meris, Halva")."""
    while is_a(place, "conj", "appos") and is_noun(place.head):
        place = place.head
    return place


def _is_located(place: Token) -> bool:
    """True for a place that something is in, happens to, or is called after ("the Meris raid")."""
    place = _first(place)
    above = place.head
    if is_a(place, "dobj", "nsubjpass"):
        return True
    if is_a(place, "compound", "nmod", "poss", "amod"):
        known = place_words()
        lemma = lemma_of(above)
        if lemma in any_of(cues().attack_nouns, known.site_nouns, known.part_nouns):
            return True
        return any(lemma in of for of in known.kinds.values()) and _is_located(above)
    if not is_a(place, "pobj"):
        return False
    if above.lower_ == "of":
        known = place_words()
        lemma = lemma_of(above.head)
        return lemma in known.part_nouns or any(lemma in of for of in known.kinds.values())
    return above.lower_ in any_of(cues().place_prepositions, cues().spot_prepositions)


def _is_clinic(noun: Token) -> bool:
    """True for a hospital: the wounded are taken there from elsewhere."""
    return lemma_of(noun) in lemmas().clinics


def _is_local(owner: Token) -> bool:
    """True for those who act where they are: police, a mayor, residents."""
    words = lemmas_of((owner, *kids(owner, "compound", "amod", "nmod")))
    return bool(words & cues().local_people)


def _is_somebody(noun: Token, mentions: Mentions, base: int) -> bool:
    """True for a noun or name of people or of a body."""
    known = cues()
    people = any_of(known.person_nouns, known.roles, known.party, known.official, known.title_heads)
    if words_of(noun) & any_of(people, known.bodies, known.local_people) or _is_of_an_age(noun):
        return True
    start = base + noun.idx
    mention = mentions.at(start, start + len(noun))
    if mention is None:
        return noun.ent_type_ == "PERSON"
    return mention.type in ("person", "group", "organisation")


def _is_of_an_age(noun: Token) -> bool:
    """True for "the 30-year-old"."""
    return noun.lower_.endswith("-old") or (noun.lower_ == "old" and bool(kids(noun, "npadvmod")))


def _is_speaker(noun: Token) -> bool:
    return is_a(noun, "nsubj") and _says(noun.head)


def _says(verb: Token) -> bool:
    """True for a verb of saying; what it says makes others one ("he warned that")."""
    return lemma_of(verb) in cues().say or bool(is_verb(verb) and kids(verb, "ccomp"))
