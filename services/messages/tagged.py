"""The tagger's output: an article with its mentions, reports, and boilerplate.

Each of them carries its span in the canonical text and the id of the rule that found it.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

import msgspec

from services.messages.article import TextChange
from services.messages.base import (
    AttributionKind,
    Frame,
    IncidentStance,
    MentionBasis,
    MentionForm,
    MentionType,
    Message,
    Precision,
    Sighting,
    Sketch,
    Span,
    Stance,
    Time,
)


class Origin(Message, frozen=True, kw_only=True):
    """The provenance that the text gives itself.

    - `wire`: the news agency credited ("Reuters"). `cited`: another outlet credited.
    - `credit`: the span that credits it.
    """

    wire: str | None = None
    cited: str | None = None
    credit: Span | None = None


class Boilerplate(Message, frozen=True, kw_only=True):
    """A stretch of text that belongs to the page, not to the article.

    No report rests on it, and no watch matches in it. `start`, `end`: code points of the canonical
    text, end exclusive.
    """

    start: int
    end: int
    kind: str
    rule: str


class Mention(Message, frozen=True, kw_only=True):
    """A span that names, describes, or refers to an actor, place, role, or thing.

    - `start`, `end`: code points of the canonical text, end exclusive; `surface`: the text between.
    - `form`: how the words refer. `basis`: the resource that found it.
    - `key`: the normalised name. Spelling variants share it, and actors without an id are told
      apart by it. It is for equality and is shown to nobody.
    - `label`: the words to show. They are the best name that the text gives the actor, the same for
      all its mentions; of a description, the description. "" in data of older versions.
    - `dictionary_name`: the name of its actor in a dictionary, if the label is another one.
    - `of`: for a role ("its leader"), the id of the mention that it belongs to.
    - `affiliation`: actor ids or keys of the bodies that the actor speaks for.
    - `country` (ISO 3166-1), `lat` and `lon` (degrees, WGS 84), `geoname_id`: places of the
      gazetteer only.
    - `within`: keys of the names of the division and the country in which a place lies, its own
      among them.
    - `precision`: how exactly a place is named; None for what is no place.
    """

    id: str
    start: int
    end: int
    surface: str
    type: MentionType
    key: str
    label: str = ""
    dictionary_name: str = ""
    actor_id: str | None = None
    role: str | None = None
    of: str | None = None
    affiliation: tuple[str, ...] = ()
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    geoname_id: int | None = None
    within: tuple[str, ...] = ()
    precision: Precision | None = None
    form: MentionForm = "name"
    basis: MentionBasis = "grammar"
    rule: str

    @property
    def shown(self) -> str:
        """The label, or the words of the mention in data that has none."""
        return self.label or self.surface

    @property
    def shown_acting(self) -> str:
        """The label of who acts: an adjective ("a Kostrian airstrike") names only a side."""
        is_adjective = self.type == "nationality" and self.shown == self.surface
        return f"the {self.shown} side" if is_adjective else self.shown

    @property
    def is_name(self) -> bool:
        """True for a proper name, the name of a people, and an office that has one holder."""
        return self.form in ("name", "people", "office")

    @property
    def is_named(self) -> bool:
        """True if a reader knows who it is: a name, or an actor of a dictionary by any words."""
        return self.is_name or self.actor_id is not None

    @property
    def is_particular(self) -> bool:
        """True if it refers to somebody in particular ("Marta Olvin", "she"; not "four men")."""
        return self.is_named or self.form == "pronoun"


class Count(Message, frozen=True, kw_only=True):
    """A number of people.

    - `of`: the event that they are counted for (`killed`, `wounded` …).
    - `min`, `max`: the range. `max` None: at least `min`. `min` None: at most `max`.
    - `modifier`: the word that makes the number a bound or a group ("at least", "up to").
    """

    of: str
    min: int | None
    max: int | None
    modifier: str | None = None
    span: Span


class EventDate(Message, frozen=True, kw_only=True):
    """The days (ISO 8601) between which an event happened.

    - `basis`: the words that give them, in lower case ("on monday"), or `publication`: no words do,
      and the event is at most as late as the article.
    - `span`: where those words stand.
    """

    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    basis: str
    span: Span | None = None


class Attribution(Message, frozen=True, kw_only=True):
    """The source of a report.

    - `mention`: the id of the source's mention; None where the source is no mention ("sources
      said").
    - `cue`: the words of saying. `source`: the words that name the source.
    - `named`: the source has a name.
    """

    mention: str | None
    kind: AttributionKind
    cue: Span
    source: Span | None = None
    named: bool = False


class Cue(Message, frozen=True, kw_only=True):
    """The words that decided a stance, and the rule that read them."""

    kind: str
    span: Span
    rule: str


class SentenceReport(Message, frozen=True, kw_only=True):
    """One event as one sentence reports it. Role slots hold mention ids.

    - `event`: a type of the ontology. `plover`: its type in PLOVER. `mode`: its mode in PLOVER.
    - `trigger`, `sentence`: spans in the canonical text. `sentence_index` counts from 0.
    - `patient`, `target`, `agent`, `instrument`, `place`: the semantic roles.
    - `frame`: the construction that names the event; None in data of older versions.
    - `in_passing`: the sentence only mentions the event ("since the attack") and reports nothing
      new of it. Its stance then is `background` or `hypothetical`.
    - `time`: when the sentence puts the event, against the article's own news.
    """

    event: str
    mode: str | None = None
    plover: str
    trigger: Span
    sentence: Span
    sentence_index: int
    patient: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    instrument: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
    date: EventDate | None = None
    stance: Stance
    attribution: tuple[Attribution, ...] = ()
    cues: tuple[Cue, ...] = ()
    in_passing: bool = False
    time: Time = "news"
    frame: Frame | None = None
    rule: str


class Report(SentenceReport, frozen=True, kw_only=True):
    """One event as one article reports it: a sentence's report with its place in the article.

    - `claim_block`: the block in which it is compared with the reports of other articles.
    - `linked`: the id of the report of the same incident that names its people.
    """

    report_id: str
    claim_block: str
    linked: str | None = None


class Incident(Message, frozen=True, kw_only=True):
    """One real happening as the whole article tells it, however many sentences tell of it.

    Role slots hold mention ids, the surest first; places are in order of precision.

    - `incident_id`: stays the same while the article is edited elsewhere.
    - `main`: the headline and the lead tell it; at most one incident of an article.
    - `claim_block`: the block in which it is compared with the incidents of other articles; "" in
      data of older versions.
    - `events`: types of the ontology, the strongest first.
    - `reports`: ids of the reports that tell of it, in order of the text.
    - `counts`: one for each type of casualties, of the whole; a part is no toll.
    - `stance`: the article's last word. `attribution`: who says so.
    - `quote`: the sentence that a reader should see; it predicates the event of its patient.
    - `confidence`: probability that a careful reader calls type, patient, time and polarity right.
    - `told`: False below the lexicon's threshold of confidence: people are not alerted to it.
    """

    incident_id: str
    claim_block: str = ""
    main: bool = False
    events: tuple[str, ...]
    reports: tuple[str, ...]
    patient: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    instrument: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
    date: EventDate | None = None
    time: Time
    stance: IncidentStance
    attribution: tuple[Attribution, ...] = ()
    quote: Span
    confidence: float
    told: bool = True
    cues: tuple[Cue, ...] = ()

    @property
    def is_voice(self) -> bool:
        """True if it speaks for or against a claim: it is news, and sure enough to be told.

        A denial that the article is about always speaks: a false death that stands uncorrected
        costs more than a true one that is called disputed.
        """
        is_main_denial = self.main and self.stance in ("denied", "disputed")
        return self.time == "news" and (self.told or is_main_denial)


class AttributionSpan(Message, frozen=True, kw_only=True):
    """An attribution anywhere in the text, whether or not a report rests on it.

    `content`: the span of the words attributed.
    """

    source: Span | None = None
    mention: str | None = None
    cue: Span
    content: Span | None = None


class TaggedArticle(Sighting, frozen=True, kw_only=True):
    """An article with everything that was found in it; the output of `reportedly tag`.

    - `text`: the canonical text: title, blank line, body. All offsets count its code points.
    - `title_end`: the offset at which the title ends.
    - `skipped`: what was not searched or was left out, and why (not English; too long; over a bound
      of `messages/limits.py`). Several parts are joined by "; ".
    - `stance`: the stance of the title.
    - `changes`, `withdrawn`: as in `Article`.
    """

    language: str | None = None
    skipped: str | None = None
    text: str
    title_end: int
    origin: Origin = Origin()
    sketch: Sketch
    boilerplate: tuple[Boilerplate, ...] = ()
    mentions: tuple[Mention, ...] = ()
    reports: tuple[Report, ...] = ()
    incidents: tuple[Incident, ...] = ()
    attributions: tuple[AttributionSpan, ...] = ()
    stance: Stance | None = None
    changes: tuple[TextChange, ...] = ()
    withdrawn: str | None = None

    @property
    def told(self) -> Iterator[Report]:
        """The reports that are not `in_passing`, in order of the text."""
        return (report for report in self.reports if not report.in_passing)

    @property
    def voices(self) -> Iterator[Incident]:
        """The incidents that speak for or against a claim, in order of the text.

        In data of older versions, which have no incidents, each report is one, without an id.
        """
        found = self.incidents or map(_as_incident, self.told)
        named = {m.id for m in self.mentions if m.type == "person" and m.is_named}
        return (
            incident
            for incident in found
            if incident.claim_block and (incident.is_voice or _spares(incident, named))
        )


def _spares(incident: Incident, named: AbstractSet[str]) -> bool:
    """True if an article denies in passing what befell a person by name ("its leader is alive")."""
    is_denied = incident.time == "news" and incident.stance == "denied"
    return is_denied and not named.isdisjoint(incident.patient)


def _as_incident(report: Report) -> Incident:
    """Return a report as the only one of its incident."""
    stance = _counted(report.stance)
    return Incident(
        incident_id="",
        claim_block=report.claim_block,
        events=(report.event,),
        reports=(report.report_id,),
        patient=report.patient,
        target=report.target,
        agent=report.agent,
        instrument=report.instrument,
        place=report.place,
        counts=report.counts,
        date=report.date,
        time=report.time if stance else "old",
        stance=stance or "asserted",
        attribution=report.attribution,
        quote=report.sentence,
        confidence=1.0,
        cues=report.cues,
    )


def _counted(stance: Stance) -> IncidentStance | None:
    return None if stance == "background" or stance == "hypothetical" else stance
