"""The messages between route and fold: one article's reports in one block.

They are resolved, so that the fold needs no other message. The fold's state is here too.
"""

from services.messages.base import (
    AttributionKind,
    MentionType,
    Message,
    Precision,
    Sighting,
    Sketch,
    Span,
    Stance,
    Timestamp,
)
from services.messages.claim import Claim, Evidence
from services.messages.judgement import Judgement
from services.messages.tagged import Count, EventDate, Origin
from services.messages.verdict import Verdict


class Answer(Message, frozen=True, kw_only=True):
    """A filler of a slot. Equal keys are equal answers.

    - `key`: the actor id, else the normalised name. `label`: the words to show.
    - `affiliation`: actor ids or keys of the bodies that the actor speaks for.
    - `named`: False for a description ("gunmen", "its troops").
    - `lat`, `lon`: degrees, WGS 84; places of the gazetteer only.
    - `country` (ISO 3166-1), `precision`: of a place, if they are known. `within`: as in `Mention`.
    """

    key: str
    label: str
    type: MentionType
    affiliation: tuple[str, ...] = ()
    named: bool = True
    lat: float | None = None
    lon: float | None = None
    country: str | None = None
    precision: Precision | None = None
    within: tuple[str, ...] = ()
    span: Span


class Speaker(Message, frozen=True, kw_only=True):
    """The source of a report.

    - `key`: None for an unnamed speaker, who is no independent origin.
    - `words`: name and office as they stand in the text.
    - `type`: of the mention; None if the source is no mention ("sources said").
    """

    key: str | None
    label: str
    kind: AttributionKind
    affiliation: tuple[str, ...] = ()
    words: str = ""
    type: MentionType | None = None


class ClaimReport(Message, frozen=True, kw_only=True):
    """A report with its mentions resolved, as a part of its incident.

    - `incident_id`: the incident of the article that it tells of; "" in data of older versions.
    - `quote`: the sentence. `sentence`, `trigger`: spans in the article's canonical text.
    - `cues`: the kinds of the cues that decided its stance.
    - `confidence`: that of its incident; None in data of older versions.
    - `names`: keys of the people, bodies, and places that its article names, the most named first.
      States and regions are left out, which too much of the news has in common, and the scenes of
      the article's other incidents.
    - `speaking`: those of `names` that only say something, with no part in an event.
    - The other fields are those of `Report`.
    """

    report_id: str
    incident_id: str = ""
    event: str
    mode: str | None = None
    plover: str
    stance: Stance
    patient: tuple[Answer, ...] = ()
    agent: tuple[Answer, ...] = ()
    target: tuple[Answer, ...] = ()
    instrument: tuple[Answer, ...] = ()
    place: tuple[Answer, ...] = ()
    counts: tuple[Count, ...] = ()
    date: EventDate | None = None
    speakers: tuple[Speaker, ...] = ()
    cues: tuple[str, ...] = ()
    quote: str
    sentence: Span
    trigger: Span
    linked: str | None = None
    confidence: float | None = None
    names: tuple[str, ...] = ()
    speaking: tuple[str, ...] = ()
    rule: str


class BlockReports(Sighting, frozen=True, kw_only=True):
    """All reports of one version of an article in one block.

    - `title`: the article's headline; the first characters of its canonical text. "" in data of
      older versions.
    - `reports`: empty if this version withdraws the reports of an older one.
    - `judgement`: an analyst's judgement about a claim of the block; such a message has no reports.
    - `verdict`: the desk's verdict on a claim or an incident of the block; the same.
    - `cut`: the number of reports left out because the message would be too large.
    """

    block: str
    title: str = ""
    origin: Origin = Origin()
    sketch: Sketch
    reports: tuple[ClaimReport, ...] = ()
    judgement: Judgement | None = None
    verdict: Verdict | None = None
    cut: int = 0

    @property
    def is_decision(self) -> bool:
        """True if it is of an analyst, and not of an article."""
        return self.judgement is not None or self.verdict is not None


class KnownVersion(Message, frozen=True, kw_only=True):
    """A version of an article that route has sent on, when it was first seen, and its blocks."""

    version: int
    seen_at: Timestamp | None = None
    blocks: tuple[str, ...] = ()


class ArticleBlocks(Message, frozen=True, kw_only=True):
    """State of route: the blocks of all versions of an article, the highest, and those known."""

    article_id: str
    version: int
    blocks: tuple[str, ...] = ()
    versions: tuple[KnownVersion, ...] = ()


class Counted(Message, frozen=True, kw_only=True):
    """Articles of a block that repeat others and are only counted.

    `smallest` are the smallest hashes of their ids, from which their number is estimated.
    """

    pile: str
    part: int
    smallest: tuple[int, ...] = ()
    last_at: Timestamp | None = None


class Parted(Message, frozen=True, kw_only=True):
    """The claims, published before, that some reports of a claim were in."""

    claim_id: str
    split_from: tuple[str, ...]


