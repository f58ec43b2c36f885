"""Fits the weights of services/tagger/lexicon/confidence.yaml,
and measures by cross-validation how well they are calibrated.

    python bench/confidence.py ARTICLES.jsonl > services/tagger/lexicon/confidence.yaml

A line is {"id", "title", "text", "published_at", "incidents": [{"events": [type, …],
"patients": [[surface, …], …], "time", "stance", "quote"}]}, as a careful reader wrote them down;
`quote` is the start of the sentence that tells an incident best. An incident of ours is right if
it is one of these: news, of its people, and with its polarity. The table of calibration of articles
that were left out is printed on stderr: probability given, share right, incidents.
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from bench.logistic import Matrix, fit, print_weights
from services.commands.articles import read_article
from services.messages import Incident, TaggedArticle
from services.settings import Settings
from services.tagger.incidents.confidence import features, kind_of
from services.tagger.incidents.view import ArticleView
from services.tagger.lexicon.ontology import ontology
from services.tagger.pipeline import Tagger

NOW = datetime(2035, 1, 1, tzinfo=UTC)
FOLDS = 10
PENALTY = 15.0
BINS = 10
LEAST = 0.3
"""Probability from which an incident is told.

Where the share of told incidents that are news of their article and the share of news that is told
are about equal, on articles that were left out.
"""
ENOUGH = 1.6
"""Agreement from which two incidents are one: a type, and people or the telling sentence."""
SHORTEST_WORD = 4
"""Letters of the shortest word that two names may share."""
QUOTED_WORDS = 6
"""Words of a quotation that are looked for in the sentences of an incident."""
PASSED_ON = frozenset({"reported", "claimed"})


@dataclass(frozen=True)
class Sample:
    """An incident: its article's number, its features, and whether it is right."""

    article: int
    features: Mapping[str, float]
    right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of confidence.")
    parser.add_argument("file", help="JSON Lines of articles with their incidents")
    path = Path(parser.parse_args().file)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    tagger = Tagger.load(Settings().spacy_model)
    samples = [s for n, row in enumerate(rows) for s in _samples(n, row, tagger)]
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
    print_weights("confidence", {"least": LEAST}, names, weights, bias, where="incidents")


def _samples(number: int, row: Mapping[str, Any], tagger: Tagger) -> list[Sample]:
    given = {k: v for k, v in row.items() if k in ("id", "title", "text", "published_at")}
    article = tagger.tag([read_article(given, NOW)])[0]
    view = view_of(article)
    by_id = {report.report_id: report for report in article.reports}
    ours = [incident for incident in article.incidents if incident.time == "news"]
    told = [known for known in row["incidents"] if not known["events"][0].startswith("other")]
    pairs = sorted(
        ((_agree(i, known, view), -n, -m) for n, i in enumerate(ours) for m, known in _each(told)),
        reverse=True,
    )
    of: dict[int, int] = {}
    for agreement, n, m in pairs:
        if agreement >= ENOUGH and -n not in of and -m not in of.values():
            of[-n] = -m
    return [
        Sample(
            number,
            features(incident, [by_id[i] for i in incident.reports], view),
            n in of and _is_right(incident, told[of[n]], view),
        )
        for n, incident in enumerate(ours)
    ]


def view_of(article: TaggedArticle) -> ArticleView:
    """Return the article that its incidents were made of."""
    published = article.published_at
    return ArticleView(
        article_id=article.article_id,
        text=article.text,
        title_end=article.title_end,
        published=published.date() if published else None,
        reports=article.reports,
        mentions={mention.id: mention for mention in article.mentions},
    )


def _each(told: Sequence[Mapping[str, Any]]) -> list[tuple[int, Mapping[str, Any]]]:
    return list(enumerate(told))


def _agree(incident: Incident, known: Mapping[str, Any], view: ArticleView) -> float:
    """Return how far two incidents agree in what happened, to whom, by whom, where, and where told.

    0 where their types have nothing in common.
    """
    same_type = bool(set(incident.events) & set(known["events"]))
    if not same_type and set(map(_group, incident.events)).isdisjoint(map(_group, known["events"])):
        return 0.0
    quote = " ".join(_words(known["quote"])[:QUOTED_WORDS])
    told = {r.sentence for r in view.reports if r.report_id in incident.reports}
    sentences = [" ".join(_words(view.text[start:end])) for start, end in told]
    score = 1.0 if same_type else 0.6
    score += 1.0 * _share(known["patients"], (*incident.patient, *incident.target), view)
    score += 0.5 * _share(known["agents"], incident.agent, view)
    score += 0.4 * _share(known["places"], incident.place, view)
    score += 1.0 * any(bool(quote) and quote in sentence for sentence in sentences)
    return score


def _group(event: str) -> str:
    """Return the group of a type; a reader's own words for a type are a group of their own."""
    known = {kind.event for kind in ontology()}
    return kind_of(event) if event in known else event


def _share(names: Sequence[Sequence[str]], ids: Sequence[str], view: ArticleView) -> bool:
    """True if one of the entities shares a word with the mentions."""
    ours = {word for i in ids for word in _words(view.mentions[i].surface)}
    theirs = {word for surfaces in names for surface in surfaces for word in _words(surface)}
    return any(len(word) >= SHORTEST_WORD for word in ours & theirs)


def _is_right(incident: Incident, known: Mapping[str, Any], view: ArticleView) -> bool:
    undergo = (*incident.patient, *incident.target)
    if known["time"] != "news" or (undergo and not _share(known["patients"], undergo, view)):
        return False
    both = {incident.stance, known["stance"]}
    return len(both) == 1 or both <= PASSED_ON


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


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
