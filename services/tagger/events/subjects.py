"""Subjects: the nouns that do what a verb says, also where another verb governs it."""

from services.tagger.lexicon.words import cues, forms, speech
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    by_phrase,
    is_a,
    is_noun,
    is_passive,
    is_relative,
    is_verb,
    is_when,
    kid,
    kids,
    kids_called,
    kids_of_all,
    lemma_of,
    own_subjects,
    untimed,
)

_MOST_JOINED = 4
"""Verbs that may share one object: "seized, beat, robbed, and shot a driver". A guess."""

_PAST = frozenset({"VBD", "VBN"})


def subjects(token: Token) -> list[Token]:
    """Return the subjects of a verb or of its governor; for a relative clause, its noun."""
    for _ in range(6):
        own = own_subjects(token) or _below_auxiliary(token)
        if own:
            above = _relative_clause(token) if is_relative(own[0]) else None
            return [_antecedent(above, own[0])] if above is not None else own
        controller = _controller(token)
        if controller is not None:
            return [controller]
        if not is_a(token, "conj", "xcomp", "advcl", "pcomp", "prep", "acomp", "aux"):
            clause = is_a(token, "relcl", "acl") and is_noun(token.head)
            noun = whole(token.head) if is_a(token, "acl") else token.head
            return [noun] if clause else []
        token = token.head
    return []


def _antecedent(clause: Token, relative: Token) -> Token:
    """Return the noun that a relative pronoun refers to.

    "Who" is personal (Huddleston and Pullum 2002, ch. 12, 3.5), so of "Olvin, the head of the
    militia, who was killed" it is Olvin, though a parse hangs the clause on the body.
    """
    noun = clause.head
    is_body = noun.lower_ in cues().body_ends or lemma_of(noun) in cues().bodies
    owner = noun.head.head if is_a(noun, "pobj") else noun
    if relative.lower_ != "who" or not is_body or not is_noun(owner) or owner.i >= noun.i:
        return noun
    if lemma_of(owner) not in cues().person_nouns | cues().roles:
        return noun
    return owner.head if is_a(owner, "appos") and owner.head.pos_ == "PROPN" else owner


def _relative_clause(verb: Token) -> Token | None:
    """Return the relative clause that a verb is, or that says it: "men who it said were killed".

    The relative pronoun is the subject of the inner verb (an unbounded dependency, Huddleston and
    Pullum 2002, ch. 12, 7).
    """
    above = verb.head if is_a(verb, "ccomp") else verb
    return above if is_a(above, "relcl") else None


def actors(verb: Token) -> list[Token]:
    """Return the subjects of a verb that act.

    Behind a passive and a comma, a participle tells the outcome of what was done: "the house was
    bombed, killing ten" makes no agent of the house, "the man was killed fighting" one of the man.
    """
    verb = _joined_participles(verb)[-1]
    above = verb.head
    is_outcome = verb.tag_ == "VBG" and is_a(verb, "advcl") and is_passive(above)
    if is_outcome and not own_subjects(verb) and verb.doc[verb.left_edge.i - 1].text == ",":
        return by_phrase(above)
    return subjects(verb)


def is_beside_speech(verb: Token) -> bool:
    """True for a participle that hangs on a verb of speech and has no subject of its own.

    Who says something does no violence by that: in "speaking of snipers wounding ten, NAME said"
    the participle dangles (Huddleston and Pullum 2002, ch. 11, 3.3), whatever the parser takes for
    its subject.
    """
    first = _joined_participles(verb)[-1]
    speaks = lemma_of(first.head) in speech().say | speech().speak
    return verb.tag_ == "VBG" and is_a(first, "advcl") and speaks and not own_subjects(first)


def absolute_subject(verb: Token) -> list[Token]:
    """Return the noun right before a participle ("a sniper killing ten"), which is its subject."""
    for participle in _joined_participles(verb):
        nouns = untimed(kids(participle, "npadvmod"))
        before = [noun for noun in nouns if noun.i == participle.i - 1]
        if before:
            return before
    return []


