"""Which lines of a page's text are the article's."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec
import yaml

REFERENCE_CHARS = 200
"""Characters of the longest line that only names another page: its lead and a headline."""

RIGHTS_CHARS = 300
"""Characters of the longest line about rights. A longer one that begins so is a paragraph."""

END_CHARS = 100
"""Characters at the end of a teaser in which it says that it goes on elsewhere."""

_GOES_ON = ("…", "...", "»", "→")
_ENDS = " \t.:;,!?-–—|•*[]"


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reference: frozenset[str]
    button: frozenset[str]
    rights: tuple[str, ...]
    continued: tuple[str, ...]
    generated: tuple[str, ...]


def article_lines(text: str, titles: Iterable[str]) -> str:
    """Return the paragraphs of `text` that are the article's, with a blank line between.

    Left out are the headline at the top (`titles`: how the page gives it), references to other
    pages, buttons, and notes about rights.
    """
    lines = [line for line in (" ".join(line.split()) for line in text.split("\n")) if line]
    heads = {_bare(title) for title in titles} - {""}
    while lines and _bare(lines[0]) in heads:
        del lines[0]
    return "\n\n".join(line for line in lines if not is_furniture(line))


def is_furniture(line: str) -> bool:
    """Return True if a line of a page stands for no part of its article."""
    words, bare = _words(), _bare(line)
    if bare in words.button:
        return True
    lead, colon, _ = line.lstrip(_ENDS).partition(":")
    if colon and len(line) <= REFERENCE_CHARS and _bare(lead) in words.reference:
        return True
    return len(line) <= RIGHTS_CHARS and bare.startswith(words.rights)


def is_cut_off(text: str) -> bool:
    """Return True if a text says at its end that it goes on elsewhere ("…", "Read more")."""
    end = text.rstrip(" \n.])>")
    last = _bare(text[-END_CHARS:])
    return (
        text.rstrip(" \n])>").endswith(_GOES_ON)
        or end.endswith(_GOES_ON)
        or any(words in last for words in _words().continued)
    )


def without_signature(text: str) -> str:
    """Return a feed's text without the last line that the feed's programme adds to each item."""
    whole, _, last = text.rstrip().rpartition("\n")
    return whole.rstrip() if any(words in _bare(last) for words in _words().generated) else text


def _bare(line: str) -> str:
    return " ".join(line.split()).strip(_ENDS).replace("’", "'").casefold()


@cache
def _words() -> _Words:
    raw = (files("services.poller.pages") / "lines.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(raw), _Words)
