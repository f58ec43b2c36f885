"""The size contract: how large a message may be, and what each stage may put into one so that it never is.

web ─► article ─► tagged article ─► reports of a block ─► row of state, claim ─► row of the alerter
       text        + mentions         + quotes              + versions            + a frame

Each bound is checked where the message is made. `encode` checks the sum, for every message: what is over it is
`Unwritable` there (`too-large`), and the input that led to it becomes a dead letter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

T = TypeVar("T")

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
"""Characters of an article's text: ten times what is read for events, twenty times the longest news there is. Cleaned text
takes at most 4 bytes of JSON a character (an emoji; a quotation mark, a backslash, a line break take 2). With the title: 3.82
MiB."""

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

BLOCK_REPORTS_BYTES = 896 * 1024
"""Bytes of JSON of what one version of an article says in one claim block: 1,000 reports of 898 (mean of 434 news articles).
Of those the longest report had 2,017, as each holds its sentence, and the fullest block 31,395. A row of the tracker's state
holds 8 versions with the rest of their messages (`REST_BYTES` each): 7.3 MiB."""

REST_BYTES = 32 * 1024
"""Bytes of JSON of everything else of such a message: ids, times, outlet, address (16 kB), origin, sketch (0.7 kB)."""

TOUCHED_BYTES = 256 * 1024
"""Bytes of the names of the blocks that one version of an article touches: 13,000 of 19 (mean, as above; the longest was 39).
What it says in others is left out."""

EVER_TOUCHED_BYTES = 512 * 1024
"""Bytes of the names of all blocks that an article ever touched, without those of the 8 versions known: 26,000 of 19. A row of
`article-blocks` holds both and the names of each version: 4.6 MiB. What an article said in others, a later edit no longer tells:
it has been told there that the article is silent."""

CLAIM_BYTES = 1024 * 1024
"""Bytes of JSON of a claim from which on its parts are cut: a hundred times one of two articles (8 kB). What is added when it is
told (articles that are only counted: 0.3 MB; causes: 20 of 20 kB) and the frames of `hits` and `alerter-state` have room."""

SLOTS_BYTES = 512 * 1024
"""Bytes of JSON of all slots of a claim over `CLAIM_BYTES`, shared alike among them."""

HISTORY_BYTES, ORIGINS_BYTES, ARTICLE_IDS_BYTES = 128 * 1024, 192 * 1024, 64 * 1024
"""Bytes of JSON of the history, the origins, and the article ids of a claim over `CLAIM_BYTES`. With its five quotations (20 kB
each at most) and the slots less than 1 MiB."""

SPANS = 1_000
"""Places of a watch's words that a hit holds, the first ones."""

QUOTED_REVISIONS = 100
"""Revisions of an alert that keep their quotations and the answers that they told, the last ones. Without them a revision has
414 bytes: 20,000 make the greatest message."""

LABELS_BYTES = 4 * 1024
"""Bytes of JSON of the answers of a slot that a revision remembers having told: 130 of 30."""


def within(items: Iterable[T], most_bytes: int) -> list[T]:
    """Return the first of the items whose JSON, with commas, fits in `most_bytes`."""
    kept, left = [], most_bytes
    for item in items:
        left -= len(msgspec.json.encode(item)) + 1
        if left < 0:
            break
        kept.append(item)
    return kept


def ends_within(items: Sequence[T], most_bytes: int) -> list[T]:
    """Return as many of the first and of the last items, in turn, as fit in `most_bytes` of JSON with commas; in their order."""
    first, last, left = 0, len(items), most_bytes
    while first < last:
        at = first if first <= len(items) - last else last - 1
        left -= len(msgspec.json.encode(items[at])) + 1
        if left < 0:
            break
        first, last = (at + 1, last) if at == first else (first, at)
    return [*items[:first], *items[last:]]


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
