"""What route sends to fold: one article's reports in one claim block, resolved so that fold needs nothing else."""

from services.messages.base import (
    AttributionKind,
    MentionType,
    Message,
    Sighting,
    Sketch,
    Span,
    Stance,
    Timestamp,
)
from services.messages.claim import Claim
from services.messages.judgement import Judgement
from services.messages.tagged import Count, EventDate, Origin


class Answer(Message, frozen=True, kw_only=True):
    """A filler of a slot: `key` is the actor id, else the name key, so equal keys are equal answers.

    `named` is False for a description ("gunmen", "its troops"). Places that the gazetteer has carry WGS 84 degrees.
    """

    key: str
    label: str
    type: MentionType
    affiliation: tuple[str, ...] = ()
    named: bool = True
    lat: float | None = None
    lon: float | None = None
    span: Span


class Speaker(Message, frozen=True, kw_only=True):
    """Who says so; `key` is None for unnamed speakers, who give no origin. `words`: name and office, as they stand."""

    key: str | None
    label: str
    kind: AttributionKind
    affiliation: tuple[str, ...] = ()
    words: str = ""


class ClaimReport(Message, frozen=True, kw_only=True):
    """A report with its mentions resolved.

    `quote` is the sentence, `sentence` and `trigger` its spans in the article, `cues` the kinds of what decided its stance.
    """

    report_id: str
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
    rule: str


class BlockReports(Sighting, frozen=True, kw_only=True):
    """All reports of (article, version) in one block, possibly none: an empty one withdraws what an older version said.

    A judgement about a claim of the block comes to it in the same way, with no reports of its own. `cut`: reports left out for
    being over the bound of a message.
    """

    block: str
    origin: Origin = Origin()
    sketch: Sketch
    reports: tuple[ClaimReport, ...] = ()
    judgement: Judgement | None = None
    cut: int = 0


class KnownVersion(Message, frozen=True, kw_only=True):
    """A version of an article that route has sent on, when it was first seen in the world, and the blocks that it touches."""

    version: int
    seen_at: Timestamp | None = None
    blocks: tuple[str, ...] = ()


class ArticleBlocks(Message, frozen=True, kw_only=True):
    """State of route: the blocks that any version of an article touched, its highest version, and those known."""

    article_id: str
    version: int
    blocks: tuple[str, ...] = ()
    versions: tuple[KnownVersion, ...] = ()


class Counted(Message, frozen=True, kw_only=True):
    """A part of the articles of a block that say the same and are only counted: the smallest hashes of their ids, and when."""

    pile: str
    part: int
    smallest: tuple[int, ...] = ()
    last_at: Timestamp | None = None


class Parted(Message, frozen=True, kw_only=True):
    """The claims told before in which some reports of a claim stood."""

    claim_id: str
    split_from: tuple[str, ...]


class Known(Message, frozen=True, kw_only=True):
    """What a late report knows an archived claim by: the traits of all its reports, in order; days as ordinal numbers."""

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


class Archived(Message, frozen=True, kw_only=True):
    """The stub of a claim that closed long ago and whose articles are kept no more.

    `claim`: as it was last told, when its articles were let go. `marks`: what its reports have the block's principal be.
    `articles`, `late`: the version of each article that it was made of, and of each that came later. `silent`: those of both
    that say it no more, since when. `counted`: reports beyond these. `versions`: what else it adds to the block's version.
    Without a claim it is what is left of articles that were in none: their versions.
    """

    claim: Claim | None = None
    known: Known = Known()
    marks: tuple[str, ...] = ()
    articles: dict[str, int] = {}
    late: dict[str, int] = {}
    late_at: Timestamp | None = None
    silent: dict[str, Timestamp | None] = {}
    judgements: tuple[Judgement, ...] = ()
    counted: int = 0
    versions: int = 0


class BlockArticle(Message, frozen=True, kw_only=True):
    """State of fold: what one article has said in one block, version by version; the highest one is in force.

    Or, without versions, those articles of the block that are only `counted`, a claim of it that is `archived`, or what one
    `parted` from.
    """

    block: str
    versions: tuple[BlockReports, ...]
    counted: Counted | None = None
    parted: Parted | None = None
    archived: Archived | None = None
