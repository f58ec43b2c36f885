"""The result of a backtest: revisions and held-back hits as rows, figures, and differences."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median_high

from services.backtest.pipeline import Passage
from services.messages import Evidence


@dataclass(frozen=True)
class Sent:
    """A revision that would have been sent at `at`, when this version of an article was seen."""

    at: datetime
    watch_id: str
    article_id: str
    article_version: int
    kind: str
    text: str
    status: str | None
    alert_id: str
    number: int
    title: str
    published_at: datetime | None
    evidence: tuple[Evidence, ...]

    @property
    def late(self) -> timedelta | None:
        """The time from the article's publication to the revision; None for an undated article."""
        return self.at - self.published_at if self.published_at else None

    @property
    def what(self) -> tuple[str, str, int, str]:
        """The identity of the revision under two versions of a watch file."""
        return (self.watch_id, self.article_id, self.article_version, self.kind)


@dataclass(frozen=True)
class HeldBack:
    """A hit that would not have alerted, with the reason."""

    at: datetime
    watch_id: str
    article_id: str
    reason: str
    title: str


@dataclass(frozen=True)
class Backtest:
    """Everything that watches would have sent and held back, in order of news time."""

    sent: tuple[Sent, ...]
    held_back: tuple[HeldBack, ...]
    n_articles: int

    def per_day(self) -> dict[date, Counter[str]]:
        """Return revisions by watch for every day (UTC) from the first to the last."""
        if not self.sent:
            return {}
        first, last = self.sent[0].at.date(), self.sent[-1].at.date()
        days = {first + timedelta(days=i): Counter[str]() for i in range((last - first).days + 1)}
        for sent in self.sent:
            days[sent.at.date()][sent.watch_id] += 1
        return days

    def lateness(self) -> tuple[timedelta, timedelta] | None:
        """Return the median and the longest time from publication to an alert's first revision."""
        late = [s.late for s in self.sent if s.kind == "first" and s.late is not None]
        return (median_high(late), max(late)) if late else None


def backtest(passages: Iterable[Passage]) -> Backtest:
    """Return the result of all passages."""
    sent: list[Sent] = []
    held: list[HeldBack] = []
    n_articles = 0
    for passage in passages:
        n_articles += 1
        sent += _sent(passage)
        held += _held_back(passage)
    return Backtest(tuple(sent), tuple(held), n_articles)


def difference(old: Backtest, new: Backtest) -> tuple[list[Sent], list[Sent]]:
    """Return the revisions that only the new watches send, and those of the old ones alone."""
    return _without(new.sent, old.sent), _without(old.sent, new.sent)


def _without(these: Sequence[Sent], those: Sequence[Sent]) -> list[Sent]:
    left = Counter(sent.what for sent in those)
    missing = []
    for sent in these:
        if left[sent.what]:
            left[sent.what] -= 1
        else:
            missing.append(sent)
    return missing


def _sent(passage: Passage) -> Iterator[Sent]:
    for alert in passage.alerts:
        last = alert.revisions[-1]
        yield Sent(
            at=passage.at,
            watch_id=alert.watch_id,
            article_id=passage.article.article_id,
            article_version=passage.article.version,
            kind=last.kind,
            text=last.text,
            status=last.told.status,
            alert_id=alert.alert_id,
            number=last.number,
            title=passage.article.text[: passage.article.title_end],
            published_at=passage.article.published_at if passage.article.cause == "new" else None,
            evidence=last.evidence,
        )


def _held_back(passage: Passage) -> Iterator[HeldBack]:
    for row in passage.suppressed:
        yield HeldBack(passage.at, row.watch_id, row.article_id or "", row.reason, row.title or "")
