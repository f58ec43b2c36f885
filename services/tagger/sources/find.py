"""Who says what, anywhere in an article: cue, source, and content of every attribution, event or not.

The span types are those of PolNeAR (Newell, Margolin and Ruths, 2018): the cue lexically signals the attribution, the source
holds what the content says. Cues by class, from `lexicon/speech.yaml`; sources by the dependency frame.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Token

from services.messages import Span
from services.messages.tagged import AttributionSpan
from services.tagger.layout.quotes import Quotes
from services.tagger.lexicon.words import speech, speech_words
from services.tagger.names.mentions import Mentions
from services.tagger.parse.tree import (
    behind,
    by_phrase,
    has,
    is_a,
    is_passive,
    is_verb,
    kid,
    kids,
    kids_called,
    label_of,
    lemma_of,
)

_CLAUSAL = frozenset({"relcl", "acl", "advcl", "punct", "cc", "conj"})
_GAP = 3
"""Characters between a quotation and the sentence that says whose it is (“Go!” she said.)."""

_QUOTE_WORDS = 3
"""Words of a quotation from which a verb beside it may be one of speech; shorter ones are scare quotes."""


@cache
def speech_pattern() -> re.Pattern[str]:
    """Return a pattern that every sentence with an attribution matches in lower case: stems of cues, and quotation marks."""
    words = speech_words()
    stems = {word.removesuffix("e").removesuffix("y") for word in words} | {
        "accord",
        "told",
        "thought",
        "wrote",
        "swore",
        "felt",
        "found",
    }
    stems |= {"saw", "knew", "heard", "spoke", "said", "meant", "shown", "shot", "sung", "went", "begg", "admitt"}
    return re.compile(r"[“\"]|``|\b(?:" + "|".join(sorted(map(re.escape, stems))) + ")")


@dataclass(frozen=True)
class _Sentence:
    doc: Doc
    base: int
    quotes: Quotes

    def place(self, token: Token) -> Span:
        return (self.base + token.idx, self.base + token.idx + len(token))

    def is_quoted(self, token: Token) -> bool:
        return self.quotes.holds(self.base + token.idx)


@dataclass(frozen=True)
class Sourced:
    """An attribution as its tokens: `kind` is the class of its cue, `source` None where nobody is named."""

    cue: Token
    source: Token | None
    content: Span | None
    kind: str
    base: int

    @property
    def place(self) -> Span:
        """Return where the cue stands in the text."""
        return (self.base + self.cue.idx, self.base + self.cue.idx + len(self.cue))

    def as_message(self, mentions: Mentions) -> AttributionSpan:
        """Return it with the spans of the text and the mention that its source is."""
        span = mention = None
        if self.source is not None:
            span = _noun_phrase(self.source, self.base)
            mention = mentions.at(self.base + self.source.idx, self.base + self.source.idx + len(self.source))
        return AttributionSpan(source=span, mention=mention.id if mention else None, cue=self.place, content=self.content)


def find_sources(doc: Doc, base: int, quotes: Quotes) -> list[Sourced]:
    """Return the attributions of one parsed sentence that starts at `base`, in text order of their cues."""
    sentence = _Sentence(doc, base, quotes)
    found = []
    for token in doc:
        if _may_be_cue(token) and not sentence.is_quoted(token):
            for kind, read in (("say", _according), ("adverb", _adverb), ("say", _says), ("other", _acts), ("noun", _noun)):
                taken = read(token, sentence)
                if taken is not None:
                    found.append(Sourced(token, *taken, kind, base))
                    break
    return found


def _may_be_cue(token: Token) -> bool:
    """Tell at little cost whether a token is of a kind that cues are of: most are not."""
    return token.pos_ in ("VERB", "AUX", "NOUN") or token.lower_ == "according" or token.lower_ in speech()["adverbs"]


def find_speaker_lines(text: str, mentions: Mentions) -> Iterator[AttributionSpan]:
    """Yield attributions by layout alone: "Poll: …" and "NAME: …" at the start of a line, "…” ― Name" behind a quotation."""
    for pattern in (_SPEAKER_LINE, _SIGNED):
        for match in pattern.finditer(text):
            mention = mentions.at(*match.span("source"))
            yield AttributionSpan(
                source=match.span("source"),
                mention=mention.id if mention else None,
                cue=match.span("cue"),
                content=match.span("content"),
            )


_NAME = r"[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}"
_SPEAKER_LINE = re.compile(rf"^[“\"(\t ]?(?P<source>{_NAME})(?P<cue>:) (?P<content>[^\n]*(?: [^\n ]+){{3}})$", re.MULTILINE)
_SIGNED = re.compile(rf"(?P<content>“[^“”\n]+”)\s?(?P<cue>[―—–]|--?) ?(?P<source>{_NAME})")


def _noun_phrase(head: Token, base: int) -> Span:
    """Return the span of a noun with what stands before it and hangs behind it, up to the first clause."""
    inside = [t for t in head.subtree if not _is_cut(t, head)]
    return (base + inside[0].idx, base + inside[-1].idx + len(inside[-1]))


def _is_cut(token: Token, head: Token) -> bool:
    for _ in range(20):
        if token.i == head.i:
            return False
        if label_of(token) in _CLAUSAL and token.head.i == head.i:
            return True
        token = token.head
    return False


def _according(token: Token, s: _Sentence) -> tuple[Token | None, Span | None] | None:
    if token.lower_ != "according":
        return None
    to = next(iter(kids_called(token, "to")), None)
    source = kid(to, "pobj") if to is not None else None
    return (source, (s.base, s.base + len(s.doc.text))) if source is not None else None


def _adverb(token: Token, s: _Sentence) -> tuple[Token | None, Span | None] | None:
    """Take "reportedly" and its kin for an attribution to nobody."""
    return (None, _subtree(token.head, s)) if token.lower_ in speech()["adverbs"] else None


def _says(token: Token, s: _Sentence) -> tuple[Token | None, Span | None] | None:
    """Take a verb of saying with what is said; one that is only meant or negated has a source and no content."""
    lemma = lemma_of(token)
    if not is_verb(token) or lemma not in speech()["say"]:
        return None
    source = _source(token, s)
    if _is_unreal(token):
        would = lemma in _ANSWERING or _said(token, s) is not None
        return (source, None) if would and source is not None and not _is_told(token) else None
    content = _said(token, s)
    return (
        (source, content) if content is not None and (source is not None or lemma in _PLAIN or _is_bare_passive(token)) else None
    )


def _acts(token: Token, s: _Sentence) -> tuple[Token | None, Span | None] | None:
    """Take a verb of judging, thinking, or showing, or the main verb beside a quotation: these need a source."""
    lemma, words = lemma_of(token), speech()
    if not is_verb(token) or not (is_a(token, "ROOT") or any(lemma in words[kind] for kind in _ACTING)):
        return None
    source = _source(token, s)
    if source is None or _is_told(token) or _is_purpose(token):
        return None
    content = None
    if lemma in words["judge"] or lemma in words["say"]:
        content = _passive_subject(token)
    if content is None and lemma in words["show"]:
        content = _clause(token) or _in_document(token, source)
    if content is None and lemma in words["judge"] and lemma not in _LIGHT:
        content = _object(token) or _clause(token)
    if content is None and lemma in words["think"] and source.lower_ not in words["no_source"]:
        content = _clause(token)
    return (source, _subtree(content, s)) if content is not None else _beside_quotation(token, source, s)


_ACTING = ("judge", "say", "show", "think")

_PLAIN = frozenset({"say", "report", "tell", "announce", "claim", "allege", "write", "add", "note"})
"""Verbs whose content counts even where nobody is named ("it was reported that")."""

_ANSWERING = frozenset({"respond", "comment", "reply", "answer"})

_LIGHT = frozenset({"raise", "post", "order"})


def _said(token: Token, s: _Sentence) -> Span | None:
    """Return what a verb of saying introduces: a clause, a quotation, or (told, asked, spoke) nothing but its addressee."""
    clause = _clause(token)
    if clause is not None:
        return _subtree(clause, s)
    start, end = s.base, s.base + len(s.doc.text)
    quoted = s.quotes.within(start - _GAP, end + _GAP)
    if quoted:
        return (quoted[0][0], quoted[-1][1])
    if (is_a(token, "parataxis", "ccomp") or _is_as(token)) and token.head.i != token.i:
        return _subtree(token.head, s)
    if any(c.text == ":" for c in kids(token)):
        return (start, end)
    about = next((c for c in kids(token, "prep") if c.lower_ in _PREPOSITIONS), None)
    if about is not None and lemma_of(token) in speech()["speak"]:
        return _subtree(about, s)
    thing = _object(token)
    if thing is not None and lemma_of(token) in _WITH_OBJECT:
        return _subtree(thing, s)
    # Whatever the parse made of the rest: what somebody says stands beside it.
    return (start, end) if lemma_of(token) == "say" else None


def _is_as(token: Token) -> bool:
    """Tell whether a verb stands in a clause of comment ("as many experts have pointed out")."""
    return is_a(token, "advcl") and any(c.lower_ == "as" for c in kids(token, "mark"))


_PREPOSITIONS = frozenset({"about", "of", "against", "for", "on", "upon", "over"})
_WITH_OBJECT = frozenset(
    {"announce", "deny", "confirm", "claim", "report", "reveal", "disclose", "describe", "cite", "mention", "allege", "predict"}
    | {"promise", "pledge", "outline", "detail", "propose", "recommend", "demand", "request", "acknowledge", "admit", "tell"}
)


def _clause(token: Token) -> Token | None:
    """Return the clause that a verb governs, if it has one of its own."""
    for child in kids(token):
        if is_a(child, "ccomp") and child.pos_ in ("VERB", "AUX", "NOUN", "PROPN", "ADJ", "ADV", "PRON", "NUM"):
            return child
        if is_a(child, "xcomp") and lemma_of(token) in _TO_CLAUSE:
            return child
    return None


_TO_CLAUSE = frozenset(
    {"vow", "promise", "pledge", "threaten", "claim", "agree", "refuse", "swear", "ask", "urge", "call", "want", "hope", "plan"}
    | {"tell", "order", "expect", "intend", "offer", "demand", "seek", "advise", "warn", "invite", "instruct", "wish", "prefer"}
)


def _in_document(token: Token, source: Token) -> Token | None:
    """Return what a poll, a study, or a record shows: of those an object is enough."""
    return _object(token) if lemma_of(source) in speech()["documents"] else None


def _object(token: Token) -> Token | None:
    return kid(token, "dobj", "oprd", "attr")


def _passive_subject(token: Token) -> Token | None:
    """Return what was praised or rejected by a source that stands in the by-phrase."""
    if not has(token, "agent"):
        return None
    subject = kid(token, "nsubjpass")
    return token.head if subject is None and is_a(token, "acl") else subject


def _subtree(token: Token, s: _Sentence) -> Span:
    return (s.place(token.left_edge)[0], s.place(token.right_edge)[1])


def _source(token: Token, s: _Sentence) -> Token | None:
    """Return the noun that does the speaking: subject, by-phrase, or the subject that a participle or infinitive shares."""
    by = next(iter(by_phrase(token)), None)
    if by is not None:
        return by
    if is_passive(token) or _is_bare_passive(token):
        return _quoted_as(token)
    for _ in range(4):
        own = kids(token, "nsubj")
        subject = next((c for c in reversed(own) if not s.is_quoted(c)), None)
        if subject is not None:
            return _antecedent(subject, token)
        if is_a(token, "relcl", "acl") and token.head.i != token.i:
            return token.head
        if is_a(token, "xcomp") and (controller := _object(token.head)) is not None:
            # Who is asked to speak is the one who would ("urged him to admit").
            return controller
        if not is_a(token, "conj", "xcomp", "advcl", "pcomp", "prep", "ccomp", "parataxis") or token.head.i == token.i:
            return None
        token = token.head
    return None


def _is_bare_passive(verb: Token) -> bool:
    """Tell whether a participle is a passive without its helper ("a town called", "asked about it, they")."""
    return verb.tag_ == "VBN" and is_a(verb, "acl", "advcl") and not has(verb, "aux", "nsubj")


def _quoted_as(token: Token) -> Token | None:
    """Return who "was quoted as saying" or "was asked": its subject is the source of the first only."""
    if lemma_of(token) not in ("quote", "cite"):
        return None
    return kid(token, "nsubjpass")


def _antecedent(subject: Token, verb: Token) -> Token:
    if subject.lower_ in ("who", "which", "that") and is_a(verb, "relcl"):
        return verb.head
    return subject


def _is_told(token: Token) -> bool:
    """Tell whether a verb of judging or thinking is itself part of what somebody says: content, not news of a source."""
    for _ in range(20):
        if is_a(token, "ccomp") and lemma_of(token.head) in speech()["say"] | speech()["think"] | speech()["show"]:
            return True
        if token.head.i == token.i:
            return False
        token = token.head
    return False


def _is_purpose(token: Token) -> bool:
    """Tell whether a verb says what is meant to be done, not what is said ("a plan to urge")."""
    return any(c.tag_ == "TO" for c in kids(token, "aux")) and is_a(token, "acl", "advcl", "relcl")


def _is_unreal(token: Token) -> bool:
    """Tell whether a verb is only possible, meant, or denied ("would not say"): it has a source, but nothing was said."""
    return any((is_a(c, "aux") and c.tag_ in ("MD", "TO")) or is_a(c, "neg") for c in kids(token))


def _beside_quotation(token: Token, source: Token, s: _Sentence) -> tuple[Token | None, Span | None] | None:
    """Take the main verb of a sentence with a longer quotation for its cue ("she shrugged: “…”")."""
    if not is_a(token, "ROOT") or s.is_quoted(source) or any(_is_other_cue(t, token, s) for t in token.doc):
        return None
    for start, end in s.quotes.within(s.base, s.base + len(s.doc.text)):
        if len(s.doc.text[max(0, start - s.base) : end - s.base].split()) >= _QUOTE_WORDS:
            return source, (start, end)
    return None


def _is_other_cue(word: Token, verb: Token, s: _Sentence) -> bool:
    """Tell whether another word of the sentence says whose its quotation is."""
    speaks = word.lower_ == "according" or (word.pos_ == "VERB" and lemma_of(word) in speech()["say"] | speech()["judge"])
    return speaks and word.i != verb.i and not s.is_quoted(word)


def _noun(token: Token, s: _Sentence) -> tuple[Token | None, Span | None] | None:
    """Return possessor or maker of a noun of speech that has a clause ("the ministry's claim that …")."""
    if token.pos_ != "NOUN" or lemma_of(token) not in speech()["nouns"]:
        return None
    owner = kid(token, "poss")
    maker = next(iter(behind(token, "by", "from")), None)
    source = owner if owner is not None else maker
    clause = next((c for c in kids(token, "acl", "ccomp", "relcl") if _is_that(c) or source is not None), None)
    if clause is None and source is not None:
        clause = next((c for c in kids(token, "prep") if c.lower_ in _PREPOSITIONS), None)
    return (source, _subtree(clause, s)) if clause is not None else None


def _is_that(clause: Token) -> bool:
    return any(c.lower_ == "that" for c in kids(clause, "mark"))
