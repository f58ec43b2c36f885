"""The blocks of a partition: rows of all of them, and in memory those that were used last.

A quiet block leaves memory. It comes back from its rows when a message asks for it, as after a
restart: what is restored counts as published.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakSet

import msgspec

from services.errors import InvalidMessage
from services.messages import BlockArticle, Claim, decode
from services.ports import Outgoing
from services.rows import Leaving, Rows
from services.tracker.block.block import Block, news_time
from services.tracker.block.closing import days_between
from services.tracker.block.rows import archive_rows
from services.tracker.claims.rules import STAY
from services.tracker.grouping.judgements import Judged
from services.tracker.grouping.rules import Rules
from services.tracker.reports.element import Element
from services.tracker.reports.versions import slim

MOST_LIVE = 12_000
"""Articles and stubs that are in memory, of the blocks of all partitions of a process.

A guess: articles of 17 kB take 200 MiB. The last block of each partition may have more.
"""

_ALL = "*"
"""The reference of every row. A block's name is the reference of its own, and has a colon."""


@dataclass(frozen=True, slots=True)
class Own:
    """The claims of a block by id, and the reports of each, before they meet those of others."""

    claims: Mapping[str, Claim]
    members: Mapping[str, tuple[Element, ...]]

    @classmethod
    def of(cls, block: Block) -> "Own":
        return cls(block.claims(), block.members)


@dataclass(slots=True)
class Live:
    """A block in memory, its claims as last published, and what each claim was split from.

    `gathered` has the claims that it shares with other blocks, with what they were made of.
    """

    block: Block
    own: Own
    rules: Rules
    split_from: dict[str, tuple[str, ...]]
    gathered: dict[str, tuple[Judged[Element], Claim]] = field(default_factory=dict)

    def goes_on(self, own: Own) -> None:
        """Take the claims that the block has now in place of those before."""
        self.own, self.rules = own, self.block.rules
        for claim_id in self.gathered.keys() - own.claims.keys():
            del self.gathered[claim_id]


class Room:
    """The memory that the blocks of several partitions share. A dropped partition leaves it."""

    def __init__(self, most: int = MOST_LIVE) -> None:
        """`most`: articles and stubs that it has room for."""
        self._most = most
        self._sharing: WeakSet[Blocks] = WeakSet()

    def enter(self, blocks: "Blocks") -> None:
        self._sharing.add(blocks)

    @property
    def is_full(self) -> bool:
        return sum(blocks.weight for blocks in self._sharing) > self._most


