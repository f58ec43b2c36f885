"""Reports: the events of the parsed sentences, with stance, source, counts, and date."""

from collections.abc import Sequence
from itertools import chain

from services.messages import Attribution, Cue, Mention, SentenceReport, Span, Stance
from services.messages.tagged import AttributionSpan
from services.tagger.denials import later_denials, ruled_out
from services.tagger.discourse.outlived import without_outlived
from services.tagger.discourse.pronouns import Antecedents, with_pronouns
from services.tagger.events.domains import figures_of
from services.tagger.events.evidence import is_none
from services.tagger.events.find import find_events
from services.tagger.events.found import Found
from services.tagger.events.refused import Notes, Refused, refused
from services.tagger.layout.quotes import find_quotes
from services.tagger.lexicon.words import cues, forms, speech
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases
from services.tagger.parse.doc import Token
from services.tagger.parse.sentence import Parsed
from services.tagger.parse.tree import has, lemma_of
from services.tagger.sources.attribution import attributions, can_confirm, stands_by_it
from services.tagger.sources.find import find_sources
from services.tagger.sources.voices import Voices
from services.tagger.stance.headline import headline_convention, of_title
from services.tagger.stance.reading import CueKind, Reading
from services.tagger.stance.signatures import is_pointed_at
from services.tagger.stance.walk import read, stance
from services.tagger.timing.clock import Clock
from services.tagger.timing.reading import Moment
from services.tagger.values.dates import event_date, nearness

Speakers = list[tuple[Token, Token]]
"""Sources of an event, each with its word of saying."""


def read_reports(
    parsed: Sequence[Parsed],
    mentions: Mentions,
    sentences: Sequence[Span],
    clock: Clock,
    notes: Notes | None = None,
) -> tuple[list[SentenceReport], dict[Span, AttributionSpan]]:
    """Return the reports in text order, and all attributions of the sentences, by cue.

    `sentences`: the spans of all, also of those that are not parsed. The clock keeps the moments
    of the events. What makes no report is noted, if notes are taken.
    """
    quotes = find_quotes(mentions.text)
    found = (find_sources(sentence.doc, sentence.span[0], quotes) for sentence in parsed)
    voices = Voices(list(chain.from_iterable(found)), quotes)
    reports: list[SentenceReport] = []
    sources: dict[Span, AttributionSpan] = {}
    figures = figures_of(mentions.text)
    for sentence in parsed:
        events = find_events(sentence.doc, mentions, sentence.span[0], figures, notes)
        clock.read(sentence, mentions.without_people(*sentence.span), events)
        for event in events:
            if event.in_passing and sentence.is_title:
                # `headline.py` decides the stance of a title: skip mere mentions.
                if notes is not None:
                    notes.refused.append(refused(event, sentence.span[0], "in-passing"))
                continue
            report = _report(event, sentence, mentions, clock, voices)
            reports += [report, *ruled_out(event, report)]
            for said in report.attribution if not report.in_passing else ():
                sources.setdefault(said.cue, _span_of(said, sentence.span))
        reports += list(later_denials(sentence, reports, mentions))
    antecedents = Antecedents(mentions, sentences, parsed, _quoted(voices))
    reports = list(filter(_takes_something_back, with_pronouns(reports, antecedents)))
    living = without_outlived(reports, mentions)
    if notes is not None:
        notes.read.update(sentence.span for sentence in parsed)
        _note_outlived(notes, reports, living)
    for sourced in voices.found:
        sources.setdefault(sourced.place, sourced.as_message(mentions))
    return living, sources


def _takes_something_back(report: SentenceReport) -> bool:
    """False for a life that is only hoped for, or nobody's in particular."""
    if report.frame != "spared":
        return True
    return bool(report.patient) and report.stance != "hypothetical"


def _note_outlived(
    notes: Notes, reports: Sequence[SentenceReport], living: Sequence[SentenceReport]
) -> None:
    left = {(report.trigger, report.event) for report in living}
    gone = (report for report in reports if (report.trigger, report.event) not in left)
    notes.refused += [Refused(report.trigger, report.event, "outlived") for report in gone]


def _quoted(voices: Voices) -> set[int]:
    """Return the offsets of the words for those whom the article quotes."""
    return {
        said.base + said.source.idx
        for said in voices.found
        if said.source is not None and _is_speech(said.cue)
    }


def _is_speech(cue: Token) -> bool:
    """True for a verb that says something ("spoke in Lima" does not), and for "according to"."""
    lemma = lemma_of(cue)
    if lemma in speech().speak and not has(cue, "ccomp"):
        return False
    return lemma in speech().say or cue.lower_ in forms().citing


def _span_of(said: Attribution, sentence: Span) -> AttributionSpan:
    return AttributionSpan(source=said.source, mention=said.mention, cue=said.cue, content=sentence)


def headline_stance(
    reports: Sequence[SentenceReport], parsed: Sequence[Parsed], text: str, title_end: int
) -> Stance | None:
    """Return the stance of the title's first report, else of its conventions or its main verb.

    None if the article has no title.
    """
    for report in reports:
        if report.sentence[1] <= title_end:
            return report.stance
    title = next((p for p in parsed if p.span[1] <= title_end), None)
    if title is None:
        return None
    convention = headline_convention(text[:title_end], title.doc)
    if convention is not None:
        return convention.stance
    root = next((t for t in title.doc if t.head.i == t.i), None)
    said = stance(read(root, 0, is_title=True), claimed=False) if root is not None else None
    # A negation outside the headline conventions denies no event ("isn't happy"). A title about a
    # plan or a condition asserts that plan or condition.
    return "asserted" if said in ("denied", "hypothetical") else said


