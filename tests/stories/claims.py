"""How near each claim comes to the gold claim that it answers to."""

from collections.abc import Iterator, Sequence

from stories.figures import Figure, Mistake, Tally, short
from stories.run import article_id
from stories.story import GoldClaim, Story

from services.messages import Claim, Report, Slot, TaggedArticle
from services.text.names import name_key


def align(story: Story, claims: Sequence[Claim]) -> dict[str, Claim]:
    """Return gold claim id → the claim that shares most articles
    with it and has one of its events, one to one.
    """
    pairs = []
    for gold in story.claims:
        members = {article_id(story, a) for a in gold.articles}
        for claim in claims:
            shared = len(members & set(claim.article_ids))
            if shared and claim.event in gold.event:
                named = (
                    gold.principal in claim.block
                    or name_key(gold.principal.replace("-", " ")) in claim.block
                )
                pairs.append(
                    (
                        -shared,
                        not named,
                        len(set(claim.article_ids) - members),
                        gold.id,
                        claim.claim_id,
                        claim,
                    )
                )
    aligned: dict[str, Claim] = {}
    taken: set[str] = set()
    for *_, gold_id, claim_id, claim in sorted(pairs, key=lambda p: p[:5]):
        if gold_id not in aligned and claim_id not in taken:
            aligned[gold_id] = claim
            taken.add(claim_id)
    return aligned


def judge_claims(
    story: Story, claims: Sequence[Claim], tagged: Sequence[TaggedArticle], tally: Tally
) -> Iterator[Mistake]:
    """Add every right and wrong to the tally, and yield the wrongs."""
    aligned = align(story, claims)
    for gold in story.claims:
        claim = aligned.get(gold.id)
        yield from _judge_members(story, gold, claim, tagged)
        for name, wanted, found in _compared(gold, claim):
            if not tally.add(name, wanted == found) and claim is not None:
                yield Mistake(story.name, name, f"{gold.id}: {_words(found)}, not {_words(wanted)}")
        yield from _judge_disputes(story, gold, claim, tally)
    due = {claim.claim_id for claim in aligned.values()}
    for claim in claims:
        if not tally.add("claims due", claim.claim_id in due):
            yield Mistake(story.name, "claims due", _claim_words(claim))


def _compared(gold: GoldClaim, claim: Claim | None) -> Iterator[tuple[str, object, object]]:
    """Yield (figure, what must be, what is) of one claim;
    a missing claim is wrong in everything.
    """
    yield "claims found", True, claim is not None
    yield (
        "principal",
        True,
        claim is not None
        and claim.block.partition(":")[2]
        in (gold.principal, name_key(gold.principal.replace("-", " "))),
    )
    yield "status", gold.status, claim and claim.status
    yield (
        "level",
        (gold.expected_level,),
        claim and (claim.level if claim.status not in ("denied", "retracted") else None,),
    )
    yield "independent", gold.independent, claim and claim.n_independent
    yield "reports", gold.expected_reports, claim and claim.n_reports
    yield "history", gold.history, claim and tuple(step.to for step in claim.history)
    for of, n in gold.counts.items():
        slot = claim.slots.get(f"count.{of}") if claim else None
        yield "counts", (of, n.min, n.max, n.latest), slot and (of, *_numbers(slot))


def _numbers(slot: Slot) -> tuple[int, int | None, int]:
    """Return lowest, highest (None: open), and the lower bound of the answer given last."""
    lows = [a.min or 0 for a in slot.answers]
    highs = [a.max for a in slot.answers]
    last = max(
        slot.answers, key=lambda a: max((e.at.timestamp() for e in a.evidence if e.at), default=0.0)
    )
    return (
        min(lows),
        None if None in highs else max(h for h in highs if h is not None),
        last.min or 0,
    )


def _judge_disputes(
    story: Story, gold: GoldClaim, claim: Claim | None, tally: Tally
) -> Iterator[Mistake]:
    found = {name for name, slot in claim.slots.items() if slot.disputed} if claim else set()
    for slot in sorted(found | set(gold.disputed)):
        if slot in found:
            tally.add("disputed slots, precision", slot in gold.disputed)
        if slot in gold.disputed:
            tally.add("disputed slots, recall", slot in found)
        if claim and (slot in found) != (slot in gold.disputed):
            verdict = "is" if slot in found else "is not"
            yield Mistake(
                story.name,
                "disputed slots",
                f"{gold.id}: {slot} {verdict} disputed: {_answers(claim, slot)}",
            )


def _judge_members(
    story: Story, gold: GoldClaim, claim: Claim | None, tagged: Sequence[TaggedArticle]
) -> Iterator[Mistake]:
    wanted = {article_id(story, a) for a in gold.articles}
    found = set(claim.article_ids) if claim else set()
    if claim is None:
        yield Mistake(
            story.name,
            "claim not found",
            f"{gold.id}: {gold.event[0]} of {gold.principal}, {gold.status}",
        )
    for missed in sorted(wanted - found):
        read = [_report_words(a, r) for a in tagged if a.article_id == missed for r in a.reports]
        yield Mistake(
            story.name,
            "article missed",
            f"{gold.id}: {short(missed)}; read there: {'; '.join(read) or 'nothing'}",
        )
    for extra in sorted(found - wanted):
        yield Mistake(story.name, "article too many", f"{gold.id}: {short(extra)}")


def claim_figures(tally: Tally) -> Iterator[Figure]:
    for name in (
        "claims found",
        "claims due",
        "principal",
        "status",
        "level",
        "independent",
        "reports",
        "history",
        "counts",
    ):
        yield tally.figure(name)
    yield tally.figure("disputed slots, precision")
    yield tally.figure("disputed slots, recall")


def _report_words(article: TaggedArticle, report: Report) -> str:
    start, end = report.sentence
    return (
        f"{report.event}/{report.stance} in {report.claim_block} “{article.text[start:end][:90]}”"
    )


def _answers(claim: Claim, slot: str) -> str:
    answers = claim.slots[slot].answers if slot in claim.slots else ()
    return ", ".join(f"{a.label} ({'/'.join(a.origins) or '?'})" for a in answers) or "nothing"


def _claim_words(claim: Claim) -> str:
    quote = f"“{claim.evidence[0].quote[:100]}”" if claim.evidence else ""
    return (
        f"{claim.event} in {claim.block}, {claim.status}, "
        f"from {', '.join(map(short, claim.article_ids))}: {quote}"
    )


def _words(value: object) -> str:
    return " → ".join(map(str, value)) if isinstance(value, tuple) else str(value)