def _joined_participles(verb: Token) -> list[Token]:
    """Return a verb and the participles that it is joined to, up to the first of them."""
    found = [verb]
    while is_a(found[-1], "conj") and found[-1].head.tag_ == "VBG":
        found.append(found[-1].head)
    return found


def shared_objects(verb: Token) -> list[Token]:
    """Return the objects of a verb, also those that it shares with a verb joined behind it.

    "Militants abducted and killed a teacher" has one object for both (delayed right constituent
    coordination, Huddleston and Pullum 2002, ch. 15, 4.4). A verb with a subject of its own shares
    none, nor does one of another form: in "two men arrested and faces trial" the first is a passive
    without its auxiliary.
    """
    last = verb
    for _ in range(_MOST_JOINED):
        own = kids(last, "dobj")
        if own or is_passive(last):
            return own if last is verb else [noun for noun in own if noun.i > last.i]
        behind = [v for v in kids(last, "conj") if v.i > last.i and v.tag_ in _forms_like(verb)]
        if len(behind) != 1 or own_subjects(behind[0]) or by_phrase(last):
            return []
        last = behind[0]
    return []


def _forms_like(verb: Token) -> frozenset[str]:
    """Return the tags of verbs in a verb's form; a parser takes past forms for participles."""
    return _PAST if verb.tag_ in _PAST else frozenset({verb.tag_})


def _below_auxiliary(verb: Token) -> list[Token]:
    """Return the subject that the parser hangs on the auxiliary.

    "Over 40 workers were on Friday taken into custody" may be parsed so.
    """
    return kids_of_all(kids(verb, "aux", "auxpass"), "nsubj", "nsubjpass")


def _controller(token: Token) -> Token | None:
    """Return the subject of an infinitive: "forced the police to fire", "called on him to go"."""
    verb = lemma_of(token.head)
    if not is_a(token, "xcomp", "advcl") or not kids_of_all([token], "aux", words=("to",)):
        return None
    if verb in cues().object_control_by:
        return next(iter(untimed(behind(token.head, *forms().controlling))), None)
    if verb not in cues().object_control:
        return None
    return kid(token.head, "dobj", "nsubjpass")


def behind_any(verb: Token, words: frozenset[str]) -> list[Token]:
    """Return the nouns behind the prepositions of a verb or of its object.

    "Fired at the crowd", "threw stones at police". `words` are the prepositions; "outside" is also
    "in front of".
    """
    heads = [verb, *kids(verb, "dobj", "prt")]
    found = kids_of_all(kids_of_all(heads, "prep", words=words))
    found += kids(verb, "dative")
    if "outside" in words:
        for preposition in kids_of_all(heads, "prep", words=("in",)):
            found += kids_of_all(kids_of_all(kids_called(preposition, "front")))
    return list(filter(_is_object, found))


def _is_object(noun: Token) -> bool:
    return is_a(noun, "pobj", "dative") and noun.pos_ != "ADP" and not is_when(noun)


def joined_before(noun: Token) -> list[Token]:
    """Return the first of the nouns joined to a noun: A in "A and four commanders killed"."""
    while is_a(noun, "conj") and is_noun(noun.head):
        noun = noun.head
    return [noun]


def whole(noun: Token) -> Token:
    """Return what "including" names a part of, in a headline without a verb of its own.

    "Nine boys including a twin hurt" leaves out the auxiliary of a passive (Mårdh 1980), and what
    is left of the clause is about its subject: the nine. The parser takes the nearest noun.
    """
    first = joined_before(noun)[0]
    is_part = is_a(first, "pobj") and first.head.lower_ == "including"
    whole = first.head.head
    return whole if is_part and is_a(whole, "ROOT") and not is_verb(whole) else noun
