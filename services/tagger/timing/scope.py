"""Scope: which expressions of time hold of which event of a sentence, by the tree.

A date belongs to the clause or the event noun that it is attached to. It holds of what is told at
the same time as that clause (its arguments, its participles), and a date of long ago also of what
came before it: a relative clause, what an old judgment was about. It never holds of a clause above.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date

from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import (
    is_a,
    is_verb,
    kids,
    kids_of_all,
    lemma_of,
    prepositions,
    tokens_of,
)
from services.tagger.timing.expressions import Expression, Says, expressions
from services.tagger.values.dates import speaking

_LONGEST_PATH = 30
"""Words on a path. Labels of a broken parse may lead round in a circle."""
_PAST = frozenset({"past", "months_ago", "long_ago"})
_COUNTED = frozenset({"CARDINAL", "QUANTITY", "MONEY", "PERCENT"})
"""The recogniser's labels of numbers that are no years."""


class Timeline:
    """The expressions of time of one sentence, by the word that each belongs to.

    `dated`: the text of the sentence, as long, without names that look like a date ("April Olvin").
    `events`: numbers of the tokens that name events; a date attached to an event noun is its own.
    `published`, `seen`: as `expressions` takes them.
    """

    def __init__(
        self,
        doc: Doc,
        dated: str,
        events: AbstractSet[int],
        published: date | None,
        seen: date | None = None,
    ) -> None:
        self._events = events
        self.has_recent = False
        self._at: dict[int, list[Expression]] = {}
        self._after: list[tuple[Expression, frozenset[int]]] = []
        for expression in expressions(dated, published, seen):
            words = _words_of(doc, expression)
            if not words or words[-1].ent_type_ in _COUNTED:
                continue
            self.has_recent |= expression.says == "recent"
            if expression.says == "after":
                self._after.append((expression, _below(words[-1])))
                self._give(self._owner(words[-1:]), replace(expression, says="later"))
            else:
                self._give(self._owner(words), expression)
            when = _when(words[-1])
            if when is not None:
                says: Says = "long_ago" if expression.since else expression.says
                self._give(when, replace(expression, says=says))

    def _give(self, owner: Token, expression: Expression) -> None:
        self._at.setdefault(owner.i, []).append(expression)

    def of(self, trigger: Token) -> Iterator[Expression]:
        """Yield what holds of an event, the nearest first."""
        for expression, below in self._after:
            if trigger.i in below:
                yield expression
        yield from self._own(trigger)
        yield from self._above(trigger)

    def _owner(self, words: Sequence[Token]) -> Token:
        """Return the verb or the event noun that an expression hangs on."""
        inside = {word.i for word in words}
        word = words[0].head.head if is_a(words[0], "mark") else words[0]
        for _ in range(_LONGEST_PATH):
            if word.i not in inside and (is_verb(word) or word.i in self._events):
                break
            if word.head.i == word.i:
                break
            word = word.head
        return word

    def _own(self, trigger: Token) -> Iterator[Expression]:
        """Yield the expressions of the event's word, and of an event noun that shares its time.

        So does the subject, and what stands behind "in", "by", and "during".
        """
        yield from self._at.get(trigger.i, ())
        shared = kids(trigger, "nsubj", "agent")
        nouns = [*shared, *kids_of_all(kids(trigger, "prep", "agent"), "pobj")]
        for noun in nouns:
            is_time = noun.i in self._events and noun.head.lower_ in forms().simultaneous_nouns
            if is_time or (is_a(noun, "nsubj") and noun.i in self._events):
                yield from (e for e in self._at.get(noun.i, ()) if e.says in _PAST)

    def _above(self, trigger: Token) -> Iterator[Expression]:
        """Yield the expressions of the words above, as far as they hold below."""
        below, apart = trigger, False
        for _ in range(_LONGEST_PATH):
            word = below.head
            if word.i == below.i or _comes_before(below):
                return
            apart = apart or _is_apart(word, below)
            for expression in self._at.get(word.i, ()):
                trails = is_a(below, "conj") and expression.start > word.idx
                if trails or (apart and (expression.says not in _PAST or _is_present(trigger))):
                    continue
                yield expression
            below = word


def _words_of(doc: Doc, expression: Expression) -> list[Token]:
    return [t for t in tokens_of(doc) if expression.start <= t.idx < expression.end]


def _when(last: Token) -> Token | None:
    """Return the verb of the clause that a date opens: "since 2011, when many died"."""
    for word in last.doc[last.i + 1 : last.i + 3]:
        if word.lower_ == "when":
            return word.head if is_verb(word.head) else None
        if word.lower_ != ",":
            break
    return None


def _below(signal: Token) -> frozenset[int]:
    """Return the tokens of the clause or the noun behind "after" in "years after"."""
    top = signal.head if is_a(signal, "mark", "advmod") else signal
    return frozenset(word.i for word in top.subtree if word.i > signal.i)


def _comes_before(below: Token) -> bool:
    """True for a clause whose event comes after that of the verb above: "before he was killed"."""
    later = forms().later_clauses
    return below.lower_ in later or any(m.lower_ in later for m in kids(below, "mark", "advmod"))


def trial_of(verb: Token) -> Token | None:
    """Return the trial that a clause is about: "went on trial", "a trial opened"."""
    about = [*kids(verb, "nsubj", "dobj"), *kids_of_all(prepositions(verb, "on"), "pobj")]
    return next((noun for noun in about if lemma_of(noun) in lemmas().trials), None)


def _is_apart(word: Token, below: Token) -> bool:
    """True if what is below a word may have another time than the word."""
    if is_a(below, "relcl", "acl", "appos", "pcomp"):
        return True
    if lemma_of(word) in any_of(speaking(), lemmas().judging, lemmas().prosecuting):
        return True
    trial = trial_of(word)
    if trial is not None and below.i not in (trial.i, trial.head.i):
        return True
    if is_a(below, "advcl"):
        marks = {m.lower_ for m in kids(below, "mark", "advmod")}
        return bool(marks & forms().temporal)
    return is_a(below, "prep") and (below.lower_ in cues().after_prepositions)


def _is_present(trigger: Token) -> bool:
    """True for the present and the present perfect, which an old date above does not reach."""
    helpers = kids(trigger, "aux")
    return trigger.tag_ in ("VBZ", "VBP") or any(h.tag_ in ("VBZ", "VBP") for h in helpers)
