"""Versions of a watch tried on the same past: what each would have sent. Pure.

All go through the stages in one run, so their claims are the same, and the work is done once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from services.alerter.watch import CompiledWatch, compile_watch
from services.backtest.pipeline import Passage, Pipeline, in_order, sight
from services.backtest.report import Sent, backtest
from services.messages import TaggedArticle, Watch

MOST_SHOWN = 10
"""Alerts of each side that are shown: what is read before a watch is saved."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a version would have sent: its revisions in order of time.

    - `held_back`: reason to the number of hits that raised no alert.
    """

    sent: tuple[Sent, ...] = ()
    held_back: Mapping[str, int] | None = None

    @property
    def firsts(self) -> list[Sent]:
        """The first revision of each alert, in order of time."""
        found: dict[str, Sent] = {}
        for one in self.sent:
            found.setdefault(one.alert_id, one)
        return [*found.values()]

    @property
    def n_alerts(self) -> int:
        return len({one.alert_id for one in self.sent})


@dataclass(frozen=True, slots=True)
class Tried:
    """Versions, by the names that they were given, over the same articles.

    - `n_read`: articles that went through the stages; an edit counts with its article. `n_found`:
      those that should have.
    - `since`: from when the watches were in force. `first`: when the oldest one read was seen.
    """

    told: Mapping[str, Told]
    n_read: int
    n_found: int
    since: datetime
    first: datetime | None = None

    @property
    def is_whole(self) -> bool:
        return self.n_read >= self.n_found


def tried(
    versions: Mapping[str, Watch],
    articles: Iterable[TaggedArticle],
    since: datetime,
    n_found: int = 0,
    is_over: Callable[[], bool] = lambda: False,
) -> Tried:
    """Return what versions would have sent of articles since a time.

    Articles of before only build claims. Once `is_over`, no further article is read. Raises
    ConfigError for a watch that could never alert.
    """
    watches = {name: _named(watch, name) for name, watch in versions.items()}
    pipeline, seen = Pipeline(watches, since), dict[str, datetime | None]()

    def passages() -> Iterator[Passage]:
        for article in in_order(articles):
            if is_over():
                return
            seen.setdefault(article.article_id, sight(article))
            yield pipeline.step(article)

    found = backtest(passages())
    told = {
        name: Told(
            tuple(sent for sent in found.sent if sent.watch_id == name),
            Counter(held.reason for held in found.held_back if held.watch_id == name),
        )
        for name in versions
    }
    times = [at for at in seen.values() if at is not None]
    return Tried(told, len(seen), max(n_found, len(seen)), since, min(times, default=None))


def _named(watch: Watch, name: str) -> CompiledWatch:
    """Return a version under a name of its own: alerts of one watch are one story each."""
    return compile_watch(msgspec.structs.replace(watch, id=name))


@dataclass(frozen=True, slots=True)
class Difference:
    """How two versions of a watch differ in what they would have sent.

    - `before`, `after`: alerts. `n_sent_before`, `n_sent_after`: all their revisions.
    - `more`, `fewer`: first revisions of alerts that only the new one opens, and only the old one,
      the newest first; `n_…` of all.
    - `n_revised`: revisions that only one of them sends, of alerts that both open.
    """

    before: int
    after: int
    n_sent_before: int
    n_sent_after: int
    more: tuple[Sent, ...]
    fewer: tuple[Sent, ...]
    n_more: int
    n_fewer: int
    n_revised: int
    n_read: int
    n_found: int

    @property
    def is_whole(self) -> bool:
        return self.n_read >= self.n_found

    @property
    def is_none(self) -> bool:
        """True if both send the same."""
        return not (self.n_more or self.n_fewer or self.n_revised)


def difference(found: Tried, before: str, after: str) -> Difference:
    """Return how the version `after` differs from `before`, in alerts.

    Two alerts are one if they begin with the same article: nothing else of an alert is known to be
    the same under two versions.
    """
    old, new = found.told[before], found.told[after]
    more, fewer = _only(new.firsts, old.firsts), _only(old.firsts, new.firsts)
    return Difference(
        before=old.n_alerts,
        after=new.n_alerts,
        n_sent_before=len(old.sent),
        n_sent_after=len(new.sent),
        more=tuple(more[::-1][:MOST_SHOWN]),
        fewer=tuple(fewer[::-1][:MOST_SHOWN]),
        n_more=len(more),
        n_fewer=len(fewer),
        n_revised=_n_revised(old, new, {one.article_id for one in (*more, *fewer)}),
        n_read=found.n_read,
        n_found=found.n_found,
    )


def _only(these: Sequence[Sent], those: Sequence[Sent]) -> list[Sent]:
    known = {one.article_id for one in those}
    return [one for one in these if one.article_id not in known]


def _n_revised(old: Told, new: Told, begun_by: set[str]) -> int:
    """Return how many revisions only one version sends, but for alerts that only one opens."""
    left, right = (Counter(_of_both(each, begun_by)) for each in (old, new))
    return (left - right).total() + (right - left).total()


def _of_both(told: Told, begun_by: set[str]) -> Iterator[tuple[str, str, int, str]]:
    alone = {one.alert_id for one in told.firsts if one.article_id in begun_by}
    return (replace(one, watch_id="").what for one in told.sent if one.alert_id not in alone)
