"""Where reports went that stood in a claim already told: what a late report, an edit, or a judgement made of it.

A claim that is no more is merged into the one with most of its articles; an old death that was told as news until it proved
old, into the death confirmed. Every other claim that took a report from one told
before was split from it. So each report that moved has a pointer from one claim to the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from services.messages import Claim
from services.tracker.claims.claims import is_confirmed_death
from services.tracker.reports.element import Element
from services.tracker.reports.words import lists

MAX_FROM = 20
"""Claims named that one was split from: the last ones."""


@dataclass(frozen=True)
class Known:
    """The claims of a block as they are told, the reports of each, and the claims that each was split from."""

    claims: Mapping[str, Claim] = field(default_factory=dict)
    members: Mapping[str, tuple[Element, ...]] = field(default_factory=dict)
    split_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def followed_by(self, claims: Mapping[str, Claim], members: Mapping[str, tuple[Element, ...]]) -> "Known":
        """Return what is known once these are the claims."""
        into = {i: home for i in self.claims if i not in claims and (home := _home(self.claims[i], claims))}
        parted = {i: dict.fromkeys(found) for i, found in self.split_from.items()}
        for gone, home in into.items():
            parted.setdefault(home, {}).update(parted.get(gone, {}))
        for to, sources in self._moves(claims, members).items():
            parted.setdefault(to, {}).update(sources)
        kept = {
            i: tuple(s for s in found if s != i and into.get(s) != i)[-MAX_FROM:] for i, found in parted.items() if i in claims
        }
        return Known(claims, members, {i: found for i, found in kept.items() if found})

    def gone(self, after: "Known") -> list[Claim]:
        """Return the claims that are no more, each with the one that it is merged into."""
        homes = {i: _home(claim, after.claims) for i, claim in self.claims.items() if i not in after.claims}
        return [msgspec.structs.replace(self.claims[i], merged_into=home, cause=()) for i, home in homes.items() if home]

    def _moves(self, claims: Mapping[str, Claim], members: Mapping[str, tuple[Element, ...]]) -> dict[str, dict[str, None]]:
        """Return by claim those that its reports stood in before; only claims that changed are looked at."""
        changed = {i for i in {*self.claims, *claims} if self.claims.get(i) is not claims.get(i)}
        now = {m.report.report_id: i for i in claims if i in changed for m in members[i]}
        found: dict[str, dict[str, None]] = {}
        for i in (i for i in self.claims if i in changed):
            for to in {now.get(m.report.report_id, i) for m in self.members[i]} - {i}:
                found.setdefault(to, {})[i] = None
        return found


def _home(old: Claim, after: Mapping[str, Claim]) -> str | None:
    """Return the claim that holds most of the articles of one that is no more, else the death that it told again, else None."""
    articles = set(old.article_ids)
    shared = {c.claim_id: n for c in after.values() if (n := len(articles.intersection(c.article_ids)))}
    if shared or old.event not in lists().deaths:
        return max(shared, key=lambda i: (shared[i], i), default=None)
    return next((c.claim_id for c in after.values() if is_confirmed_death(c)), None)
