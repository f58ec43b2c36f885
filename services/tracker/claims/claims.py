"""Fold: the reports of one block to its claims, a pure function of their set.

set of (article, version, reports) → canonical order → groups → one claim a group
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from services.messages import Archived, BlockArticle, Claim, Judgement, Slot, Transition
from services.text.hashes import digest
from services.tracker.claims.bounds import bounded_claim
from services.tracker.claims.history import Life, life
from services.tracker.claims.independence import origin_key, publishers
from services.tracker.claims.rules import closes_at
from services.tracker.claims.slots import Said, slots
from services.tracker.claims.status import Standing
from services.tracker.grouping.grouping import Rules, Telling, marks, rules_for, tellings
from services.tracker.grouping.joining import Joined
from services.tracker.grouping.judgements import DISMISSED, Judged, judged
from services.tracker.reports.element import LATEST, Element, of_article
from services.tracker.reports.evidence import evidence
from services.tracker.reports.sides import Side, sides
from services.tracker.reports.words import lists

MAX_EVIDENCE = 5
"""Quotations that a claim carries."""


def fold(block: str, articles: Iterable[BlockArticle], judgements: Iterable[Judgement] = ()) -> list[Claim]:
    """Return the claims of a block, in canonical order of their first report, as the judgements have them.

    An article's highest version counts; a judgement comes in as an article of its own or in `judgements`.
    """
    folder, version = Folder(block), 0
    for article in {article.versions[0].article_id: article for article in articles}.values():
        folder.put(article)
        version += max(v.version for v in article.versions)
    return [msgspec.structs.replace(claim, version=version) for claim in folder.fold(judgements)]


@dataclass(frozen=True, slots=True)
class _Read:
    """What the fold reads of an article: its reports, and what they have the block's principal be."""

    said: tuple[Element, ...]
    marks: tuple[str, ...]
    judgements: tuple[Judgement, ...]


class Folder:
    """Folds a block again and again, and makes anew only the claims that changed. `n_folded` counts the reports in these."""

    def __init__(self, block: str) -> None:
        self.n_folded = 0
        self._block = block
        self._articles: dict[str, _Read] = {}
        self._marks: Counter[str] = Counter()
        self._joined = Joined(rules_for(block, ()))
        self._tellings: dict[str, list[Telling]] = {}
        self._made: dict[str, tuple[Judged[Element], Claim]] = {}
        self._has_died = False
        self.members: dict[str, tuple[Element, ...]] = {}
        """The reports of each claim, by its id."""

    @property
    def rules(self) -> Rules:
        """The rules by which reports of this block are grouped, as its reports have its principal be."""
        return rules_for(self._block, +self._marks)

    def remember(self, row: Archived) -> None:
        """Let an archived claim still say what the principal is, and whether he is dead."""
        self._marks.update(row.marks)
        self._has_died |= row.claim is not None and is_confirmed_death(row.claim)

    def put(self, article: BlockArticle) -> None:
        """Take an article, in the place of what was known of it."""
        article_id = article.versions[0].article_id
        self.remove(article_id)
        said = of_article(article)
        marked = tuple(mark for e in said for mark in marks(self._block, e.report))
        judgements = tuple(v.judgement for v in article.versions if v.judgement)
        read = self._articles[article_id] = _Read(tuple(said), marked, judgements)
        self._marks.update(marked)
        self._join(article_id, read)

    def remove(self, article_id: str) -> None:
        """Forget an article, if it is known."""
        read = self._articles.pop(article_id, None)
        if read is None:
            return
        self._marks.subtract(read.marks)
        for telling in self._tellings.pop(article_id):
            self._joined.remove(telling)

    def fold(self, judgements: Iterable[Judgement] = ()) -> list[Claim]:
        """Return the claims of the articles in canonical order, all of version 0."""
        rules = self.rules
        if rules != self._joined.rules:
            self._joined, self._tellings = Joined(rules), {}
            for article_id, read in self._articles.items():
                self._join(article_id, read)
        decided = [*judgements, *(j for read in self._articles.values() for j in read.judgements)]
        groups = judged(self._joined.claims(), decided)
        made = [(one, self._claim(one)) for one in groups]
        self._made = {one.members[0].report.report_id: (one, claim) for one, claim in made}
        kept = _without_old_deaths(made, self._has_died) if rules.of_a_person else made
        self.members = {claim.claim_id: one.members for one, claim in kept}
        return [claim for _, claim in kept]

    def _join(self, article_id: str, read: _Read) -> None:
        self._tellings[article_id] = tellings(read.said, self._joined.rules)
        for telling in self._tellings[article_id]:
            self._joined.put(telling)

    def _claim(self, one: Judged[Element]) -> Claim:
        before, claim = self._made.get(one.members[0].report.report_id, (None, None))
        if before and claim and before.judgements == one.judgements and _same(before.members, one.members):
            return claim
        self.n_folded += len(one.members)
        return _claim(self._block, one)


