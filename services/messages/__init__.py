"""The nouns on the wire: frozen, typed, versioned. JSON Schemas in `schemas/` are generated from them."""

from services.messages.alert import (
    Alert,
    AlertState,
    Delivery,
    Hit,
    HitReport,
    Revision,
    Stamps,
    Suppressed,
    SuppressReason,
    Told,
)
from services.messages.article import Article, Source
from services.messages.base import (
    LEVELS,
    AttributionKind,
    Cause,
    Level,
    MentionType,
    Message,
    Span,
    Stance,
    Status,
    Timestamp,
)
from services.messages.claim import (
    Claim,
    ClaimCause,
    Evidence,
    OriginGroup,
    Slot,
    SlotAnswer,
    Transition,
)
from services.messages.codec import decode, encode
from services.messages.feed import EntryState, Feed, FeedState
from services.messages.report import (
    Answer,
    ArticleBlocks,
    BlockArticle,
    BlockReports,
    ClaimReport,
    Speaker,
)
from services.messages.tagged import (
    Attribution,
    AttributionSpan,
    Boilerplate,
    Count,
    Cue,
    EventDate,
    Mention,
    Origin,
    Report,
    TaggedArticle,
)
from services.messages.watch import CORRECTIONS, ChangeKind, Channel, ClaimCondition, Watch

__all__ = [
    "CORRECTIONS", "LEVELS", "Alert", "AlertState", "Answer", "Article", "ArticleBlocks", "Attribution",
    "AttributionKind", "AttributionSpan", "BlockArticle", "BlockReports", "Boilerplate", "Cause", "ChangeKind",
    "Channel", "Claim", "ClaimCause", "ClaimCondition", "ClaimReport", "Count", "Cue", "Delivery", "EntryState",
    "EventDate", "Evidence", "Feed", "FeedState", "Hit", "HitReport", "Level", "Mention", "MentionType", "Message",
    "Origin", "OriginGroup", "Report", "Revision", "Slot", "SlotAnswer", "Source", "Span", "Speaker", "Stamps",
    "Stance", "Status", "SuppressReason", "Suppressed", "TaggedArticle", "Timestamp", "Told", "Transition", "Watch",
    "decode", "encode",
]  # fmt: skip
