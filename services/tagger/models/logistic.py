"""Logistic models whose weights are data: a YAML file of the lexicon names the features, bench/ fits them."""

import math
from collections.abc import Mapping
from functools import cache

import yaml

from services.tagger.lexicon.words import read_lexicon


@cache
def read_weights(file: str) -> Mapping[str, float]:
    """Return the weights of the features, `bias` (added to every sum), and the thresholds, by name."""
    return {str(name): float(value) for name, value in yaml.safe_load(read_lexicon(file)).items()}


def logistic(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """Return the probability that a model gives to features, 0…1; a feature not fitted yet counts nothing."""
    return 1 / (1 + math.exp(-weights["bias"] - sum(weights.get(name, 0.0) * value for name, value in features.items())))
