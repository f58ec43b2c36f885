"""Fold: the reports of one block to its claims, a pure function of their set.

set of (article, version, reports) ─► canonical order ─► groups ─► one claim a group
"""

import operator
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from services.messages import Archived, BlockArticle, Claim, ClaimReport, Judgement, Verdict
from services.tracker.claims.claim import claim_of, is_confirmed_death
from services.tracker.grouping.gist import Gist
from services.tracker.grouping.incidents import Incident, incidents
from services.tracker.grouping.joining import Joined
from services.tracker.grouping.judgements import Judged, judged
from services.tracker.grouping.rules import Rules, marks, rules_for
from services.tracker.grouping.verdicts import with_verdicts
from services.tracker.reports.element import Element, article_ids, of_article, reports_of


def fold(
    block: str, articles: Iterable[BlockArticle], judgements: Iterable[Judgement] = ()
) -> list[Claim]:
    """Return the claims of a block, in canonical order of their first report.

    The highest version of an article counts. A judgement may come as an article or in `judgements`.
    """
    folder, version = Folder(block), 0
    latest: dict[str, BlockArticle] = {}
    for article in articles:
        latest[article.versions[0].article_id] = article
    for article in latest.values():
        folder.put(article)
        version += max(v.version for v in article.versions)
    return [msgspec.structs.replace(claim, version=version) for claim in folder.fold(judgements)]


@dataclass(frozen=True, slots=True)
class _Read:
    """An article as the fold reads it. `marks` are the roles of the block's principal in it."""

    said: tuple[Element, ...]
    marks: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    verdicts: tuple[Verdict, ...]


def _read(block: str, article: BlockArticle) -> _Read:
    said, marked = tuple(of_article(article)), list[str]()
    for element in said:
        marked += marks(block, element.report)
    return _Read(
        said,
        tuple(marked),
        tuple(v.judgement for v in article.versions if v.judgement),
        tuple(v.verdict for v in article.versions if v.verdict),
    )


class Folder:
    """Folds a block again and again, and remakes only claims that changed.

    `n_folded` counts the reports in remade claims. `members` has the reports of each claim, by id,
    and `gists` their gist; None of a claim that begins where an analyst split one.
    """

    def __init__(self, block: str) -> None:
        self.n_folded = 0
        self.members: dict[str, tuple[Element, ...]] = {}
        self.gists: dict[str, Gist | None] = {}
        self._block = block
        self._articles: dict[str, _Read] = {}
        self._marks: Counter[str] = Counter()
        self._joined = Joined(rules_for(block, ()))
        self._incidents: dict[str, list[Incident]] = {}
        self._made: dict[str, tuple[Judged[Element], Claim]] = {}
        self._has_died = False

    @property
    def rules(self) -> Rules:
        """The rules of grouping, which depend on the roles of the principal in all reports."""
        return rules_for(self._block, +self._marks)

    def remember(self, row: Archived) -> None:
        """Keep of an archived claim the roles of the principal, and whether it is a death."""
        self._marks.update(row.marks)
        self._has_died |= row.claim is not None and is_confirmed_death(row.claim)

    def put(self, article: BlockArticle) -> None:
        """Add an article, in place of what was known of it."""
        article_id = article.versions[0].article_id
        self.remove(article_id)
        read = self._articles[article_id] = _read(self._block, article)
        self._marks.update(read.marks)
        self._join(article_id, read)

    def remove(self, article_id: str) -> None:
        """Remove an article, if it is known."""
        read = self._articles.pop(article_id, None)
        if read is None:
            return
        self._marks.subtract(read.marks)
        for incident in self._incidents.pop(article_id):
            self._joined.remove(incident)

    def fold(self, judgements: Iterable[Judgement] = ()) -> list[Claim]:
        """Return the claims of the articles in canonical order, all of version 0."""
        rules = self.rules
        if rules != self._joined.rules:
            self._joined, self._incidents = Joined(rules), {}
            for article_id, read in self._articles.items():
                self._join(article_id, read)
        decided, found_wrong = list(judgements), list[Verdict]()
        for read in self._articles.values():
            decided += read.judgements
            found_wrong += read.verdicts
        groups = with_verdicts(judged(self._joined.claims(), decided), found_wrong)
        made = [(group, self._claim(group)) for group in groups]
        self._made = {_first_report(group): (group, claim) for group, claim in made}
        if rules.of_a_person:
            made = _without_old_deaths(made, self._has_died)
        gists = self._joined.gists()
        self.members, self.gists, claims = {}, {}, list[Claim]()
        for group, claim in made:
            self.members[claim.claim_id] = group.members
            self.gists[claim.claim_id] = gists.get(_first_report(group))
            claims.append(claim)
        return claims

    def _join(self, article_id: str, read: _Read) -> None:
        self._incidents[article_id] = incidents(read.said, self._joined.rules)
        for incident in self._incidents[article_id]:
            self._joined.put(incident)

    def _claim(self, group: Judged[Element]) -> Claim:
        """Return the claim of a group: the one made before, if the group is the same."""
        before, claim = self._made.get(_first_report(group), (None, None))
        if before and claim and is_same(before, group):
            return claim
        self.n_folded += len(group.members)
        return claim_of(self._block, group)


def _first_report(group: Judged[Element]) -> str:
    return group.members[0].report.report_id


def is_same(before: Judged[Element], now: Judged[Element]) -> bool:
    """True if both groups have the same judgements and verdicts, and the very same reports."""
    if before.judgements != now.judgements or before.verdicts != now.verdicts:
        return False
    return before.members is now.members or _are_identical(before.members, now.members)


def _are_identical(some: Sequence[Element], others: Sequence[Element]) -> bool:
    return len(some) == len(others) and all(map(operator.is_, some, others))


def _without_old_deaths(
    made: Iterable[tuple[Judged[Element], Claim]], is_confirmed: bool
) -> list[tuple[Judged[Element], Claim]]:
    """Return the claims, in order, without deaths in passing behind a confirmed one."""
    kept = list[tuple[Judged[Element], Claim]]()
    for group, claim in made:
        if not (is_confirmed and _is_in_passing(group)):
            kept.append((group, claim))
        is_confirmed |= is_confirmed_death(claim)
    return kept


def _is_in_passing(group: Judged[Element]) -> bool:
    """True if one outlet mentions in passing that somebody was killed, naming no speaker.

    Nobody is killed twice, so this is an old death if one has been confirmed. But if a speaker or
    a second outlet says so, the confirmed death may have been a false one.
    """
    if group.judgements or group.verdicts or len(article_ids(group.members)) > 1:
        return False
    return all(map(_has_no_speaker, reports_of(group.members)))


def _has_no_speaker(report: ClaimReport) -> bool:
    return report.stance == "asserted" and not report.speakers
