"""Incidents: what an article tells as a whole, beside what a careful reader wrote down."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml
from gold.article import DATA
from stories.figures import Figure, Mistake, Tally
from stories.run import SPACY_MODEL

from bench.incidents import agreement, is_of_ours, is_right, paired, view_of
from services.commands.articles import read_article
from services.messages import Incident, TaggedArticle
from services.tagger.incidents.confidence import kind_of
from services.tagger.incidents.view import ArticleView
from services.tagger.lexicon.ontology import ontology
from services.tagger.pipeline import Tagger

_QUIET = frozenset({"office", "accord", "threat", "accusation", "demand"})
"""Families of incidents without violence, custody, protest, or hazard."""

Row = Mapping[str, Any]


PARTS = {"incidents": ".", "incidents, press": "press"}
"""The folder of each part: small articles of many kinds, and those written as newspapers write."""


def load_incidents(part: str) -> list[Row]:
    """Return the articles of a part with their incidents, as their files give them."""
    paths = sorted((DATA / "incidents" / PARTS[part]).glob("*.yaml"))
    return [row for path in paths for row in yaml.safe_load(path.read_text(encoding="utf-8"))]


def tag_incidents(rows: Sequence[Row]) -> list[TaggedArticle]:
    """Return the tagged articles, in order."""
    now = datetime(2040, 1, 1, tzinfo=UTC)
    given = [
        {"id": r["id"], "title": r["title"], "text": r["text"], "published_at": r["published_at"]}
        for r in rows
    ]
    articles = [read_article(row | {"published_at": _iso(row)}, now) for row in given]
    return Tagger.load(SPACY_MODEL).tag(articles)


def _iso(row: Row) -> str:
    at: datetime = row["published_at"]
    return at.replace(tzinfo=UTC).isoformat()


def judge_incidents(
    part: str, rows: Sequence[Row], tagged: Sequence[TaggedArticle]
) -> tuple[list[Figure], list[Mistake]]:
    """Return the figures of a part's articles, and what is wrong."""
    tally, mistakes = Tally(), list[Mistake]()
    n_quiet = n_false = 0
    for row, article in zip(rows, tagged, strict=True):
        view = view_of(article)
        known = list(filter(is_of_ours, row["incidents"]))
        told = [i for i in article.incidents if i.time == "news" and i.told]
        pairs = paired(told, known, view)
        false = 0
        for n, incident in enumerate(told):
            is_news = n in pairs and known[pairs[n]]["time"] == "news"
            tally.add("given as news that are news", is_news)
            is_false = not any(_is_like(incident, other, view) for other in known)
            false += is_false
            if is_news:
                tally.add("read rightly", is_right(incident, known[pairs[n]], view))
            else:
                mistakes.append(_mistake(row, "given as news", incident, article))
        for m, other in enumerate(known):
            if other["time"] == "news":
                tally.add("news found", m in pairs.values())
                if other.get("main"):
                    tally.add("main found", m in pairs.values())
                if m not in pairs.values():
                    words = f"missed: {other['events']} {other['quote']}"
                    mistakes.append(Mistake(row["id"], "incidents", words))
        if not any(_is_violent(event) for other in known for event in other["events"]):
            n_quiet += 1
            n_false += false
    figures = [tally.figure(name) for name in FIGURES]
    named = [Figure(f"{part}: {f.name}", f.value, f.n) for f in figures]
    return [*named, Figure(f"{part}: false a quiet article", n_false / n_quiet, n_quiet, True)], (
        mistakes
    )


FIGURES = ("given as news that are news", "news found", "main found", "read rightly")


def _is_like(incident: Incident, other: Row, view: ArticleView) -> bool:
    return agreement(incident, other, view) > 1


def _is_violent(event: str) -> bool:
    known = {kind.event for kind in ontology()}
    return event in known and kind_of(event) not in _QUIET


def _mistake(row: Row, what: str, incident: Incident, article: TaggedArticle) -> Mistake:
    quote = article.text[slice(*incident.quote)]
    return Mistake(row["id"], "incidents", f"{what}: {' '.join(incident.events)}: {quote}")
