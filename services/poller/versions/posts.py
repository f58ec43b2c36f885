"""Live blogs: one entry into which the outlet puts one post after another.

Where the entry holds only the last post, each post is an article of its own: a post that is pushed
out was not taken back. Where the entry keeps its earlier posts, it is one article that grows.
"""

import re
from functools import cache

from services.poller.reading.entry import Entry
from services.poller.versions.meaning import volatile
from services.poller.versions.words import share, unpacked

ANOTHER = 0.3
"""The share of common words below which two texts of a live blog are two posts.

Source: two posts of one blog share names and function words, 10 to 25 %; an edit keeps most.
"""


def is_another_post(entry: Entry, words: str | None) -> bool:
    """Return True if a live blog's entry holds another post than the one in `words`."""
    if words is None or not is_live(entry):
        return False
    return share(unpacked(words), f"{entry.title}\n\n{entry.text}") < ANOTHER


def is_live(entry: Entry) -> bool:
    """Return True if an entry declares itself a live blog, in its title or its address."""
    title = entry.title.casefold()
    return bool(_begins().match(title) or _names().search((entry.url or "").casefold()))


@cache
def _begins() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in volatile().live)
    return re.compile(rf"(?:{words})\s*[:|–—-]|.*[:|–—-]\s*(?:{words})$")


@cache
def _names() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in volatile().live if " " not in word)
    return re.compile(rf"/(?:[\w-]*-)?(?:{words})(?:-[\w-]*)?(?:/|$)")
