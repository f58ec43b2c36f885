"""The stages from tagged article to alert, in one process and on a virtual clock.

They are the machines of the running services.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from services.alerter.alerts import AlertMachine
from services.alerter.match import match, update, withdrawal
from services.alerter.presearch import Presearch
from services.alerter.watch import CompiledWatch
from services.messages import (
    Alert,
    Article,
    BlockReports,
    Claim,
    Hit,
    Suppressed,
    TaggedArticle,
    decode,
    encode,
)
from services.ports import Outgoing, Record
from services.tracker.block.machine import FoldMachine
from services.tracker.route import RouteMachine

T = TypeVar("T", Article, TaggedArticle, Article | TaggedArticle)


@dataclass(frozen=True)
class Passage:
    """The result of one article version at each stage.

    `alerts`: each has the revision that the article caused as its last.
    """

    article: TaggedArticle
    at: datetime
    hits: tuple[Hit, ...]
    routed: tuple[BlockReports, ...]
    claims: tuple[Claim, ...]
    alerts: tuple[Alert, ...]
    suppressed: tuple[Suppressed, ...]


class Pipeline:
    """Route, fold, match, and alert over one partition that holds everything.

    The stream does not fix the order of an article's hits and claim updates. Here hits come first.
    """

    def __init__(self, watches: Mapping[str, CompiledWatch], since: datetime | None = None) -> None:
        """Watches are in force from `since` on. Earlier articles only build claims."""
        self._since = since
        self._in_force: Mapping[str, CompiledWatch] = watches if since is None else {}
        self._watches = {id: _saved_at(watch, since) for id, watch in watches.items()}
        self._queries: Presearch[CompiledWatch] = Presearch()
        for id, compiled in self._watches.items():
            if compiled.query is not None:
                self._queries.put(id, compiled.query, compiled)
        self._now = datetime.min.replace(tzinfo=UTC)
        self._route, self._fold = RouteMachine(), FoldMachine()
        self._alerts = AlertMachine(lambda: self._in_force, 1, lambda: self._now)

    def step(self, article: TaggedArticle) -> Passage:
        """Process the next version of an article.

        News time advances to when it was seen, and never back.
        """
        self._now = max(self._now, sight(article) or self._now)
        if self._since is None or self._now >= self._since:
            self._in_force = self._watches
        hits = match(article, self._queries) if self._in_force else []
        routed = self._route.step(_record("tagged-articles", article.article_id, encode(article)))
        reports = list(_on("reports", routed))
        claims: list[Claim] = []
        for message in reports:
            folded = self._fold.step(_record("reports", message.key, message.value))
            claims += [decode(Claim, out.value) for out in _on("claims", folded)]
        edit = withdrawal(article)
        sent: list[Outgoing] = []
        for hit in (*hits, *((edit,) if edit else ()), *map(update, claims)):
            sent += self._alerts.step(_record("hits", None, encode(hit)))
        return Passage(
            article=article,
            at=self._now,
            hits=tuple(hits),
            routed=tuple(decode(BlockReports, out.value) for out in reports),
            claims=tuple(claims),
            alerts=tuple(decode(Alert, out.value) for out in _on("alerts", sent)),
            suppressed=tuple(decode(Suppressed, out.value) for out in _on("suppressed", sent)),
        )

    def alerts(self) -> list[Alert]:
        """Return all alerts in their present state, by id."""
        return self._alerts.alerts()


def sight(article: Article | TaggedArticle) -> datetime | None:
    """Return when an article's version was seen, else published. History is in this order."""
    return article.seen_at or article.published_at


def by_sight(articles: Iterable[T]) -> list[T]:
    """Return articles in order of sight; those without any time come last."""
    last = datetime.max.replace(tzinfo=UTC)
    return sorted(articles, key=lambda article: sight(article) or last)


def in_order(articles: Iterable[TaggedArticle]) -> Iterator[TaggedArticle]:
    """Yield articles in order of sight; those without any time come last.

    In files, an edit is another text with the same id and version. It becomes the next version.
    """
    known: dict[str, TaggedArticle] = {}
    for article in by_sight(articles):
        before = known.get(article.article_id)
        if before and article.version <= before.version and article.text != before.text:
            article = msgspec.structs.replace(
                article,
                version=before.version + 1,
                cause="edit",
                first_seen_at=before.first_seen_at,
            )
        known[article.article_id] = article
        yield article


def _saved_at(compiled: CompiledWatch, since: datetime | None) -> CompiledWatch:
    return (
        CompiledWatch(msgspec.structs.replace(compiled.watch, saved_at=since), compiled.query)
        if since
        else compiled
    )


def _record(topic: str, key: str | None, value: bytes | None) -> Record:
    return Record(topic, 0, 0, key, value)


def _on(topic: str, messages: Iterable[Outgoing]) -> Iterator[Outgoing]:
    return (message for message in messages if message.topic == topic)
