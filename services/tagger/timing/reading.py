"""Moments: what a sentence alone says of the time of an event, by dates, tense, and aspect.

Tense and aspect order the event, the time spoken of, and the speaking (Reichenbach 1947). The past
perfect of a narrative puts an event before it. Under a verb of saying it need not: there it is the
past or the perfect of what was said (sequence of tenses, Comrie 1985).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from services.messages import Cue, Time
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import forms, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    forms_of,
    has_called,
    is_a,
    is_relative,
    is_verb,
    kids,
    kids_of_all,
    label_of,
    lemma_of,
    own_subjects,
    prepositions,
    undergoers,
    with_kids,
)
from services.tagger.timing.expressions import Expression, Says
from services.tagger.timing.presupposed import LONGEST_PATH, presupposed_by, upwards
from services.tagger.timing.scope import Timeline, trial_of
from services.tagger.values.dates import speaking

_TELLING = frozenset({"ROOT", "ccomp", "conj", "parataxis"})
"""Labels from an event to the root of a sentence that tells it, and not only mentions it."""
_PLURAL = frozenset({"NNS", "NNPS"})
_PRESENT = frozenset({"VBZ", "VBP"})


Ground = Literal["dated", "judged", "retold", "open"]
"""What a reading rests on."""


@dataclass(frozen=True)
class Reading:
    """A time other than news, and the words that say so.

    - `rule`: the name of the rule behind "old/" or "total/".
    - `start`, `end`: offsets in the sentence.
    - `ground`: dated, by the event's own clause; judged, by a court; retold, by a main clause that
      tells something else; or open: the rest of the article may know better.
    - `says`: what the expression says, for what is old or a total by one.
    """

    time: Time
    rule: str
    start: int
    end: int
    ground: Ground = "dated"
    says: Says = "long_ago"

    def cue(self, base: int) -> Cue:
        """Return the cue of a sentence that starts at `base`."""
        span = (base + self.start, base + self.end)
        return Cue(kind=self.time, span=span, rule=rule_id(f"{self.time}/{self.rule}"))


@dataclass(frozen=True)
class Moment:
    """What a sentence says of the time of one event.

    - `reading`: a time other than news; None if nothing says so.
    - `is_recent`: it is dated to the article's days. `beside_recent`: its sentence has such a date.
    - `is_lead`: it stands in the title or in the first sentence of the body.
    - `is_present`: its verb is in the present or the present perfect.
    - `is_described`: it stands in a relative clause, which says who somebody is.
    """

    reading: Reading | None = None
    is_recent: bool = False
    beside_recent: bool = False
    is_lead: bool = False
    is_present: bool = False
    is_described: bool = False

    @property
    def is_dated(self) -> bool:
        """True if the event's own clause dates it to another time than news."""
        return self.reading is not None and self.reading.ground == "dated"

    @property
    def time(self) -> Time:
        """The time that the event's own clause gives; news without one."""
        return self.reading.time if self.reading is not None and self.is_dated else "news"

    @property
    def is_background(self) -> bool:
        """True if the event is no news for months: what is weeks old may be a voice in a claim."""
        return self.time != "news" and self.reading is not None and self.reading.says != "past"

    def cues(self, base: int) -> list[Cue]:
        """Return the cue of a time of its own, of a sentence that starts at `base`."""
        return [self.reading.cue(base)] if self.reading is not None and self.is_dated else []


def read_moment(trigger: Token, timeline: Timeline, *, several: bool, is_lead: bool) -> Moment:
    """Return what the sentence says of the time of an event.

    `several`: it befell several, or is of several. What the lead tells, and does not only mention,
    is news though it be months old: it has become known.
    """
    reading, is_recent = _dated(trigger, timeline, several=several)
    if reading is not None and is_lead and _becomes_known(reading, trigger):
        reading, is_recent = None, True
    if reading is None and not is_recent:
        reading = _undated(trigger, several=several)
    is_present = _has_present(trigger)
    is_described = any(is_a(word, "relcl") for word in upwards(trigger))
    return Moment(reading, is_recent, timeline.has_recent, is_lead, is_present, is_described)


def _dated(trigger: Token, timeline: Timeline, *, several: bool) -> tuple[Reading | None, bool]:
    """Return the reading by the nearest expression that says something, and if it is recent."""
    for expression in timeline.of(trigger):
        if expression.says == "recent":
            return None, True
        reading = _by(expression, trigger, several=several)
        if reading is not None:
            return reading, False
    return None, False


def _becomes_known(reading: Reading, trigger: Token) -> bool:
    is_told = all(label_of(word) in _TELLING for word in upwards(trigger))
    return is_told and reading.time == "old" and reading.says != "long_ago"


def _by(expression: Expression, trigger: Token, *, several: bool) -> Reading | None:
    """Return what one expression makes of an event; None for nothing."""
    span = (expression.start, expression.end)
    match expression.says:
        case "past" | "months_ago" | "long_ago":
            return Reading("old", "date", *span, says=expression.says)
        case "after":
            return Reading("old", "after", *span)
        case "later":
            return Reading("old", "later", *span, "open")
        case "habit":
            return Reading("total", "habit", *span, "open")
        case "each_time":
            return Reading("total", "habit", *span)
        case _:
            return _sum(expression, trigger, several=several)


def _sum(expression: Expression, trigger: Token, *, several: bool) -> Reading | None:
    """Return what a time that reaches the present makes of an event.

    "The first attack since March" is an event of its own.
    """
    span, is_open = (expression.start, expression.end), expression.says != "sum"
    if any(map(_ranks, _around(trigger))):
        return None
    if several and (not is_open or _has_perfect(trigger)):
        return Reading("total", "span", *span, "open" if is_open else "dated", says=expression.says)
    return None if is_open else Reading("old", "span", *span, says="past")


