"""What must come of an input: computed from the input alone, by the pure machines, in one process.

The stream does not fix in which order hits and claim updates reach the alerter, and where several
articles tell one story, an alert's words may rest on that. So the input passes the machines in
several orders. What comes of a watch in any of them is right, and nothing else is.
"""

import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from services.alerter.alerts import AlertMachine
from services.alerter.also import MAIN, last_told
from services.alerter.match import match, update, withdrawal
from services.alerter.presearch import Presearch
from services.alerter.revisions import change
from services.alerter.watch import CompiledWatch, compile_all
from services.messages import Alert, Claim, Hit, TaggedArticle, Told, Watch, decode, encode
from services.ports import Outgoing, Record, partition_of
from services.tracker.block.machine import FoldMachine
from services.tracker.route import RouteMachine

ORDERS = 60
"""Orders in which the alerter's input is tried: the plain one, and random ones."""

FAR = (0.0, 3.0, 40.0)
"""Places that a message may be late by, in a near order, one of some lag, and any order."""

PARTITIONS = 2
"""Partitions of each topic. One may be far behind the other, whose updates then come before."""

ClaimRow = tuple[str, str, int, int, tuple[str, ...]]
"""Status, level, reports, independent voices, and ids of the articles of a claim.

Its version is left out: where it met claims of other blocks and parted from them again, that rests
on the order (docs/architecture.md, law 1).
"""

Row = tuple[tuple[str, ...], tuple[str, ...], bytes]
"""An open alert in the end: its claims and articles, and what was told last (`Told` as JSON)."""


class Oracle:
    """What must come of articles, at a news clock that stands still at `now`.

    - `articles`: id to the last version of each.
    - `claims`: those that are not merged into another, by id.
    """

    def __init__(
        self,
        articles: Sequence[TaggedArticle],
        watches: Sequence[Watch],
        now: datetime,
        orders: int = ORDERS,
    ) -> None:
        self._given, self._now = articles, now
        self._watches = compile_all(watches)
        self._left = iter(range(orders))
        self._found: dict[str, set[frozenset[Row]]] = {watch.id: set() for watch in watches}
        self.articles: dict[str, int] = {}
        for article in articles:
            known = self.articles.get(article.article_id, 0)
            self.articles[article.article_id] = max(article.version, known)
        self.claims = claims_of(claim for some in _updates(articles) for claim in some)
        self._try(next(self._left))
        self.n_alerts = sum(len(rows) for found in self._found.values() for rows in found)

    def admits(self, watch: str, rows: frozenset[Row]) -> bool:
        """Return True if these alerts may come of a watch. Orders are tried until one does."""
        if any(agree(rows, outcome) for outcome in self._found[watch]):
            return True
        for n in self._left:
            self._try(n)
            if any(agree(rows, outcome) for outcome in self._found[watch]):
                return True
        return False

    def outcomes(self, watch: str) -> set[frozenset[Row]]:
        """Return what came of a watch in the orders that were tried."""
        return self._found[watch]

    @property
    def watches(self) -> Sequence[str]:
        return list(self._found)

    def _try(self, n: int) -> None:
        chance = random.Random(n) if n else None
        some = late(self._given, chance) if chance else self._given
        rows = alerts_of(_alerts(some, self._watches, self._now, chance), self.claims)
        for watch, found in self._found.items():
            found.add(rows.get(watch, frozenset()))


def agree(rows: Collection[Row], others: Collection[Row]) -> bool:
    """Return True if two sets of alerts differ in nothing that is worth telling.

    Law A of tests/unit/alerter/test_laws.py: one more copy is not, nor the first word on an agent.
    """
    one, other = (
        {(ids, articles): told for ids, articles, told in each} for each in (rows, others)
    )
    if one.keys() != other.keys() or len(rows) != len(others):
        return False
    for key in one:
        pair = [msgspec.json.decode(told, type=Told) for told in (one[key], other[key])]
        if not all("agent" in told.slots for told in pair):
            pair = [msgspec.structs.replace(told, slots={}) for told in pair]
        if change(*pair) is not None:
            return False
    return True


