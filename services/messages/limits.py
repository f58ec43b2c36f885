"""The size contract: how large a message may be, and how much each stage may put into one.

web ─► article ─► tagged article ─► reports of a block ─► row of state, claim ─► row of the alerter
       text        + mentions         + quotes              + versions            + a frame

Each bound is checked where the message is made. `encode` checks the sum, for every message. A
message over it is `Unwritable` (`too-large`), and the input that led to it becomes a dead letter.

Means and maxima below were measured on 434 news articles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

T = TypeVar("T")

MESSAGE_BYTES = 8 * 1024 * 1024
"""The most bytes of JSON in one message, for `encode` and `decode`.

Source: the lowest of the broker's limits below must hold a message with its key and the frame of
its batch (together below 64 KiB).
"""

TOPIC_BYTES = 9 * 1024 * 1024
"""Bytes of a record batch that a topic takes (`max.message.bytes`).

`MESSAGE_BYTES` and 1 MiB to spare.
"""

DEAD_LETTER_BYTES = 10 * 1024 * 1024
"""Bytes of a record batch that a dead-letter topic, the broker, and its clients take.

It holds a record of `TOPIC_BYTES` with the reason in its headers, and 1 MiB to spare.
"""

TITLE_CHARS = 1_000
"""Characters of an article's title. Source: the longest of 3,238 titles measured has 475."""

TEXT_CHARS = 1_000_000
"""Characters of an article's text.

Source: ten times the part that is read for events, and twenty times the longest news there is. A
character takes at most 4 bytes of JSON (an emoji); quotation marks, backslashes, and line breaks
take 2. Text and title together take at most 3.82 MiB.
"""

NAME_CHARS = 300
"""Characters of a name that a feed gives, such as the credited outlet or the language."""

URL_CHARS = 4_000
"""Characters of an address that a feed gives; a longer one is dropped.

Source: browsers and servers stop between 2,000 and 8,000.
"""

MENTIONS_BYTES = 1536 * 1024
"""Bytes of JSON of the mentions of a tagged article.

6,500 of 236 (the mean; the longest was 408).
"""

REPORTS_BYTES = 1280 * 1024
"""Bytes of JSON of the reports of a tagged article.

2,500 of 509 (the mean; the longest was 920).
"""

ATTRIBUTIONS_BYTES = 256 * 1024
"""Bytes of JSON of the attributions of a tagged article.

3,400 of 75 (the mean; the longest was 85).
"""

BOILERPLATE_BYTES = 256 * 1024
"""Bytes of JSON of the boilerplate of a tagged article: 3,600 stretches of 71."""

INCIDENTS_BYTES = 512 * 1024
"""Bytes of JSON of the incidents of a tagged article: 500 of 1,000 (about the mean)."""

HEAD_BYTES = 64 * 1024
"""Bytes of JSON of all other fields of a tagged article.

These are ids, times, outlet, address (16 kB at 4 bytes a character), notes, and sketch (0.7 kB).
With the five bounds above and the text: 7.7 MiB, which is below `MESSAGE_BYTES`.
"""

BLOCK_REPORTS_BYTES = 896 * 1024
"""Bytes of JSON of the reports of one version of an article in one block: 1,000 of 898 (the mean).

The longest report measured had 2,017, as each holds its sentence; the fullest block 31,395. A row
of the tracker's state holds 8 versions, each with `REST_BYTES` more: 7.3 MiB.
"""

REST_BYTES = 32 * 1024
"""Bytes of JSON of all other fields of `BlockReports`.

These are ids, times, outlet, address (16 kB), origin, and sketch (0.7 kB).
"""

TOUCHED_BYTES = 256 * 1024
"""Bytes of the names of the blocks that one version of an article touches.

13,000 names of 19 (the mean; the longest was 39). Reports of further blocks are left out.
"""

EVER_TOUCHED_BYTES = 512 * 1024
"""Bytes of the names of all blocks that an article ever touched, without its 8 known versions.

26,000 names of 19. A row of `article-blocks` holds both, and the names of each version: 4.6 MiB. A
block beyond the bound gets no news of later edits. It was already sent an empty version.
"""

CLAIM_BYTES = 1024 * 1024
"""Bytes of JSON above which the parts of a claim are cut.

Source: a hundred times a claim of two articles (8 kB). Room is left for what is added at
publication (articles only counted: 0.3 MB; 20 causes of 20 kB), and for the frames of `hits` and
`alerter-state`.
"""

SLOTS_BYTES = 512 * 1024
"""Bytes of JSON of all slots of a claim over `CLAIM_BYTES`, divided equally among them."""

HISTORY_BYTES, ORIGINS_BYTES, ARTICLE_IDS_BYTES = 128 * 1024, 192 * 1024, 64 * 1024
"""Bytes of JSON of the history, the origins, and the article ids of a claim over `CLAIM_BYTES`.

With its five quotations (at most 20 kB each) and the slots: less than 1 MiB.
"""

SPANS = 1_000
"""Matched places that a hit holds; the first are kept."""

QUOTED_REVISIONS = 3
"""Revisions of an alert that keep their quotations and published answers; the last are kept.

The history of the claim has the others. An alert is written whole with each revision: one with a
quotation has 1,000 bytes, and without 450.
"""

LISTED_REVISIONS = 5
"""The last revisions of an alert that it lists; of those before, the first one and corrections.

A story goes on for months, and each of its updates would cost more than the one before. A guess.
"""

LABELS_BYTES = 4 * 1024
"""Bytes of JSON of the published answers that a revision keeps of one slot: 130 of 30."""


def within(items: Iterable[T], most_bytes: int) -> list[T]:
    """Return the longest prefix of `items` whose JSON, with commas, fits in `most_bytes`."""
    kept, left = [], most_bytes
    for item in items:
        left -= len(msgspec.json.encode(item)) + 1
        if left < 0:
            break
        kept.append(item)
    return kept


def ends_within(items: Sequence[T], most_bytes: int) -> list[T]:
    """Return the first and last items, in their order, as many as fit in `most_bytes` of JSON.

    Items are taken from both ends in turn; commas are counted.
    """
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
    """A title and a text within their bounds. `cut` names the parts left out, or is None."""

    title: str
    text: str
    cut: str | None = None


def bounded(title: str, text: str) -> Bounded:
    """Return title and text cut to `TITLE_CHARS` and `TEXT_CHARS` characters."""
    parts = (("title", title, TITLE_CHARS), ("text", text, TEXT_CHARS))
    notes = [
        f"{name}: what is behind the first {most:,} characters"
        for name, whole, most in parts
        if len(whole) > most
    ]
    return Bounded(title[:TITLE_CHARS], text[:TEXT_CHARS], "; ".join(notes) or None)