def _same(some: Sequence[Element], others: Sequence[Element]) -> bool:
    return some is others or (len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True)))


def _id(block: str, one: Judged[Element]) -> str:
    return digest(block, one.members[0].report.report_id)


def _without_old_deaths(made: Iterable[tuple[Judged[Element], Claim]], is_confirmed: bool) -> list[tuple[Judged[Element], Claim]]:
    """Return the claims, in order, but for deaths retold in passing when one is already confirmed."""
    kept = list[tuple[Judged[Element], Claim]]()
    for one, claim in made:
        if not (is_confirmed and _is_in_passing(one)):
            kept.append((one, claim))
        is_confirmed |= is_confirmed_death(claim)
    return kept


def is_confirmed_death(claim: Claim) -> bool:
    """Tell whether a claim is a death that is confirmed: what tells one in passing after it tells the same."""
    return claim.event in lists().deaths and claim.status == "confirmed"


def _is_in_passing(one: Judged[Element]) -> bool:
    """Tell whether one outlet mentions in passing that somebody was killed: an old death, where one has long been confirmed.

    Nobody is killed twice; but where somebody says so, or another outlet does, the confirmed death may have been a false one.
    """
    in_passing = all(m.report.stance == "asserted" and not m.report.speakers for m in one.members)
    return in_passing and not one.judgements and len({m.article.article_id for m in one.members}) == 1


def _claim(block: str, claim: Judged[Element]) -> Claim:
    """Return the claim of a group of reports, of version 0."""
    members, dismissal = claim.members, claim.dismissal
    taken = sides([m.report for m in members])
    lived = life(members, taken) if dismissal is None else _dismissed(life(members, taken), dismissal)
    live = [m for m in members if m.live and dismissal is None]
    main = next((m.report.event for m in members if m.report.event not in lists().acts), members[0].report.event)
    times = [m.at for m in members if m.at]
    found = Claim(
        claim_id=_id(block, claim),
        block=block,
        event=main,
        level=lived.standing.level,
        status=lived.standing.status,
        n_reports=len({m.article.article_id for m in live}),
        n_independent=lived.standing.n_independent,
        origins=lived.origins,
        slots=_slots(members, taken, lived),
        history=lived.history,
        evidence=tuple(evidence(m.article, m.report) for m in _shown(live or members)),
        article_ids=tuple(dict.fromkeys(m.article.article_id for m in members)),
        opened_at=min(times, default=None),
        updated_at=max(times, default=None),
        closes_at=closes_at(max(times, default=None)),
        judgements=claim.judgements,
        version=0,
    )
    return bounded_claim(found)


def _dismissed(lived: Life, dismissal: Judgement) -> Life:
    """Return a life that ends with its dismissal; what is reported after it moves nothing."""
    before = tuple(s for s in lived.history if s.at is None or s.at <= dismissal.at)
    last = before[-1].to if before else None
    gone = Transition(at=dismissal.at, from_=last, to="retracted", report_id=dismissal.judgement_id, rule=DISMISSED)
    return Life(Standing(None, "retracted", 0, DISMISSED), (), (*before, gone), lived.origin_of)


def _slots(members: Sequence[Element], taken: Sequence[Side], lived: Life) -> dict[str, Slot]:
    pairs = [(m, side) for m, side in zip(members, taken, strict=True) if m.live]
    outlets = publishers(m.article for m in members)
    said = [_said(m, lived.origin_of[m.article.article_id, False], outlets) for m, side in pairs if side == "for"]
    return slots(said, denied=[m.report for m, side in pairs if side == "neither" and m.report.stance == "denied"])


def _said(member: Element, origin: int, outlets: Mapping[str, str]) -> Said:
    key = origin_key(member.article, member.report, outlets)[1]
    return Said(member.article, member.report, origin, key, member.at or LATEST)


def _shown(members: Sequence[Element]) -> list[Element]:
    """Return the first report and the latest ones."""
    return [members[0], *members[1:][-(MAX_EVIDENCE - 1) :]]
