"""How near the claims of the stories come to what must come of them: figures, and every mistake in words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from stories.bcubed import Clusters, Scores, bcubed
from stories.run import Said, article_id, fold_articles, tell
from stories.story import GoldClaim, Story

from services.messages import LEVELS, Claim, Report, Slot, TaggedArticle

NOT_COUNTED = ("background", "hypothetical")
OPENED_TWICE = "alerts: opened where none was due"
DENIAL_AS_ASSERTED = "alerts: denials told as asserted"


@dataclass(frozen=True)
class Figure:
    """One line of the table: `name` is its key in levels.yaml, `n` what it rests on; `at_most`: lower is better."""

    name: str
    value: float
    n: int
    at_most: bool = False

    def reaches(self, level: float | None) -> bool:
        return level is None or (self.value <= level if self.at_most else self.value >= level)


@dataclass(frozen=True)
class Mistake:
    """What differs from the gold, by kind, with what explains it."""

    story: str
    kind: str
    text: str


@dataclass
class Tally:
    """Counts of rights and wrongs, by figure."""

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, right: bool) -> bool:
        self.all[name] += 1
        self.right[name] += right
        return right

    def figure(self, name: str) -> Figure:
        return Figure(name, self.right[name] / self.all[name] if self.all[name] else 0.0, self.all[name])


@dataclass(frozen=True)
class Result:
    figures: tuple[Figure, ...]
    mistakes: tuple[Mistake, ...]


def score(stories: Sequence[Story], tagged: Mapping[str, Sequence[TaggedArticle]]) -> Result:
    """Return all figures and mistakes of the stories, each folded and told on its own."""
    claims = {story.name: fold_articles(tagged[story.name]) for story in stories}
    tally, mistakes = Tally(), list[Mistake]()
    for story in stories:
        mistakes += _judge_claims(story, claims[story.name], tagged[story.name], tally)
        mistakes += _judge_told(story, tell(story, tagged[story.name]), tally)
    figures = [*_grouping(stories, tagged, claims), *_claim_figures(tally), *_alert_figures(tally)]
    return Result(tuple(figures), tuple(mistakes))


# Grouping


def _grouping(
    stories: Sequence[Story], tagged: Mapping[str, Sequence[TaggedArticle]], claims: Mapping[str, Sequence[Claim]]
) -> Iterator[Figure]:
    gold = _joined(stories, _gold_clusters)
    ours = _joined(stories, lambda s: {c.claim_id: set(c.article_ids) for c in claims[s.name]})
    yield from _bcubed_figures("grouping", bcubed(ours, gold))
    for name, key in BASELINES.items():
        clusters = _joined(stories, lambda s, key=key: _by_report(tagged[s.name], key))
        yield Figure(f"baseline: {name}, F1", bcubed(clusters, gold).f1, len(gold))
    read_gold, read_ours = _where_read(stories, tagged, claims)
    yield from _bcubed_figures("grouping of what was read", bcubed(read_ours, read_gold))
    yield Figure("memberships read", _size(read_gold) / _size(gold), _size(gold))


ReportKey = Callable[[TaggedArticle, Report], object]

BASELINES: dict[str, ReportKey] = {
    "one claim a block": lambda _, report: report.claim_block,
    "same event and same principal": lambda _, report: (report.event, report.claim_block),
    "every article by itself": lambda article, report: (article.article_id, report.claim_block),
}


def _gold_clusters(story: Story) -> dict[object, set[str]]:
    return {claim.id: {article_id(story, a) for a in claim.articles} for claim in story.claims}


def _by_report(tagged: Sequence[TaggedArticle], key: ReportKey) -> dict[object, set[str]]:
    clusters: dict[object, set[str]] = defaultdict(set)
    for article in tagged:
        for report in _counted(article):
            clusters[key(article, report)].add(article.article_id)
    return clusters


def _joined(stories: Sequence[Story], clusters_of: Callable[[Story], Mapping[object, set[str]]]) -> Clusters:
    """Return item → clusters over all stories; clusters of different stories are never one."""
    items: dict[str, set[object]] = defaultdict(set)
    for story in stories:
        for cluster, members in clusters_of(story).items():
            for member in members:
                items[member].add((story.name, cluster))
    return items


def _where_read(
    stories: Sequence[Story], tagged: Mapping[str, Sequence[TaggedArticle]], claims: Mapping[str, Sequence[Claim]]
) -> tuple[Clusters, Clusters]:
    """Return gold and found clusters without what the tagger missed or made up: what is left is the fold's own doing."""
    gold: dict[str, set[object]] = defaultdict(set)
    ours: dict[str, set[object]] = defaultdict(set)
    for story in stories:
        events = _events_read(tagged[story.name])
        wanted: dict[str, set[str]] = defaultdict(set)
        for claim in story.claims:
            for article in (article_id(story, a) for a in claim.articles):
                wanted[article] |= set(claim.event)
                if events[article] & set(claim.event):
                    gold[article].add((story.name, claim.id))
        for found in claims[story.name]:
            for article in found.article_ids:
                if found.event in wanted[article]:
                    ours[article].add((story.name, found.claim_id))
    return gold, ours


