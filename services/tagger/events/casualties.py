"""Casualties that nouns name: "among the dead are", "was identified as", bodies, wounds, tolls."""

from services.tagger.lexicon.ontology import EventType, death, types_by_casualty
from services.tagger.lexicon.words import any_of, cues, forms, is_for_people, lemmas
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import (
    forms_in,
    has,
    is_a,
    is_noun,
    is_relative,
    kids,
    kids_of_all,
    lemma_of,
    own_subjects,
    prepositions,
    undergoers,
)

_JOINED = frozenset({"NOUN", "PROPN", "NUM"})


def may_be_casualty(token: Token) -> bool:
    """True for a noun or number that may name casualties; `fate` looks at its sentence."""
    if token.pos_ == "NUM" and "fatally" in forms_in(token.doc):
        return True
    return lemma_of(token) in lemmas().corpses or token.lower_ in types_by_casualty()


def fate(token: Token) -> EventType | None:
    """Return the type of event that a noun or number for casualties names; None for other words.

    The sentence must say who the casualties are.
    """
    if lemma_of(token) in lemmas().corpses and is_noun(token):
        named = is_found_body(token) and (_owners(token) or _is_violent(token.doc))
        return death() if named else None
    if _is_fatally(token):
        return death()
    kind = types_by_casualty().get(token.lower_)
    return kind if kind is not None and identified(token) else None


def is_found_body(noun: Token) -> bool:
    """True for a body that somebody found or identified ("her body was found")."""
    return (
        lemma_of(noun) in lemmas().corpses
        and is_a(noun, "nsubjpass", "dobj", "nsubj")
        and lemma_of(noun.head) in any_of(lemmas().finding, lemmas().identifying)
    )


def identified(token: Token) -> list[Token]:
    """Return the heads of the casualties that a sentence names; of a body, its owner."""
    if lemma_of(token) in lemmas().corpses:
        return _owners(token) or [token]
    if _is_fatally(token):
        return [token]
    head = token.head
    if is_a(token, "pobj") and head.lower_ == "among":
        if lemma_of(head.head) == "be":
            return _named_by(head.head)
        # A title leaves the verb out: "Mayor among 14 dead".
        return [head.head] if is_a(head.head, "ROOT") and is_noun(head.head) else []
    # People whom police name as victims may live.
    named_dead = is_a(token, "dobj") and not token.lower_.startswith("victim")
    if (is_a(token, "nsubjpass") or named_dead) and lemma_of(head) in lemmas().identifying:
        return kids_of_all(prepositions(head, "as"), "pobj") or kids(head, "oprd")
    if is_a(token, "nsubj") and lemma_of(head) == "be":
        return [c for c in kids(head, "attr") if c.pos_ in ("PROPN", "NUM")]
    if is_a(token, "nsubj") and lemma_of(head) == "include":
        return kids(head, "dobj")
    if is_a(token, "oprd", "acomp") and lemma_of(head) in cues().predicating:
        return _specified(head)  # "Those confirmed dead are …"
    return []


def _is_fatally(token: Token) -> bool:
    """True for a number of dead: "two men were shot, one of them fatally"."""
    if token.pos_ != "NUM":
        return False
    behind = [t.lower_ for t in token.doc[token.i + 1 : token.i + 4]]
    return behind[:1] == ["fatally"] or (behind[:1] == ["of"] and behind[2:] == ["fatally"])


def bearers(wound: Token) -> list[Token]:
    """Return the people who bear a wound: "a man with a gunshot wound", "suffering from burns"."""
    prep = wound.head
    if is_a(wound, "pobj") and prep.lower_ == "for" and lemma_of(prep.head) == "treat":
        return undergoers(prep.head)
    if not is_a(wound, "pobj") or prep.lower_ not in forms().beside_wounds:
        return []
    head = prep.head
    while is_a(head, "pobj") and lemma_of(head) in cues().sites:
        # "taken to a hospital with injuries": the parser hangs "with" on the hospital.
        head = head.head.head
    if head.pos_ in (*_JOINED, "PRON"):
        return _with_those_before(head) if prep.lower_ != "from" else []
    undergoes = [c for c in undergoers(head) if c.i < prep.i]
    verbs = lemmas().suffering
    if prep.lower_ == "with":
        verbs |= lemmas().moving
    if undergoes or lemma_of(head) not in verbs:
        return undergoes if prep.lower_ != "from" else []
    subjects = kids(head, "nsubj")
    return subjects or ([head.head] if is_a(head, "acl") else [])


def _with_those_before(noun: Token) -> list[Token]:
    """Return a noun and the people it is joined to: "a man and a woman with wounds"."""
    found = [noun]
    while is_a(noun, "conj") and noun.head.pos_ in _JOINED:
        noun = noun.head
        found.append(noun)
    return found[::-1]


