"""Resolving: the incidents of an article as reports that need no other message."""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from services.messages import (
    COUNTED_STANCES,
    Answer,
    ClaimReport,
    Count,
    Incident,
    Mention,
    Stance,
    TaggedArticle,
)
from services.tracker.membership import Membership, key_of
from services.tracker.reports.words import lists
from services.tracker.sources import Sources

MAX_NAMES = 16
"""Names of an article that its reports carry, the most frequent ones. It bounds the message."""

_NAMING = frozenset({"person", "group", "organisation", "place"})

_VAST = frozenset({"country", "region"})
"""Precisions of places that too much of the news has in common."""

_UNVERIFIED = "unverified"
"""The kind of cue by which a speaker takes no side ("could not confirm")."""


def resolved(article: TaggedArticle) -> Iterator[tuple[str, ClaimReport]]:
    """Yield the reports that bear the incidents of an article, each with its block.

    A report of a named person meets others in that person's block: one raid may kill a man and
    wound his brother. All others meet in the block of their incident.
    """
    resolver = _Resolver(article)
    for incident in article.voices:
        for report in resolver.reports_of(incident):
            yield resolver.block_of_person(report) or incident.claim_block, report


class _Resolver:
    """The parts of one article by their ids."""

    def __init__(self, article: TaggedArticle) -> None:
        self._text = article.text
        self._mentions = {m.id: m for m in article.mentions}
        self._reports = {report.report_id: report for report in article.reports}
        self._sources = Sources(article)
        self._membership = Membership(article)
        self._names = _names(article)
        self._speaking = self._only_speaking(article.incidents or ())
        self._scenes = {i.incident_id: self._keys(i.place) for i in article.incidents or ()}

    def reports_of(self, incident: Incident) -> list[ClaimReport]:
        """Return the reports that bear an incident, in order of the text.

        They are news, and take the side that the article takes in the end. The report of the quoted
        sentence always bears it, with all that is known of the incident.
        """
        found = [self._resolved(incident, id) for id in incident.reports if id in self._reports]
        quoted = next((r for r in found if r.sentence == incident.quote), None)
        kept = [r for r in found if r is not quoted and self._bears(r, incident)]
        if quoted is not None:
            # A number that no report tells is a count of names: at least so many, and no toll.
            tolls = dict.fromkeys(count for report in found for count in report.counts)
            kept.append(self._with_whole(quoted, incident, tuple(tolls)))
        kept = list(map(_without_the_dead, map(self._with_members, kept)))
        if any(_UNVERIFIED in report.cues for report in kept):
            kept = list(map(_without_own_voice, kept))
        return sorted(kept, key=lambda r: (r.sentence, r.trigger))

    def block_of_person(self, report: ClaimReport) -> str | None:
        """Return the block of a report if its principal is a named person whom it befell."""
        source = self._reports[report.report_id]
        people = {a.key for a in self._answers(source.patient) if a.named and a.type == "person"}
        return source.claim_block if source.claim_block.partition(":")[2] in people else None

    def _bears(self, report: ClaimReport, incident: Incident) -> bool:
        is_news = self._reports[report.report_id].time == "news"
        return is_news and report.stance in COUNTED_STANCES and _agrees(report.stance, incident)

    def _with_whole(
        self, report: ClaimReport, incident: Incident, tolls: tuple[Count, ...]
    ) -> ClaimReport:
        """Return a report with all answers of its incident, and its last word if it has no own."""
        agrees = report.stance in COUNTED_STANCES and _agrees(report.stance, incident)
        last = "claimed" if incident.stance == "disputed" else incident.stance
        return msgspec.structs.replace(
            report,
            stance=report.stance if agrees else last,
            patient=self._answers(self._befallen(incident, report.event)),
            agent=self._acting(incident.agent),
            target=self._answers(incident.target),
            instrument=self._answers(incident.instrument),
            place=self._answers(incident.place),
            counts=tolls,
        )

    def _resolved(self, incident: Incident, report_id: str) -> ClaimReport:
        """Return a report with those answers of its own that its incident has too."""
        report = self._reports[report_id]
        tolls = {(count.of, count.min, count.max) for count in incident.counts}
        agents = {answer.key for answer in self._answers(report.agent)}
        cues = tuple(dict.fromkeys(cue.kind for cue in report.cues))
        names = self._names_around(incident)

        def shared(own: tuple[str, ...], of_incident: tuple[str, ...]) -> tuple[Answer, ...]:
            keys = {answer.key for answer in self._answers(of_incident)}
            return tuple(answer for answer in self._answers(own) if answer.key in keys)

        return ClaimReport(
            report_id=report.report_id,
            incident_id=incident.incident_id,
            event=report.event,
            mode=report.mode,
            plover=report.plover,
            stance=_stance(report.stance, cues, self._sources.are_pronouns(report.attribution)),
            patient=shared(report.patient, incident.patient),
            agent=tuple(a for a in self._acting(incident.agent) if a.key in agents),
            target=shared(report.target, incident.target),
            instrument=shared(report.instrument, incident.instrument),
            place=shared(report.place, incident.place),
            counts=tuple(c for c in report.counts if (c.of, c.min, c.max) in tolls),
            date=incident.date,
            speakers=self._sources.of(report.attribution),
            cues=cues,
            quote=self._text[slice(*report.sentence)],
            sentence=report.sentence,
            trigger=report.trigger,
            linked=report.linked,
            confidence=incident.confidence,
            names=names,
            speaking=tuple(name for name in names if name in self._speaking),
            rule=report.rule,
        )

    def _befallen(self, incident: Incident, event: str) -> tuple[str, ...]:
        """Return those of an incident whom an event of it befell.

        Whoever was wounded where another one died is not among the dead. An act befalls all.
        """
        acts = lists().acts
        suffered: dict[str, set[str]] = {}
        for report in filter(None, map(self._reports.get, incident.reports)):
            if report.event not in acts:
                for answer in self._answers(report.patient):
                    suffered.setdefault(answer.key, set()).add(report.event)
        if event in acts:
            return incident.patient
        by_id = {id: self._answers((id,)) for id in incident.patient}
        return tuple(
            id
            for id, known in by_id.items()
            if not known or event in suffered.get(known[0].key, {event})
        )

    def _with_members(self, report: ClaimReport) -> ClaimReport:
        """Return a report whose victims have the bodies that its sentence gives them."""
        patient = tuple(self._membership.of(one, report.sentence) for one in report.patient)
        return msgspec.structs.replace(report, patient=patient)

    def _names_around(self, incident: Incident) -> tuple[str, ...]:
        """Return the names of the article without the scenes of its other incidents."""
        own, others = self._keys(incident.place), set[str]()
        for incident_id, places in self._scenes.items():
            if incident_id != incident.incident_id:
                others |= places
        return tuple(name for name in self._names if name in own or name not in others)

    def _only_speaking(self, incidents: Sequence[Incident]) -> set[str]:
        """Return the keys of those who say something and have no part in an event."""
        speaking, acting = set[str](), set[str]()
        for one in incidents:
            speaking |= self._keys([said.mention for said in one.attribution if said.mention])
            acting |= self._keys((*one.patient, *one.agent, *one.target, *one.place))
        return speaking - acting

    def _keys(self, ids: Sequence[str]) -> set[str]:
        return {key_of(self._mentions[id]) for id in ids if id in self._mentions}

    def _answers(self, ids: Sequence[str]) -> tuple[Answer, ...]:
        known = (self._mentions[id] for id in ids if id in self._mentions)
        return tuple(_answer(mention, mention.shown) for mention in known)

    def _acting(self, ids: Sequence[str]) -> tuple[Answer, ...]:
        known = (self._mentions[id] for id in ids if id in self._mentions)
        return tuple(_answer(mention, mention.shown_acting) for mention in known)