def _events_read(tagged: Sequence[TaggedArticle]) -> dict[str, set[str]]:
    events: dict[str, set[str]] = defaultdict(set)
    for article in tagged:
        events[article.article_id] |= {report.event for report in _counted(article)}
    return events


def _counted(article: TaggedArticle) -> list[Report]:
    return [report for report in article.reports if report.stance not in NOT_COUNTED]


def _size(clusters: Clusters) -> int:
    return sum(map(len, clusters.values()))


def _bcubed_figures(name: str, scores: Scores) -> Iterator[Figure]:
    yield Figure(f"{name}, B³ precision", scores.precision, scores.n)
    yield Figure(f"{name}, B³ recall", scores.recall, scores.n)
    yield Figure(f"{name}, B³ F1", scores.f1, scores.n)


# Claims


def align(story: Story, claims: Sequence[Claim]) -> dict[str, Claim]:
    """Return gold claim id → the claim that shares most articles with it and has one of its events, one to one."""
    pairs = []
    for gold in story.claims:
        members = {article_id(story, a) for a in gold.articles}
        for claim in claims:
            shared = len(members & set(claim.article_ids))
            if shared and claim.event in gold.event:
                named = gold.principal in claim.block
                pairs.append((-shared, not named, len(set(claim.article_ids) - members), gold.id, claim.claim_id, claim))
    aligned: dict[str, Claim] = {}
    taken: set[str] = set()
    for *_, gold_id, claim_id, claim in sorted(pairs, key=lambda p: p[:5]):
        if gold_id not in aligned and claim_id not in taken:
            aligned[gold_id] = claim
            taken.add(claim_id)
    return aligned


def _judge_claims(story: Story, claims: Sequence[Claim], tagged: Sequence[TaggedArticle], tally: Tally) -> Iterator[Mistake]:
    aligned = align(story, claims)
    for gold in story.claims:
        claim = aligned.get(gold.id)
        yield from _judge_members(story, gold, claim, tagged)
        for name, wanted, found in _compared(gold, claim):
            if not tally.add(name, wanted == found) and claim is not None:
                yield Mistake(story.name, name, f"{gold.id}: {_words(found)}, not {_words(wanted)}")
        yield from _judge_disputes(story, gold, claim, tally)
    extra = [c for c in claims if c.claim_id not in {a.claim_id for a in aligned.values()}]
    tally.all["articles"] += len({a.article_id for a in tagged})
    tally.right["claims nobody made, per 100 articles"] += len(extra)
    for claim in extra:
        members = ", ".join(_short(a) for a in claim.article_ids)
        yield Mistake(
            story.name, "claim nobody made", f"{claim.event} in {claim.block}, {claim.status}, from {members}: {_quote(claim)}"
        )


def _compared(gold: GoldClaim, claim: Claim | None) -> Iterator[tuple[str, object, object]]:
    """Yield (figure, what must be, what is) of one claim; a missing claim is wrong in everything."""
    yield "claims found", True, claim is not None
    yield "principal", True, claim is not None and claim.block.partition(":")[2] == gold.principal
    yield "status", gold.status, claim and claim.status
    yield "level", (gold.expected_level,), claim and (claim.level if claim.status not in ("denied", "retracted") else None,)
    yield "independent", gold.independent, claim and claim.n_independent
    yield "reports", gold.expected_reports, claim and claim.n_reports
    yield "history", gold.history, claim and tuple(step.to for step in claim.history)
    for of, n in gold.counts.items():
        slot = claim.slots.get(f"count.{of}") if claim else None
        yield "counts", (of, n.min, n.max, n.latest), slot and (of, *_numbers(slot))


def _numbers(slot: Slot) -> tuple[int, int | None, int]:
    lows = [a.min or 0 for a in slot.answers]
    highs = [a.max for a in slot.answers]
    last = max(slot.answers, key=lambda a: max((e.at.timestamp() for e in a.evidence if e.at), default=0.0))
    return min(lows), None if None in highs else max(h for h in highs if h is not None), last.min or 0


