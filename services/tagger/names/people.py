"""Who is who: the roles that tie people to bodies, and the short forms that stand for a full name."""

import re
from functools import cache

from services.messages import Mention
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions
from services.text.names import name_key

_SHORT_FORM = 4
"""Letters that a last name needs to be looked for on its own."""
_NAME = r"[A-Z][\w’'-]+(?:[ -](?:al|el|bin|ibn|abu|van|de|der|von|da|di)[ -](?=\w)|[ -](?=[A-Z]))?"
_PERSON = re.compile(rf"(?:{_NAME}){{2,5}}(?<! )")
_OF = re.compile(r" (?:of|for) (?:the )?")
_THEN = re.compile(r",? ")
_BESIDE = re.compile(r"(?:,? (?:the |a |an )?)$")
_WORD = re.compile(r"(?<![\w-])[^\W\d_][\w’'-]*\w(?!\w)")
_IN_BRACKETS = re.compile(r" \((?:the |or |known as )?[“\"]?([A-Z][A-Za-z.-]{1,9})[”\"]?\)")


def tie_roles(mentions: Mentions) -> None:
    """Read "leader of GROUP, NAME", "GROUP leader NAME", and "NAME, leader of GROUP": the name gets role and body."""
    for match in _roles().finditer(mentions.text):
        body = _body_after(mentions, match.end()) or _body_before(mentions, match.start())
        if body is None:
            continue
        after = max(match.end(), body.end)
        name = _name_after(mentions, after) or _name_before(mentions, min(match.start(), body.start))
        if name is not None and not (name.start <= match.start() < name.end):
            affiliation = tuple(dict.fromkeys((*name.affiliation, body.actor_id or body.key)))
            mentions.update(name, role=match.group(1).lower(), of=body.id, affiliation=affiliation)


_LEADS = re.compile(r",? who (lead|head|command|found)(?:s|ed)? (?:the )?|,? who (led) (?:the )?")
_LED = {"lead": "leader", "led": "leader", "head": "head", "command": "commander", "found": "founder"}


def tie_leaders(mentions: Mentions) -> None:
    """Read "NAME, who leads GROUP": the name gets the role that the verb says, and the body."""
    for match in _LEADS.finditer(mentions.text):
        name = next((m for m in mentions.ending(match.start()) if m.type == "person"), None)
        body = next((m for m in mentions.starting(match.end()) if m.type in ("group", "organisation", "state")), None)
        if name is not None and body is not None and name.role is None:
            affiliation = tuple(dict.fromkeys((*name.affiliation, body.actor_id or body.key)))
            mentions.update(name, role=_LED[match.group(1) or match.group(2)], of=body.id, affiliation=affiliation)


@cache
def _roles() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(sorted(cues().roles))})\b", re.IGNORECASE)


def _body_after(mentions: Mentions, at: int) -> Mention | None:
    gap = _OF.match(mentions.text, at)
    bodies = mentions.starting(gap.end()) if gap else []
    return next((m for m in bodies if m.type in ("group", "organisation", "state")), None)


def _body_before(mentions: Mentions, at: int) -> Mention | None:
    text = mentions.text
    end = at - 1 if text[at - 1 : at] == " " else at
    end -= 2 if text[max(0, end - 2) : end] in ("'s", "’s") else 0
    return next((m for m in mentions.ending(end) if end < at and m.type in ("group", "organisation")), None)


def _name_after(mentions: Mentions, at: int) -> Mention | None:
    gap = _THEN.match(mentions.text, at)
    if gap is None:
        return None
    known = next((m for m in mentions.starting(gap.end()) if m.type == "person"), None)
    if known:
        return known
    match = _PERSON.match(mentions.text, gap.end())
    if match is None or mentions.overlaps(match.start(), match.end()):
        return None
    return mentions.add(match.start(), match.end(), "person", "mention/name-after-role")


def _name_before(mentions: Mentions, at: int) -> Mention | None:
    gap = _BESIDE.search(mentions.text, max(0, at - 6), at)
    return next((m for m in mentions.ending(gap.start()) if m.type == "person"), None) if gap else None


def add_short_forms(mentions: Mentions) -> None:
    """Join short forms to the full name that goes with them, new or known: "Alloush" after "Zahran Alloush".

    Where several people have the name, the one named last counts, at first the one in a dictionary or with a role.
    """
    by_last: dict[str, list[Mention]] = {}
    for mention in mentions.in_order():
        if mention.type == "person" and " " in mention.surface:
            last = mention.surface.split(" ")[-1]
            for short in {last, re.sub(r"^(?:al|el|Al|El)-", "", last)}:
                if len(short) >= _SHORT_FORM:
                    by_last.setdefault(short, []).append(mention)
    for match in _WORD.finditer(mentions.text) if by_last else ():
        word = match.group()
        word = word[:-2] if word.endswith(("'s", "’s")) else word
        if word in by_last:
            _join(mentions, match.start(), match.start() + len(word), _meant(by_last[word], match.start()))


def _meant(people: list[Mention], at: int) -> Mention:
    before = [m for m in people if m.start <= at]
    return before[-1] if before else min(people, key=lambda m: (m.actor_id is None, m.role is None, m.start))


def _join(mentions: Mentions, start: int, end: int, whole: Mention) -> None:
    known = mentions.at(start, end)
    if known is not None and (known.actor_id is not None or _is_known_place(known) or known.id == whole.id):
        return
    same = {"key": whole.key, "actor_id": whole.actor_id, "role": whole.role, "of": whole.of, "affiliation": whole.affiliation}
    if known is not None and known.type == "person":
        if " " not in known.surface or name_key(known.surface) == name_key(whole.surface):
            mentions.update(known, **same)
    elif known is None or (known.start, known.end) == (start, end):
        if known is not None:
            mentions.drop(known)
        mentions.add(start, end, "person", "mention/short-form", **same)


def _is_known_place(mention: Mention) -> bool:
    return mention.type == "place" and mention.basis != "recogniser"


def add_acronyms(mentions: Mentions) -> None:
    """Join a short name in brackets to the body before it, here and in the rest of the text: "Sella Relief Fund (SRF)"."""
    short: dict[str, Mention] = {}
    for match in _IN_BRACKETS.finditer(mentions.text):
        bodies = [m for m in mentions.ending(match.start()) if m.type in ("organisation", "group")]
        if bodies and _abbreviates(match.group(1), bodies[0].surface):
            short.setdefault(match.group(1), bodies[0])
    for match in _WORD.finditer(mentions.text) if short else ():
        whole, known = short.get(match.group()), mentions.at(*match.span())
        if whole is None or (known is not None and (known.actor_id is not None or (known.start, known.end) != match.span())):
            continue
        if known is not None:
            mentions.drop(known)
        more: dict[str, object] = {"key": whole.key, "actor_id": whole.actor_id, "affiliation": whole.affiliation}
        start, end = match.span()
        mentions.add(start, end, whole.type, "mention/acronym", **more)


def _abbreviates(short: str, name: str) -> bool:
    """Tell whether the letters of `short` are found in order at the starts of words of `name`, or most of them."""
    initials = "".join(word[0] for word in re.findall(r"\w+", name)).lower()
    letters = [c for c in short.lower() if c.isalpha()]
    rest = iter(initials)
    return sum(letter in rest for letter in letters) >= max(2, len(letters) - 1)