class Toll(Message, frozen=True, kw_only=True):
    """A number of people that an event befell.

    - `least`, `most`: the range; `most` None: at least `least`.
    - `who`: classes of people that the phrase names ("soldiers"), in order; empty if it names none.
    """

    of: str
    least: int
    most: int | None = None
    who: tuple[str, ...] = ()


class Scene(Message, frozen=True, kw_only=True):
    """A place where an event happened; the fields are those of `Answer`."""

    key: str
    country: str | None = None
    precision: Precision | None = None
    lat: float | None = None
    lon: float | None = None


class Marks(Message, frozen=True, kw_only=True):
    """What one incident says that may exclude another one; each field in order.

    - `days`: firm days of the event, as proleptic Gregorian ordinals.
    - `places`: where it happened. `means`, `sites`, `dayparts`: classes of words.
    - `weekdays`: of the event, in an article without a date; Monday is 0.
    - `tolls`: numbers with their victims. `magnitudes`: of an earthquake, moment or Richter scale.
    - `names`: what else its article names, as in `ClaimReport`.
    - `is_wide`: it is of a kind that happens in many towns at once.
    - `victims`: keys of the named people whom it befell; `deaths`: of those who died of it.
    """

    days: tuple[int, ...] = ()
    places: tuple[Scene, ...] = ()
    names: tuple[str, ...] = ()
    is_wide: bool = False
    means: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    dayparts: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    tolls: tuple[Toll, ...] = ()
    magnitudes: tuple[float, ...] = ()
    victims: tuple[str, ...] = ()
    deaths: tuple[str, ...] = ()


class Known(Message, frozen=True, kw_only=True):
    """The traits of an archived claim's reports, in order: a late report is matched with them.

    Days are proleptic Gregorian ordinals. `means` and `dayparts` are of data of older versions,
    which have no `marks`.
    """

    kinds: tuple[str, ...] = ()
    first_at: Timestamp | None = None
    last_at: Timestamp | None = None
    dates: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    sites: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    dayparts: tuple[str, ...] = ()
    tolls: tuple[tuple[str, int], ...] = ()
    wordings: tuple[tuple[str, ...], ...] = ()
    marks: tuple[Marks, ...] = ()


class Party(Message, frozen=True, kw_only=True):
    """A claim of one block, as it meets those of other blocks of its family.

    - `leader`: the first claim of those that are one event, itself if it is alone.
    - `at`, `first`: when its first report is said, and its id: the place in the canonical order.
    - `rank`: 0 if its block's principal is a named victim, 1 if it is another, 2 without one.
    - `published`: the highest version published of it with claims of other blocks, else 0.
    - `known`: its traits. `names`: those that most of its articles name. `incidents`: ids.
    - `speaking`: those of `names` that only speak in every article that names them.
    """

    claim_id: str
    block: str
    leader: str = ""
    at: Timestamp | None = None
    first: str = ""
    rank: int = 1
    published: int = 0
    known: Known = Known()
    names: tuple[str, ...] = ()
    speaking: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()


class Archived(Message, frozen=True, kw_only=True):
    """The stub of a claim that closed long ago. Its articles are no longer kept.

    - `claim`: the claim as last published. None: a stub of articles that were in no claim.
    - `known`: the traits of its reports, by which a late report finds it.
    - `marks`: the roles that the block's principal plays in its reports.
    - `articles`: article id to version, for the articles that the claim was made of.
    - `late`: the same for articles that came after it was archived; `late_at`: when the last came.
    - `denied`: the sentences of those that deny it since, by article id.
    - `silent`: ids of articles of both kinds that no longer report it; since when, if known.
    - `judgements`, `verdicts`: the analysts' judgements and the desk's verdicts about it.
    - `counted`: the number of its reports beyond one for each article.
    - `versions`: what it adds to the block's version, beyond the versions of the articles here.
    """

    claim: Claim | None = None
    known: Known = Known()
    marks: tuple[str, ...] = ()
    articles: dict[str, int] = {}
    late: dict[str, int] = {}
    late_at: Timestamp | None = None
    denied: dict[str, Evidence] = {}
    silent: dict[str, Timestamp | None] = {}
    judgements: tuple[Judgement, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    counted: int = 0
    versions: int = 0


class BlockArticle(Message, frozen=True, kw_only=True):
    """One row of the fold's state. It holds one of

    - `versions`: what each version of an article said in the block; the highest is in force.
    - `counted`: articles of the block that are only counted.
    - `archived`: the stub of a claim.
    - `parted`: the claims that a claim's reports were in before.
    - `party`: a claim of the block, as it meets those of other blocks.
    """

    block: str
    versions: tuple[BlockReports, ...]
    counted: Counted | None = None
    parted: Parted | None = None
    archived: Archived | None = None
    party: Party | None = None
