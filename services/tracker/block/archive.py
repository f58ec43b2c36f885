"""The archive of a block: stubs in the place of the articles of claims that closed long ago, and how a late word finds one.

claims closed for long, in a block that holds much ─► stubs ─┐
late report, edit of an article let go ─► the stub that it is in, or fits best, else none: it is news
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from services.messages import Archived, BlockArticle, BlockReports, Claim, Judgement, decode, encode
from services.tracker.block.stubs import gist, judged, silenced, spoken, told, version
from services.tracker.claims.rules import QUIET
from services.tracker.grouping.grouping import DAYS_WITHIN, Gist, Rules, affinity, gist_of, tellings
from services.tracker.reports.element import of_article


@dataclass(frozen=True, slots=True)
class _Shelved:
    """A stub, packed, and what tells without unpacking it that it is not meant."""

    packed: bytes
    first: datetime | None
    last: datetime | None
    dates: frozenset[int]
    version: int

    def is_near(self, times: Iterable[datetime], days: Iterable[int]) -> bool:
        """Tell whether a report of one of these times, or of one of these days, may be of the claim."""
        if self.first and self.last and any(self.first - at <= QUIET and at - self.last <= QUIET for at in times):
            return True
        return bool(self.dates) and any(abs(a - b) <= DAYS_WITHIN for a in days for b in self.dates)


class Archive:
    """The stubs of a block, by the ids of their claims; the empty id is what is left of articles that were in none."""

    def __init__(self) -> None:
        self.version = 0
        """What the stubs add to the version of the block."""
        self._shelf: dict[str, _Shelved] = {}

    def __len__(self) -> int:
        return len(self._shelf)

    def __contains__(self, claim_id: str) -> bool:
        return claim_id in self._shelf

    def put(self, row: Archived) -> None:
        """Shelve a stub, in the place of what was known of its claim."""
        name, known = row.claim.claim_id if row.claim else "", row.known
        before = self._shelf.get(name)
        shelved = _Shelved(zlib.compress(encode(row)), known.first_at, known.last_at, frozenset(known.dates), version(row))
        self._shelf[name] = shelved
        self.version += shelved.version - (before.version if before else 0)

    def forgotten(self, versions: int) -> Archived:
        """Return the row that stands for articles that were in no claim, with more of them."""
        before = self._shelf.get("")
        return Archived(versions=versions + (before.version if before else 0))

    def claims(self) -> Iterator[Claim]:
        """Yield the claims of the stubs, of version 0."""
        return (told(self._row(name)) for name in self._shelf if name)

    def take(self, entry: BlockArticle, held: BlockArticle | None, rules: Rules) -> tuple[BlockArticle | None, list[Archived]]:
        """Return what an article says of no archived claim, None where that is nothing, and the stubs that it is in by now.

        `held` is what the block holds of the article: that stays, unless an archived claim has the rest and this is an edit.
        """
        latest = max(entry.versions, key=lambda v: v.version)
        if latest.judgement:
            return entry, self._judged(latest.judgement)
        near = self._near(entry, latest)
        own = {name: row for name, row in near.items() if latest.article_id in row.articles or latest.article_id in row.late}
        if held and not own:
            return entry, []
        if own and all((row.articles | row.late)[latest.article_id] >= latest.version for row in own.values()):
            return held, list(own.values())
        return _taken(entry, latest, own, near, rules)

    def _judged(self, judgement: Judgement) -> list[Archived]:
        return [judged(self._row(judgement.claim_id), judgement)] if judgement.claim_id in self._shelf else []

    def _near(self, entry: BlockArticle, latest: BlockReports) -> dict[str, Archived]:
        """Return the stubs that an article may be in: by its time, or by a day that it names."""
        times = [at for at in (latest.published_at, latest.first_seen_at) if at]
        days = {day for e in of_article(entry) for day in gist_of(e).dates} if self._shelf else set[int]()
        return {name: self._row(name) for name, stub in self._shelf.items() if name and stub.is_near(times, days)}

    def _row(self, name: str) -> Archived:
        return decode(Archived, zlib.decompress(self._shelf[name].packed))


def _taken(
    entry: BlockArticle, latest: BlockReports, own: Mapping[str, Archived], near: Mapping[str, Archived], rules: Rules
) -> tuple[BlockArticle | None, list[Archived]]:
    """Return an article without what it says of archived claims, and their stubs; those it was in and is silent of, too."""
    changed = {name: silenced(row, latest) for name, row in own.items()}
    found: set[str] = set()
    for telling in tellings((e for e in of_article(entry) if e.live), rules):
        home = _home(telling.gist, own, near, rules)
        if home is not None:
            changed[home] = spoken(changed.get(home, near[home]), latest, telling.gist.last)
            found |= {member.report.report_id for member in telling.members}
    return (_without(entry, found) if changed else entry), list(changed.values())


def _home(said: Gist, own: Mapping[str, Archived], near: Mapping[str, Archived], rules: Rules) -> str | None:
    """Return the id of the archived claim that something is said of: of those that its article was in, else that it fits best.

    What nobody says any more takes no late report: that is the first of its event.
    """
    fitting = {name: g for name, row in own.items() if rules.can_be_one(g := gist(row), said, of_one_article=True)}
    if not fitting:
        open = {name: gist(row) for name, row in near.items() if told(row).status != "retracted"}
        fitting = {name: g for name, g in open.items() if rules.can_be_one(_as_of(g, said), said)}
    return max(fitting, key=lambda name: (affinity(fitting[name], said), name), default=None)


def _as_of(claim: Gist, said: Gist) -> Gist:
    """Return a claim as it stood when something was said: it is as near as its nearest report may have been."""
    if claim.last is None or claim.published is None or said.published is None:
        return claim
    return replace(claim, last=min(max(said.published, claim.published), claim.last))


def _without(entry: BlockArticle, reports: set[str]) -> BlockArticle | None:
    """Return an article without some reports, None where none is left."""
    versions = tuple(
        msgspec.structs.replace(v, reports=tuple(r for r in v.reports if r.report_id not in reports)) for v in entry.versions
    )
    return msgspec.structs.replace(entry, versions=versions) if any(v.reports for v in versions) else None
