"""Membership: the bodies and people to whom a sentence says that a victim belongs.

"The Council said its deputy leader, Ada Brenn, was killed": the deputy is the Council's. "Ada
Brenn, a guard of the Council's leader": so is she. A name that merely stands near is not meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import msgspec

from services.messages import Answer, Mention, Span, TaggedArticle
from services.text.names import name_key
from services.tracker.reports.words import lists

REACH = 60
"""Characters beside a name in which a possessor is looked for. A guess: a noun phrase."""

_WORDS = r"(?:[\w’'-]+\ ){0,3}?"
_BODIES = frozenset({"group", "organisation", "state"})
_OWNERS = {"its": _BODIES, "his": {"person"}, "her": {"person"}, "their": _BODIES}


@dataclass(frozen=True)
class _Patterns:
    """What stands beside a name by which it is somebody's; each needs a noun for such a person.

    - `own_before`: a possessive ("its second-in-command, NAME").
    - `own_behind`: an apposition with a possessive (", a guard of its leader").
    - `of_owner`: what stands between a name and its owner (", a fighter of the OWNER").
    - `owners`: what stands between an owner and a name ("OWNER's second-in-command, NAME").
    - `people`: the same of a nationality ("Kostrian engineer NAME").
    """

    own_before: re.Pattern[str]
    own_behind: re.Pattern[str]
    of_owner: re.Pattern[str]
    owners: re.Pattern[str]
    people: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    noun = rf"{_WORDS}(?:{'|'.join(sorted(lists().members | lists().kin))})"
    own, one = r"(its|his|her|their)\ ", r"(?:an?|the|one\ of\ the)\ "
    return _Patterns(
        own_before=re.compile(rf"\b{own}{noun},?\ $", re.IGNORECASE),
        own_behind=re.compile(
            rf",\ (?:{own}{noun}\b|(?:one\ of\ |{one}{noun}\ (?:of|to|for)\ ){own}\w)",
            re.IGNORECASE,
        ),
        of_owner=re.compile(rf",\ {one}{noun}\ (?:of|for|in)\ (?:the\ )?", re.IGNORECASE),
        owners=re.compile(rf"['’]s?\ {noun},?\ ", re.IGNORECASE),
        people=re.compile(rf"\ (?:{noun}\ )?", re.IGNORECASE),
    )


class Membership:
    """Who belongs to whom in one article, as far as a possessive or an apposition says so."""

    def __init__(self, article: TaggedArticle) -> None:
        self._text = article.text
        known = _BODIES | {"person", "nationality"}
        self._owners = [m for m in article.mentions if m.type in known and m.form != "pronoun"]

    def of(self, answer: Answer, sentence: Span) -> Answer:
        """Return a victim with the keys of those to whom the sentence says that it belongs."""
        start, end = answer.span
        if not answer.named or answer.type != "person":
            return answer
        found = dict.fromkeys(answer.affiliation)
        if sentence[0] <= start < sentence[1]:
            for owner in self._owners_of(start, end, sentence[0]):
                found |= dict.fromkeys((key_of(owner), *owner.affiliation))
        return msgspec.structs.replace(answer, affiliation=tuple(found))

    def _owners_of(self, start: int, end: int, since: int) -> Iterator[Mention]:
        patterns = _patterns()
        before = patterns.own_before.search(self._text, max(since, start - REACH), start)
        behind = patterns.own_behind.match(self._text, end, end + REACH)
        for found in filter(None, (before, behind)):
            group = found.lastindex or 0
            own = self._possessor(found.group(group).casefold(), since, found.start(group), start)
            if own is not None:
                yield own
        for owner in self._owners:
            is_behind = end < owner.start <= end + REACH
            is_before = since <= owner.start and start - REACH <= owner.end < start
            between = patterns.people if owner.type == "nationality" else patterns.owners
            if (is_behind and patterns.of_owner.fullmatch(self._text, end, owner.start)) or (
                is_before and between.fullmatch(self._text, owner.end, start)
            ):
                yield owner

    def _possessor(self, pronoun: str, since: int, at: int, victim: int) -> Mention | None:
        """Return the last one named before a possessive in its sentence that it may stand for."""
        fitting = [
            owner
            for owner in self._owners
            if since <= owner.start < at
            and owner.end <= at
            and owner.start != victim
            and owner.type in _OWNERS[pronoun]
        ]
        return max(fitting, key=_start, default=None)


def key_of(mention: Mention) -> str:
    """Return the key by which an actor is known in claims."""
    return mention.actor_id or mention.key or name_key(mention.surface)


def _start(mention: Mention) -> int:
    return mention.start
