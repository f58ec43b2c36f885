"""Fits the weights of services/tagger/lexicon/specificity.yaml,
and says by cross-validation how well they generalise.

    python bench/specificity.py ARTICLES.jsonl > services/tagger/lexicon/specificity.yaml

A line is {"id", "text", "events": [[start, end], …]}:
the spans of the text that tell of one particular event.
An incident is specific if a report of it lies in such a span.
The accuracy on articles that were left out is printed on stderr.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from msgspec.structs import replace

from bench.logistic import Matrix, fit, print_weights
from services.commands.articles import read_article
from services.messages import TaggedArticle
from services.settings import Settings
from services.tagger.discourse.clusters import clusters
from services.tagger.models.specificity import features
from services.tagger.pipeline import Tagger

NOW = datetime(2035, 1, 1, tzinfo=UTC)
FOLDS = 5
PENALTY = 5.0
LEAST = 0.4
"""Below one half: a missed event is worse than one told in general."""
LEAST_OF_NEWS = 0.2
"""What looks like the news of a text has to be told in very general words to be none."""


@dataclass(frozen=True)
class Sample:
    """An incident: its article's number, its features, and whether it is specific."""

    article: int
    features: Mapping[str, float]
    specific: bool


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of specificity.")
    parser.add_argument("file", help='JSON Lines of {"id", "text", "events": [[start, end], …]}')
    rows = [
        json.loads(line)
        for line in Path(parser.parse_args().file).read_text(encoding="utf-8").splitlines()
    ]
    articles = _tagged(rows)
    samples = [
        s
        for n, (row, article) in enumerate(zip(rows, articles, strict=True))
        for s in _samples(n, article, row["events"])
    ]
    names = list(samples[0].features)
    values = np.array([[s.features[name] for name in names] for s in samples])
    specific = np.array([float(s.specific) for s in samples])
    fold = np.array([s.article % FOLDS for s in samples])
    right = [
        _accuracy(values[fold != f], specific[fold != f], values[fold == f], specific[fold == f])
        for f in range(FOLDS)
    ]
    print(
        f"{len(samples)} incidents, {specific.mean():.0%} specific; "
        f"left out: {np.mean(right):.3f} right",
        file=sys.stderr,
    )
    weights, bias = fit(values, specific, PENALTY)
    print_weights(
        "specificity", {"least": LEAST, "least_of_news": LEAST_OF_NEWS}, names, weights, bias
    )


def _tagged(rows: Sequence[Mapping[str, Any]]) -> list[TaggedArticle]:
    tagger = Tagger.load(Settings().spacy_model)
    return [
        tagger.tag([read_article({k: v for k, v in row.items() if k != "events"}, NOW)])[0]
        for row in rows
    ]


def _samples(number: int, article: TaggedArticle, spans: Sequence[Sequence[int]]) -> list[Sample]:
    by_id = {m.id: m for m in article.mentions}
    # What today's weights hold for general has to be judged anew.
    reports = [
        replace(r, stance="asserted") if any(c.kind == "general" for c in r.cues) else r
        for r in article.reports
    ]
    found = []
    for incident in clusters(reports, by_id, article.text):
        members = [reports[i] for i in incident.members]
        specific = any(start <= r.trigger[0] < end for r in members for start, end in spans)
        found.append(Sample(number, features(members, by_id, article.text), specific))
    return found


def _accuracy(values: Matrix, specific: Matrix, left_out: Matrix, truth: Matrix) -> float:
    weights, bias = fit(values, specific, PENALTY)
    return float((((left_out @ weights + bias) > 0) == truth).mean())


if __name__ == "__main__":
    main()