def claims_of(found: Iterable[Claim]) -> dict[str, ClaimRow]:
    """Return the last version of each claim that is not merged into another."""
    last = {claim.claim_id: claim for claim in sorted(found, key=lambda claim: claim.version)}
    return {
        claim.claim_id: (
            claim.status,
            claim.level or "",
            claim.n_reports,
            claim.n_independent,
            claim.article_ids,
        )
        for claim in last.values()
        if not claim.merged_into
    }


def alerts_of(found: Iterable[Alert], claims: Iterable[str]) -> dict[str, frozenset[Row]]:
    """Return the open alerts of each watch.

    Whether anybody heard of what is now denied altogether rests on the order (law A): left out.
    """
    known, rows = set(claims), dict[str, set[Row]]()
    for alert in found:
        last = last_told(alert, MAIN)
        is_denied = last is not None and last.status in ("denied", "retracted")
        if alert.state == "open" and not is_denied:
            told = msgspec.json.encode(last, order="sorted")
            ids = tuple(sorted(known & set(alert.all_claim_ids)))
            rows.setdefault(alert.watch_id, set()).add(
                (ids, tuple(sorted(alert.article_ids)), told)
            )
    return {watch: frozenset(each) for watch, each in rows.items()}


def _updates(articles: Iterable[TaggedArticle]) -> Iterator[list[Claim]]:
    """Yield what each article makes of the claims."""
    route, fold = RouteMachine(), FoldMachine()
    for article in articles:
        claims: list[Claim] = []
        for routed in _on("reports", route.step(_record("tagged-articles", encode(article)))):
            out = fold.step(Record("reports", 0, 0, routed.key, routed.value))
            claims += (decode(Claim, each.value) for each in _on("claims", out))
        yield claims


def _alerts(
    articles: Sequence[TaggedArticle],
    watches: Mapping[str, CompiledWatch],
    now: datetime,
    chance: random.Random | None,
) -> list[Alert]:
    """Return all alerts that come of articles in a drawn order; None: in theirs, hits first."""
    queries: Presearch[CompiledWatch] = Presearch()
    for id, compiled in watches.items():
        if compiled.query is not None:
            queries.put(id, compiled.query, compiled)
    machine = AlertMachine(lambda: watches, 1, lambda: now)
    hits = [[*match(article, queries), *_edit(article)] for article in articles]
    updates = [
        [(partition_of(claim.claim_id, PARTITIONS), update(claim)) for claim in some]
        for some in _updates(articles)
    ]
    for hit in _interleaved(hits, updates, chance):
        machine.step(Record("hits", 0, 0, None, encode(hit)))
    return machine.alerts()


def _edit(article: TaggedArticle) -> list[Hit]:
    edit = withdrawal(article)
    return [edit] if edit else []


def _interleaved(
    hits: Sequence[Sequence[Hit]],
    updates: Sequence[Sequence[tuple[int, Hit]]],
    chance: random.Random | None,
) -> Iterator[Hit]:
    """Yield hits and updates, which come with their partition.

    Hits stay in their order, and so do the updates of a partition; any may be ahead of the others.
    """
    far = chance.choice(FAR) if chance else 0.0
    behind = [chance.uniform(0.0, far) if chance else 0.5 for _ in range(PARTITIONS)]
    placed = [(float(i), hit) for i, some in enumerate(hits) for hit in some]
    at = [0.0] * PARTITIONS
    for i, some in enumerate(updates):
        for partition, hit in some:
            when = i + behind[partition] + (chance.uniform(-far, 0.0) if chance else 0.0)
            at[partition] = max(at[partition], when)
            placed.append((at[partition], hit))
    return (hit for _, hit in sorted(placed, key=lambda row: row[0]))


def late(articles: Sequence[TaggedArticle], chance: random.Random) -> list[TaggedArticle]:
    """Return articles in another order, in which the versions of each stay in theirs."""
    far, last = chance.choice(FAR), dict[str, float]()
    placed = []
    for i, article in enumerate(articles):
        at = max(i + chance.uniform(0, far), last.get(article.article_id, 0.0))
        last[article.article_id] = at
        placed.append((at, article))
    return [article for _, article in sorted(placed, key=lambda row: row[0])]


def _record(topic: str, value: bytes) -> Record:
    return Record(topic, 0, 0, None, value)


def _on(topic: str, messages: Iterable[Outgoing]) -> Iterator[Outgoing]:
    return (message for message in messages if message.topic == topic)
