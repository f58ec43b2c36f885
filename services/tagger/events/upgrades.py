"""What the words around an event make of it: fighting of two armed sides, a riot, a suicide bombing."""

from collections.abc import Callable, Iterable

from spacy.tokens import Doc

from services.messages import Mention
from services.tagger.events.found import Found
from services.tagger.lexicon.ontology import Circumstance
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions
from services.tagger.parse.tree import kids, lemma_of

_REFLEXIVE = frozenset({"himself", "herself", "themselves", "itself"})
_BRAWLS = frozenset({"clash", "scuffle", "skirmish"})
_POSITIONS = frozenset({"positions", "position", "lines", "trenches", "defences", "defenses", "strongholds", "stronghold"})
_OWN = frozenset({"his", "her", "their"})
_LOADED = frozenset({"explosive", "device", "charge", "bomb", "car", "vehicle", "truck", "jacket"})
_TURNING = frozenset({"turn", "descend", "erupt", "degenerate", "escalate", "spiral", "become", "spill", "explode"})


def specify(found: Iterable[Found], doc: Doc, mentions: Mentions) -> None:
    """Give the events that one sentence tells the more special type that the sentence calls for."""
    told = [event for event in found if not event.in_passing]
    for event in told:
        for circumstance, holds in _CIRCUMSTANCES:
            if circumstance in event.type.becomes and holds(event, mentions):
                _become(event, circumstance)
                break
    if _turns_violent(doc) or any(_is_riotous(event) for event in found):
        for event in told:
            _become(event, "turmoil")


def _become(event: Found, circumstance: Circumstance) -> None:
    event.type = event.type.under(circumstance)


def _are_armed_sides(event: Found, mentions: Mentions) -> bool:
    """Tell whether an armed side attacks another: "rebels attacked soldiers", "… positions of the army".

    These are ACLED's battles; a post that is attacked is no side.
    """
    return _is_armed(event.agent, mentions) and _is_defended(event, mentions)


def _is_armed(side: Iterable[Mention], mentions: Mentions) -> bool:
    """Tell whether one of a side bears arms: an armed group of the dictionary, soldiers, fighters ("NAME fighters")."""
    return any(mentions.actors.is_armed(m.actor_id) or _words_of(m, mentions) & cues().combatants for m in side)


def _is_defended(event: Found, mentions: Mentions) -> bool:
    if _is_armed(event.patient, mentions):
        return True
    held = [m for m in event.target if _words_of(m, mentions, behind=0) & _POSITIONS]
    of_whom = (_words_of(m, mentions, behind=5 if mentions.text[m.end :].startswith(" of ") else 0) for m in held)
    return any(words & cues().combatants for words in of_whom)


def _words_of(mention: Mention, mentions: Mentions, behind: int = 1) -> set[str]:
    """Return the words of a mention and the next few behind it ("NAME fighters"), lower case."""
    behind_it = mentions.text[mention.end : mention.end + 60].split()[:behind]
    return {word.strip(".,;:").lower() for word in (*mention.surface.replace("-", " ").split(), *behind_it)}


def _is_suicide(event: Found, _: Mentions) -> bool:
    """Tell whether who sets off a bomb is in it: "blew himself up", "detonated his vest", "exploded, killing themselves"."""
    below = kids(event.trigger, "dobj", "advcl", "conj")
    if any(lemma_of(c) in _LOADED and any(g.lower_ in _OWN for g in kids(c)) for c in below):
        return True  # "detonated his explosives"
    near = {w.lower_ for c in below for w in (c, *kids(c))}
    return bool(near & (_REFLEXIVE | {"vest", "belt", "suicide"}))


def _is_riotous(event: Found) -> bool:
    """Tell whether a protest beside it is a riot: people clash there, or protesters attack, burn, or destroy."""
    riotous = event.type.riotous
    if event.in_passing:
        return riotous == "brawl" and lemma_of(event.trigger) in _BRAWLS
    return riotous in ("always", "brawl") or (riotous == "protesters" and _is_of_protesters(event))


def _is_accident(event: Found, _: Mentions) -> bool:
    return bool({lemma_of(c) for c in kids(event.trigger)} & cues().accidental)


def _is_of_protesters(event: Found, _: Mentions | None = None) -> bool:
    return any(set(m.surface.lower().split()) & cues().protesters for m in event.agent)


def _turns_violent(doc: Doc) -> bool:
    """Tell whether a sentence says that something turned violent ("descended into violence")."""
    violent = (t for t in doc if lemma_of(t) in ("violent", "violence", "riot"))
    return any(lemma_of(a) in _TURNING for t in violent for a in t.ancestors)


_CIRCUMSTANCES: tuple[tuple[Circumstance, Callable[[Found, Mentions], bool]], ...] = (
    ("armed-sides", _are_armed_sides),
    ("protesters", _is_of_protesters),
    ("suicide", _is_suicide),
    ("accident", _is_accident),
)
"""What is asked of an event alone, the first that holds; see `becomes` in lexicon/events.yaml."""
