"""Attributions of events: the mention of a source, its kind, and whether it is identified."""

import re
from collections.abc import Sequence
from functools import cache

from services.messages import Attribution, AttributionKind, Mention
from services.tagger.lexicon.cues import Words
from services.tagger.lexicon.words import but_not, cues, forms, lemmas
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    forms_of,
    has,
    has_called,
    is_a,
    kids,
    lemma_of,
    lemmas_of,
    words_of,
)
from services.tagger.sources.sentence import place

_MEDIA_NAME = re.compile(
    r"\b(News|Times|Post|Herald|Tribune|Radio|Television|TV|Wire|Gazette|Journal|Daily|Press"
    r"|Courier|Ledger)\b"
)


@cache
def _kinds() -> tuple[tuple[AttributionKind, Words], ...]:
    """Return the kinds of sources with their words, in order of precedence."""
    c = cues()
    return (
        ("unnamed", c.unnamed),
        ("witness", c.witness),
        ("agency", c.agency),
        ("media", c.media),
        ("observer", c.observer),
        ("official", c.official),
        ("party", c.party),
    )


def attributions(
    speakers: Sequence[tuple[Token, Token]], phrases: Phrases, mentions: Mentions, base: int
) -> list[Attribution]:
    """Return the attributions of an event in the order of its speakers.

    `speakers` holds (source token, cue token) of a sentence that starts at `base`.
    """
    return [_attribution(source, cue, phrases, mentions, base) for source, cue in speakers]


def _attribution(
    source: Token, cue: Token, phrases: Phrases, mentions: Mentions, base: int
) -> Attribution:
    mention = _speaker(source, phrases)
    kind = "self" if _claims_responsibility(cue) else _kind(source, mention, mentions)
    return Attribution(
        mention=mention.id if mention else None,
        kind=kind,
        cue=place(cue, base),
        source=(mention.start, mention.end) if mention else place(source, base),
        named=_is_named(source, mention, kind),
    )


def _claims_responsibility(cue: Token) -> bool:
    is_claim = lemma_of(cue) in cues().claims_responsibility
    return is_claim and "responsibility" in lemmas_of(kids(cue))


def _speaker(source: Token, phrases: Phrases) -> Mention | None:
    """Return the mention of a source, for a spokesman or a statement that of the body."""
    mention = phrases.of(source)
    if lemma_of(source) not in lemmas().mouthpieces or mention is None:
        return mention
    for target in behind(source, *forms().owner_prepositions):
        body = phrases.of(target)
        if body is not None and body.actor_id is not None:
            return body
    return mention


def _kind(source: Token, mention: Mention | None, mentions: Mentions) -> AttributionKind:
    actor = mentions.actors.get(mention.actor_id) if mention else None
    if actor is not None and actor.kind:
        return actor.kind
    if mention is None:
        return _kind_by_words(source) or "unnamed"
    if lemma_of(source) in lemmas().mouthpieces and mention.type == "group":
        return "party"
    if mention.is_name and _MEDIA_NAME.search(mention.surface):
        return "media"
    kind = _kind_by_words(source)
    if kind is not None:
        return kind
    is_official = mention.type == "state" or _is_in_office(source, mention, mentions)
    return "official" if is_official else "party"


def _kind_by_words(source: Token) -> AttributionKind | None:
    """Return the kind of a source by its noun; "one of the officials" names nobody."""
    if lemma_of(source) == "one":
        return "unnamed"
    words = words_of(source)
    return next((kind for kind, known in _kinds() if words & known), None)


def _is_in_office(source: Token, mention: Mention, mentions: Mentions) -> bool:
    """True if a name has a public office beside it ("Minister NAME"), or is of a state's forces."""
    if any(map(mentions.actors.is_armed, (mention.actor_id, *mention.affiliation))):
        return False
    beside = forms_of(kids(source, "compound", "amod", "appos", "nmod"))
    if source.lower_ == "forces":
        return not beside.isdisjoint(forms().force_modifiers)
    offices = but_not(cues().official, lemmas().mouthpieces)
    return mention.type == "person" and not offices.isdisjoint((*beside, mention.role))


def _is_named(source: Token, mention: Mention | None, kind: AttributionKind) -> bool:
    if mention is None or kind in ("unnamed", "witness"):
        return False
    if mention.is_named:
        return True
    if kind in ("agency", "media", "official") and _is_definite(source):
        return True
    return bool(mention.affiliation) and any(t.pos_ == "PROPN" for t in source.subtree)


def _is_definite(source: Token) -> bool:
    """True if a source is singular with "the" or a modifier ("the ministry", "hospital chief")."""
    is_modified = has(source, "compound", "amod") or has_called(source, "the")
    return is_modified and source.tag_ != "NNS"


def stands_by_it(source: Token, attribution: Attribution) -> bool:
    """True if a reader knows which party speaks, so that it claims the event.

    A name, "she", "the group", and "hospital officials" claim it. "Officials", "a group",
    "sources", witnesses, and media that pass it on leave an event `reported`.
    """
    kind = attribution.kind
    if kind in ("media", "witness"):
        return False
    if source.lower_ in forms().personal_subjects or source.lower_ in cues().known_bodies:
        return True
    if attribution.named and kind != "unnamed":
        return True
    if kind == "party" and _is_by_name(source):
        return True
    if kind == "official" and source.tag_ == "NNS" and any(map(_is_of_a_body, kids(source))):
        return True
    return kind in ("party", "official", "observer") and has_called(source, "the")


def can_confirm(source: Token, attribution: Attribution) -> bool:
    """True if a source may know of violence, so that its confirmation is one.

    Monitors, media, and witnesses pass on what they heard, but "their newspaper" speaks for its own
    people. A photograph proves nothing by itself.
    """
    if lemma_of(source) in cues().talk:
        return False
    third = attribution.kind in ("observer", "media", "agency", "witness")
    return not third or has(source, "poss")


def _is_by_name(source: Token) -> bool:
    """True if a source is a name or has one for its possessor ("Olvin's lawyers")."""
    return any(token.pos_ == "PROPN" for token in (source, *kids(source, "poss")))


def _is_of_a_body(word: Token) -> bool:
    """True if a word before "officials" names their body ("hospital", "Kostrian", "military")."""
    if is_a(word, "compound", "nmod", "poss"):
        return True
    return is_a(word, "amod") and (word.text[0].isupper() or word.lower_ in cues().bodies)
