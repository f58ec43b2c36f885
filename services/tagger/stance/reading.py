"""A reading: the cues, speakers, and negations between a trigger and the root of its sentence."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from services.messages import Cue, Span
from services.tagger.lexicon.rules import rule_id
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import forms_of, is_a
from services.tagger.stance.signatures import Effect, Signature, signature_of

CueKind = Literal[
    "attribution",
    "condition",
    "confirm",
    "corrected",
    "denial",
    "forestalled",
    "hedge",
    "intention",
    "modal",
    "negation",
    "unrealised",
    "unverified",
]
"""The kinds of cues on a path."""

_TURNING: frozenset[CueKind] = frozenset({"corrected", "denial", "forestalled", "negation"})
"""Kinds of cues by which an event did not take place; two of them cancel out."""
_LONGEST_PATH = 30
"""Words on a path. Labels of a broken parse may lead round in a circle."""


@dataclass
class Reading:
    """The cues in order, the sources, and the number of negations.

    `base` is the offset of the sentence in the text.
    """

    base: int
    trigger: Token
    is_title: bool = False
    cues: list[Cue] = field(default_factory=list)
    speakers: list[tuple[Token, Token]] = field(default_factory=list)
    """(source token, cue token), outermost last."""
    kinds: set[CueKind] = field(default_factory=set)
    negations: int = 0
    is_false_talk: bool = False
    """The talk of it is called false in passing ("denied false reports"): a denial agrees."""
    known: bool = False
    """The event is presupposed and definite ("held over the blast"), so a speaker is no source."""

    def note(self, kind: CueKind, rule: str, span: Span) -> None:
        """Add a cue once; what turns the event round counts each time."""
        is_again = kind == "denial" and self.is_false_talk
        self.negations += kind in _TURNING and not is_again
        self.kinds.add(kind)
        if not any(cue.span == span and cue.kind == kind for cue in self.cues):
            self.cues.append(Cue(kind=kind, span=span, rule=rule_id(f"{kind}/{rule}")))

    def mark(self, kind: CueKind, rule: str, word: Token) -> None:
        """Add a cue that is one word of the sentence."""
        start = self.base + word.idx
        self.note(kind, rule, (start, start + len(word)))

    def hear(self, source: Token, cue: Token, rule: str) -> None:
        """Add a source, outside those before it."""
        self.mark("attribution", rule, cue)
        self.speakers.append((source, cue))


@dataclass(frozen=True)
class Step:
    """A word on the path from a trigger to the root, and the words below it on the path.

    `below` is None at the trigger. `inner` is the word under a preposition, when `below` is one.
    """

    trigger: Token
    word: Token
    below: Token | None = None
    inner: Token | None = None

    @property
    def is_preposition(self) -> bool:
        """True for a preposition that governs the word below."""
        below = self.below
        return below is not None and is_a(self.word, "prep") and is_a(below, "pobj", "pcomp")

    @cached_property
    def signed(self) -> tuple[Signature, Token] | None:
        """The signature between the word and the one below, and the word that has it."""
        if self.below is None:
            return None
        return signature_of(self.word, self.below, self.inner)

    @property
    def makes(self) -> Effect | None:
        """The effect of the signature; None without one."""
        return self.signed[0].makes if self.signed is not None else None


def _are_parted(word: Token, head: Token, *, is_title: bool) -> bool:
    """True if a semicolon parts two words, or a colon in a title: two sentences in one."""
    first, last = sorted((word.i, head.i))
    marks = forms_of(word.doc[first:last])
    return ";" in marks or (is_title and ":" in marks)


def path(trigger: Token, *, is_title: bool = False) -> Iterator[Step]:
    """Yield the steps from a trigger to the root."""
    step = Step(trigger, trigger)
    for _ in range(_LONGEST_PATH):
        yield step
        word = step.word
        if word.head.i == word.i or _are_parted(word, word.head, is_title=is_title):
            return
        inner = step.below if step.is_preposition else None
        step = Step(trigger, word.head, word, inner)
