"""The size contract: how large a message may be, and what each stage may put into one so that it never is.

web ─► article ─► tagged article ─► reports of a block ─► row of state, claim ─► row of the alerter
       text        + mentions         + quotes              + versions            + a frame

Each bound is checked where the message is made. `encode` checks the sum, for every message: what is over it is an
InvalidMessage `too-large` there, and the input that led to it becomes a dead letter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

M = TypeVar("M", bound=msgspec.Struct)

MESSAGE_BYTES = 8 * 1024 * 1024
"""Bytes of the JSON of one message, at most: what `encode` makes and `decode` takes. Source: the broker's limits below, of
which the lowest must hold a message with its key and the frame of its batch (together below 64 KiB)."""

TOPIC_BYTES = 9 * 1024 * 1024
"""Bytes of a record batch that a topic takes (`max.message.bytes`): `MESSAGE_BYTES` with 1 MiB to spare."""

DEAD_LETTER_BYTES = 10 * 1024 * 1024
"""Bytes of a record batch that a topic of dead letters, the broker and its clients take: a record of `TOPIC_BYTES` with the
reason in its headers, and 1 MiB to spare."""

TITLE_CHARS = 1_000
"""Characters of an article's title. Source: of 3,238 titles measured the longest has 475."""

TEXT_CHARS = 1_000_000
"""Characters of an article's text: twice what is read for events, twenty times the longest news there is. Cleaned text takes
at most 4 bytes of JSON a character (an emoji; a quotation mark, a backslash, a line break take 2): 3.82 MiB with the title."""

NAME_CHARS = 300
"""Characters of a name that a feed gives (the outlet that an entry is credited to, its language)."""

URL_CHARS = 4_000
"""Characters of an address that a feed gives; a longer one is none. Source: browsers and servers stop between 2,000 and 8,000."""

MENTIONS_BYTES = 1536 * 1024
"""Bytes of JSON of the mentions of a tagged article: 6,500 of 236 (mean of 434 news articles; the longest was 408)."""

REPORTS_BYTES = 1280 * 1024
"""Bytes of JSON of the reports of a tagged article: 2,500 of 509 (mean, as above; the longest was 920)."""

ATTRIBUTIONS_BYTES = 256 * 1024
"""Bytes of JSON of the attributions of a tagged article: 3,400 of 75 (mean, as above; the longest was 85)."""

BOILERPLATE_BYTES = 256 * 1024
"""Bytes of JSON of the boilerplate of a tagged article: 3,600 stretches of 71."""

HEAD_BYTES = 64 * 1024
"""Bytes of JSON of everything else of an article: its ids, times, outlet, address (16 kB at 4 bytes a character), notes, sketch
(0.7 kB). With the four bounds above and the text 7.2 MiB: below `MESSAGE_BYTES`, whatever the text."""


def within(items: Iterable[M], most_bytes: int) -> list[M]:
    """Return the first of the items whose JSON, with commas, fits in `most_bytes`."""
    kept, left = [], most_bytes
    for item in items:
        left -= len(msgspec.json.encode(item)) + 1
        if left < 0:
            break
        kept.append(item)
    return kept


@dataclass(frozen=True, slots=True)
class Bounded:
    """A title and a text within their bounds; `cut` says what was left out, None where nothing was."""

    title: str
    text: str
    cut: str | None = None


def bounded(title: str, text: str) -> Bounded:
    """Return the first `TITLE_CHARS` and `TEXT_CHARS` characters."""
    parts = (("title", title, TITLE_CHARS), ("text", text, TEXT_CHARS))
    notes = [f"{name}: what is behind the first {most:,} characters" for name, whole, most in parts if len(whole) > most]
    return Bounded(title[:TITLE_CHARS], text[:TEXT_CHARS], "; ".join(notes) or None)