def _judge_disputes(story: Story, gold: GoldClaim, claim: Claim | None, tally: Tally) -> Iterator[Mistake]:
    found = {name for name, slot in claim.slots.items() if slot.disputed} if claim else set()
    for slot in sorted(found | set(gold.disputed)):
        if slot in found:
            tally.add("disputed slots, precision", slot in gold.disputed)
        if slot in gold.disputed:
            tally.add("disputed slots, recall", slot in found)
        if claim and (slot in found) != (slot in gold.disputed):
            answers = (
                ", ".join(f"{a.label} ({'/'.join(a.origins) or '?'})" for a in claim.slots[slot].answers)
                if slot in claim.slots
                else ""
            )
            yield Mistake(
                story.name, "disputed slots", f"{gold.id}: {slot} {'is' if slot in found else 'is not'} disputed: {answers}"
            )


def _judge_members(story: Story, gold: GoldClaim, claim: Claim | None, tagged: Sequence[TaggedArticle]) -> Iterator[Mistake]:
    wanted = {article_id(story, a) for a in gold.articles}
    found = set(claim.article_ids) if claim else set()
    if claim is None:
        yield Mistake(story.name, "claim not found", f"{gold.id}: {gold.event[0]} of {gold.principal}, {gold.status}")
    for missed in sorted(wanted - found):
        read = [_report_words(a, r) for a in tagged if a.article_id == missed for r in a.reports]
        yield Mistake(story.name, "article missed", f"{gold.id}: {_short(missed)}; read there: {'; '.join(read) or 'nothing'}")
    for extra in sorted(found - wanted):
        yield Mistake(story.name, "article too many", f"{gold.id}: {_short(extra)}")


def _claim_figures(tally: Tally) -> Iterator[Figure]:
    for name in ("claims found", "principal", "status", "level", "independent", "reports", "history", "counts"):
        yield tally.figure(name)
    yield tally.figure("disputed slots, precision")
    yield tally.figure("disputed slots, recall")
    name = "claims nobody made, per 100 articles"
    yield Figure(name, 100 * tally.right[name] / max(1, tally.all["articles"]), tally.all["articles"], at_most=True)


# Alerts


def _judge_told(story: Story, said: Sequence[Said], tally: Tally) -> Iterator[Mistake]:
    """Judge what each watch told at each article; telling without a word of gold is a false alert."""
    told: dict[tuple[str, str], list[Said]] = defaultdict(list)
    reasons: dict[tuple[str, str], str] = {}
    for s in said:
        if s.held_back:
            reasons[s.watch, s.article] = s.kind
        else:
            told[s.watch, s.article].append(s)
    for watch in story.watches:
        for telling in story.articles:
            wanted = story.told.get(watch.id, {}).get(telling.id, ())
            found = told.get((watch.id, telling.id), [])
            yield from _judge_one(story, watch.id, telling.id, wanted, found, reasons.get((watch.id, telling.id)), tally)


def _judge_one(
    story: Story, watch: str, article: str, wanted: Sequence[str], found: Sequence[Said], reason: str | None, tally: Tally
) -> Iterator[Mistake]:
    kinds = [s.kind for s in found]
    if not wanted:
        tally.add("alerts: silence kept", not found)
    else:
        tally.add("alerts: told when due", bool(found))
        tally.add("alerts: right kinds", sorted(kinds) == sorted(wanted))
    if found:
        tally.add("alerts: due when told", bool(wanted))
        tally.add(OPENED_TWICE, "first" in kinds and "first" not in wanted)
    if set(wanted) & {"denied", "retracted"}:
        tally.add(DENIAL_AS_ASSERTED, any(s.status in LEVELS for s in found))
    if sorted(kinds) != sorted(wanted):
        got = ", ".join(f"{s.kind} ({s.status})" for s in found) or f"nothing{f' ({reason})' if reason else ''}"
        yield Mistake(story.name, "alerts", f"{watch} at {article}: {got}, not {', '.join(wanted) or 'silence'}")


def _alert_figures(tally: Tally) -> Iterator[Figure]:
    for name in ("alerts: told when due", "alerts: due when told", "alerts: right kinds", "alerts: silence kept"):
        yield tally.figure(name)
    for name in (OPENED_TWICE, DENIAL_AS_ASSERTED):
        yield replace(tally.figure(name), at_most=True)


# Words for mistakes


def _report_words(article: TaggedArticle, report: Report) -> str:
    start, end = report.sentence
    return f"{report.event}/{report.stance} in {report.claim_block} “{article.text[start:end][:90]}”"


def _quote(claim: Claim) -> str:
    return f"“{claim.evidence[0].quote[:100]}”" if claim.evidence else ""


def _short(article: str) -> str:
    return article.partition("/")[2] or article


def _words(value: object) -> str:
    return " → ".join(map(str, value)) if isinstance(value, tuple) else str(value)
