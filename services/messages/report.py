"""What route sends to fold: one article's reports in one claim block, resolved so that fold needs nothing else."""

from services.messages.base import AttributionKind, Cause, MentionType, Message, Span, Stance, Timestamp
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


class BlockReports(Message, frozen=True, kw_only=True):
    """All reports of (article, version) in one block, possibly none: an empty one withdraws what an older version said.

    A judgement about a claim of the block comes to it in the same way, with no reports of its own.
    """

    article_id: str
    version: int
    block: str
    url: str | None = None
    url_key: str | None = None
    feed_id: str | None = None
    outlet: str | None = None
    outlet_family: str | None = None
    published_at: Timestamp | None = None
    first_seen_at: Timestamp | None = None
    seen_at: Timestamp | None = None
    last_poll_at: Timestamp | None = None
    tagged_at: Timestamp | None = None
    origin: Origin = Origin()
    sketch: str
    cause: Cause = "new"
    reports: tuple[ClaimReport, ...] = ()
    judgement: Judgement | None = None


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


class BlockArticle(Message, frozen=True, kw_only=True):
    """State of fold: what one article has said in one block, version by version; the highest one is in force.

    Or, without versions, those articles of the block that are only `counted`, or what a claim of the block `parted` from.
    """

    block: str
    versions: tuple[BlockReports, ...]
    counted: Counted | None = None
    parted: Parted | None = None
