"""Headline conventions: what a title says of its own news, outside any clause ("Hoax:", "sources say", "?")."""

import re
from functools import cache

from services.messages import Cue, Stance
from services.tagger.dictionaries import cues

_FIRST_NO = re.compile(r"^(?P<cue>No|Nope|Sorry|Nah)[,.!:;]", re.IGNORECASE)
_WH_QUESTION = re.compile(r"^(?:how|why|what|who|where|when|which)\b", re.IGNORECASE)
_QUESTION = re.compile(r"(?P<cue>\?)[\"'”’)]*\s*$")
_CLASSES: tuple[tuple[str, str, Stance], ...] = (
    ("title_falsehoods", "falsehood", "denied"),
    ("title_denials", "denial", "denied"),
    ("title_negations", "negation", "denied"),
    ("title_mock_beliefs", "mock", "reported"),
    ("title_hedges", "hedge", "reported"),
    ("title_modals", "modal", "reported"),
)
"""In order of precedence; two of the first three turn each other round ("denies hoax"), and that stays `reported`."""


def headline_convention(title: str) -> tuple[Stance, Cue] | None:
    """Return what a title's conventions make of its news, with the cue (offsets in the title), or None."""
    opening = _FIRST_NO.search(title)
    if opening:
        return "denied", _cue("denial", opening, "no")
    against = [found for name, kind, _ in _CLASSES[:3] if (found := _search(title, name, kind))]
    if len(against) > 1:
        return "reported", against[0]
    if against:
        return "denied", against[0]
    question = _QUESTION.search(title)
    if question and not _WH_QUESTION.search(title):
        return "hypothetical", _cue("question", question, "mark")
    for name, kind, stance in _CLASSES[3:]:
        found = _search(title, name, kind)
        if found:
            return stance, found
    return None


def _search(title: str, name: str, kind: str) -> Cue | None:
    match = _pattern(name).search(title)
    return _cue(kind, match, match["cue"].lower()) if match else None


def _cue(kind: str, match: re.Match[str], word: str) -> Cue:
    return Cue(kind=kind, span=match.span("cue"), rule=f"headline/{kind}-{word.replace(' ', '-')}@1")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return a pattern over a class of words; months ("May 2") and offenders ("alleged killer") are no hedges."""
    words = "|".join(re.escape(word).replace("’", "[’']") for word in sorted(cues()[name], key=len, reverse=True))
    offenders = "|".join(sorted(cues()["offenders"]))
    guard = rf"(?!\s+(?:{offenders})\b)" if name == "title_hedges" else r"(?!\s+\d)"
    return re.compile(rf"(?<![\w’'])(?P<cue>{words})(?!\w){guard}", re.IGNORECASE)