def _around(trigger: Token) -> Iterator[Token]:
    yield from with_kids([trigger, trigger.head])
    yield from kids_of_all(kids(trigger.head, "attr", "dobj", "nsubj"))


def _ranks(word: Token) -> bool:
    return word.tag_ in ("JJS", "RBS") or word.lower_ in forms().ranking


def _undated(trigger: Token, *, several: bool) -> Reading | None:
    """Return the reading by tense, and by the words around the event, without a date."""
    in_war = _of_war(trigger) if several else None
    if in_war is not None:
        return Reading("total", "war", *in_war)
    return (
        _by_adverb(trigger)
        or _by_court(trigger)
        or _by_retelling(trigger)
        or _by_past_perfect(trigger)
    )


def _of_war(trigger: Token) -> tuple[int, int] | None:
    """Return the span of a war in which an event happened, or that did it.

    "Killed in the conflict", "the conflict, which has killed 10,000".
    """
    for noun in kids_of_all(prepositions(trigger, "in", "during"), "pobj"):
        if lemma_of(noun) in lemmas().periods and has_called(noun, *forms().definite):
            return _span(noun)
    doer = next((noun for noun in _doers(trigger) if lemma_of(noun) in lemmas().periods), None)
    return _span(doer) if doer is not None else None


def _doers(verb: Token) -> list[Token]:
    """Return the subjects of an active verb; of "which", what it stands for."""
    found = kids(verb, "nsubj")
    return [verb.head] if is_a(verb, "relcl") and any(map(is_relative, found)) else found


def _by_adverb(trigger: Token) -> Reading | None:
    """Return the reading of "had been jailed before", "has repeatedly attacked"."""
    verb = _clause(trigger)
    for word in kids(verb, "advmod") if verb is not None else ():
        if word.lower_ in forms().formerly and not kids(word):
            return Reading("old", "before", *_span(word))
    return None


def _by_court(trigger: Token) -> Reading | None:
    """Return the reading of a deed that a court or an accuser speaks of: "jailed for killing"."""
    for word in upwards(trigger.head) if trigger.head.i != trigger.i else ():
        if lemma_of(word) in lemmas().judging:
            return Reading("old", "court", *_span(word), ground="judged")
        if lemma_of(word) in lemmas().prosecuting:
            return Reading("old", "accused", *_span(word), ground="open")
        heard = _hearing(word, trigger)
        if heard is not None:
            return Reading("old", "hearing", *_span(heard), ground="judged")
    return None


def _hearing(verb: Token, trigger: Token) -> Token | None:
    """Return the trial that a clause is about, or the court that a witness speaks to."""
    told = [*kids(verb, "dobj", "dative"), *kids_of_all(prepositions(verb, "to"), "pobj")]
    heard = (noun for noun in told if lemma_of(noun) in lemmas().courts)
    of_witness = next(heard, None) if lemma_of(verb) in speaking() else None
    found = of_witness or trial_of(verb)
    return found if found is not None and found.i != trigger.i else None


def _by_retelling(trigger: Token) -> Reading | None:
    """Return the reading of what the sentence takes for known, and asserts something else of."""
    word = presupposed_by(trigger)
    return Reading("old", "retold", *_span(word), ground="retold") if word is not None else None


def _by_past_perfect(trigger: Token) -> Reading | None:
    verb = _clause(trigger)
    if verb is None or any(is_a(word, "ccomp", "parataxis") for word in upwards(verb)):
        return None
    for auxiliary in kids(_first_of_joined(verb), "aux"):
        if auxiliary.lower_ in forms().pluperfect:
            return Reading("old", "perfect", *_span(auxiliary), "open")
    return None


def _has_perfect(trigger: Token) -> bool:
    """True if an event's verb is in the present perfect."""
    verb = _clause(trigger)
    helpers = kids(_first_of_joined(verb), "aux") if verb is not None else ()
    return not forms().present_perfect.isdisjoint(forms_of(helpers))


def _has_present(trigger: Token) -> bool:
    """True if an event's verb is in the present tense or the present perfect."""
    verb = _clause(trigger)
    if verb is None:
        return False
    first = _first_of_joined(verb)
    return any(word.tag_ in _PRESENT for word in (first, *kids(first, "aux", "auxpass")))


def _clause(trigger: Token) -> Token | None:
    """Return the verb whose tense is the event's: itself, or that of an event noun's clause."""
    if is_verb(trigger):
        return trigger
    is_argument = is_a(trigger, "nsubj", "nsubjpass", "dobj", "attr")
    return trigger.head if is_argument and is_verb(trigger.head) else None


def _first_of_joined(verb: Token) -> Token:
    """Return the verb with the auxiliaries of a joined one: "had stormed a court and killed"."""
    for _ in range(LONGEST_PATH):
        if not is_a(verb, "conj") or not is_verb(verb.head) or kids(verb, "aux", "nsubj"):
            break
        verb = verb.head
    return verb


def _span(word: Token) -> tuple[int, int]:
    return word.idx, word.idx + len(word)


def is_several(trigger: Token, counts: Iterable[int | None]) -> bool:
    """True for an event of several ("attacks"), or that befell several ("guards", "41 people").

    `counts`: the numbers of people in it; None for an unknown one.
    """
    if any((n or 0) > 1 for n in counts):
        return True
    befallen = undergoers(trigger) or own_subjects(trigger)
    modified = [trigger.head] if is_a(trigger, "acl", "relcl") else []
    return any(word.tag_ in _PLURAL for word in (trigger, *befallen, *modified))
