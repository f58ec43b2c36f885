"""What route sends to fold: one article's reports in one claim block, resolved so that fold needs nothing else."""

from services.messages.base import AttributionKind, Cause, MentionType, Message, Span, Stance, Timestamp
from services.messages.tagged import Count, EventDate, Origin


class Answer(Message, frozen=True, kw_only=True):
    """A filler of a slot: `key` is the actor id, else the name key, so equal keys are equal answers."""

    key: str
    label: str
    type: MentionType
    affiliation: tuple[str, ...] = ()
    span: Span


class Speaker(Message, frozen=True, kw_only=True):
    """Who says so; `key` is None for unnamed speakers, who give no origin."""

    key: str | None
    label: str
    kind: AttributionKind
    affiliation: tuple[str, ...] = ()


class ClaimReport(Message, frozen=True, kw_only=True):
    """A report with its mentions resolved. `quote` is the sentence, `sentence` and `trigger` its spans in the article."""

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
    quote: str
    sentence: Span
    trigger: Span
    linked: str | None = None
    rule: str


class BlockReports(Message, frozen=True, kw_only=True):
    """All reports of (article, version) in one block, possibly none: an empty one withdraws what an older version said."""

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
    tagged_at: Timestamp | None = None
    origin: Origin = Origin()
    sketch: str
    cause: Cause = "new"
    reports: tuple[ClaimReport, ...] = ()


class ArticleBlocks(Message, frozen=True, kw_only=True):
    """State of route: the blocks that an article's last version touched."""

    article_id: str
    version: int
    blocks: tuple[str, ...] = ()


class BlockArticle(Message, frozen=True, kw_only=True):
    """State of fold: what one article has said in one block, version by version; the highest one is in force."""

    block: str
    versions: tuple[BlockReports, ...]
