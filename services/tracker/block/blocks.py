"""The blocks of a partition: rows of all of them, and in memory those that were used last.

A quiet block leaves memory. It comes back from its rows when a message asks for it, as after a
restart: what is restored counts as published.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import msgspec

from services.errors import InvalidMessage
from services.messages import BlockArticle, decode
from services.ports import Outgoing
from services.rows import Rows
from services.tracker.block.block import Block
from services.tracker.block.moves import Known
from services.tracker.reports.versions import slim

MOST_LIVE = 1_500
"""Articles and stubs of the blocks of one partition that are in memory, unless one has more.

A guess: 12 partitions of articles of 17 kB take 300 MiB.
"""

_ALL = "*"
"""The reference of every row. A block's name is the reference of its own, and has a colon."""


@dataclass(slots=True)
class Live:
    """A block in memory, and what was published of it."""

    block: Block
    known: Known


class Blocks:
    """Blocks by name. `n_folded` counts the reports that claims were made of."""

    def __init__(
        self, rows: Rows, make: Callable[[str], Block] = Block, most_live: int = MOST_LIVE
    ) -> None:
        """`make` makes the block of a name; `most_live` is explained at MOST_LIVE."""
        self._rows, self._make, self._most = rows, make, most_live
        self._live: dict[str, Live] = {}
        self._weights: dict[str, int] = {}
        self._weight = self._folded_before = 0

    def __getitem__(self, name: str) -> Live:
        """Return a block, from its rows if it is not in memory; an empty one if it is new."""
        live = self._live.pop(name, None) or self._load(name)
        self._live[name] = live  # the last one is the one used last
        return live

    @property
    def n_folded(self) -> int:
        return self._folded_before + sum(live.block.n_folded for live in self._live.values())

    def names(self) -> list[str]:
        """Return the names of all blocks."""
        return sorted({key.rpartition("|")[0] for key in self._rows.keys(_ALL)})

    def restore(self, key: str, value: bytes | None) -> None:
        """Apply one row of state, before its block is asked for; None deletes it."""
        if value is not None and not _holds_something(decode(BlockArticle, value)):
            raise InvalidMessage("wrong-schema", "BlockArticle: a row that holds nothing")
        self._keep(key, value)

    def keep(self, rows: Iterable[Outgoing]) -> None:
        """Note rows of a block that has them in memory already."""
        for row in rows:
            self._keep(row.key or "", row.value)

    def rest(self, busy: Collection[str]) -> None:
        """Take the blocks that were used longest ago out of memory, while there is too much.

        `busy` blocks stay: they have something to publish. So does the one used last.
        """
        last = next(reversed(self._live), None)
        if last is not None:
            self._weigh(last)
        if self._weight <= self._most:
            return
        for name in list(self._live)[:-1]:
            if name not in busy:
                self._folded_before += self._live.pop(name).block.n_folded
                self._weight -= self._weights.pop(name, 0)
                if self._weight <= self._most:
                    return

    def _weigh(self, name: str) -> None:
        block = self._live[name].block
        now = len(block.articles) + len(block.archive)
        self._weight += now - self._weights.get(name, 0)
        self._weights[name] = now

    def _keep(self, key: str, value: bytes | None) -> None:
        if value is None:
            self._rows.delete(key)
        else:
            self._rows.put(key, value, (_ALL, key.rpartition("|")[0]))

    def _load(self, name: str) -> Live:
        block, split_from = self._make(name), dict[str, tuple[str, ...]]()
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
        return Live(block, Known(block.claims(), block.members, split_from))


def _holds_something(row: BlockArticle) -> bool:
    return bool(row.versions or row.counted or row.parted or row.archived)
