"""Logistic regression for the small models of the tagger,
whose weights are data (services/tagger/models/logistic.py).
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

STEPS = 1500
RATE = 0.3


def fit(values: Matrix, truth: Matrix, penalty: float) -> tuple[Matrix, float]:
    """Return weights and bias by gradient descent on standardised features, with an L2 penalty.

    `values` is (samples, features), `truth` (samples,) of 0 and 1.
    """
    mean, spread = values.mean(0), values.std(0) + 1e-6
    scaled, weights, bias = (values - mean) / spread, np.zeros(values.shape[1]), 0.0
    for _ in range(STEPS):
        error = 1 / (1 + np.exp(-(scaled @ weights + bias))) - truth
        weights -= RATE * (scaled.T @ error + penalty * weights) / len(truth)
        bias -= RATE * float(error.mean())
    return weights / spread, bias - float((weights / spread * mean).sum())


def print_weights(
    model: str,
    thresholds: Mapping[str, float],
    names: Iterable[str],
    weights: Matrix,
    bias: float,
    *,
    where: str = "models",
) -> None:
    """Print the lexicon file of a model of a room of services/tagger/."""
    print(
        f"# Weights of the features of {model} (services/tagger/{where}/{model}.py), "
        f"fitted by bench/{model}.py."
    )
    for name, weight in (("bias", bias), *thresholds.items(), *zip(names, weights, strict=True)):
        print(f"{name}: {weight:.2f}")
