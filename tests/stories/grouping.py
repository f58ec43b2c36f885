"""Which articles make one claim: extended B-cubed beside plainer ways of grouping."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

from stories.bcubed import Clusters, Scores, bcubed
from stories.figures import Figure
from stories.run import article_id
from stories.story import Story

from services.messages import Claim, Report, TaggedArticle

NOT_COUNTED = ("background", "hypothetical")
"""Stances that open no claim and do not count."""

ReportKey = Callable[[TaggedArticle, Report], Hashable]

BASELINES: dict[str, ReportKey] = {
    "one claim a block": lambda _, report: report.claim_block,
    "same event and same principal": lambda _, report: (report.event, report.claim_block),
    "every article by itself": lambda article, report: (article.article_id, report.claim_block),
}


def judge_grouping(
    stories: Sequence[Story],
    tagged: Mapping[str, Sequence[TaggedArticle]],
    claims: Mapping[str, Sequence[Claim]],
) -> Iterator[Figure]:
    """Yield B-cubed of the claims, of the baselines,
    and of what is left when the tagger's own mistakes are taken out.
    """
    gold = _joined({story.name: _gold_clusters(story) for story in stories})
    ours = _joined(
        {
            story.name: {c.claim_id: set(c.article_ids) for c in claims[story.name]}
            for story in stories
        }
    )
    yield from _bcubed_figures("grouping", bcubed(ours, gold))
    for name, key in BASELINES.items():
        plain = _joined({story.name: _by_report(tagged[story.name], key) for story in stories})
        yield Figure(f"baseline: {name}, F1", bcubed(plain, gold).f1, len(gold))
    read_gold, read_ours = _where_read(stories, tagged, claims)
    yield from _bcubed_figures("grouping of what was read", bcubed(read_ours, read_gold))
    yield Figure("memberships read", _size(read_gold) / _size(gold), _size(gold))


def _gold_clusters(story: Story) -> dict[Hashable, set[str]]:
    return {claim.id: {article_id(story, a) for a in claim.articles} for claim in story.claims}


def _by_report(tagged: Sequence[TaggedArticle], key: ReportKey) -> dict[Hashable, set[str]]:
    clusters: dict[Hashable, set[str]] = defaultdict(set)
    for article in tagged:
        for report in _counted(article):
            clusters[key(article, report)].add(article.article_id)
    return clusters


def _joined(clusters_of: Mapping[str, Mapping[Hashable, set[str]]]) -> Clusters:
    """Return item → clusters over all stories (by name);
    clusters of different stories are never one.
    """
    items: dict[str, set[Hashable]] = defaultdict(set)
    for story, clusters in clusters_of.items():
        for cluster, members in clusters.items():
            for member in members:
                items[member].add((story, cluster))
    return items


def _where_read(
    stories: Sequence[Story],
    tagged: Mapping[str, Sequence[TaggedArticle]],
    claims: Mapping[str, Sequence[Claim]],
) -> tuple[Clusters, Clusters]:
    """Return gold and found clusters without what the tagger missed or made up:
    what is left is the fold's own doing.
    """
    gold: dict[str, set[Hashable]] = defaultdict(set)
    ours: dict[str, set[Hashable]] = defaultdict(set)
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
