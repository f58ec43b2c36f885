"""Special types that the words around an event call for: a battle, a riot, a suicide bombing."""

from collections.abc import Callable, Iterable

from services.messages import Mention
from services.tagger.events.domains import is_of_labour
from services.tagger.events.found import Found
from services.tagger.lexicon.ontology import Circumstance
from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.names.mentions import Mentions
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import (
    forms_of,
    kids,
    lemma_of,
    lemmas_of,
    tokens_of_lemma,
    with_kids,
)

WORDS_OF_OWNERS = 5
"""Words behind "positions", "of" among them, that may name an armed side. Set by hand."""


def specify(found: Iterable[Found], doc: Doc, mentions: Mentions) -> None:
    """Give the events that one sentence asserts the special types that the sentence calls for."""
    asserted = [event for event in found if not event.in_passing]
    for event in asserted:
        for circumstance, holds in _CIRCUMSTANCES:
            if circumstance in event.type.becomes and holds(event, mentions):
                _become(event, circumstance)
                break
    if _turns_violent(doc) or any(map(_is_riotous, found)):
        for event in asserted:
            _become(event, "turmoil")


def _become(event: Found, circumstance: Circumstance) -> None:
    event.type = event.type.under(circumstance)


def _are_armed_sides(event: Found, mentions: Mentions) -> bool:
    """True if an armed side attacks another: "rebels attacked soldiers", "… army positions".

    These are ACLED's battles. A post that is attacked is no side.
    """
    return _is_armed(event.agent, mentions) and _is_defended(event, mentions)


def _is_armed(side: Iterable[Mention], mentions: Mentions) -> bool:
    """True if one of a side bears arms: an armed group of the dictionary, soldiers, fighters."""
    return any(
        mentions.actors.is_armed(m.actor_id) or _names_combatants(_words(m) | _behind(m, mentions))
        for m in side
    )


def _is_defended(event: Found, mentions: Mentions) -> bool:
    """True if an event befalls an armed side or its positions ("lines of the army")."""
    return _is_armed(event.patient, mentions) or any(
        bool(_words(m) & forms().positions) and _names_combatants(_owners_of(m, mentions))
        for m in event.target
    )


def _names_combatants(words: set[str]) -> bool:
    return not words.isdisjoint(cues().combatants)


def _owners_of(positions: Mention, mentions: Mentions) -> set[str]:
    """Return the words of a mention of positions, and those of its owners behind "of"."""
    if not mentions.text.startswith(" of ", positions.end):
        return _words(positions)
    return _words(positions) | _behind(positions, mentions, words=WORDS_OF_OWNERS)


def _words(mention: Mention) -> set[str]:
    """Return the words of a mention in lower case."""
    return {word.strip(".,;:").lower() for word in mention.surface.replace("-", " ").split()}


def _behind(mention: Mention, mentions: Mentions, words: int = 1) -> set[str]:
    """Return the next words behind a mention in lower case ("NAME fighters")."""
    behind = mentions.text[mention.end : mention.end + 60].split()[:words]
    return {word.strip(".,;:").lower() for word in behind}


def _is_suicide(event: Found, _: Mentions) -> bool:
    """True if a bomber is in the blast: "blew himself up", "detonated his vest"."""
    below = kids(event.trigger, "dobj", "advcl", "conj")
    if any(map(_is_own_charge, below)):
        return True
    near = forms_of(with_kids(below))
    return bool(near & any_of(forms().reflexive, forms().vests)) or "itself" in near


def _is_own_charge(noun: Token) -> bool:
    """True for "detonated his explosives"."""
    own = forms_of(kids(noun)) & forms().people_owners
    return bool(own) and lemma_of(noun) in lemmas().charges


def _is_riotous(event: Found) -> bool:
    """True if an event makes a protest beside it a riot: a clash, or an attack by protesters."""
    riotous = event.type.riotous
    if event.in_passing:
        return riotous == "brawl" and lemma_of(event.trigger) in lemmas().brawls
    return riotous in ("always", "brawl") or (riotous == "protesters" and _is_of_protesters(event))


def _is_accident(event: Found, _: Mentions) -> bool:
    return bool(lemmas_of(kids(event.trigger)) & cues().accidental)


def _is_stoppage(event: Found, mentions: Mentions) -> bool:
    """True for a bare "strike" of nobody in a text on pay and work ("a strike hit the airport")."""
    noun = event.trigger
    is_bare = lemma_of(noun) in lemmas().stoppages and not kids(noun, "amod", "compound", "nmod")
    return is_bare and not event.agent and is_of_labour(mentions.text)


def _is_of_protesters(event: Found, _: Mentions | None = None) -> bool:
    return any(map(_are_protesters, event.agent))


def _are_protesters(mention: Mention) -> bool:
    return not cues().protesters.isdisjoint(mention.surface.lower().split())


def _turns_violent(doc: Doc) -> bool:
    """True if a sentence says that something turned violent ("descended into violence")."""
    for token in tokens_of_lemma(doc, lemmas().violence):
        if lemmas_of(token.ancestors) & lemmas().turning:
            return True
    return False


_CIRCUMSTANCES: tuple[tuple[Circumstance, Callable[[Found, Mentions], bool]], ...] = (
    ("armed-sides", _are_armed_sides),
    ("protesters", _is_of_protesters),
    ("suicide", _is_suicide),
    ("accident", _is_accident),
    ("dispute", _is_stoppage),
)
"""The circumstances of an event alone; the first that holds decides (lexicon/events.yaml)."""
