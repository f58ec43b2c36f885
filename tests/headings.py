"""The anchors of a document's headings, as GitHub makes them."""

import re

_HEADING = re.compile(r"^#{1,6} (.+)$", re.M)
_CODE = re.compile(r"^```.*?^```", re.M | re.S)


def anchors(text: str) -> set[str]:
    """Return the anchors of all headings."""
    return {anchor(heading) for heading in _HEADING.findall(_CODE.sub("", text))}


def anchor(heading: str) -> str:
    """Return the anchor of one heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")