def toll(noun: Token) -> list[Token]:
    """Return the number of a death toll: "the toll rises to 45", "brings the toll to 45"."""
    heads = [noun, noun.head] if is_a(noun, "nsubj", "nsubjpass", "dobj") else [noun]
    near = [c for c in kids_of_all(heads) if c.i > noun.i]
    near += kids_of_all(filter(_leads_to_a_toll, near))
    numbers = list(filter(_is_number_of_people, near))
    return (numbers or list(filter(_are_counted_people, near)))[:1]


def _leads_to_a_toll(token: Token) -> bool:
    return is_a(token, "prep") and token.lower_ in forms().reaching


def _is_number_of_people(token: Token) -> bool:
    return token.pos_ == "NUM" and token.ent_type_ not in ("DATE", "TIME", "PERCENT")


def _are_counted_people(token: Token) -> bool:
    return token.pos_ == "NOUN" and has(token, "nummod") and lemma_of(token) in cues().person_nouns


def lives(verb: Token) -> list[Token]:
    """Return the owners or the number of lives: "claimed nine lives", "took the general's life"."""
    claimed = [c for c in undergoers(verb) if lemma_of(c) == "life"]
    return kids_of_all(claimed, "nummod", "poss")


def is_fatal(wound: Token) -> bool:
    """True for a wound behind a word of death, which names the event ("died of his injuries")."""
    return is_a(wound, "pobj") and lemma_of(wound.head.head) in lemmas().dying


def among(participle: Token) -> list[Token]:
    """Return the people of "among the priests murdered was NAME", "one of five people killed"."""
    noun = participle.head
    while is_a(noun, "pobj") and noun.head.lower_ == "of" and is_a(noun.head.head, "pobj"):
        noun = noun.head.head  # "among dozens of people killed"
    is_theirs = is_a(participle, "acl") or (
        is_a(participle, "relcl") and not has(participle, "dobj") and _is_of_who(participle)
    )
    if is_theirs and is_a(noun, "nsubj"):
        return _specified(participle)
    if not is_theirs or not is_a(noun, "pobj"):
        return []
    above = noun.head.head
    if noun.head.lower_ == "of" and lemma_of(above) == "one" and is_a(above, "attr", "nsubj"):
        return [who for who in _named_by(above.head) if who != above]
    if noun.head.lower_ == "of" and lemma_of(above) == "one" and is_a(above, "appos"):
        return [above.head]
    if noun.head.lower_ != "among":
        return []
    return _named_by(above)[:1] if lemma_of(above) == "be" else list(filter(is_noun, [above]))


def _specified(participle: Token) -> list[Token]:
    """Return the names of a copula whose subject is a participle's: "those killed were …".

    It says who they are (a specificational copula, Huddleston and Pullum 2002, ch. 4, 5.5.1).
    """
    noun = participle.head if is_a(participle, "acl", "relcl") else participle
    verb = noun.head
    if not is_a(noun, "nsubj", "csubj") or lemma_of(verb) not in lemmas().listing:
        return []
    named = kids(verb, "attr", "dobj", "nsubj")
    return [c for c in named if c.pos_ == "PROPN" and c.i > participle.i]


def _is_of_who(clause: Token) -> bool:
    return any(map(is_relative, own_subjects(clause)))


def wholes(trigger: Token) -> list[Token]:
    """Return the noun for all dead or wounded, beside those among them who are named."""
    if is_a(trigger, "acl", "relcl"):
        return [trigger.head] if among(trigger) else []
    return [trigger] if is_a(trigger, "pobj") and trigger.head.lower_ == "among" else []


def _named_by(verb: Token) -> list[Token]:
    return [c for c in kids(verb, "nsubj", "attr") if c.pos_ in _JOINED]


def _owners(body: Token) -> list[Token]:
    """Return whose body it is: "the remains of NAME", "identified as those of NAME"."""
    named = kids_of_all(prepositions(body.head, "as"), "pobj")
    of = kids_of_all(prepositions(body, "of"), "pobj")
    of += kids_of_all(kids_of_all(named, "prep", words=("of",)), "pobj")
    owners = of + [c for c in (*named, *kids(body, "poss")) if c.pos_ not in ("PRON", "DET")]
    return list(filter(_may_die, owners)) if lemma_of(body) == "remain" else owners


def _may_die(owner: Token) -> bool:
    """True for people: churches and ships have remains, too."""
    return owner.ent_type_ == "PERSON" or is_for_people(lemma_of(owner))


def _is_violent(sentence: Doc) -> bool:
    return not cues().signs_of_violence.isdisjoint(forms_in(sentence))
