"""The claims of a block as they meet those of other blocks, and what is published of a meeting."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from services.messages import Claim, Known, Party
from services.tracker.block.blocks import Live, Own
from services.tracker.grouping.known import known_of
from services.tracker.grouping.meeting import Meeting
from services.tracker.grouping.rules import principal_of
from services.tracker.reports.element import Element

MOST_LOOKED_AT = 50
"""Reports of a claim, the first ones, whose names and incidents it is found by. A guess."""

MAX_NAMES = 16
"""Names that a claim is found by: those that most of its articles name. A guess."""

MAX_MARKS = 500
"""Incidents of a claim that a claim of another block is held against. It bounds the row."""


def parties(live: Live, now: Own) -> Iterator[Party]:
    """Yield the parties of the claims of a block that changed since they were published last."""
    rules = live.block.rules
    for claim_id, claim in now.claims.items():
        members = now.members[claim_id]
        is_old = live.own.members.get(claim_id) is members and rules == live.rules
        if not is_old and not is_judged_apart(claim):
            party = _party(live, claim, members)
            if party is not None:
                yield party


def is_judged_apart(claim: Claim) -> bool:
    """True if an analyst split or merged the claim: then nothing else is added to it."""
    return any(judgement.kind in ("split", "merge") for judgement in claim.judgements)


def gone(live: Live, now: Own, meeting: Meeting) -> list[str]:
    """Return the claims of a block that meet no others any more.

    An archived one that met others stays, so that these do not become news again.
    """
    ended = [i for i in _ended(live, now) if i not in live.block.archive or _is_alone(i, meeting)]
    return ended + [i for i, claim in now.claims.items() if is_judged_apart(claim)]


def shelved(live: Live, now: Own, meeting: Meeting) -> Iterator[Party]:
    """Yield the parties of archived claims that met others: only their places are kept."""
    for claim_id in _ended(live, now):
        party = meeting.get(claim_id) if claim_id in live.block.archive else None
        if party is not None:
            yield msgspec.structs.replace(party, known=Known(), names=(), incidents=())


def _ended(live: Live, now: Own) -> list[str]:
    return [i for i in live.own.claims if i not in now.claims]


def _is_alone(claim_id: str, meeting: Meeting) -> bool:
    return len(meeting.group(claim_id)) < 2


def _party(live: Live, claim: Claim, members: Sequence[Element]) -> Party | None:
    gist = live.block.gists[claim.claim_id]
    if gist is None:
        return None
    looked_at = members[:MOST_LOOKED_AT]
    names = _names(looked_at)
    return Party(
        claim_id=claim.claim_id,
        block=claim.block,
        at=members[0].at,
        first=members[0].report.report_id,
        rank=_rank(live, claim),
        known=known_of(gist, MAX_MARKS),
        names=tuple(names),
        speaking=tuple(_only_speaking(names, looked_at)),
        incidents=tuple(dict.fromkeys(m.incident for m in looked_at if m.incident)),
    )


def _rank(live: Live, claim: Claim) -> int:
    if live.block.rules.of_a_person:
        return 0
    return 2 if principal_of(claim.block) == "?" else 1


def _names(members: Sequence[Element]) -> list[str]:
    """Return the names that most articles name, the first in alphabet where as many do."""
    by_article: dict[str, set[str]] = {}
    for member in members:
        by_article.setdefault(member.article.article_id, set()).update(member.report.names)
    found = Counter[str]()
    for names in by_article.values():
        found.update(names)
    return sorted(found, key=lambda name: (-found[name], name))[:MAX_NAMES]


def _only_speaking(names: Iterable[str], members: Sequence[Element]) -> Iterator[str]:
    """Yield the names that no article gives a part in an event."""
    acting = set[str]()
    for member in members:
        acting |= set(member.report.names) - set(member.report.speaking)
    return (name for name in names if name not in acting)