def _report(
    event: Found, sentence: Parsed, mentions: Mentions, clock: Clock, voices: Voices
) -> SentenceReport:
    base = sentence.span[0]
    is_spared = event.frame == "spared"
    reading = read(event.trigger, base, is_title=sentence.is_title, is_spared=is_spared)
    _note_blame(reading, event, base)
    reading.speakers = [(source, cue) for source, cue in reading.speakers if not is_none(source)]
    speakers, said_by = _said_by(event, reading, mentions, voices, base)
    words = mentions.text[sentence.span[0] : sentence.span[1]]
    dated = mentions.without_people(*sentence.span)
    moment = clock.moment(event, sentence)
    claimed = bool(said_by) and stands_by_it(speakers[0][0], said_by[0])
    said, found = _stance(event, reading, sentence, words, moment, claimed=claimed)
    if said == "confirmed" and not _is_confirmed(event, speakers, said_by):
        said = "claimed" if claimed else "reported"
    if event.in_passing and said not in ("hypothetical", "denied"):
        said = "background"
    return SentenceReport(
        event=event.type.event,
        plover=event.type.plover,
        trigger=(base + event.trigger.idx, base + event.trigger.idx + len(event.trigger)),
        sentence=sentence.span,
        sentence_index=sentence.index,
        patient=_ids(event.patient) or _speaker(event, said_by),
        target=_ids(event.target),
        agent=_ids(event.agent),
        instrument=_ids(event.instrument),
        place=_ids(event.place),
        counts=tuple(event.counts),
        date=None
        if moment.is_background
        else event_date(dated, base, clock.published, nearness(event.trigger)),
        stance=said,
        attribution=tuple(said_by),
        cues=tuple(found),
        in_passing=event.in_passing,
        time=moment.time,
        frame=event.frame,
        rule=event.rule,
    )


def _said_by(
    event: Found, reading: Reading, mentions: Mentions, voices: Voices, base: int
) -> tuple[Speakers, list[Attribution]]:
    """Return the speakers of an event with their cues, and their attributions.

    Without one in its own sentence, that of another sentence is taken, and noted in the reading.
    """
    speakers = list(reading.speakers)
    said_by = attributions(speakers, Phrases(mentions, base), mentions, base)
    sourced = None if said_by else voices.of(base + event.trigger.idx)
    if sourced is None or sourced.source is None or is_none(sourced.source):
        return speakers, said_by
    if lemma_of(sourced.cue) in cues().deny:
        return speakers, said_by  # of what a denial does not reach, its speaker says nothing
    speakers = [(sourced.source, sourced.cue)]
    reading.speakers += speakers
    reading.note("attribution", lemma_of(sourced.cue), sourced.place)
    # The source may be in another sentence than the event, with offsets of its own.
    phrases = Phrases(mentions, sourced.base)
    return speakers, attributions(speakers, phrases, mentions, sourced.base)


def _stance(
    event: Found,
    reading: Reading,
    sentence: Parsed,
    words: str,
    moment: Moment,
    *,
    claimed: bool,
) -> tuple[Stance, list[Cue]]:
    """Return the stance of an event, and the cues for it and for its time."""
    base = sentence.span[0]
    found = [*reading.cues, *moment.cues(base)]
    said: Stance = stance(reading, claimed=claimed)
    if "corrected" in reading.kinds and event.counts:
        said = "background"  # a toll that was corrected is no toll, and denies no death
    if moment.is_background and said != "hypothetical":
        said = "background"
    convention = None
    if sentence.is_title:
        of_death = event.type.harm == "death"
        convention = headline_convention(words, sentence.doc, reading, of_death=of_death)
    if convention is not None:
        # Headlines drop words that would put a cue and its event into one clause, so their
        # conventions have precedence.
        said = of_title(convention.stance, said, reading)
        start, end = convention.cue.span
        span = (base + start, base + end)
        found.append(Cue(kind=convention.cue.kind, span=span, rule=convention.cue.rule))
    return said, found


def _is_confirmed(event: Found, speakers: Speakers, said_by: Sequence[Attribution]) -> bool:
    """True if nobody is named who confirms it, or somebody who may know and did not do it."""
    if event.type.harm is None:
        return True  # who brokered a release may know of it
    doers = {mention.id for mention in event.agent}
    for (source, cue), said in zip(speakers, said_by, strict=True):
        if lemma_of(cue) in cues().confirm:
            return can_confirm(source, said) and said.mention not in doers
    return True


def _note_blame(reading: Reading, event: Found, base: int) -> None:
    """Record an accusation in the reading.

    It is what its accuser says; a claim of responsibility is what the culprit says; a suspicion
    without a speaker is a hedge.
    """
    if event.blame is None or event.blame.outright:
        return
    cue, speakers = (
        event.blame.cue,
        event.blame.culprits if event.blame.own else event.blame.accusers,
    )
    if any(known.i == cue.i for _, known in reading.speakers):
        return
    if not speakers and not event.agent and is_pointed_at(event.trigger):
        # "Those accused of the blast": nobody is suspected, and the blast is real nevertheless
        return
    kind: CueKind = "attribution" if speakers else "hedge"
    reading.note(kind, "blame", (base + cue.idx, base + cue.idx + len(cue)))
    reading.speakers += [(speaker, cue) for speaker in speakers]


def _speaker(event: Found, said_by: Sequence[Attribution]) -> tuple[str, ...]:
    """Return the mention of who says "I am alive", "my death"."""
    said = next((s.mention for s in said_by if s.mention is not None), None)
    return (said,) if event.befalls_speaker and said is not None else ()


def _ids(mentions: Sequence[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.id for m in mentions))
