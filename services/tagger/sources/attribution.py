"""Who says so: from a source token to a mention, what kind of source it is, and whether it has a name."""

import re
from collections.abc import Sequence
from functools import cache

from spacy.tokens import Token

from services.messages import Attribution, AttributionKind, Mention
from services.tagger.lexicon.cues import Words
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases
from services.tagger.parse.tree import has_called, is_a, kids, lemma_of

_SPEAKS_FOR = frozenset({"spokesman", "spokeswoman", "spokesperson", "statement", "communique"})
_MEDIA_NAME = re.compile(
    r"\b(News|Times|Post|Herald|Tribune|Radio|Television|TV|Wire|Gazette|Journal|Daily|Press|Courier|Ledger)\b"
)


@cache
def _kinds() -> tuple[tuple[AttributionKind, Words], ...]:
    """Return the kinds of sources with the words for them, the first that fits first."""
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


def attributions(speakers: Sequence[tuple[Token, Token]], phrases: Phrases, mentions: Mentions, base: int) -> list[Attribution]:
    """Return the sources of an event, (source token, cue token) of a sentence that starts at `base`, in the order given."""
    found = []
    for source, cue in speakers:
        mention = _speaker(source, phrases, mentions)
        kind = "self" if _claims_responsibility(cue) else _kind(source, mention, mentions)
        found.append(
            Attribution(
                mention=mention.id if mention else None,
                kind=kind,
                cue=(base + cue.idx, base + cue.idx + len(cue)),
                source=(mention.start, mention.end) if mention else (base + source.idx, base + source.idx + len(source)),
                named=_is_named(source, mention, kind),
            )
        )
    return found


def _claims_responsibility(cue: Token) -> bool:
    return cue.lemma_ in cues().claims_responsibility and any(c.lemma_ == "responsibility" for c in kids(cue))


def _speaker(source: Token, phrases: Phrases, mentions: Mentions) -> Mention | None:
    """Return the source's mention; a spokesman or a statement is its body's voice."""
    mention = phrases.of(source)
    if lemma_of(source) in _SPEAKS_FOR and mention is not None:
        for child in kids(source):
            for target in (g for g in kids(child, "pobj") if child.lower_ in ("for", "from", "of", "by")):
                body = phrases.of(target)
                if body is not None and body.actor_id is not None:
                    return body
    return mention


def _kind(source: Token, mention: Mention | None, mentions: Mentions) -> AttributionKind:
    actor = mentions.actors.get(mention.actor_id) if mention else None
    if actor is not None and actor.kind:
        return actor.kind
    if lemma_of(source) in _SPEAKS_FOR and mention is not None and mention.type == "group":
        return "party"
    words = {source.lower_, lemma_of(source)}
    if lemma_of(source) == "one":
        words |= {g.lower_ for c in kids(source) for g in kids(c)} | {"sources"}
    if mention is not None and mention.is_name and _MEDIA_NAME.search(mention.surface):
        return "media"
    for kind, known in _kinds():
        if words & known:
            return kind
    if _is_in_office(source, mention, mentions):
        return "official"
    if mention is not None and mention.type in ("state",):
        return "official"
    return "party" if mention is not None else "unnamed"


def _is_in_office(source: Token, mention: Mention | None, mentions: Mentions) -> bool:
    """Tell whether a name is that of somebody in a public office ("Minister NAME"), or of a state's forces."""
    if mention is None or any(mentions.actors.is_armed(body) for body in (mention.actor_id, *mention.affiliation)):
        return False
    beside = {c.lower_ for c in kids(source, "compound", "amod", "appos", "nmod")}
    if source.lower_ == "forces":
        return bool(beside & {"armed", "security"})
    return mention.type == "person" and bool((beside | {mention.role}) & cues().official - _SPEAKS_FOR)


def _is_named(source: Token, mention: Mention | None, kind: AttributionKind) -> bool:
    if mention is None or kind in ("unnamed", "witness"):
        return False
    if mention.actor_id is not None or mention.is_name:
        return True
    has_name = any(t.pos_ == "PROPN" for t in source.subtree)
    return (kind in ("agency", "media", "official") and _is_definite(source)) or (has_name and bool(mention.affiliation))


def _is_definite(source: Token) -> bool:
    return any(c.lower_ == "the" or is_a(c, "compound", "amod") for c in kids(source)) and source.tag_ != "NNS"


def stands_by_it(source: Token, attribution: Attribution) -> bool:
    """Tell whether a reader can say which party speaks, so that it claims: a name, "she", "the group", "hospital officials".

    "Officials", "a group", "sources", witnesses, and media that pass it on leave an event `reported`.
    """
    if attribution.kind in ("media", "witness"):
        return False
    if source.lower_ in ("he", "she") or (attribution.named and attribution.kind != "unnamed"):
        return True
    if source.lower_ in cues().known_bodies or (attribution.kind == "party" and source.pos_ == "PROPN"):
        return True
    if attribution.kind == "official" and source.tag_ == "NNS" and any(map(_is_of_a_body, kids(source))):
        return True
    if attribution.kind == "party" and any(c.pos_ == "PROPN" for c in kids(source, "poss")):
        return True
    return attribution.kind in ("party", "official", "observer") and has_called(source, "the")


def _is_of_a_body(word: Token) -> bool:
    """Tell whether a word before "officials" says whose they are: "hospital", "Kostrian", "military"."""
    return is_a(word, "compound", "nmod", "poss") or (
        is_a(word, "amod") and (word.text[0].isupper() or word.lower_ in cues().bodies)
    )
