"""Roles: who did what to whom, as tokens of the dependency tree around a trigger."""

from spacy.tokens import Token

from services.messages import Frame
from services.tagger.events.casualties import among, bearers, identified, lives, toll
from services.tagger.lexicon.ontology import EventType
from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import (
    behind,
    by_phrase,
    has,
    is_a,
    is_noun,
    is_passive,
    is_quantity,
    is_relative,
    is_when,
    kid,
    kids,
    kids_called,
    kids_of_all,
    lemma_of,
    own_subjects,
    prepositions,
    undergoers,
)


def roles(event_type: EventType, token: Token, frame: Frame) -> tuple[list[Token], list[Token]]:
    """Return the heads of (patients, agents) of a trigger in its frame."""
    patients: list[Token] = []
    agents: list[Token] = []
    if frame == "noun":
        patients, agents = _noun_roles(event_type, token)
    elif frame == "verb":
        patients, agents = _verb_roles(event_type, token)
    elif frame in ("actor", "object", "offer"):
        patients, agents = _behind(token, event_type.verb_prepositions | {"of"}), _doers(token)
        if event_type.harm == "death":
            patients += lives(token)
        if lemma_of(token) in event_type.object_undergoes:
            patients = undergoers(token)
    elif frame == "undergone":
        patients, agents = subjects(token), _whence(token)
    elif frame == "thing":
        patients, agents = _behind(token, event_type.verb_prepositions), subjects(token)
    elif frame == "identified":
        patients = identified(token)
    elif frame == "as":
        patients, agents = _as_roles(token)
    elif frame == "adjective":
        patients = _adjective_subjects(token)
    else:
        patients = subjects(token)
    return patients, agents


def _whence(token: Token) -> list[Token]:
    """Return who it comes from ("came under fire from snipers", "under attack by rebels")."""
    heads = [token, *(g for c in kids(token, "prep") for g in kids(c))]
    return [g for h in heads for g in behind(h, "from", "by")]


def _doers(token: Token) -> list[Token]:
    by = by_phrase(token)
    passive = is_passive(token)
    return by if by or passive else subjects(token)


def custodians(verb: Token) -> list[Token]:
    """Return in whose custody a verb puts somebody: "remanded him to police custody", "is in the custody of the army"."""
    held = [g for c in kids(verb, "prep") for g in kids(c) if lemma_of(g) == "custody"]
    own = [c for n in held for c in kids(n, "compound", "poss") if c.pos_ != "PRON"]
    return own + [g for n in held for g in behind(n, "of")]


def _behind(token: Token, words: frozenset[str]) -> list[Token]:
    """Return the nouns behind a verb's (or its object's) prepositions ("fired at the crowd", "stones at police")."""
    heads = [token, *kids(token, "dobj", "prt")]
    found = kids_of_all(kids_of_all(heads, "prep", words=words))
    found += kids(token, "dative")
    if "outside" in words:
        for front in (f for h in heads for c in prepositions(h, "in") for f in kids_called(c, "front")):
            found += kids_of_all(kids(front))
    return [n for n in found if is_a(n, "pobj", "dative") and not is_when(n) and n.pos_ != "ADP"]


def _verb_roles(event_type: EventType, token: Token) -> tuple[list[Token], list[Token]]:
    by, objects = by_phrase(token), kids(token, "dobj")
    counted = [c for c in kids(token, "amod", "nummod") if is_quantity(c)]
    if counted and is_a(token, "conj") and not undergoers(token):
        return counted, by
    if has(token, "nsubjpass", "auxpass", "agent"):
        return subjects(token) or _before_auxiliary(token), by
    if _is_of_a_number(token):
        return [token.nbor(-1)], by
    if token.tag_ == "VBN" and is_a(token, "acl") and not objects:
        upon = _behind(token, event_type.verb_prepositions) if not by else []
        if upon:
            # "A union called on the mayor to resign": to the parser the union is called; but who is called upon stands behind.
            return upon, [token.head]
        return among(token) or _with_heads(token.head), by
    if objects:
        # "killing A and five others": the parser may join the second object to the verb.
        strays = [c for c in kids(token, "conj") if is_noun(c)]
        whom = [token.head if is_a(token, "relcl") and is_relative(c) else c for c in objects]
        return whom + strays, subjects(token)
    upon = _behind(token, event_type.verb_prepositions)
    if upon:
        return upon, subjects(token)
    if event_type.no_object_is_passive and token.tag_ in ("VBN", "VBD"):
        return subjects(token), []
    return [], subjects(token)


