"""People and bodies: the roles that tie one to the other, and the acronyms of bodies."""

import re
from functools import cache

from services.messages import Mention, Span
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions

_NAME = (
    r"[A-Z][\w’'-]+"
    r"(?:[ -](?:al|el|bin|ibn|abu|van|de|der|von|da|di)[ -](?=\w)|[ -](?=[A-Z]))?"
)
_PERSON = re.compile(rf"(?:{_NAME}){{2,5}}(?<! )")
_OF = re.compile(r" (?:of|for) (?:the )?")
_THEN = re.compile(r",? ")
_BESIDE = re.compile(r"(?:,? (?:the |a |an )?)$")
_WORD = re.compile(r"(?<![\w-])[^\W\d_][\w’'-]*\w(?!\w)")
_IN_BRACKETS = re.compile(r" \((?:the |or |known as )?[“\"]?([A-Z][A-Za-z.-]{1,9})[”\"]?\)")
_LEADS = re.compile(
    r",? who (?:(?P<leader>leads?|led)|(?P<head>head(?:s|ed)?)"
    r"|(?P<commander>command(?:s|ed)?)|(?P<founder>found(?:s|ed)?)) (?:the )?"
)
"""A verb of leading; the name of its group is the role."""


def tie_roles(mentions: Mentions) -> None:
    """Give a name the role and body beside it.

    The forms are "leader of GROUP, NAME", "GROUP leader NAME", and "NAME, leader of GROUP".
    """
    for match in _roles().finditer(mentions.text):
        body = _body_after(mentions, match.end()) or _body_before(mentions, match.start())
        if body is None:
            continue
        name = _name_after(mentions, max(match.end(), body.end))
        name = name or _name_before(mentions, min(match.start(), body.start))
        if name is not None and not (name.start <= match.start() < name.end):
            _tie(mentions, name, body, match.group(1).lower())


def tie_leaders(mentions: Mentions) -> None:
    """Give a name the role that "NAME, who leads GROUP" says, and the body."""
    for match in _LEADS.finditer(mentions.text):
        name = _first(mentions.ending(match.start()), "person")
        body = _first(mentions.starting(match.end()), "group", "organisation", "state")
        if name is not None and body is not None and name.role is None:
            _tie(mentions, name, body, match.lastgroup or "")


def _tie(mentions: Mentions, name: Mention, body: Mention, role: str) -> None:
    affiliation = tuple(dict.fromkeys((*name.affiliation, body.actor_id or body.key)))
    mentions.update(name, role=role, of=body.id, affiliation=affiliation)


def _first(mentions: list[Mention], *types: str) -> Mention | None:
    return next((mention for mention in mentions if mention.type in types), None)


@cache
def _roles() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(sorted(cues().roles))})\b", re.IGNORECASE)


def _body_after(mentions: Mentions, at: int) -> Mention | None:
    gap = _OF.match(mentions.text, at)
    bodies = mentions.starting(gap.end()) if gap else []
    return _first(bodies, "group", "organisation", "state")


def _body_before(mentions: Mentions, at: int) -> Mention | None:
    text = mentions.text
    end = at - 1 if text[at - 1 : at] == " " else at
    end -= 2 if text[max(0, end - 2) : end] in ("'s", "’s") else 0
    return _first(mentions.ending(end), "group", "organisation") if end < at else None


def _name_after(mentions: Mentions, at: int) -> Mention | None:
    gap = _THEN.match(mentions.text, at)
    if gap is None:
        return None
    known = _first(mentions.starting(gap.end()), "person")
    if known:
        return known
    match = _PERSON.match(mentions.text, gap.end())
    if match is None or mentions.overlaps(match.start(), match.end()):
        return None
    return mentions.add(match.start(), match.end(), "person", "mention/name-after-role")


def _name_before(mentions: Mentions, at: int) -> Mention | None:
    gap = _BESIDE.search(mentions.text, max(0, at - 6), at)
    return _first(mentions.ending(gap.start()), "person") if gap else None


def add_acronyms(mentions: Mentions) -> None:
    """Join a short name in brackets to the body before it: "Sella Relief Fund (SRF)".

    The rest of the text may use the short name alone.
    """
    bodies: dict[str, Mention] = {}
    for match in _IN_BRACKETS.finditer(mentions.text):
        body = _first(mentions.ending(match.start()), "organisation", "group")
        if body is not None and _abbreviates(match.group(1), body.surface):
            bodies.setdefault(match.group(1), body)
    for match in _WORD.finditer(mentions.text) if bodies else ():
        body = bodies.get(match.group())
        if body is not None:
            _add_acronym(mentions, match.span(), body)


def _add_acronym(mentions: Mentions, span: Span, body: Mention) -> None:
    known = mentions.at(*span)
    if known is not None:
        if known.actor_id is not None or (known.start, known.end) != span:
            return
        mentions.drop(known)
    start, end = span
    same = {"key": body.key, "actor_id": body.actor_id, "affiliation": body.affiliation}
    mentions.add(start, end, body.type, "mention/acronym", **same)


def _abbreviates(short: str, name: str) -> bool:
    """Return whether most letters of `short` open words of `name`, in order."""
    initials = "".join(word[0] for word in re.findall(r"\w+", name)).lower()
    letters = list(filter(str.isalpha, short.lower()))
    rest = iter(initials)
    return sum(letter in rest for letter in letters) >= max(2, len(letters) - 1)
