"""Fits the weights of services/tagger/lexicon/confidence.yaml,
and measures by cross-validation how well they are calibrated.

    python -m bench.confidence tests/data/gold/incidents/*.yaml \\
        tests/data/gold/incidents/press/*.yaml > services/tagger/lexicon/confidence.yaml

A file is a topic, and each is judged by a fit on the others. An incident of ours is right if a
careful reader wrote it down: news, of its people, and with its polarity. On stderr stand the table
of calibration (probability given, share right, incidents), and what the thresholds would tell.
`--measure ARTICLES.jsonl` adds the same of articles that nothing is fitted on. A line of those is
{"id", "title", "text", "published_at", "incidents": [{"events": [type, …], "patients":
[[surface, …], …], "time", "stance", "quote"}]}; `quote` is the start of the sentence that tells an
incident best.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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
PENALTY = 10.0
BINS = 10
LEAST, LEAST_OF_MAIN = 0.4, 0.2
"""Probabilities from which an incident is told: any, and the main one."""
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5)


@dataclass(frozen=True)
class Sample:
    """An incident that is given as news.

    - `topic`: the file of its article. `features`: by name.
    - `is_news`: it is an incident of the article, and news there. `right`: and read rightly.
    """

    topic: str
    features: Mapping[str, float]
    main: bool
    is_news: bool
    right: bool


@dataclass(frozen=True)
class Judged:
    """Incidents with the probabilities that a fit without them gives, and the news to find."""

    samples: Sequence[Sample]
    given: Matrix
    n_news: int


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of confidence.")
    parser.add_argument("files", nargs="+", type=Path, help="articles with their incidents: .yaml")
    parser.add_argument("--measure", type=Path, help="articles that are only judged: .jsonl")
    options = parser.parse_args()
    tagger = Tagger.load(Settings().spacy_model)
    samples, n_news = _read(options.files, tagger)
    names = list(samples[0].features)
    given = np.zeros(len(samples))
    for topic in {sample.topic for sample in samples}:
        left_out = np.array([sample.topic == topic for sample in samples])
        rest = [sample for sample in samples if sample.topic != topic]
        given[left_out] = _probabilities(samples, *_fitted(rest, names))[left_out]
    _print_judged("left out", Judged(samples, given, n_news))
    weights, bias = _fitted(samples, names)
    if options.measure:
        others, n_others = _read([options.measure], tagger)
        of_others = _probabilities(others, weights, bias)
        _print_judged(options.measure.name, Judged(others, of_others, n_others))
    thresholds = {"least": LEAST, "least_of_main": LEAST_OF_MAIN}
    print_weights("confidence", thresholds, names, weights, bias, where="incidents")


def _fitted(samples: Sequence[Sample], names: Sequence[str]) -> tuple[Matrix, float]:
    values = np.array([[sample.features[name] for name in names] for sample in samples])
    return fit(values, np.array([float(sample.right) for sample in samples]), PENALTY)


def _probabilities(samples: Sequence[Sample], weights: Matrix, bias: float) -> Matrix:
    values = np.array([list(sample.features.values()) for sample in samples])
    given: Matrix = 1 / (1 + np.exp(-(values @ weights + bias)))
    return given


def _read(paths: Sequence[Path], tagger: Tagger) -> tuple[list[Sample], int]:
    """Return the incidents that we give as news, and how many news incidents there are."""
    samples: list[Sample] = []
    n_news = 0
    for path in paths:
        for row in _rows(path):
            told = list(filter(is_of_ours, row["incidents"]))
            n_news += sum(known["time"] == "news" for known in told)
            samples += _samples(path.stem, row, told, tagger)
    return samples, n_news


def _rows(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    return [
        row | {"published_at": row["published_at"].replace(tzinfo=UTC).isoformat()} for row in rows
    ]


def _samples(
    topic: str, row: Mapping[str, Any], told: Sequence[Mapping[str, Any]], tagger: Tagger
) -> Iterator[Sample]:
    given = {k: v for k, v in row.items() if k in ("id", "title", "text", "published_at")}
    article = tagger.tag([read_article(given, NOW)])[0]
    view = view_of(article)
    by_id = {report.report_id: report for report in article.reports}
    ours = [incident for incident in article.incidents if incident.time == "news"]
    of = paired(ours, told, view)
    for n, incident in enumerate(ours):
        known = told[of[n]] if n in of else None
        yield Sample(
            topic=topic,
            features=features(incident, [by_id[i] for i in incident.reports], view),
            main=incident.main,
            is_news=known is not None and known["time"] == "news",
            right=known is not None and is_right(incident, known, view),
        )


def _print_judged(name: str, judged: Judged) -> None:
    right = np.array([float(sample.right) for sample in judged.samples])
    is_news = np.array([sample.is_news for sample in judged.samples])
    is_main = np.array([sample.main for sample in judged.samples])
    print(f"\n{name}", file=sys.stderr)
    _print_calibration(judged.given, right)
    for least in THRESHOLDS:
        told = judged.given >= np.where(is_main, min(least, LEAST_OF_MAIN), least)
        n = int((told & is_news).sum())
        print(
            f"told from {least}: {told.sum()}; of them news {n / max(1, told.sum()):.2f}; "
            f"news found {n / judged.n_news:.2f}",
            file=sys.stderr,
        )


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
    print(f"expected calibration error: {error / len(right):.3f}", file=sys.stderr)


if __name__ == "__main__":
    main()
