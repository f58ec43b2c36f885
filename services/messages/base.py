"""What every message on the wire has in common."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

Offset = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31)]
"""A place in a text, or in a part of one. No message holds a text so long: what is beyond is no offset, and is refused."""

Span = tuple[Offset, Offset]
"""Start and end offset (end exclusive) in code points of the article's canonical text."""

Sketch = Annotated[str, msgspec.Meta(pattern="^(?:[A-Za-z0-9+/]{342}==)?$")]
"""What `text.sketch` makes: 256 bytes in base64, or nothing. Another one would break off the reading of whatever it is compared
with, which is some later message; so it is refused."""

Cause = Literal["new", "edit", "backfill", "replay"]
"""Why a message exists; `backfill` and `replay` never notify people."""

Stance = Literal["asserted", "reported", "claimed", "confirmed", "denied", "hypothetical", "background"]
"""What the words of one report say of its event; see docs/architecture.md, Words."""

COUNTED_STANCES: frozenset[Stance] = frozenset(
    {"asserted", "reported", "claimed", "confirmed", "denied"},
)
"""Stances of reports that say whether the event happens.

Claims are made of these reports alone, and an alert on a text rests on one of them. An old event
retold (`background`) and a condition (`hypothetical`) say neither yes nor no.
"""

AFFIRMING_STANCES: frozenset[Stance] = COUNTED_STANCES - {"denied"}
"""Stances of reports that say that the event happens."""

Level = Literal["reported", "claimed", "corroborated", "confirmed"]
"""How far a claim has come, in rising order."""

Status = Literal["reported", "claimed", "corroborated", "confirmed", "disputed", "denied", "retracted"]
"""A claim's level, unless its reports contradict, deny, or have left it."""

LEVELS: tuple[Level, ...] = ("reported", "claimed", "corroborated", "confirmed")

MentionType = Literal["person", "group", "organisation", "state", "place", "role", "nationality", "thing"]
"""What a mention is of; a `thing` is a farmhouse, a bomb, a meeting: never an actor."""

MentionForm = Literal["name", "people", "office", "role", "title", "pronoun", "description", "thing"]
"""How the words of a mention refer.

name: a proper name. people: the name of a people or a creed ("Sunni"). office: the one holder of
an office, without a name ("the Front's leader"). role: a definite noun for somebody named elsewhere
("its leader"). title: a title alone ("the minister"). pronoun: "he". description: any other noun
for people or places ("four men"). thing: a noun for no actor ("a bomb").
"""

Frame = Literal[
    "verb",
    "subject",
    "actor",
    "object",
    "undergone",
    "thing",
    "as",
    "adjective",
    "noun",
    "identified",
    "offer",
    "passing",
    "intent",
]
"""How a word names its event.

verb: a transitive verb. subject: its subject undergoes the event. actor: its subject does it.
object: a verb with a set object. undergone: likewise, and its subject undergoes it. thing: its
subject is the means. as: named to an office. adjective, noun: these. identified: casualties whom
the sentence names. offer: its subject offers to do something. passing: it only speaks of the event,
whatever else it tells. intent: an offer or a vow of another event.
"""

MentionBasis = Literal["dictionary", "gazetteer", "recogniser", "grammar"]
"""What a mention was found by; `grammar`: the words around it ("Mr X", "killed X", "the town of X")."""

AttributionKind = Literal["media", "agency", "official", "party", "witness", "observer", "unnamed", "self"]

Timestamp = datetime
"""Always aware and in UTC."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A value that travels on a topic, or a part of one. Unknown fields are ignored, so producers may run ahead."""


class Sighting(Message, frozen=True, kw_only=True):
    """Provenance: which version of which article a message rests on, and when it was seen.

    `published_at` is what the feed says; `first_seen_at` and `seen_at` are when the poller saw the
    article and this version of it; `last_poll_at` is the poll before. All of them are news time.
    """

    article_id: str
    version: int
    url: str | None = None
    url_key: str | None = None
    feed_id: str | None = None
    outlet: str | None = None
    outlet_family: str | None = None
    cause: Cause = "new"
    published_at: Timestamp | None = None
    first_seen_at: Timestamp | None = None
    seen_at: Timestamp | None = None
    last_poll_at: Timestamp | None = None
    tagged_at: Timestamp | None = None


def provenance(source: Message, into: type[Message]) -> dict[str, Any]:
    """Return the fields of a Sighting that `source` has and `into` takes, by name."""
    shared = set(source.__struct_fields__) & set(into.__struct_fields__)
    return {name: getattr(source, name) for name in Sighting.__struct_fields__ if name in shared}
