"""Casualties told by words for them: "among the dead are", "the victims were named as", bodies, wounds, tolls."""

from spacy.tokens import Doc, Token

from services.tagger.lexicon.ontology import EventType, death, types_by_casualty
from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import has, is_a, is_noun, kids, kids_of_all, lemma_of, prepositions, undergoers

_JOINED = frozenset({"NOUN", "PROPN", "NUM"})
_BODIES = frozenset({"body", "corpse", "remains", "cadaver"})
_DEATHS = frozenset({"die", "succumb", "perish", "death"})
_SUFFERING = frozenset({"suffer", "recover", "be", "remain"})
_COMING = frozenset(
    {"turn", "show", "arrive", "walk", "come", "go", "drive", "escape", "survive", "emerge", "appear", "stagger", "leave"}
)
"""Who does this with a wound bears it: "walked into a clinic with a stab wound", "escaped with minor injuries"."""
_FOUND = frozenset({"find", "discover", "recover", "locate", "appear", "riddle", "unearth", "dump"})


def fate(token: Token) -> EventType | None:
    """Return the type of event that a word for casualties stands for where its sentence says who they are, None elsewhere."""
    if token.lemma_ in _BODIES and is_noun(token):
        return death() if is_found_body(token) and (_owners(token) or _is_violent(token.doc)) else None
    if _is_fatally(token):
        return death()
    told = types_by_casualty().get(token.lower_)
    return told if told is not None and identified(token) else None


def is_found_body(noun: Token) -> bool:
    """Tell whether a noun is of bodies that somebody found."""
    return noun.lemma_ in _BODIES and is_a(noun, "nsubjpass", "dobj", "nsubj") and noun.head.lemma_ in _FOUND


def identified(token: Token) -> list[Token]:
    """Return the heads of those whom a sentence names as its casualties; of bodies, whose they are."""
    if token.lemma_ in _BODIES:
        return _owners(token) or [token]
    if _is_fatally(token):
        return [token]
    head = token.head
    if is_a(token, "pobj") and head.lower_ == "among" and head.head.lemma_ == "be":
        return _named_by(head.head)
    dead = is_a(token, "dobj") and not token.lower_.startswith("victim")  # Whom police name as victims may live.
    if (is_a(token, "nsubjpass") or dead) and head.lemma_ in ("identify", "name"):
        return kids_of_all(prepositions(head, "as"), "pobj") or kids(head, "oprd")
    if is_a(token, "nsubj") and head.lemma_ == "be":
        return [c for c in kids(head, "attr") if c.pos_ in ("PROPN", "NUM")]
    if is_a(token, "nsubj") and head.lemma_ == "include":
        return kids(head, "dobj")
    return []


def _is_fatally(token: Token) -> bool:
    """Tell whether a number is of those of the shot who died: "two men were shot, one of them fatally"."""
    if token.pos_ != "NUM":
        return False
    behind = [t.lower_ for t in token.doc[token.i + 1 : token.i + 4]]
    return behind[:1] == ["fatally"] or (behind[:1] == ["of"] and behind[2:] == ["fatally"])


def bearers(wound: Token) -> list[Token]:
    """Return who bears a wound, or is in a condition: "a man with a gunshot wound", "suffering from burns", "left in …"."""
    prep = wound.head
    if is_a(wound, "pobj") and prep.lower_ == "for" and prep.head.lemma_ == "treat":
        return undergoers(prep.head)
    if not is_a(wound, "pobj") or prep.lower_ not in ("with", "from", "in"):
        return []
    head = prep.head
    while is_a(head, "pobj") and lemma_of(head) in cues().sites:
        # "taken to a hospital with injuries": to the parser the hospital has them.
        head = head.head.head
    if head.pos_ in (*_JOINED, "PRON"):
        return _with_those_before(head) if prep.lower_ != "from" else []
    undergoes = [c for c in undergoers(head) if c.i < prep.i]
    if undergoes or head.lemma_ not in (_SUFFERING if prep.lower_ != "with" else _SUFFERING | _COMING):
        return undergoes if prep.lower_ != "from" else []
    subjects = kids(head, "nsubj")
    return subjects or ([head.head] if is_a(head, "acl") else [])


def _with_those_before(noun: Token) -> list[Token]:
    """Return a noun and the people it is joined to: in "a man and a woman with wounds" both have them."""
    found = [noun]
    while is_a(noun, "conj") and noun.head.pos_ in _JOINED:
        noun = noun.head
        found.append(noun)
    return found[::-1]


def toll(noun: Token) -> list[Token]:
    """Return the number that a death toll reaches, as token: "the toll rises to 45", "a toll of 45", "brings the toll to 45"."""
    verbs = [noun.head] if is_a(noun, "nsubj", "nsubjpass", "dobj") else []
    near = [c for h in (noun, *verbs) for c in kids(h) if c.i > noun.i]
    below = [g for c in near if is_a(c, "prep") and c.lower_ in ("to", "at", "of", "past", "above") for g in kids(c)]
    told = [t for t in (*near, *below) if t.pos_ == "NUM" and t.ent_type_ not in ("DATE", "TIME", "PERCENT")]
    counted = [t for t in (*near, *below) if t.pos_ == "NOUN" and has(t, "nummod")]
    people = [t for t in counted if lemma_of(t) in cues().person_nouns]
    return (told or people)[:1]


def lives(verb: Token) -> list[Token]:
    """Return whose lives a verb claims, or how many: "claimed nine lives", "took the general's life"."""
    claimed = [c for c in undergoers(verb) if lemma_of(c) == "life"]
    return [g for c in claimed for g in kids(c, "nummod", "poss")]


def is_fatal(wound: Token) -> bool:
    """Tell whether it is what somebody dies of: the death says it all ("died of his injuries")."""
    return is_a(wound, "pobj") and lemma_of(wound.head.head) in _DEATHS


def among(token: Token) -> list[Token]:
    """Return who was among those that a participle tells of: "among the priests murdered was NAME"."""
    noun = token.head
    if not is_a(token, "acl") or not is_a(noun, "pobj") or noun.head.lower_ != "among" or noun.head.head.lemma_ != "be":
        return []
    return _named_by(noun.head.head)


def _named_by(verb: Token) -> list[Token]:
    return [c for c in kids(verb, "nsubj", "attr") if c.pos_ in _JOINED]


def _owners(body: Token) -> list[Token]:
    of = kids_of_all(prepositions(body, "of"), "pobj")
    return of + [c for c in kids(body, "poss") if c.pos_ != "PRON"]


def _is_violent(sentence: Doc) -> bool:
    return any(t.lower_ in cues().signs_of_violence for t in sentence)
