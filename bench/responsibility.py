"""Fits the weights of services/tagger/lexicon/responsibility.yaml,
and says by cross-validation how well they generalise.

    python bench/responsibility.py ARTICLES.jsonl > services/tagger/lexicon/responsibility.yaml

A line is {"id", "text", "events": [{"spans": [[start, end], …], "by": [name, …]}, …]}:
the spans of the text that tell of one event, and the names of the group that did it,
[] where the text doesn't say. An incident is of the event in whose spans a report of it lies;
one of no event is nobody's doing. Precision and recall of the incidents' groups on articles that
were left out are printed on stderr.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from msgspec.structs import replace

from bench.logistic import Matrix, fit, print_weights
from services.commands.articles import read_article
from services.messages import Report, TaggedArticle
from services.settings import Settings
from services.tagger.discourse.clusters import clusters
from services.tagger.lexicon.matcher import Actors, packaged_lexicon
from services.tagger.models.candidates import Group
from services.tagger.models.responsibility import Text, is_claim
from services.tagger.pipeline import Tagger
from services.text.names import fold

NOW = datetime(2035, 1, 1, tzinfo=UTC)
FOLDS = 5
PENALTY = 3.0
LEAST = 0.35
"""Below one half, as a group that is one of several is often right;
above what would be best for F1, as a false one accuses."""


@dataclass(frozen=True)
class Sample:
    """A group at an incident: its article's number,
    its incident's, its features, and whether it did it.
    """

    article: int
    incident: int
    features: Mapping[str, float]
    did: bool


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of responsibility.")
    parser.add_argument(
        "file",
        help='JSON Lines of {"id", "text", "events": [{"spans": '
        '[[start, end], …], "by": [name, …]}, …]}',
    )
    rows = [
        json.loads(line)
        for line in Path(parser.parse_args().file).read_text(encoding="utf-8").splitlines()
    ]
    tagger, actors = Tagger.load(Settings().spacy_model), Actors((packaged_lexicon(),))
    samples: list[Sample] = []
    for number, row in enumerate(rows):
        article = tagger.tag([read_article({k: v for k, v in row.items() if k != "events"}, NOW)])[
            0
        ]
        samples += _samples(number, article, row["events"], actors)
    names = list(samples[0].features)
    values = np.array([[s.features[name] for name in names] for s in samples])
    did = np.array([float(s.did) for s in samples])
    print(
        f"{len(samples)} groups, {did.mean():.0%} did it; "
        f"left out: {_left_out(samples, values, did)}",
        file=sys.stderr,
    )
    weights, bias = fit(values, did, PENALTY)
    print_weights("responsibility", {"least": LEAST}, names, weights, bias)


def _samples(
    number: int, article: TaggedArticle, events: Sequence[Mapping[str, Any]], actors: Actors
) -> list[Sample]:
    armed = {m.actor_id for m in article.mentions if actors.is_armed(m.actor_id)}
    reports = [_unlaid(r) for r in article.reports]
    text = Text(article.text, article.mentions, reports, armed)
    found = []
    for order, incident in enumerate(clusters(reports, text.by_id, article.text)):
        members = [reports[i] for i in incident.members if not is_claim(reports[i])]
        names = [
            n
            for e in events
            if any(a <= r.trigger[0] < b for r in members for a, b in e["spans"])
            for n in e["by"]
        ]
        if members and text.is_open(members):
            deed = text.deed(members)
            found += [
                Sample(number, order, text.features(deed, g), _is_one_of(g, names))
                for g in text.groups
            ]
    return found


def _unlaid(report: Report) -> Report:
    """Return a report without the agent that today's weights give it,
    which have to be judged anew.
    """
    return (
        replace(report, agent=report.agent[:-1])
        if any(c.kind == "perpetrator" for c in report.cues)
        else report
    )


def _is_one_of(group: Group, names: Sequence[str]) -> bool:
    """Tell whether a group is called by one of the names, or by the last word of one."""
    called = {word for m in group.mentions for word in fold(m.surface).split() if len(word) > 2}
    return any(
        set(words) <= called or words[-1] in called
        for words in (fold(n).split() for n in names)
        if words
    )


def _left_out(samples: Sequence[Sample], values: Matrix, did: Matrix) -> str:
    fold_of = np.array([s.article % FOLDS for s in samples])
    likely = np.zeros(len(did))
    for f in range(FOLDS):
        weights, bias = fit(values[fold_of != f], did[fold_of != f], PENALTY)
        likely[fold_of == f] = 1 / (1 + np.exp(-(values[fold_of == f] @ weights + bias)))
    right = laid = due = 0
    for _, of_one in groupby(
        range(len(samples)), lambda i: (samples[i].article, samples[i].incident)
    ):
        group = list(of_one)
        best = max(group, key=lambda i: likely[i])
        due += any(samples[i].did for i in group)
        laid += likely[best] >= LEAST
        right += likely[best] >= LEAST and samples[best].did
    return f"precision {right / max(1, laid):.3f}, recall {right / max(1, due):.3f}"


if __name__ == "__main__":
    main()
