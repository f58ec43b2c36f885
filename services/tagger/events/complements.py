"""Complements: words that complete the meaning of a trigger ("opened fire", "shot dead")."""

from services.tagger.lexicon.ontology import EventType, compounds
from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.labels import Label
from services.tagger.parse.tree import (
    forms_of,
    has,
    has_called,
    is_a,
    is_passive,
    kids,
    kids_called,
    kids_of_all,
    lemma_of,
    lemmas_in,
    lemmas_of,
    undergoers,
    with_kids,
)

_BESIDE: tuple[Label, ...] = (
    "oprd",
    "acomp",
    "advmod",
    "prt",
    "advcl",
    "amod",
    "prep",
    "compound",
    "npadvmod",
    "xcomp",
)


def has_complement(verb: Token, words: frozenset[str]) -> bool:
    """True if one of the words completes a verb ("shot dead", "stabbed to death")."""
    if not words:
        return False
    heads = [verb, *undergoers(verb)]
    prepositions = kids_of_all(heads, "prep", words=forms().completing) + kids_of_all(
        heads, "agent"
    )
    near = [*kids(verb, *_BESIDE), *kids_of_all(prepositions)]
    found = {compound_of(token) or token.lower_ for token in near}
    return bool(words & found) or ("dead" in words and _is_before_dead(verb))


def _is_before_dead(verb: Token) -> bool:
    """True for "shot dead 30 rioters", where the parser hangs "dead" on the noun behind it."""
    return verb.i + 1 < len(verb.doc) and verb.nbor(1).lower_ == "dead"


def has_set_object(event_type: EventType, verb: Token) -> bool:
    """True if a verb has an object with which it names the event ("opened fire")."""
    return set_verb(event_type, verb) is not None


def set_verb(event_type: EventType, verb: Token) -> str | None:
    """Return the entry of `with_object` that a verb fulfils ("open", "take out"); else None."""
    lemma = lemma_of(verb)
    for entry in (lemma, *(f"{lemma} {particle.lower_}" for particle in kids(verb, "prt"))):
        objects = event_type.with_object.get(entry)
        if objects is not None and any(_is_one_of(child, objects) for child in kids(verb)):
            return entry
    return None


def _is_one_of(child: Token, objects: frozenset[str]) -> bool:
    """True for a child of a verb that is one of the nouns, is made of it, or has it behind "of".

    "food parcels" are food; "a power station" is no power.
    """
    if lemmas_of(kids(child)) & cues().figures:
        return False
    if is_a(child, "dobj", "nsubjpass", "oprd", "attr"):
        parts = [child, *kids(child, "conj"), *kids_of_all(kids_called(child, "of"))]
        if child.pos_ == "PROPN":
            parts += kids(child, "appos", "compound")  # "eliminated NAME, a rebel commander"
        if lemma_of(child) in any_of(lemmas().pieces, cues().event_heads):
            parts += kids(child, "compound")
        return bool(objects & {compound_of(part) or lemma_of(part) for part in parts})
    if is_a(child, "prep") and child.lower_ in ("to", "of"):
        return bool(objects & lemmas_of(kids(child)))
    return False


def completes(event_type: EventType, noun: Token) -> bool:
    """True if a noun completes a verb, which is then the trigger ("fell to his death")."""
    if not is_a(noun, "pobj"):
        return False
    return lemma_of(noun) in event_type.with_word.get(lemma_of(noun.head.head), ())


def is_set_object(event_type: EventType, noun: Token) -> bool:
    """True if a noun is the set object of its verb, which is then the trigger."""
    objects = event_type.with_object.get(lemma_of(noun.head), ())
    return lemma_of(noun) in objects and noun.head.pos_ == "VERB"


def compound_of(noun: Token) -> str | None:
    """Return the compound that a noun ends if it is another thing than the noun says.

    "went on hunger strike" gives "hunger strike", "went on rail strike" None.
    """
    phrases = compounds().get(lemma_of(noun), ())
    return next((phrase for phrase in phrases if ends_phrase(noun, phrase)), None)


def names_violence(sentence: Doc) -> bool:
    """True for a sentence with a word for means of violence ("hit by a bullet")."""
    return not cues().violent_means.isdisjoint(lemmas_in(sentence))


def names_harm(sentence: Doc) -> bool:
    """True for a sentence with a word for violence or an accident."""
    return names_violence(sentence) or not cues().harmful_means.isdisjoint(lemmas_in(sentence))


