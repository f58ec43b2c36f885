"""Roles: who did what to whom, as tokens of the dependency tree around a trigger."""

from spacy.tokens import Token

from services.tagger.events.casualties import among, bearers, identified, lives, toll
from services.tagger.lexicon.ontology import EventType
from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import is_quantity


def roles(event_type: EventType, token: Token, frame: str) -> tuple[list[Token], list[Token]]:
    """Return the heads of (patients, agents) of a trigger in its frame."""
    patients: list[Token] = []
    agents: list[Token] = []
    if frame == "noun":
        patients, agents = _noun_roles(event_type, token)
    elif frame == "verb":
        patients, agents = _verb_roles(event_type, token)
    elif frame in ("actor", "object", "offer"):
        patients, agents = _behind(token, event_type.verb_prepositions | {"of"}), _doers(token)
        if event_type.event == "killed":
            patients += lives(token)
        if token.lemma_.lower() in event_type.object_undergoes:
            patients = [c for c in token.children if c.dep_ in ("dobj", "nsubjpass")]
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
    heads = [token, *(g for c in token.children if c.dep_ == "prep" for g in c.children)]
    return [g for h in heads for c in h.children if c.lower_ in ("from", "by") for g in c.children if g.dep_ == "pobj"]


def _doers(token: Token) -> list[Token]:
    by = [g for c in token.children if c.dep_ == "agent" for g in c.children if g.dep_ == "pobj"]
    passive = any(c.dep_ in ("nsubjpass", "auxpass") for c in token.children)
    return by if by or passive else subjects(token)


def custodians(verb: Token) -> list[Token]:
    """Return in whose custody a verb puts somebody: "remanded him to police custody", "is in the custody of the army"."""
    held = [g for c in verb.children if c.dep_ == "prep" for g in c.children if g.lemma_.lower() == "custody"]
    own = [c for n in held for c in n.children if c.dep_ in ("compound", "poss") and c.pos_ != "PRON"]
    return own + [g for n in held for c in n.children if c.lower_ == "of" for g in c.children if g.dep_ == "pobj"]


def _behind(token: Token, prepositions: frozenset[str]) -> list[Token]:
    """Return the nouns behind a verb's (or its object's) prepositions ("fired at the crowd", "stones at police")."""
    heads = [token, *(c for c in token.children if c.dep_ in ("dobj", "prt"))]
    found = [g for h in heads for c in h.children if c.dep_ == "prep" and c.lower_ in prepositions for g in c.children]
    datives = [c for c in token.children if c.dep_ == "dative"]
    fronts = [c for h in heads for c in h.children if c.dep_ == "prep" and c.lower_ == "in" and prepositions & {"outside"}]
    fronts = [g for c in fronts for f in c.children if f.lower_ == "front" for o in f.children for g in o.children]
    return [
        n
        for n in [*found, *datives, *fronts]
        if n.dep_ in ("pobj", "dative") and n.ent_type_ not in ("DATE", "TIME") and n.pos_ != "ADP"
    ]


def _verb_roles(event_type: EventType, token: Token) -> tuple[list[Token], list[Token]]:
    children = {dep: [c for c in token.children if c.dep_ == dep] for dep in ("nsubjpass", "dobj", "nsubj", "auxpass", "agent")}
    by = [g for c in children["agent"] for g in c.children if g.dep_ == "pobj"]
    passive = bool(children["nsubjpass"] or children["auxpass"] or children["agent"])
    counted = [c for c in token.children if c.dep_ in ("amod", "nummod") and is_quantity(c)]
    if counted and token.dep_ == "conj" and not children["dobj"] and not children["nsubjpass"]:
        return counted, by
    if passive:
        return subjects(token) or _before_auxiliary(token), by
    if _is_of_a_number(token):
        return [token.nbor(-1)], by
    if token.tag_ == "VBN" and token.dep_ == "acl" and not children["dobj"]:
        behind = _behind(token, event_type.verb_prepositions) if not by else []
        if behind:
            # "A union called on the mayor to resign": to the parser the union is called; but who is called upon stands behind.
            return behind, [token.head]
        return among(token) or _with_heads(token.head), by
    if children["dobj"]:
        # "killing A and five others": the parser may join the second object to the verb.
        strays = [c for c in token.children if c.dep_ == "conj" and c.pos_ in ("NOUN", "PROPN")]
        objects = [token.head if token.dep_ == "relcl" and c.tag_ in ("WDT", "WP") else c for c in children["dobj"]]
        return objects + strays, subjects(token)
    behind = _behind(token, event_type.verb_prepositions)
    if behind:
        return behind, subjects(token)
    if event_type.no_object_is_passive and token.tag_ in ("VBN", "VBD"):
        return subjects(token), []
    return [], subjects(token)


