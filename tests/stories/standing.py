"""Whether claims stand where the words put them: confirmed, disputed, not raised by a denial."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from stories.claims import align
from stories.figures import Figure, Mistake, Tally, short
from stories.run import article_id, fold_articles
from stories.story import GoldClaim, Story

from services.messages import LEVELS, Claim, Status, TaggedArticle

RAISED = "status raised on a denial"
SHOWN: tuple[Status, ...] = ("confirmed", "disputed")
"""Statuses that are shown by sentences: a wrong one and a missed one are counted apart."""


def judge_standing(
    story: Story, claims: Sequence[Claim], tagged: Sequence[TaggedArticle], tally: Tally
) -> Iterator[Mistake]:
    """Add to the tally whether each claim was rightly confirmed, disputed, and never raised by a
    denial; yield the wrongs.
    """
    for status in SHOWN:
        yield from _judge_status(story, claims, status, tally)
    for gold in story.claims:
        for article in gold.against:
            raised = _raised_by(story, gold, article_id(story, article), tagged)
            tally.add(RAISED, raised is not None)
            if raised:
                yield Mistake(story.name, RAISED, f"{gold.id}: {article}: {_words(raised)}")


def standing_figures(tally: Tally) -> Iterator[Figure]:
    for status in SHOWN:
        yield tally.figure(f"{status}, precision")
        yield tally.figure(f"{status}, recall")
    yield replace(tally.figure(RAISED), at_most=True)


def _judge_status(
    story: Story, claims: Sequence[Claim], status: Status, tally: Tally
) -> Iterator[Mistake]:
    """Judge a status that a claim has, or had before.

    A piece of a split claim is judged by the claim that it is a piece of.
    """
    for claim in claims:
        if not _was(claim, status):
            continue
        due = any(status in gold.history for gold in _golds(story, claim))
        if not tally.add(f"{status}, precision", due):
            yield Mistake(story.name, f"wrongly {status}", _words(claim, status))
    aligned = align(story, claims)
    for gold in story.claims:
        if status not in gold.history:
            continue
        found = aligned.get(gold.id)
        if not tally.add(f"{status}, recall", found is not None and _was(found, status)):
            yield Mistake(story.name, f"never {status}", f"{gold.id}: {found and _words(found)}")


def _was(claim: Claim, status: Status) -> bool:
    return any(step.to == status for step in claim.history)


def _golds(story: Story, claim: Claim) -> list[GoldClaim]:
    """Return the gold claims of the event that have most of a claim's articles."""
    shared = {
        gold.id: len({article_id(story, a) for a in gold.articles} & set(claim.article_ids))
        for gold in story.claims
        if claim.event in gold.event
    }
    most = max(shared.values(), default=0)
    return [gold for gold in story.claims if most and shared.get(gold.id) == most]


def _raised_by(
    story: Story, gold: GoldClaim, denial: str, tagged: Sequence[TaggedArticle]
) -> Claim | None:
    """Return the claim of the event that stands at a higher level as soon as a denial came."""
    at = next(i for i, article in enumerate(tagged) if article.article_id == denial)
    before = _level(_claim(story, gold, tagged[:at]))
    claim = _claim(story, gold, tagged[: at + 1])
    if claim is None or denial not in claim.article_ids:
        return None
    return claim if _level(claim) > before else None


def _claim(story: Story, gold: GoldClaim, tagged: Sequence[TaggedArticle]) -> Claim | None:
    return align(story, fold_articles(tagged)).get(gold.id)


def _level(claim: Claim | None) -> int:
    """Return the rank of a claim's level; 0 without one."""
    return 1 + LEVELS.index(claim.level) if claim and claim.level else 0


def _words(claim: Claim, status: Status | None = None) -> str:
    step = next((s for s in claim.history if s.to == status), claim.history[-1])
    quote = step.evidence.quote[:120] if step.evidence else ""
    path = " → ".join(s.to for s in claim.history)
    return f"{claim.event} in {claim.block}, {path}, by {short(step.article_id or '')}: “{quote}”"