class Blocks:
    """Blocks by name. `n_folded` counts the reports that claims were made of.

    `weight` is the number of articles and stubs in memory.
    """

    def __init__(
        self,
        rows: Rows,
        make: Callable[[str], Block] = Block,
        room: Room | None = None,
        stay: timedelta = STAY,
    ) -> None:
        """`make` makes the block of a name; see Room and STAY for the others."""
        self._rows, self._make, self._room = rows, make, room or Room()
        self._room.enter(self)
        self._leaving, self._stay = Leaving(rows), stay.days
        self._look_again_after = days_between(stay)
        self._newest: datetime | None = None
        self._live: dict[str, Live] = {}
        self._weights: dict[str, int] = {}
        self._without_articles: set[str] = set()
        self.weight = self._folded_before = 0
        self.shown: Callable[[Claim], Claim] = _as_it_is

    def __getitem__(self, name: str) -> Live:
        """Return a block, from its rows if it is not in memory; an empty one if it is new."""
        live = self._live.pop(name, None)
        is_known = live is not None
        live = live or self._load(name)
        self._live[name] = live  # the last one is the one used last
        if not is_known:
            self._weigh(name)
        return live

    @property
    def n_folded(self) -> int:
        return self._folded_before + sum(live.block.n_folded for live in self._live.values())

    def names(self) -> list[str]:
        """Return the names of all blocks."""
        return sorted({key.rpartition("|")[0] for key in self._rows.keys(_ALL)})

    def restore(self, key: str, value: bytes | None) -> None:
        """Apply one row of state, before its block is asked for; None deletes it."""
        row = decode(BlockArticle, value) if value is not None else None
        if row is not None and not _holds_something(row):
            raise InvalidMessage("wrong-schema", "BlockArticle: a row that holds nothing")
        self._keep(key, value, row)

    def keep(self, rows: Iterable[Outgoing]) -> None:
        """Note rows of a block that has them in memory already."""
        for row in rows:
            held = decode(BlockArticle, row.value) if row.value is not None else None
            self._keep(row.key or "", row.value, held)

    def quiet(self, newest: datetime | None, busy: Collection[str]) -> tuple[str, list[Outgoing]]:
        """Put stubs in place of the old claims of a block that no article came to.

        Return the name of the block, "" for none, and the rows that changed.

        `newest`: the news time of the last message. `busy` blocks are left as they are.
        """
        if newest is None or (self._newest is not None and newest <= self._newest):
            return "", []
        self._newest = newest
        for key in self._leaving.due(newest.toordinal(), 1):
            name = key.rpartition("|")[0]
            if name in busy:
                break
            block = self[name].block
            rows = archive_rows(name, block.archive_before(newest))
            self.keep(rows)
            self._look_later(name, [key, *self._overdue(name, newest.toordinal())], newest)
            return name, rows
        return "", []

    def _overdue(self, name: str, today: int) -> Iterator[str]:
        """Yield the keys of old articles of a block that stayed.

        Their claims are open or judged, or share a pile with such a one.
        """
        for article_id, entry in self._live[name].block.articles.items():
            at = news_time(entry)
            if at is not None and at.toordinal() + self._stay < today:
                yield f"{name}|{article_id}"

    def _look_later(self, name: str, keys: Iterable[str], newest: datetime) -> None:
        refs = (_ALL, name, self._leaving.ref(newest.toordinal() + self._look_again_after))
        for key in keys:
            value = self._rows.get(key)
            if value is not None:
                self._rows.put(key, value, refs)

    def rest(self, busy: Collection[str]) -> None:
        """Take the blocks that were used longest ago out of memory, while there is too much.

        `busy` blocks stay: they have something to publish. So does the one used last. Blocks of
        which only stubs are left always leave: reports seldom come to them.
        """
        last = next(reversed(self._live), None)
        if last is not None:
            self._weigh(last)
        for name in self._without_articles.difference(busy):
            self._drop(name)
        if not self._room.is_full:
            return
        for name in list(self._live)[:-1]:
            if name not in busy:
                self._drop(name)
                if not self._room.is_full:
                    return

    def _drop(self, name: str) -> None:
        self._folded_before += self._live.pop(name).block.n_folded
        self.weight -= self._weights.pop(name, 0)
        self._without_articles.discard(name)

    def _weigh(self, name: str) -> None:
        block = self._live[name].block
        if block.articles:
            self._without_articles.discard(name)
        else:
            self._without_articles.add(name)
        now = len(block.articles) + len(block.archive)
        self.weight += now - self._weights.get(name, 0)
        self._weights[name] = now

    def _keep(self, key: str, value: bytes | None, row: BlockArticle | None) -> None:
        if value is None or row is None:
            self._rows.delete(key)
            return
        refs = [_ALL, key.rpartition("|")[0]]
        at = news_time(row) if row.versions else None
        if at:
            refs.append(self._leaving.ref(at.toordinal() + self._stay))
        self._rows.put(key, value, refs)

    def _load(self, name: str) -> Live:
        block, split_from = self._make(name), dict[str, tuple[str, ...]]()
        block.shown = self.shown
        for key in list(self._rows.keys(name)):
            row = decode(BlockArticle, self._rows.get(key))
            if row.parted:
                split_from[row.parted.claim_id] = row.parted.split_from
            elif row.counted:
                block.counts.restore(row.counted)
            elif row.archived:
                block.shelve(row.archived)
            else:
                # Rows of an earlier version of the program have every version whole.
                block.place(msgspec.structs.replace(row, versions=tuple(slim(row.versions))))
        block.restored()
        return Live(block, Own.of(block), block.rules, split_from)


def _as_it_is(claim: Claim) -> Claim:
    return claim


def _holds_something(row: BlockArticle) -> bool:
    return bool(row.versions or row.counted or row.parted or row.archived)
