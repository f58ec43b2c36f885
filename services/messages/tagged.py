"""What the tagger publishes: an article with its mentions, reports, and boilerplate, each with span and rule."""

from collections.abc import Iterator

import msgspec

from services.messages.base import (
    AttributionKind,
    Frame,
    MentionBasis,
    MentionForm,
    MentionType,
    Message,
    Sighting,
    Sketch,
    Span,
    Stance,
)


class Origin(Message, frozen=True, kw_only=True):
    """The wire service or other outlet that the text credits, and where it does."""

    wire: str | None = None
    cited: str | None = None
    credit: Span | None = None


class Boilerplate(Message, frozen=True, kw_only=True):
    """A stretch of text that is not the article: no report rests on it, no watch fires on it."""

    start: int
    end: int
    kind: str
    rule: str


class Mention(Message, frozen=True, kw_only=True):
    """A span that names an actor, place, or role.

    `form` says how its words refer, `basis` what it was found by.
    `key` joins spelling variants of one name; it is what unknown actors are told apart by. `of` is the mention
    that a role belongs to; `affiliation` holds the actor ids or keys of the bodies that the actor speaks for. Places that
    the gazetteer has carry `country` (ISO 3166-1), `lat` and `lon` (WGS 84 degrees), and `geoname_id`.
    """

    id: str
    start: int
    end: int
    surface: str
    type: MentionType
    key: str
    actor_id: str | None = None
    role: str | None = None
    of: str | None = None
    affiliation: tuple[str, ...] = ()
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    geoname_id: int | None = None
    form: MentionForm = "name"
    basis: MentionBasis = "grammar"
    rule: str

    @property
    def is_name(self) -> bool:
        """Whether the words are a name, of a people too, or name the one holder of an office."""
        return self.form in ("name", "people", "office")


class Count(Message, frozen=True, kw_only=True):
    """A number of people (`of` is the event that it counts: killed, wounded …); `max` is None for *at least*."""

    of: str
    min: int | None
    max: int | None
    modifier: str | None = None
    span: Span


class EventDate(Message, frozen=True, kw_only=True):
    """When the event is said to have happened (ISO days), and the words that say so."""

    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    basis: str
    span: Span | None = None


class Attribution(Message, frozen=True, kw_only=True):
    """Who says so: `mention` is None where the source is no mention ("sources said")."""

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
    """A sentence saying that one event happened. Role slots hold mention ids.

    `frame` says how the trigger names the event; None in data of older versions.
    `in_passing`: it only speaks of the event ("since the attack") and tells nothing of it: background, or hypothetical.
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
    frame: Frame | None = None
    rule: str


class Report(SentenceReport, frozen=True, kw_only=True):
    """One article saying that one event happened: what a sentence says, with its place in the article.

    `claim_block` is where it meets the reports of other articles, `linked` the id of the report of
    the same incident that names its people.
    """

    report_id: str
    claim_block: str
    linked: str | None = None


class AttributionSpan(Message, frozen=True, kw_only=True):
    """An attribution anywhere in the text, whether or not it carries a report."""

    source: Span | None = None
    mention: str | None = None
    cue: Span
    content: Span | None = None


class TaggedArticle(Sighting, frozen=True, kw_only=True):
    """The contract of `reportedly tag`. Every offset counts code points of `text`: title, blank line, body.

    `skipped` says what was not looked for and why (events, in a text that is not English or too long), and what was left out
    for being over a bound of `messages/limits.py`; the parts of several are divided by "; ".
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
    attributions: tuple[AttributionSpan, ...] = ()
    stance: Stance | None = None

    @property
    def told(self) -> Iterator[Report]:
        """The reports that tell of their event, rather than speak of it in passing."""
        return (report for report in self.reports if not report.in_passing)
