"""Fits the weights of services/tagger/lexicon/confidence.yaml,
and measures by cross-validation how well they are calibrated.

    python bench/confidence.py ARTICLES.jsonl tests/data/gold/incidents/*.yaml \\
        > services/tagger/lexicon/confidence.yaml

A line is {"id", "title", "text", "published_at", "incidents": [{"events": [type, …],
"patients": [[surface, …], …], "time", "stance", "quote"}]}, as a careful reader wrote them down;
`quote` is the start of the sentence that tells an incident best. An incident of ours is right if
it is one of these: news, of its people, and with its polarity. The table of calibration of articles
that were left out is printed on stderr: probability given, share right, incidents.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import yaml

from bench.incidents import is_of_ours, is_right, paired, view_of
from bench.logistic import Matrix, fit, print_weights
from services.commands.articles import read_article
from services.settings import Settings
from services.tagger.incidents.confidence import features
from services.tagger.pipeline import Tagger

NOW = datetime(2035, 1, 1, tzinfo=UTC)
FOLDS = 10
PENALTY = 15.0
BINS = 10
LEAST, LEAST_OF_MAIN = 0.4, 0.2
"""Probabilities from which an incident is told: any, and the main one.

On articles that were left out the share of told incidents that are news of their article and the
share of news that is told are about equal there.
"""


@dataclass(frozen=True)
class Sample:
    """An incident: its article's number, its features, and whether it is right."""

    article: int
    features: Mapping[str, float]
    right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of confidence.")
    parser.add_argument("files", nargs="+", help="articles with their incidents: .jsonl or .yaml")
    rows = list(chain.from_iterable(map(_rows, map(Path, parser.parse_args().files))))
    tagger = Tagger.load(Settings().spacy_model)
    samples: list[Sample] = []
    for number, row in enumerate(rows):
        samples += _samples(number, row, tagger)
    names = list(samples[0].features)
    values = np.array([[s.features[name] for name in names] for s in samples])
    right = np.array([float(s.right) for s in samples])
    fold = np.array([s.article % FOLDS for s in samples])
    given = np.zeros(len(samples))
    for f in range(FOLDS):
        weights, bias = fit(values[fold != f], right[fold != f], PENALTY)
        given[fold == f] = 1 / (1 + np.exp(-(values[fold == f] @ weights + bias)))
    _print_calibration(given, right)
    weights, bias = fit(values, right, PENALTY)
    thresholds = {"least": LEAST, "least_of_main": LEAST_OF_MAIN}
    print_weights("confidence", thresholds, names, weights, bias, where="incidents")


def _rows(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    return [
        row | {"published_at": row["published_at"].replace(tzinfo=UTC).isoformat()} for row in rows
    ]


def _samples(number: int, row: Mapping[str, Any], tagger: Tagger) -> list[Sample]:
    given = {k: v for k, v in row.items() if k in ("id", "title", "text", "published_at")}
    article = tagger.tag([read_article(given, NOW)])[0]
    view = view_of(article)
    by_id = {report.report_id: report for report in article.reports}
    ours = [incident for incident in article.incidents if incident.time == "news"]
    told = list(filter(is_of_ours, row["incidents"]))
    of = paired(ours, told, view)
    return [
        Sample(
            number,
            features(incident, [by_id[i] for i in incident.reports], view),
            n in of and is_right(incident, told[of[n]], view),
        )
        for n, incident in enumerate(ours)
    ]


def _print_calibration(given: Matrix, right: Matrix) -> None:
    bins = np.clip((given * BINS).astype(int), 0, BINS - 1)
    error = 0.0
    for b in range(BINS):
        inside = bins == b
        if inside.any():
            error += abs(float(given[inside].sum() - right[inside].sum()))
            print(
                f"{given[inside].mean():.2f}  {right[inside].mean():.2f}  {inside.sum()}",
                file=sys.stderr,
            )
    print(f"expected calibration error, left out: {error / len(right):.3f}", file=sys.stderr)


if __name__ == "__main__":
    main()
