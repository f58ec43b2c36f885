"""Fold: the reports of one block to its claims, a pure function of their set.

set of (article, version, reports) → canonical order → groups → one claim a group
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from services.messages import BlockArticle, Claim, Judgement, Slot, Transition
from services.text.hashes import digest
from services.tracker.element import LATEST, Element, of_article
from services.tracker.evidence import evidence
from services.tracker.grouping import group, is_of_a_person
from services.tracker.history import Life, life
from services.tracker.independence import publishers
from services.tracker.judgements import DISMISSED, Judged, judged
from services.tracker.rules import closes_at
from services.tracker.sides import ACTS, Side, sides
from services.tracker.slots import Said, slots
from services.tracker.status import Standing

MAX_EVIDENCE = 5


def fold(block: str, articles: Iterable[BlockArticle], judgements: Iterable[Judgement] = ()) -> list[Claim]:
    """Return the claims of a block, in canonical order of their first report, as the judgements have them.

    An article's highest version counts; a judgement comes in as an article of its own or in `judgements`.
    """
    known = {article.versions[0].article_id: article for article in articles}
    version = sum(max(v.version for v in article.versions) for article in known.values())
    return [msgspec.structs.replace(claim, version=version) for claim in Folder(block).fold(known, judgements)]


class Folder:
    """Folds a block again and again, and makes anew only the claims that changed. `n_folded` counts the reports in these."""

    def __init__(self, block: str) -> None:
        self.n_folded = 0
        self._block = block
        self._articles: dict[str, tuple[BlockArticle, list[Element]]] = {}
        self._made: dict[str, tuple[Judged[Element], Claim]] = {}

    def fold(self, articles: Mapping[str, BlockArticle], judgements: Iterable[Judgement] = ()) -> list[Claim]:
        """Return the claims of these articles in canonical order, all of version 0."""
        self._articles = {article_id: self._read(article_id, article) for article_id, article in articles.items()}
        said = sorted((e for _, found in self._articles.values() for e in found), key=lambda e: e.order)
        decided = [*judgements, *(v.judgement for article in articles.values() for v in article.versions if v.judgement)]
        groups = judged(group(self._block, said), decided)
        found = [self._claim(one) for one in groups]
        self._made = {claim.claim_id: (one, claim) for one, claim in zip(groups, found, strict=True)}
        if not is_of_a_person(self._block, [e.report for e in said]):
            return found
        return [claim for i, claim in enumerate(found) if not _is_old_death(groups[i], found[:i])]

    def _read(self, article_id: str, article: BlockArticle) -> tuple[BlockArticle, list[Element]]:
        known = self._articles.get(article_id)
        return known if known and known[0] == article else (article, of_article(article))

    def _claim(self, one: Judged[Element]) -> Claim:
        before, claim = self._made.get(_id(self._block, one), (None, None))
        if before and claim and before.judgements == one.judgements and _same(before.members, one.members):
            return claim
        self.n_folded += len(one.members)
        return _claim(self._block, one)


def _same(some: Sequence[Element], others: Sequence[Element]) -> bool:
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))


def _id(block: str, one: Judged[Element]) -> str:
    return digest(block, one.members[0].report.report_id)


def _is_old_death(one: Judged[Element], earlier: Iterable[Claim]) -> bool:
    """Tell whether one outlet mentions in passing that somebody was killed whose death has long been confirmed.

    Nobody is killed twice; but where somebody says so, or another outlet does, the confirmed death may have been a false one.
    """
    stands = any(claim.event == "killed" and claim.status == "confirmed" for claim in earlier)
    in_passing = all(m.report.stance == "asserted" and not m.report.speakers for m in one.members)
    return stands and in_passing and not one.judgements and len({m.article.article_id for m in one.members}) == 1


def _claim(block: str, claim: Judged[Element]) -> Claim:
    """Return the claim of a group of reports, of version 0."""
    members, dismissal = claim.members, claim.dismissal
    taken = sides([m.report for m in members])
    lived = life(members, taken) if dismissal is None else _dismissed(life(members, taken), dismissal)
    live = [m for m in members if m.live and dismissal is None]
    main = next((m.report.event for m in members if m.report.event not in ACTS), members[0].report.event)
    times = [m.at for m in members if m.at]
    return Claim(
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


def _dismissed(lived: Life, dismissal: Judgement) -> Life:
    """Return a life that ends with its dismissal; what is reported after it moves nothing."""
    before = tuple(s for s in lived.history if s.at is None or s.at <= dismissal.at)
    last = before[-1].to if before else None
    gone = Transition(at=dismissal.at, from_=last, to="retracted", report_id=dismissal.judgement_id, rule=DISMISSED)
    return Life(Standing(None, "retracted", 0, DISMISSED), (), (*before, gone), lived.origin_of)


def _slots(members: Sequence[Element], taken: Sequence[Side], lived: Life) -> dict[str, Slot]:
    pairs = [(m, side) for m, side in zip(members, taken, strict=True) if m.live]
    outlets = publishers(m.article for m in members)
    said = [
        Said(m.article, m.report, lived.origin_of[m.article.article_id, False], m.at or LATEST)
        for m, side in pairs
        if side == "for"
    ]
    return slots(said, outlets, denied=[m.report for m, side in pairs if side == "neither" and m.report.stance == "denied"])


def _shown(members: Sequence[Element]) -> list[Element]:
    """Return the first report and the latest ones."""
    return [members[0], *members[1:][-(MAX_EVIDENCE - 1) :]]