def _is_of_a_number(participle: Token) -> bool:
    """Tell whether a participle says what became of a number before it: "left five dead and 20 wounded"."""
    if participle.tag_ not in ("VBN", "VBD") or participle.i == 0 or has(participle, "nsubj", "dobj"):
        return False
    number = participle.nbor(-1)
    return bool(number.pos_ == "NUM" and not is_when(number) and is_a(number, "conj", "dobj", "pobj"))


def _before_auxiliary(participle: Token) -> list[Token]:
    """Return the noun that stands before "was" or "were" of a passive whose subject the parser gave to another word."""
    while is_a(participle, "conj") and not has(participle, "auxpass"):
        participle = participle.head
    at = min((c.i for c in kids(participle, "aux", "auxpass", "neg")), default=0) - 1
    doc = participle.doc
    if at > 0 and doc[at].text == ",":
        # "a farmer, known as NAME, was killed": before what is put in between.
        before = [i for i in range(max(1, at - _INSERTED_WORDS), at) if doc[i].text == ","]
        at = before[-1] - 1 if before and not any(t.tag_ in ("VBD", "VBZ", "VBP") for t in doc[before[-1] : at]) else -1
    if at < 0 or doc[at].pos_ not in ("NOUN", "PROPN", "NUM"):
        return []
    noun = doc[at]
    while is_a(noun, "conj", "compound", "pobj") and noun.head.i < noun.i and noun.head.pos_ in ("NOUN", "PROPN", "NUM", "ADP"):
        noun = noun.head
    return [noun] if noun.pos_ != "ADP" and not is_when(noun) else []


_INSERTED_WORDS = 20
"""Tokens from the comma that opens an insertion to the one that ends it. Set by hand."""


def _with_heads(noun: Token) -> list[Token]:
    """Return a noun with those it is joined to: "A and four commanders killed" undoes all."""
    while is_a(noun, "conj") and is_noun(noun.head):
        noun = noun.head
    return [noun]


def subjects(token: Token) -> list[Token]:
    """Return the subject of a verb, its own or its governor's; of a relative clause the noun."""
    for _ in range(6):
        own = own_subjects(token) or _below_auxiliary(token)
        if own:
            relative = is_relative(own[0]) and is_a(token, "relcl")
            return [token.head] if relative else own
        controller = _controller(token)
        if controller is not None:
            return [controller]
        if not is_a(token, "conj", "xcomp", "advcl", "pcomp", "prep", "acomp", "aux"):
            return [token.head] if is_a(token, "relcl", "acl") and is_noun(token.head) else []
        token = token.head
    return []


def _below_auxiliary(verb: Token) -> list[Token]:
    """Return the subject that the parse hangs on the auxiliary: "over 40 workers were on Friday taken into custody"."""
    return [g for c in kids(verb, "aux", "auxpass") for g in own_subjects(c)]


def _controller(token: Token) -> Token | None:
    """Return who does an infinitive below a verb with an object: "forced the police to open fire", "called on him to resign"."""
    verb = lemma_of(token.head)
    if not is_a(token, "xcomp", "advcl") or not any(c.lower_ == "to" for c in kids(token, "aux")):
        return None
    if verb in cues().object_control_by:
        return next((g for g in behind(token.head, "on", "upon", "to") if not is_when(g)), None)
    if verb not in cues().object_control:
        return None
    return kid(token.head, "dobj", "nsubjpass")


