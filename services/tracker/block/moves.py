"""Reports that moved out of a published claim, by a late report, an edit, or a judgement.

A claim that has ended is merged into the one with most of its articles. An old death that was
published as news is merged into the confirmed death. Every other claim that takes a report from a
published one was split from it. So each report that moved has a pointer between both claims.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from services.messages import Claim
from services.tracker.claims.claim import is_confirmed_death
from services.tracker.reports.element import Element, report_ids
from services.tracker.reports.words import lists

MAX_FROM = 20
"""Claims that `split_from` names: the last ones. It bounds the message."""

Sources = dict[str, dict[str, None]]
"""By claim id the ids of claims that its reports came from, in order."""


@dataclass(frozen=True)
class Known:
    """The claims of a block as published, the reports of each, and what each was split from."""

    claims: Mapping[str, Claim] = field(default_factory=dict)
    members: Mapping[str, tuple[Element, ...]] = field(default_factory=dict)
    split_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def followed_by(
        self, claims: Mapping[str, Claim], members: Mapping[str, tuple[Element, ...]]
    ) -> "Known":
        """Return what is known after these claims are published."""
        into = self._homes(claims)
        sources: Sources = {i: dict.fromkeys(found) for i, found in self.split_from.items()}
        for gone, home in into.items():
            sources.setdefault(home, {}).update(sources.get(gone, {}))
        for to, moved in self._moves(claims, members).items():
            sources.setdefault(to, {}).update(moved)
        split_from: dict[str, tuple[str, ...]] = {}
        for i, found in sources.items():
            kept = tuple(s for s in found if s != i and into.get(s) != i)[-MAX_FROM:]
            if kept and i in claims:
                split_from[i] = kept
        return Known(claims, members, split_from)

    def merged(self, after: "Known") -> list[Claim]:
        """Return the claims that have ended, each with the claim that it is merged into."""
        found: list[Claim] = []
        for i, home in self._homes(after.claims).items():
            found.append(msgspec.structs.replace(self.claims[i], merged_into=home, cause=()))
        return found

    def _homes(self, claims: Mapping[str, Claim]) -> dict[str, str]:
        """Return by each claim that has ended the one that it is merged into, if any."""
        homes: dict[str, str] = {}
        for i, claim in self.claims.items():
            home = None if i in claims else _home(claim, claims)
            if home:
                homes[i] = home
        return homes

    def _moves(
        self, claims: Mapping[str, Claim], members: Mapping[str, tuple[Element, ...]]
    ) -> Sources:
        """Return by claim the claims that its reports were in. Only changed claims are read."""
        changed = {i for i in {*self.claims, *claims} if self.claims.get(i) is not claims.get(i)}
        now: dict[str, str] = {}
        for i in claims:
            if i in changed:
                now.update(dict.fromkeys(report_ids(members[i]), i))
        found: Sources = {}
        for i in self.claims:
            if i in changed:
                for report_id in report_ids(self.members[i]):
                    to = now.get(report_id, i)
                    if to != i:
                        found.setdefault(to, {})[i] = None
        return found


def _home(old: Claim, after: Mapping[str, Claim]) -> str | None:
    """Return the claim with most of the articles of one that has ended, else a confirmed death.

    None: no claim has its articles, and it is no death that another claim confirms.
    """
    articles, shared = set(old.article_ids), dict[str, int]()
    for claim in after.values():
        n = len(articles.intersection(claim.article_ids))
        if n:
            shared[claim.claim_id] = n
    if shared or old.event not in lists().deaths:
        return max(shared, key=lambda i: (shared[i], i), default=None)
    return next((c.claim_id for c in after.values() if is_confirmed_death(c)), None)
