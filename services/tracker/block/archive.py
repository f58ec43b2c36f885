"""The archive of a block: stubs of claims that closed long ago, and where late reports go.

long closed claims of a large block ─► stubs ─┐
late report, edit of an archived article ─► its own stub, or the best fitting; else none: it is news
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from services.messages import (
    Archived,
    BlockArticle,
    BlockReports,
    Claim,
    Evidence,
    Judgement,
    Verdict,
    decode,
    encode,
)
from services.tracker.block.piles import latest_of
from services.tracker.block.stubs import (
    accused,
    found_wrong,
    gist,
    judged,
    silenced,
    spoken,
    told,
    version,
)
from services.tracker.claims.rules import QUIET
from services.tracker.grouping.gist import Gist, gist_of
from services.tracker.grouping.incidents import Incident, incidents
from services.tracker.grouping.marks import DAYS_WITHIN
from services.tracker.grouping.rules import Rules, affinity
from services.tracker.reports.element import of_article, report_ids
from services.tracker.reports.evidence import evidence
from services.tracker.reports.sides import denies


@dataclass(frozen=True, slots=True)
class _Shelved:
    """A packed stub, with what excludes it without unpacking: its times and firm dates."""

    packed: bytes
    first: datetime | None
    last: datetime | None
    dates: frozenset[int]
    version: int

    def is_near(self, times: Iterable[datetime], days: Iterable[int]) -> bool:
        """True if a report of one of these times, or with one of these days, may be its."""
        if self.first and self.last:
            for at in times:
                if self.first - at <= QUIET and at - self.last <= QUIET:
                    return True
        return any(map(self._has_date_near, days))

    def _has_date_near(self, day: int) -> bool:
        return not self.dates.isdisjoint(range(day - DAYS_WITHIN, day + DAYS_WITHIN + 1))


class Archive:
    """The stubs of a block by claim id. The empty id has the articles that were in no claim.

    `version` is what the stubs add to the version of the block.
    """

    def __init__(self) -> None:
        self.version = 0
        self._shelf: dict[str, _Shelved] = {}

    def __len__(self) -> int:
        return len(self._shelf)

    def __contains__(self, claim_id: str) -> bool:
        return claim_id in self._shelf

    def put(self, row: Archived) -> None:
        """Add a stub, in place of an older one of its claim."""
        name, known = row.claim.claim_id if row.claim else "", row.known
        before = self._shelf.get(name)
        packed, dates = zlib.compress(encode(row)), frozenset(known.dates)
        shelved = _Shelved(packed, known.first_at, known.last_at, dates, version(row))
        self._shelf[name] = shelved
        self.version += shelved.version - (before.version if before else 0)

    def forgotten(self, versions: int) -> Archived:
        """Return the row of articles in no claim, with the versions of more such articles."""
        before = self._shelf.get("")
        return Archived(versions=versions + (before.version if before else 0))

    def claims(self) -> Iterator[Claim]:
        """Yield the claims of the stubs, of version 0."""
        return (told(self._row(name)) for name in self._shelf if name)

    def take(
        self, entry: BlockArticle, held: BlockArticle | None, rules: Rules
    ) -> tuple[BlockArticle | None, list[Archived]]:
        """Return what of an article belongs to no archived claim, and the stubs that it changes.

        The first is None if nothing is left. `held` is what the block has of the article. It is
        kept as it is, unless an archived claim has the rest of the article and this is an edit.
        """
        latest = latest_of(entry)
        article_id = latest.article_id
        if latest.judgement:
            return entry, self._judged(latest.judgement)
        if latest.verdict:
            return entry, self._found_wrong(latest.verdict)
        near = self._near(entry, latest)
        own = {name: row for name, row in near.items() if _holds(row, article_id)}
        if held and not own:
            return entry, []
        if own and min(_version_in(row, article_id) for row in own.values()) >= latest.version:
            return held, list(own.values())
        return _Taking(own, near, rules).take(entry, latest)

    def _judged(self, judgement: Judgement) -> list[Archived]:
        if judgement.claim_id not in self._shelf:
            return []
        return [judged(self._row(judgement.claim_id), judgement)]

    def _found_wrong(self, verdict: Verdict) -> list[Archived]:
        if not verdict.is_whole or verdict.claim_id not in self._shelf:
            return []
        return [found_wrong(self._row(verdict.claim_id), verdict)]

    def _near(self, entry: BlockArticle, latest: BlockReports) -> dict[str, Archived]:
        """Return the stubs that an article may belong to, by its time or a day that it names."""
        if not self._shelf:
            return {}
        times = list(filter(None, (latest.published_at, latest.first_seen_at)))
        days: set[int] = set()
        for element in of_article(entry):
            days |= gist_of(element).dates
        found: dict[str, Archived] = {}
        for name, shelved in self._shelf.items():
            if name and shelved.is_near(times, days):
                found[name] = self._row(name)
        return found

    def _row(self, name: str) -> Archived:
        return decode(Archived, zlib.decompress(self._shelf[name].packed))


def _holds(row: Archived, article_id: str) -> bool:
    return article_id in row.articles or article_id in row.late


def _version_in(row: Archived, article_id: str) -> int:
    """Return the version of an article that a stub holds."""
    return row.late[article_id] if article_id in row.late else row.articles[article_id]


@dataclass(frozen=True)
class _Taking:
    """Where an article's reports go: `own` are the stubs with the article, `near` all near ones."""

    own: Mapping[str, Archived]
    near: Mapping[str, Archived]
    rules: Rules

    def take(
        self, entry: BlockArticle, latest: BlockReports
    ) -> tuple[BlockArticle | None, list[Archived]]:
        """Return the article without the reports of archived claims, and the changed stubs."""
        changed = {name: silenced(row, latest) for name, row in self.own.items()}
        found: set[str] = set()
        live = (element for element in of_article(entry) if element.live)
        for incident in incidents(live, self.rules):
            home = self._home(incident.gist)
            if home is not None:
                row = changed.get(home, self.near[home])
                changed[home] = spoken(row, latest, incident.gist.last, _denial(row, incident))
                found.update(report_ids(incident.members))
        return (_without(entry, found) if changed else entry), list(changed.values())

    def _home(self, said: Gist) -> str | None:
        """Return the id of the archived claim that an incident belongs to, if any.

        The article's own stubs come first, then the best fitting. A retracted claim takes no late
        report: that report is the first of its event.
        """
        fitting = self._fitting_own(said) or self._fitting_near(said)
        return max(fitting, key=lambda name: (affinity(fitting[name], said), name), default=None)

    def _fitting_own(self, said: Gist) -> dict[str, Gist]:
        fitting: dict[str, Gist] = {}
        for name, row in self.own.items():
            known = gist(row)
            if self.rules.can_be_one(known, said, of_one_article=True):
                fitting[name] = known
        return fitting

    def _fitting_near(self, said: Gist) -> dict[str, Gist]:
        fitting: dict[str, Gist] = {}
        for name, row in self.near.items():
            known = gist(row)
            if told(row).status != "retracted" and self.rules.can_be_one(_at(known, said), said):
                fitting[name] = known
        return fitting


def _denial(row: Archived, incident: Incident) -> Evidence | None:
    """Return the sentence by which an article denies an archived claim, if it does nothing else."""
    actors = accused(row)
    if not all(denies(member.report, actors) for member in incident.members):
        return None
    first = incident.members[0]
    return evidence(first.article, first.report)


def _at(claim: Gist, said: Gist) -> Gist:
    """Return a claim as it was when something was said: as near as its nearest report may be."""
    if claim.last is None or claim.published is None or said.published is None:
        return claim
    return replace(claim, last=min(max(said.published, claim.published), claim.last))


def _without(entry: BlockArticle, gone: set[str]) -> BlockArticle | None:
    """Return an article without some reports; None if none is left."""
    versions: list[BlockReports] = []
    for said in entry.versions:
        kept = tuple(r for r in said.reports if r.report_id not in gone)
        versions.append(msgspec.structs.replace(said, reports=kept))
    if not any(said.reports for said in versions):
        return None
    return msgspec.structs.replace(entry, versions=tuple(versions))