def _is_of_a_number(participle: Token) -> bool:
    """Tell whether a participle says what became of a number before it: "left five dead and 20 wounded"."""
    if (
        participle.tag_ not in ("VBN", "VBD")
        or participle.i == 0
        or any(c.dep_ in ("nsubj", "dobj") for c in participle.children)
    ):
        return False
    number = participle.nbor(-1)
    return bool(number.pos_ == "NUM" and number.ent_type_ not in ("DATE", "TIME") and number.dep_ in ("conj", "dobj", "pobj"))


def _before_auxiliary(participle: Token) -> list[Token]:
    """Return the noun that stands before "was" or "were" of a passive whose subject the parser gave to another word."""
    while participle.dep_ == "conj" and not any(c.dep_ == "auxpass" for c in participle.children):
        participle = participle.head
    at = min((c.i for c in participle.children if c.dep_ in ("aux", "auxpass", "neg")), default=0) - 1
    doc = participle.doc
    if at > 0 and doc[at].text == ",":
        # "a farmer, known as NAME, was killed": before what is put in between.
        before = [i for i in range(max(1, at - _INSERTED), at) if doc[i].text == ","]
        at = before[-1] - 1 if before and not any(t.tag_ in ("VBD", "VBZ", "VBP") for t in doc[before[-1] : at]) else -1
    if at < 0 or doc[at].pos_ not in ("NOUN", "PROPN", "NUM"):
        return []
    noun = doc[at]
    while (
        noun.dep_ in ("conj", "compound", "pobj") and noun.head.i < noun.i and noun.head.pos_ in ("NOUN", "PROPN", "NUM", "ADP")
    ):
        noun = noun.head
    return [noun] if noun.pos_ != "ADP" and noun.ent_type_ not in ("DATE", "TIME") else []


_INSERTED = 20
"""Words that may be put in between a noun and its auxiliary."""


def _with_heads(noun: Token) -> list[Token]:
    """Return a noun with those it is joined to: "A and four commanders killed" undoes all."""
    while noun.dep_ == "conj" and noun.head.pos_ in ("NOUN", "PROPN"):
        noun = noun.head
    return [noun]


def subjects(token: Token) -> list[Token]:
    """Return the subject of a verb, its own or its governor's; of a relative clause the noun."""
    for _ in range(6):
        own = [c for c in token.children if c.dep_ in ("nsubj", "nsubjpass")] or _below_auxiliary(token)
        if own:
            relative = own[0].tag_ in ("WDT", "WP") and token.dep_ == "relcl"
            return [token.head] if relative else own
        controller = _controller(token)
        if controller is not None:
            return [controller]
        if token.dep_ not in ("conj", "xcomp", "advcl", "pcomp", "prep", "acomp", "aux"):
            return [token.head] if token.dep_ in ("relcl", "acl") and token.head.pos_ in ("NOUN", "PROPN") else []
        token = token.head
    return []


def _below_auxiliary(verb: Token) -> list[Token]:
    """Return the subject that the parse hangs on the auxiliary: "over 40 workers were on Friday taken into custody"."""
    return [g for c in verb.children if c.dep_ in ("aux", "auxpass") for g in c.children if g.dep_ in ("nsubj", "nsubjpass")]


def _controller(token: Token) -> Token | None:
    """Return who does an infinitive below a verb with an object: "forced the police to open fire", "called on him to resign"."""
    verb = token.head.lemma_.lower()
    if token.dep_ not in ("xcomp", "advcl") or not any(c.lower_ == "to" and c.dep_ == "aux" for c in token.children):
        return None
    if verb in cues()["object_control_by"]:
        behind = (g for c in token.head.children if c.lower_ in ("on", "upon", "to") for g in c.children if g.dep_ == "pobj")
        return next((g for g in behind if g.ent_type_ not in ("DATE", "TIME")), None)
    if verb not in cues()["object_control"]:
        return None
    return next((c for c in token.head.children if c.dep_ in ("dobj", "nsubjpass")), None)