def brings_to_hospital(verb: Token) -> bool:
    """True for "sent two people to hospital", "were put in intensive care"."""
    prepositions = kids_of_all([verb], "prep", "dative", words=forms().into)
    return any(map(is_hospital, kids_of_all(prepositions)))


def is_hospital(place: Token) -> bool:
    """True for a place of treatment ("a clinic", "the Lakeside Medical Center")."""
    if lemma_of(place) in lemmas().clinics:
        return True
    if lemma_of(place) not in lemmas().facilities:
        return False
    return bool(forms_of(kids(place, "compound", "amod")) & forms().medical)


def is_undergone(verb: Token) -> bool:
    """True for a passive, also one without its auxiliary ("two men killed in a raid")."""
    if has_called(verb, "responsible", "accountable"):
        return False
    if is_passive(verb):
        return True
    reduced = verb.tag_ == "VBN" and is_a(verb, "acl", "conj", "ROOT")
    return reduced and not has(verb, "dobj", "aux")


def is_by_aircraft(word: Token) -> bool:
    """True if aircraft are the subject, the owner, or the by-phrase of a verb or noun."""
    agents = kids(word, "nsubj", "poss", "compound")
    if is_a(word, "dobj") and lemma_of(word.head) in cues().light:
        agents += kids(word.head, "nsubj")  # "jets carried out raids"
    agents += with_kids(kids_of_all(kids_called(word, "by")))
    return any(map(_is_aircraft, agents))


def _is_aircraft(word: Token) -> bool:
    return lemma_of(word) in cues().aircraft or word.lower_.rstrip("s") in cues().aircraft


def is_predicated(adjective: Token) -> bool:
    """True for an adjective of people's fate ("is dead", "left ten dead", "Ten dead in …")."""
    head = adjective.head
    predicative = is_a(adjective, "acomp", "oprd", "xcomp", "ccomp", "attr")
    if has(adjective, "dobj"):
        return False  # "the minister killed the mood, guests confirmed"
    if predicative and lemma_of(head) in cues().predicating:
        return True
    if adjective.pos_ == "ADJ" and has(adjective, "nsubj"):
        return True  # the copula is dropped: "Mayor dead, police say"
    if lemma_of(head) == "leave" and is_a(adjective, "dobj"):
        return has(adjective, "nummod")
    numbered = is_a(adjective, "amod") and (head.pos_ == "NUM" or has(head, "nummod"))
    return numbered and adjective.i > head.i


def ends_phrase(token: Token, phrase: str) -> bool:
    """True if a token ends a set phrase of the text; hyphens don't count."""
    if not phrase.endswith(lemma_of(token)):
        return False
    *before, last = phrase.split()
    if lemma_of(token) != last:
        return False
    near = token.doc[max(0, token.i - 2 * len(before)) : token.i]
    words = [t.lower_ for t in near if t.lower_ != "-"]
    return words[-len(before) :] == before


def appoints(verb: Token) -> bool:
    """True for "named NAME as its leader", "elected NAME president", "chose NAME to lead"."""
    to_lead = forms_of(kids(verb, "xcomp")) & forms().leading
    return _office(verb) is not None or bool(to_lead)


def takes_over(verb: Token) -> bool:
    """True for "succeeds NAME as OFFICE", "NAME takes over as OFFICE"."""
    if not any(c.ent_type_ == "PERSON" for c in kids(verb, "nsubj", "dobj")):
        return False
    if lemma_of(verb) == "take" and not kids_of_all([verb], "prt", words=("over",)):
        return False
    return _office(verb) is not None


def _office(verb: Token) -> Token | None:
    """Return the office in "named NAME as its leader" or "elected NAME president"."""
    for below in verb.subtree:
        if lemma_of(below) in any_of(cues().roles, lemmas().posts) and _is_conferred(below, verb):
            return below
    return None


def _is_conferred(office: Token, verb: Token) -> bool:
    if is_a(office, "oprd") or (is_a(office, "pobj") and office.head.lower_ == "as"):
        return True
    if is_a(office, "dobj") and office.head.i == verb.i and has_called(office, "new"):
        return True  # "named a new chief of staff"
    named = any(c.pos_ == "PROPN" for c in kids(office, "compound"))
    return named and is_a(office, "dobj") and office.head.i == verb.i