def _noun_roles(event_type: EventType, token: Token) -> tuple[list[Token], list[Token]]:
    patients: list[Token] = []
    agents: list[Token] = []
    for child in [*kids(token), *_behind_the_day(token), *_owners_of_the_whole(token)]:
        objects = kids(child, "pobj")
        if is_a(child, "poss") or (child.lower_ == "of" and is_a(child, "prep")):
            told = [n for n in ([child] if is_a(child, "poss") else objects) if not is_when(n)]
            does = event_type.noun_poss == "agent" or (is_a(child, "poss") and _is_of_somebody_else(token))
            (agents if does else patients).extend(told)
        elif is_a(child, "compound") and event_type.noun_poss == "agent" and lemma_of(child) in cues().firing_parties:
            agents.append(child)
        elif (
            is_a(child, "compound")
            and event_type.noun_poss == "patient"
            and child.lower_ != "head"  # "head injuries"
            and (child.pos_ == "PROPN" or lemma_of(child) in cues().person_nouns)
        ):
            patients.append(child)
        elif is_a(child, "prep") and child.lower_ in ("on", "against") and event_type.harm != "wound":
            patients.extend(g for g in objects if not is_when(g))
        elif is_a(child, "prep", "agent") and child.lower_ in ("by", "between", "with"):
            agents.extend(objects)
    if is_a(token, "nsubj") and lemma_of(token.head) in event_type.nouns_of.get(lemma_of(token), ()):
        # "A rocket hit the airport", "a mine killed two soldiers".
        patients += kids(token.head, "dobj")
        patients += _behind(token.head, _WHERE_IT_FELL)
    if is_a(token, "dobj") and event_type.claims_deed:
        agents += subjects(token.head)
    if token.lower_ == "toll":
        patients = toll(token)
    if event_type.harm == "wound" and not patients:
        patients = bearers(token)
    for clause in (c for c in kids(token, "acl") if lemma_of(c) in cues().light):
        agents.extend(by_phrase(clause))
    head = token.head
    if event_type.mutual and is_a(token, "nsubj"):
        # "Clashes erupted between protesters and police."
        agents.extend(behind(head, "between"))
    if lemma_of(head) in cues().light and head.pos_ == "VERB":
        if is_a(token, "dobj"):
            agents.extend(subjects(head))
        elif is_a(token, "nsubjpass"):
            agents.extend(by_phrase(head))
    return patients, agents


def _is_of_somebody_else(noun: Token) -> bool:
    """Tell whether an "of" says whom it befell, so that its owner did it: "the army's killing of three men"."""
    return any(is_noun(g) for g in behind(noun, "of"))


_WHERE_IT_FELL = frozenset({"on", "at", "near"})


def _behind_the_day(noun: Token) -> list[Token]:
    """Return the prepositions that the parse hangs on a day: "the murder on 2 March of NAME"."""
    days = kids_of_all(prepositions(noun, "on", "in", "at"), "pobj")
    told = [t for day in days if is_when(day) for t in (day, *day.subtree)]
    return [c for t in {t.i: t for t in told}.values() for c in kids_called(t, "of", "against") if _of_nobody(c)]


def _of_nobody(preposition: Token) -> bool:
    """Tell whether what stands behind a preposition is no day itself ("the evening of 2 March")."""
    return all(not is_when(c) for c in kids(preposition))


def _owners_of_the_whole(noun: Token) -> list[Token]:
    """Return whose case or scene it is where the event only tells of what kind: "the nuns' murder case"."""
    return kids(noun.head, "poss") if is_a(noun, "compound") else []


def _as_roles(token: Token) -> tuple[list[Token], list[Token]]:
    objects = [c for c in kids(token, "dobj", "appos", "nsubjpass", "npadvmod") if not is_when(c)]
    named = [c for c in kids(token, "npadvmod", "appos", "oprd") if c.pos_ == "PROPN"]
    agents = kids(token, "nsubj", "compound")
    if is_a(token, "acl") and not agents and token.head.i < token.i:
        agents = [token.head]
    return named or objects, agents


def _adjective_subjects(token: Token) -> list[Token]:
    if is_a(token, "amod"):
        return [token.head]
    numbers = kids(token, "nummod")
    if numbers:
        return numbers  # "left four dead"
    own = kids(token, "nsubj")
    objects = kids(token.head, "dobj")
    return own or objects or subjects(token.head)