def _noun_roles(event_type: EventType, token: Token) -> tuple[list[Token], list[Token]]:
    patients: list[Token] = []
    agents: list[Token] = []
    for child in [*token.children, *_behind_the_day(token), *_owners_of_the_whole(token)]:
        objects = [g for g in child.children if g.dep_ == "pobj"]
        if child.dep_ == "poss" or (child.lower_ == "of" and child.dep_ == "prep"):
            told = [n for n in ([child] if child.dep_ == "poss" else objects) if n.ent_type_ not in ("DATE", "TIME")]
            does = event_type.noun_poss == "agent" or (child.dep_ == "poss" and _is_of_somebody_else(token))
            (agents if does else patients).extend(told)
        elif child.dep_ == "compound" and event_type.noun_poss == "agent" and child.lemma_.lower() in cues()["firing_parties"]:
            agents.append(child)
        elif (
            child.dep_ == "compound"
            and event_type.noun_poss == "patient"
            and child.lower_ != "head"  # "head injuries"
            and (child.pos_ == "PROPN" or child.lemma_.lower() in cues()["person_nouns"])
        ):
            patients.append(child)
        elif child.dep_ == "prep" and child.lower_ in ("on", "against") and event_type.event != "wounded":
            patients.extend(g for g in objects if g.ent_type_ not in ("DATE", "TIME"))
        elif child.dep_ in ("prep", "agent") and child.lower_ in ("by", "between", "with"):
            agents.extend(objects)
    if token.dep_ == "nsubj" and token.head.lemma_.lower() in event_type.nouns_of.get(token.lemma_.lower(), ()):
        # "A rocket hit the airport", "a mine killed two soldiers".
        patients += [c for c in token.head.children if c.dep_ == "dobj"]
        patients += _behind(token.head, _WHERE_IT_FELL)
    if token.dep_ == "dobj" and event_type.event == "responsibility-claim":
        agents += subjects(token.head)
    if token.lower_ == "toll":
        patients = toll(token)
    if event_type.event == "wounded" and not patients:
        patients = bearers(token)
    for clause in (c for c in token.children if c.dep_ == "acl" and c.lemma_.lower() in cues()["light"]):
        agents.extend(g for c in clause.children if c.dep_ == "agent" for g in c.children if g.dep_ == "pobj")
    head = token.head
    if event_type.event == "clash" and token.dep_ == "nsubj":
        # "Clashes erupted between protesters and police."
        agents.extend(g for c in head.children if c.lower_ == "between" for g in c.children if g.dep_ == "pobj")
    if head.lemma_.lower() in cues()["light"] and head.pos_ == "VERB":
        if token.dep_ == "dobj":
            agents.extend(subjects(head))
        elif token.dep_ == "nsubjpass":
            agents.extend(g for c in head.children if c.dep_ == "agent" for g in c.children if g.dep_ == "pobj")
    return patients, agents


def _is_of_somebody_else(noun: Token) -> bool:
    """Tell whether an "of" says whom it befell, so that its owner did it: "the army's killing of three men"."""
    return any(g.pos_ in ("NOUN", "PROPN") for c in noun.children if c.lower_ == "of" for g in c.children if g.dep_ == "pobj")


_WHERE_IT_FELL = frozenset({"on", "at", "near"})


def _behind_the_day(noun: Token) -> list[Token]:
    """Return the prepositions that the parse hangs on a day: "the murder on 2 March of NAME"."""
    days = [
        g for c in noun.children if c.dep_ == "prep" and c.lower_ in ("on", "in", "at") for g in c.children if g.dep_ == "pobj"
    ]
    told = [t for day in days if day.ent_type_ in ("DATE", "TIME") for t in (day, *day.subtree)]
    return [c for t in {t.i: t for t in told}.values() for c in t.children if c.lower_ in ("of", "against") and _of_nobody(c)]


def _of_nobody(preposition: Token) -> bool:
    """Tell whether what stands behind a preposition is no day itself ("the evening of 2 March")."""
    return all(c.ent_type_ not in ("DATE", "TIME") for c in preposition.children)


def _owners_of_the_whole(noun: Token) -> list[Token]:
    """Return whose case or scene it is where the event only tells of what kind: "the nuns' murder case"."""
    return [c for c in noun.head.children if c.dep_ == "poss"] if noun.dep_ == "compound" else []


def _as_roles(token: Token) -> tuple[list[Token], list[Token]]:
    objects = [
        c for c in token.children if c.dep_ in ("dobj", "appos", "nsubjpass", "npadvmod") and c.ent_type_ not in ("DATE", "TIME")
    ]
    named = [c for c in token.children if c.dep_ in ("npadvmod", "appos", "oprd") and c.pos_ == "PROPN"]
    agents = [c for c in token.children if c.dep_ in ("nsubj", "compound")]
    if token.dep_ == "acl" and not agents and token.head.i < token.i:
        agents = [token.head]
    return named or objects, agents


def _adjective_subjects(token: Token) -> list[Token]:
    if token.dep_ == "amod":
        return [token.head]
    numbers = [c for c in token.children if c.dep_ == "nummod"]
    if numbers:
        return numbers  # "left four dead"
    own = [c for c in token.children if c.dep_ == "nsubj"]
    objects = [c for c in token.head.children if c.dep_ == "dobj"]
    return own or objects or subjects(token.head)
