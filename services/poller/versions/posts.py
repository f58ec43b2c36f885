"""Live blogs: one entry into which the outlet puts one post after another.

Where the entry holds only the last post, each post is an article of its own: a post that is pushed
out was not taken back. Where the entry keeps its earlier posts, it is one article that grows.
"""

import re
from functools import cache

import msgspec

from services.messages import EntryState
from services.messages.limits import bounded
from services.poller.identity import content_hash
from services.poller.reading.entry import Entry
from services.poller.versions.meaning import volatile
from services.poller.versions.words import share, unpacked
from services.text.hashes import digest

ANOTHER = 0.3
"""The share of common words below which two texts of a live blog are two posts.

Source: two posts of one blog share names and function words, 10 to 25 %; an edit keeps most.
"""


def is_another_post(entry: Entry, words: str | None) -> bool:
    """Return True if a live blog's entry holds another post than the one in `words`."""
    if words is None or not is_live(entry):
        return False
    return share(unpacked(words), f"{entry.title}\n\n{entry.text}") < ANOTHER


def post_id(key: str, entry: Entry) -> str:
    """Return the id of the post that an entry holds: the same at every sight of it."""
    kept = bounded(entry.title, entry.text)
    return digest(key, content_hash(kept.title, kept.text))


def pushed_out(key: str, old: EntryState) -> tuple[str, EntryState]:
    """Return the key and the state under which a post is remembered once another is shown."""
    own = digest(key, old.content_hash) if old.article_id == key else old.article_id
    return own, msgspec.structs.replace(old, words=None, url=None, place=None)


def is_live(entry: Entry) -> bool:
    """Return True if an entry declares itself a live blog, in its title or its address.

    A part of the address says so that begins or ends with the word: `/harbour-live`, but not
    `/people-who-live-here`.
    """
    title = entry.title.casefold()
    return bool(_begins().match(title) or _names().search((entry.url or "").casefold()))


@cache
def _begins() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in volatile().live)
    return re.compile(rf"(?:{words})\s*[:|–—-]|.*[:|–—-]\s*(?:{words})$")


@cache
def _names() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in volatile().live if " " not in word)
    return re.compile(rf"/(?:(?:{words})(?:-[\w-]*)?|[\w-]*-(?:{words}))(?:/|$)")
