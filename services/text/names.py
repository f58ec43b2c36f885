"""Keys that join spellings of one name."""

import unicodedata

_HONORIFICS = frozenset({"mr", "mrs", "ms", "dr", "gen", "general", "col", "colonel", "sheikh", "president", "minister", "the"})


def fold(text: str) -> str:
    """Return `text` case-folded, without marks and punctuation, words joined by one blank (NFKD, Unicode UAX #15)."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    joined = bare.casefold().replace("'", "").replace("’", "")
    return " ".join("".join(c if c.isalnum() else " " for c in joined).split())


def name_key(name: str) -> str:
    """Return the key of a name: folded, without honorifics, words joined by hyphens; "" for a name without letters."""
    words = fold(name).split()
    kept = [word for word in words if word not in _HONORIFICS] or words
    return "-".join(kept)
