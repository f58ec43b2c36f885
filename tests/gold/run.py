"""The gold articles and short texts, each tagged in one batch."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

from gold.article import GoldArticle, Sentence
from gold.polarity import PolarityRow
from gold.times import TimedArticle
from stories.run import SPACY_MODEL

from services.commands.articles import read_article
from services.messages import TaggedArticle
from services.tagger.pipeline import Tagger


def tag_gold(
    articles: Sequence[GoldArticle], kinds: Mapping[str, Sequence[Sentence]]
) -> tuple[dict[str, TaggedArticle], dict[str, list[TaggedArticle]]]:
    """Return the tagged articles by id, and the tagged sentences by kind."""
    now = datetime(2040, 1, 1, tzinfo=UTC)
    rows = list(map(_row, articles))
    rows += [
        {"id": kind, "title": s.title, "text": s.text}
        for kind, sentences in kinds.items()
        for s in sentences
    ]
    tagged = Tagger.load(SPACY_MODEL).tag([read_article(row, now) for row in rows])
    by_kind: dict[str, list[TaggedArticle]] = {kind: [] for kind in kinds}
    for article in tagged[len(articles) :]:
        by_kind[article.article_id].append(article)
    return {article.article_id: article for article in tagged[: len(articles)]}, by_kind


def tag_short(
    kinds: Mapping[str, Sequence[PolarityRow]],
) -> dict[str, list[TaggedArticle]]:
    """Return the tagged short texts by kind."""
    now = datetime(2040, 1, 1, tzinfo=UTC)
    rows = [{"id": k, "title": r.title, "text": r.text} for k, of in kinds.items() for r in of]
    by_kind: dict[str, list[TaggedArticle]] = {kind: [] for kind in kinds}
    for article in Tagger.load(SPACY_MODEL).tag([read_article(row, now) for row in rows]):
        by_kind[article.article_id].append(article)
    return by_kind


def tag_timed(articles: Sequence[TimedArticle]) -> dict[str, TaggedArticle]:
    """Return the tagged articles by id."""
    now = datetime(2040, 1, 1, tzinfo=UTC)
    rows = [read_article(_row(article), now) for article in articles]
    return {article.article_id: article for article in Tagger.load(SPACY_MODEL).tag(rows)}


def _row(article: GoldArticle | TimedArticle) -> dict[str, str]:
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "published_at": datetime.combine(article.at, time(12), UTC).isoformat(),
    }
