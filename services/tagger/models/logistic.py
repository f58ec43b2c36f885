"""Logistic models and their features. Weights are data: files of the lexicon that bench/ fits."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import TypeVar

import yaml

from services.tagger.lexicon.words import read_lexicon

T = TypeVar("T")


@cache
def read_weights(file: str) -> Mapping[str, float]:
    """Return the weights of the features, `bias` (added to each sum), and the thresholds."""
    return {str(name): float(value) for name, value in yaml.safe_load(read_lexicon(file)).items()}


def logistic(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """Return the probability that a model gives to features, 0…1.

    A feature without a weight counts nothing.
    """
    total = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-weights["bias"] - total))


def any_of(has_trait: Callable[[T], object], items: Iterable[T]) -> float:
    """Return the feature "at least one item has the trait": 0 or 1."""
    return float(any(map(has_trait, items)))


def all_of(has_trait: Callable[[T], object], items: Collection[T]) -> float:
    """Return the feature "every item has the trait, and there is one": 0 or 1."""
    return float(bool(items) and all(map(has_trait, items)))


def share_of(has_trait: Callable[[T], object], items: Collection[T]) -> float:
    """Return the share of items that have the trait, 0…1; `items` must not be empty."""
    return sum(map(bool, map(has_trait, items))) / len(items)
