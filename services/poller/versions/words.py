"""The words of an entry's last version, kept in the feed's state to tell what an edit changed."""

import base64
import zlib
from collections import Counter
from difflib import SequenceMatcher

from services.messages.article import TextChange
from services.text.tokens import tokens

KEPT_CHARS = 4_000
"""Characters kept of title and text, together.

Source: an article's news stands in its first paragraphs; compressed they take 2 kB.
"""

COMPARED_WORDS = 700
"""Words of either version that are compared, the first ones.

Source: `KEPT_CHARS` of English are some 650. The comparison of words that repeat takes time with
the cube of their number: of 2,000, seconds; of 700, a tenth of one.
"""

MOST_CHANGES = 20
"""Changes that an edit tells; the first are kept."""

CHANGE_CHARS = 500
"""Characters of either side of a change; more is cut, with a mark."""


def packed(title: str, text: str) -> str:
    """Return title and text, cut to `KEPT_CHARS`, compressed, as ASCII."""
    whole = f"{title}\n\n{text}"[:KEPT_CHARS].encode("utf-8", "replace")
    return base64.b85encode(zlib.compress(whole)).decode("ascii")


def unpacked(words: str) -> str:
    """Return what `packed` was given. What is damaged is empty."""
    try:
        inflater = zlib.decompressobj()
        return inflater.decompress(base64.b85decode(words), 4 * KEPT_CHARS).decode(errors="replace")
    except (ValueError, zlib.error):
        return ""


def share(before: str, now: str) -> float:
    """Return the share of the shorter text's words that the other holds; 0 if one is empty."""
    a, b = Counter(tokens(before).words), Counter(tokens(now).words)
    least = min(a.total(), b.total())
    return (a & b).total() / least if least else 0.0


def changes(words: str, title: str, text: str) -> tuple[TextChange, ...]:
    """Return what an edit took out and put in, in the order of the text, word by word."""
    old = unpacked(words)
    before, now = old.split(), f"{title}\n\n{text}"[: 2 * KEPT_CHARS].split()
    is_cut = len(old) >= KEPT_CHARS or len(before) > COMPARED_WORDS
    is_now_cut = len(now) > COMPARED_WORDS
    before, now = before[:COMPARED_WORDS], now[:COMPARED_WORDS]
    found: list[TextChange] = []
    steps = SequenceMatcher(None, before, now, autojunk=False).get_opcodes()
    for kind, a, b, c, d in steps:
        # Behind the end of what is compared nothing is known.
        is_end = (is_cut and b >= len(before) - 1) or (is_now_cut and d >= len(now) - 1)
        if kind == "equal" or is_end:
            continue
        found.append(TextChange(out=_cut(before[a:b]), put=_cut(now[c:d])))
    return tuple(found[:MOST_CHANGES])


def _cut(words: list[str]) -> str:
    text = " ".join(words)
    return text if len(text) <= CHANGE_CHARS else f"{text[: CHANGE_CHARS - 1]}…"