def _without_the_dead(report: ClaimReport) -> ClaimReport:
    """Return a report without speakers of whom it says that they died ("NAME reported killed")."""
    if report.event not in lists().deaths or report.stance == "denied":
        return report
    dead = {patient.key for patient in report.patient}
    speakers = tuple(speaker for speaker in report.speakers if speaker.key not in dead)
    return msgspec.structs.replace(report, speakers=speakers)


def _names(article: TaggedArticle) -> list[str]:
    """Return the names of an article, the most frequent first."""
    found: Counter[str] = Counter()
    for mention in article.mentions:
        if mention.is_named and mention.type in _NAMING and mention.precision not in _VAST:
            found[key_of(mention)] += 1
    return sorted(found, key=lambda name: (-found[name], name))[:MAX_NAMES]


def _without_own_voice(report: ClaimReport) -> ClaimReport:
    """Return a report that takes no side if no speaker answers for it.

    Where somebody could not confirm an event, the article alone does not say that it happened.
    """
    if report.speakers or _UNVERIFIED in report.cues:
        return report
    return msgspec.structs.replace(report, cues=(*report.cues, _UNVERIFIED))


def _stance(stance: Stance, cues: Sequence[str], is_said_by_pronoun: bool) -> Stance:
    """Return the stance of a report. "It said" is as good as the name that it stands for."""
    is_claimed = stance == "reported" and is_said_by_pronoun and "hedge" not in cues
    return "claimed" if is_claimed else stance


def _agrees(stance: Stance, incident: Incident) -> bool:
    """True if a stance is on the side of the article's last word; both sides of a dispute are."""
    return incident.stance == "disputed" or (stance == "denied") == (incident.stance == "denied")


def _answer(mention: Mention, label: str) -> Answer:
    return Answer(
        key=key_of(mention),
        label=label,
        type=mention.type,
        affiliation=mention.affiliation,
        named=mention.is_named,
        lat=mention.lat,
        lon=mention.lon,
        country=mention.country,
        precision=mention.precision,
        within=mention.within,
        span=(mention.start, mention.end),
    )
