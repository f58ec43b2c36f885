"""The parts that all messages share: scalar types, and provenance."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

Offset = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31)]
"""A place in a text or in a part of one, in code points.

The bound is far beyond any text; a number outside it is refused as corrupt.
"""

Span = tuple[Offset, Offset]
"""Start and end offset (end exclusive) in code points of the article's canonical text."""

Sketch = Annotated[str, msgspec.Meta(pattern="^(?:[A-Za-z0-9+/]{342}==)?$")]
"""The MinHash sketch that `text.sketch` makes: 256 bytes in base64, or empty.

Any other value is refused here. It would otherwise fail later, when another message is compared
with it.
"""

Cause = Literal["new", "edit", "withdrawn", "backfill", "replay"]
"""Why a message exists. `backfill` and `replay` never notify people.

`withdrawn`: the outlet took the article back. It is an edit that leaves no words.
"""

Stance = Literal[
    "asserted", "reported", "claimed", "confirmed", "denied", "hypothetical", "background"
]
"""How an article presents an event (factuality); see docs/architecture.md, Words."""

COUNTED_STANCES: frozenset[Stance] = frozenset(
    {"asserted", "reported", "claimed", "confirmed", "denied"},
)
"""Stances of reports that affirm or deny the event.

Only such reports make claims, and an alert on a text rests on one of them. An old event retold
(`background`) and a condition (`hypothetical`) neither affirm nor deny.
"""

IncidentStance = Literal["asserted", "reported", "claimed", "confirmed", "denied", "disputed"]
"""An article's last word on an incident; `disputed` where the article itself gives both sides."""

Time = Literal["news", "old", "total", "planned"]
"""When a sentence puts an event, against the article's own news.

- news: it has just happened, or has just become known.
- old: an earlier event, told again.
- total: a sum over weeks or years ("300,000 killed since 2011").
- planned: to come, threatened, feared; attempted or foiled before it happened.
"""

Precision = Literal["site", "town", "region", "country"]
"""How exactly a place is named, the most exact first."""

AFFIRMING_STANCES: frozenset[Stance] = COUNTED_STANCES - {"denied"}
"""Stances of reports that affirm the event."""

Level = Literal["reported", "claimed", "corroborated", "confirmed"]
"""How well a claim is supported, in rising order."""

Status = Literal[
    "reported", "claimed", "corroborated", "confirmed", "disputed", "denied", "retracted"
]
"""A claim's level, or what holds instead if its reports contradict, deny, or withdraw it."""

LEVELS: tuple[Level, ...] = ("reported", "claimed", "corroborated", "confirmed")
"""The levels in rising order."""

MentionType = Literal[
    "person", "group", "organisation", "state", "place", "role", "nationality", "thing"
]
"""The kind of thing that a mention refers to.

A `thing` is no actor: a farmhouse, a bomb, a meeting.
"""

MentionForm = Literal[
    "name", "people", "office", "role", "title", "pronoun", "description", "thing"
]
"""How the words of a mention refer.

- name: a proper name.
- people: the name of a people or a creed ("Sunni").
- office: an office that has one holder, without a name ("the Front's leader").
- role: a definite noun for a person named elsewhere ("its leader").
- title: a title alone ("the minister").
- pronoun: "he".
- description: any other noun for people or places ("four men").
- thing: a noun for no actor ("a bomb").
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
    "spared",
    "noun",
    "identified",
    "taken-up",
    "ruled-out",
    "offer",
    "passing",
    "intent",
]
"""The construction in which a trigger names its event.

- verb: a transitive verb ("shot the guard").
- subject: the verb's subject undergoes the event ("the guard died").
- actor: the verb's subject does it, and there is no object.
- object: a verb with a set object ("opened fire").
- undergone: a verb whose subject undergoes the event ("lost his life").
- thing: the verb's subject is the means ("a bomb exploded").
- as: an appointment to an office.
- adjective, noun: a word of that class ("dead", "the killing").
- spared: a word says that it did not befall somebody ("is alive", "survived").
- identified: the sentence names casualties ("identified the victims as …").
- taken-up: it denies what a clause before told ("the army denied the report").
- ruled-out: it says whom the event did not befall ("a guard, not the judge, was killed").
- offer: the subject offers to act.
- passing: the sentence only mentions the event, whatever else it reports.
- intent: an offer or a vow of another event.
"""

MentionBasis = Literal["dictionary", "gazetteer", "recogniser", "grammar"]
"""The resource that found a mention.

`grammar`: the words around it ("Mr X", "killed X", "the town of X").
"""

AttributionKind = Literal[
    "media", "agency", "official", "party", "witness", "observer", "unnamed", "self"
]
"""The kind of a source.

`party`: a party to the conflict. `self`: the actor speaks about its own act.
"""

Timestamp = datetime
"""Always aware and in UTC."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A value that travels on a topic, or a part of one.

    Unknown fields are ignored, so a producer may be newer than its consumers.
    """


class Sighting(Message, frozen=True, kw_only=True):
    """Provenance: the version of an article that a message rests on, and when it was seen.

    All times are news time.

    - `published_at`: what the feed says.
    - `first_seen_at`, `seen_at`: when the poller first saw the article, and this version of it.
    - `last_poll_at`: the poll of its feed before.
    - `tagged_at`: when the tagger read it.
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

    @property
    def dated_at(self) -> Timestamp | None:
        """When the article was published, or first seen if that is earlier.

        A date of publication that lies ahead of the time seen is a mistake.
        """
        dates = (self.published_at, self.first_seen_at)
        return min(filter(None, dates), default=None)

    @property
    def is_edit(self) -> bool:
        """True if the article was seen before this version."""
        if self.first_seen_at is None or self.seen_at is None:
            return False
        return self.seen_at > self.first_seen_at


def provenance(source: Message, into: type[Message]) -> dict[str, Any]:
    """Return the fields of `Sighting` that `source` has and `into` takes, as keyword arguments."""
    shared = set(source.__struct_fields__) & set(into.__struct_fields__)
    return {name: getattr(source, name) for name in Sighting.__struct_fields__ if name in shared}
