"""Extended B-cubed: the agreement of clusters in which an item may stand more than once.

Source: Amigó et al. 2009, section 6.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Set
from typing import NamedTuple

Clusters = Mapping[str, Set[Hashable]]
"""Item → the clusters that it stands in."""


class Scores(NamedTuple):
    precision: float
    recall: float
    f1: float
    n: int


def bcubed(found: Clusters, gold: Clusters) -> Scores:
    """Return multiplicity precision, recall, their F1,
    and the number of gold items; an item in no cluster has no say.
    """
    precision, recall = _mean(_overlaps(found, gold)), _mean(_overlaps(gold, found))
    both = precision + recall
    return Scores(
        precision,
        recall,
        2 * precision * recall / both if both else 0.0,
        sum(map(bool, gold.values())),
    )


def _overlaps(of: Clusters, other: Clusters) -> Iterable[float]:
    """Yield, for each item, the mean over those that share a cluster
    with it of how many they also share in `other`.
    """
    members = defaultdict(set)
    for item, clusters in of.items():
        for cluster in clusters:
            members[cluster].add(item)
    for item, clusters in of.items():
        beside = set().union(*(members[c] for c in clusters)) if clusters else set()
        if beside:
            yield sum(_shared(item, b, of, other) for b in beside) / len(beside)


def _shared(a: str, b: str, of: Clusters, other: Clusters) -> float:
    here = len(of[a] & of[b])
    there = len(other.get(a, set()) & other.get(b, set()))
    return min(here, there) / here


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else 0.0
