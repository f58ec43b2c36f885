"""Denials that have no event word of their own: of what a clause before told, and by contrast.

    "The army denied the report." · "His brother was not." · "a guard, not the judge, was killed"

Each is a further report of an event already found, for another sentence or another person.
"""

from collections.abc import Iterator, Sequence

import msgspec

from services.messages import (
    AFFIRMING_STANCES,
    Cue,
    Frame,
    SentenceReport,
    Span,
    Stance,
)
from services.tagger.events.found import Found
from services.tagger.lexicon.ontology import type_named
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import forms
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases
from services.tagger.parse.sentence import Parsed
from services.tagger.sources.attribution import attributions
from services.tagger.stance.taken_up import Elided, elided, of_wellbeing, taken_up

_TOLD: frozenset[Stance] = frozenset({"reported", "claimed", "confirmed"})
"""Stances of what is somebody's talk, so that a later sentence may say that it is not so."""
_SPOKEN_OF: frozenset[Stance] = AFFIRMING_STANCES | {"hypothetical"}
"""Stances of what a verb left out may take up ("You may have read … He is not.")."""


def ruled_out(event: Found, report: SentenceReport) -> list[SentenceReport]:
    """Return a denial for each named person whom a contrast rules out ("a guard, not NAME")."""
    if report.stance not in AFFIRMING_STANCES:
        return []
    people = [mention for mention in event.ruled_out if mention.is_named]
    spans = [(mention.start, mention.end) for mention in people]
    return [
        _denial(report, span, "ruled-out", patient=(person.id,), cues=())
        for person, span in zip(people, spans, strict=True)
    ]


def later_denials(
    sentence: Parsed, earlier: Sequence[SentenceReport], mentions: Mentions
) -> Iterator[SentenceReport]:
    """Yield the denials in a sentence of what it or the sentence before told."""
    base = sentence.span[0]
    phrases = Phrases(mentions, base)
    for reading in taken_up(sentence.doc, base):
        span = (base + reading.trigger.idx, base + reading.trigger.idx + len(reading.trigger))
        said = attributions(reading.speakers, phrases, mentions, base)
        for report in _before(span, sentence, earlier, _TOLD):
            here = msgspec.structs.replace(report, attribution=tuple(said))
            yield _denial(
                _moved(here, sentence), span, "taken-up", report.patient, tuple(reading.cues)
            )
    for reading in of_wellbeing(sentence.doc, base):
        span = (base + reading.trigger.idx, base + reading.trigger.idx + len(reading.trigger))
        sources = tuple(attributions(reading.speakers, phrases, mentions, base))
        for report in _before(span, sentence, earlier, _TOLD)[-1:]:
            if type_named(report.event).harm == "death":
                here = msgspec.structs.replace(_moved(report, sentence), attribution=sources)
                yield _denial(here, span, "taken-up", report.patient, ())
    for left_out in elided(sentence.doc):
        yield from _of_elided(left_out, sentence, earlier, phrases)


def _of_elided(
    left_out: Elided, sentence: Parsed, earlier: Sequence[SentenceReport], phrases: Phrases
) -> Iterator[SentenceReport]:
    """Yield the denial of "His brother was not": of the event told last, for another person."""
    base = sentence.span[0]
    person = phrases.of(left_out.subject)
    if left_out.subject.lower_ in forms().impersonal:
        yield from _of_hearsay(left_out, sentence, earlier)
        return
    if person is None or person.type != "person":
        return
    span = (base + left_out.verb.idx, base + left_out.verb.idx + len(left_out.verb))
    frames: tuple[Frame, ...] = ("subject",) if left_out.is_active else ("verb", "adjective")
    told = [r for r in _before(span, sentence, earlier, _SPOKEN_OF) if r.frame in frames]
    for report in told[-1:]:
        yield _denial(_moved(report, sentence), span, "taken-up", (person.id,), ())


def _of_hearsay(
    left_out: Elided, sentence: Parsed, earlier: Sequence[SentenceReport]
) -> Iterator[SentenceReport]:
    """Yield the opposite of what was said to be so: "is said to show a raid. It does not"."""
    base = sentence.span[0]
    span = (base + left_out.verb.idx, base + left_out.verb.idx + len(left_out.verb))
    for report in _before(span, sentence, earlier, _TOLD | {"denied"}):
        if not any(cue.kind == "hedge" for cue in report.cues):
            continue
        denial = _denial(_moved(report, sentence), span, "taken-up", report.patient, ())
        is_of_denial = report.stance == "denied"
        yield msgspec.structs.replace(denial, stance="asserted") if is_of_denial else denial


def _before(
    span: Span, sentence: Parsed, earlier: Sequence[SentenceReport], stances: frozenset[Stance]
) -> list[SentenceReport]:
    """Return the reports of the clauses before a span, else of the sentence before."""
    told = [r for r in earlier if not r.in_passing and (r.stance in stances or _is_talk(r))]
    here = [r for r in told if r.sentence == sentence.span and r.trigger[1] <= span[0]]
    return here or [r for r in told if r.sentence_index == sentence.index - 1]


def _is_talk(report: SentenceReport) -> bool:
    """True for what somebody says in a clause beside the news ("the station that announced it")."""
    is_said = any(cue.kind == "attribution" for cue in report.cues)
    return is_said and report.stance == "asserted"


def _moved(report: SentenceReport, sentence: Parsed) -> SentenceReport:
    """Return a report as one of another sentence."""
    return msgspec.structs.replace(
        report, sentence=sentence.span, sentence_index=sentence.index, date=None
    )


def _denial(
    report: SentenceReport,
    span: Span,
    frame: Frame,
    patient: tuple[str, ...],
    cues: tuple[Cue, ...],
) -> SentenceReport:
    """Return the denial of a report's event for a patient; a number is not denied with it."""
    rule = rule_id(f"event/{report.event}-{frame}")
    cue = Cue(kind="negation", span=span, rule=rule_id("negation/not"))
    return msgspec.structs.replace(
        report,
        trigger=span,
        patient=patient,
        counts=(),
        stance="denied",
        cues=cues or (cue,),
        frame=frame,
        rule=rule,
    )
