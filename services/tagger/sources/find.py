"""Attributions anywhere in an article: cue, source, and content, whether or not of an event.

The span types are those of PolNeAR (Newell, Margolin and Ruths, 2018): the cue lexically signals
the attribution, the source holds the content. Classes of cues come from `lexicon/speech.yaml`,
sources and contents from the dependency tree.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from services.messages import Span
from services.messages.tagged import AttributionSpan
from services.tagger.layout.quotes import Quotes
from services.tagger.lexicon.words import speech
from services.tagger.names.mentions import Mentions
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import behind, is_a, is_verb, kid, kids, kids_called, lemma_of
from services.tagger.sources.content import (
    clause_of,
    is_marked_by,
    object_of,
    object_of_document,
    passive_subject,
    quotation_beside,
    said,
    topic_of,
)
from services.tagger.sources.sentence import QuotingSentence, noun_phrase, place
from services.tagger.sources.speaker import (
    is_bare_passive,
    is_content,
    is_happening,
    is_purpose,
    is_unreal,
    source_of,
)


@cache
def speech_pattern() -> re.Pattern[str]:
    """Return a pattern of the stems of cues and of quotation marks.

    Every sentence with an attribution matches it in lower case.
    """
    stems = {word.removesuffix("e").removesuffix("y") for word in speech().cues} | speech().stems
    return re.compile(r"[“\"]|``|\b(?:" + "|".join(sorted(map(re.escape, stems))) + ")")


Found = tuple[Token | None, Span | None]
"""The source and the content of a cue."""
CueClass = Literal["say", "adverb", "noun", "other"]
"""The class of a cue; only "say" gives a voice to what stands in its content."""


@dataclass(frozen=True)
class Sourced:
    """An attribution by its tokens.

    `kind` is the class of its cue, `source` None for an attribution to nobody ("reportedly").
    `base` is the offset of its sentence.
    """

    cue: Token
    source: Token | None
    content: Span | None
    kind: CueClass
    base: int

    @property
    def place(self) -> Span:
        """Return the span of the cue."""
        return place(self.cue, self.base)

    def as_message(self, mentions: Mentions) -> AttributionSpan:
        """Return the attribution with the mention that its source is."""
        if self.source is None:
            return AttributionSpan(cue=self.place, content=self.content)
        mention = mentions.at(*place(self.source, self.base))
        return AttributionSpan(
            source=noun_phrase(self.source, self.base),
            mention=mention.id if mention else None,
            cue=self.place,
            content=self.content,
        )


def find_sources(doc: Doc, base: int, quotes: Quotes) -> list[Sourced]:
    """Return the attributions of one parsed sentence that starts at `base`, in text order."""
    sentence = QuotingSentence(doc, base, quotes)
    cues = (token for token in doc if _may_be_cue(token) and not sentence.is_quoted(token))
    return list(filter(None, (_attribution(cue, sentence) for cue in cues)))


def _attribution(cue: Token, sentence: QuotingSentence) -> Sourced | None:
    for kind, read in _READERS:
        found = read(cue, sentence)
        if found is not None and (found[0] is None or not is_happening(found[0])):
            return Sourced(cue, *found, kind, sentence.base)
    return None


def _may_be_cue(token: Token) -> bool:
    """True if a token may be a cue by its part of speech: a cheap test that few tokens pass."""
    if token.pos_ in ("VERB", "AUX", "NOUN") or token.lower_ == "according":
        return True
    return token.lower_ in speech().adverbs


def _according(token: Token, sentence: QuotingSentence) -> Found | None:
    """Read "according to SOURCE", by lemma "accord": its content is the sentence."""
    if token.lower_ != "according":
        return None
    to = next(iter(kids_called(token, "to")), None)
    source = kid(to, "pobj") if to is not None else None
    return (source, sentence.span) if source is not None else None


def _adverb(token: Token, sentence: QuotingSentence) -> Found | None:
    """Read "reportedly" and its kin: an attribution to nobody."""
    if token.lower_ not in speech().adverbs:
        return None
    return None, sentence.subtree(token.head)


def _says(token: Token, sentence: QuotingSentence) -> Found | None:
    """Read a verb of saying; one that is unreal ("would not say") has a source and no content."""
    lemma = lemma_of(token)
    if not is_verb(token) or lemma not in speech().say:
        return None
    source, content = source_of(token, sentence), said(token, sentence)
    if is_unreal(token):
        would_say = content is not None or lemma in speech().answering
        is_cue = would_say and source is not None and not is_content(token)
        return (source, None) if is_cue else None
    is_cue = source is not None or lemma in speech().impersonal or is_bare_passive(token)
    return (source, content) if is_cue and content is not None else None


def _acts(token: Token, sentence: QuotingSentence) -> Found | None:
    """Read a verb of judging, thinking, or showing, or the main verb beside a quotation.

    Each of them needs a source.
    """
    if not is_verb(token) or not (is_a(token, "ROOT") or _is_acting(lemma_of(token))):
        return None
    source = source_of(token, sentence)
    if source is None or is_content(token) or is_purpose(token):
        return None
    content = _content_of_act(token, source)
    if content is not None:
        return source, sentence.subtree(content)
    quotation = quotation_beside(token, source, sentence)
    return (source, quotation) if quotation is not None else None


def _is_acting(lemma: str) -> bool:
    words = speech()
    is_speech = lemma in words.judge or lemma in words.say
    return is_speech or lemma in words.show or lemma in words.think


def _content_of_act(verb: Token, source: Token) -> Token | None:
    """Return the head of what a verb of judging, showing, or thinking is about."""
    lemma, words = lemma_of(verb), speech()
    content = None
    if lemma in words.judge or lemma in words.say:
        content = passive_subject(verb)
    if content is None and lemma in words.show:
        content = clause_of(verb) or object_of_document(verb, source)
    if content is None and lemma in words.judge and lemma not in words.without_object:
        content = object_of(verb) or clause_of(verb)
    if content is None and lemma in words.think and source.lower_ not in words.no_source:
        content = clause_of(verb)
    return content


def _noun(token: Token, sentence: QuotingSentence) -> Found | None:
    """Read a noun of speech with a clause or topic ("the ministry's claim that …", "claims by …").

    Its possessor or maker is the source.
    """
    if token.pos_ != "NOUN" or lemma_of(token) not in speech().nouns:
        return None
    owners = [*kids(token, "poss")[:1], *behind(token, "by", "from")]
    source = owners[0] if owners else None
    clauses = kids(token, "acl", "ccomp", "relcl")
    if source is None:
        clauses = [clause for clause in clauses if is_marked_by(clause, "that")]
    content = clauses[0] if clauses else None
    if content is None and source is not None:
        content = topic_of(token)
    return (source, sentence.subtree(content)) if content is not None else None


_READERS: tuple[tuple[CueClass, Callable[[Token, QuotingSentence], Found | None]], ...] = (
    ("say", _according),
    ("adverb", _adverb),
    ("say", _says),
    ("other", _acts),
    ("noun", _noun),
)
"""Readers of cues, each with the class of its cues, in order of precedence."""
