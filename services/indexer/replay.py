"""Builds all documents anew from the topics, beside the indices in use, and then replaces these.

1. Each message becomes documents in new indices, which nobody reads.
2. Documents whose message has left its topic are copied from the index in use.
3. The aliases go over to the new indices in one step.
4. What the indexer wrote into the former indices meanwhile is on the topics: it is read again, and
   written behind the aliases.
5. The former indices are removed.

Until step 3 a replay that ends early changes nothing, and removes its indices. Those of one that
was killed are left; another replay can't tell them from those of one that runs. Versions of
documents are external, so what is written twice is stored once.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import msgspec

from services.errors import FatalError, InvalidMessage, TransientError
from services.index_names import family, index_of, name_of, next_number, number_of
from services.indexer.batch import Verdicts
from services.indexer.documents import DATED, INDICES, TOPICS, documents
from services.indexer.pages import id_field, pages
from services.indexer.templates import undated
from services.indexer.withdrawn import REMOVABLE, Edits, edits, parts_withdrawn, removed
from services.ports import (
    Broker,
    IndexAction,
    IndexAdmin,
    JsonObject,
    Record,
    SearchIndex,
    TopicPartition,
)

BATCH_RECORDS = 500
BATCH_BYTES = 8 * 1024 * 1024
"""Messages, and bytes of them, that are handled at once."""

TRIES = 20
"""Tries of a batch that has to wait, as of one that is refused for an unknown reason."""

LEAVING = {
    "reports": "articles",
    "incidents": "articles",
    "articles": "articles",
    "suppressed": "suppressed",
    "deliveries": "deliveries",
    "commands": "commands",
    "dead-letters": "dead-letters",
}
"""Aliases whose messages leave their topic after a time, in the order in which they are copied.

The other alias holds a document if the message was read.
"""

Tell = Callable[[str, str], None]
"""Called with the present step and its progress."""


@dataclass
class Replayed:
    """What a replay did: messages, documents by outcome, documents copied, indices."""

    n_messages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    n_copied: int = 0
    made: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


class Replay:
    """One replay. `pause` waits after a number of failed tries of a batch."""

    def __init__(
        self,
        broker: Broker,
        search: SearchIndex,
        admin: IndexAdmin,
        tell: Tell,
        pause: Callable[[int], object],
    ) -> None:
        self._broker = broker
        self._search = search
        self._admin = admin
        self._tell = tell
        self._pause = pause
        self._ends: dict[TopicPartition, int] = {}
        self._done = Replayed()

    def run(self, *, keep: bool = False, restart: bool = False) -> Replayed:
        """Replay everything.

        - `keep`: leave the former indices, behind no alias.
        - `restart`: remove what a replay left that was killed.

        Raises TransientError or FatalError; then the indices in use are as before.
        """
        before = self._ours()
        if not restart:
            _refuse_beside_another(before)
        self._admin.drop([index for index, aliases in before.items() if not aliases])
        number = next_number(before)
        with self._cleared_if_it_fails():
            self._write("write documents", number)
            if not self._done.n_messages:
                raise FatalError("the topics hold no message: nothing was replaced")
            self._make_the_rest(before, number)
            self._admin.refresh()
            self._copy_what_left(before, number)
            self._done.replaced = self._admin.put_in_place(self._done.made)
        self._write("write what came meanwhile", None)
        self._admin.refresh()
        if not keep:
            self._admin.drop(self._done.replaced)
        return self._done

    @contextmanager
    def _cleared_if_it_fails(self) -> Iterator[None]:
        """Remove the indices made so far if the block raises, as far as the engine lets us."""
        try:
            yield
        except BaseException:
            with suppress(TransientError):
                self._admin.drop(self._done.made)
            raise

    def _ours(self) -> dict[str, frozenset[str]]:
        """Return index to aliases, for our indices."""
        return {
            facts.index: facts.aliases
            for facts in self._admin.indices()
            if {family(name_of(facts.index)), *facts.aliases} & set(INDICES)
        }

    def _make(self, index: str) -> None:
        if index not in self._done.made:
            self._admin.make(index)
            self._done.made.append(index)

    def _make_the_rest(self, before: Mapping[str, frozenset[str]], number: int) -> None:
        """Make indices for names in use of which no document was written.

        All documents of a name without a month, or of an article, are replaced together.
        """
        months = {name_of(index).removeprefix("articles") for index in self._done.made}
        for name in sorted(_in_use(before)):
            alias = family(name)
            if name in undated() or (alias in DATED and name.removeprefix(alias) in months):
                self._make(index_of(name, number))

    def _write(self, step: str, number: int | None) -> None:
        """Write the documents of all messages since the last call.

        They go to indices of this number, or behind the aliases (None).
        """
        edited: Edits = {}
        last: dict[tuple[str, str | None], Record] = {}
        for records in self._batches():
            self._done.n_messages += len(records)
            actions = list(self._actions(records, number))
            for index, versions in edits(action for _, action in actions).items():
                edited[index] = edited.get(index, {}) | versions
            last |= {(r.topic, r.key): r for r in records if r.topic in REMOVABLE}
            if number is not None:
                for index in sorted({action.index for _, action in actions}):
                    self._make(index)
            self._store(actions)
            self._tell(step, f"{self._done.n_messages:,} messages")
        for name, query in parts_withdrawn(edited):
            self._search.remove(name, query)
        for name, query in removed(list(last.values())):
            self._search.remove(name if number is None else index_of(name, number), query)

    def _batches(self) -> Iterator[list[Record]]:
        """Yield the messages of all topics behind those read so far, up to the present end."""
        partitions = [
            TopicPartition(topic, number)
            for topic in TOPICS
            for number in range(self._broker.n_partitions(topic))
        ]
        reader = self._broker.reader()
        try:
            batch: list[Record] = []
            size = 0
            for record in reader.read_to_end(partitions, dict(self._ends)):
                at = TopicPartition(record.topic, record.partition)
                self._ends[at] = record.offset + 1
                batch.append(record)
                size += len(record.value or b"")
                if len(batch) >= BATCH_RECORDS or size >= BATCH_BYTES:
                    yield batch
                    batch, size = [], 0
            if batch:
                yield batch
        finally:
            reader.close()

    def _actions(
        self, records: Sequence[Record], number: int | None
    ) -> Iterator[tuple[Record, IndexAction]]:
        """Yield the documents. What can't be read is a dead letter already, and left out."""
        for record in records:
            try:
                made = documents(record)
            except InvalidMessage as error:
                self._refuse(error.reason)
                continue
            for action in made:
                index = action.index if number is None else index_of(action.index, number)
                yield record, replace(action, index=index)

    def _store(self, actions: Sequence[tuple[Record, IndexAction]]) -> None:
        """Write documents until each is stored or can never be. Raises TransientError."""
        verdicts = Verdicts()
        for tries in range(1, TRIES + 1):
            try:
                outcomes = self._search.bulk([action for _, action in actions])
                rejected = verdicts.of([record for record, _ in actions], outcomes)
            except TransientError as error:
                if tries == TRIES:
                    raise
                self._tell("wait", str(error))
                self._pause(tries)
                continue
            for _, why in rejected:
                self._refuse(why.detail)
            self._done.outcomes.update(outcome.outcome for outcome in outcomes)
            return

    def _refuse(self, reason: str) -> None:
        self._done.outcomes["refused"] += 1
        if len(self._done.reasons) < 10:
            self._done.reasons.append(reason)

    def _copy_what_left(self, before: dict[str, frozenset[str]], number: int) -> None:
        """Copy documents whose messages have left their topics.

        Months of which no message was read keep their index. Raises FatalError if a document can't
        be copied, since its index holds the only one.
        """
        in_use = _in_use(before)
        for alias, parent in LEAVING.items():
            for index in [index for index in self._done.made if family(name_of(index)) == alias]:
                name = name_of(index)
                holder = index_of(parent + name.removeprefix(alias), number)
                for hits in pages(self._search, name) if name in in_use else ():
                    self._copy(hits, index, alias, self._held(holder, id_field(parent), hits))
            self._admin.refresh()

    def _held(self, holder: str, key: str, hits: Sequence[JsonObject]) -> set[str]:
        """Return the ids of the documents whose message was read."""
        of = {hit["_id"]: hit["_source"][key] for hit in hits}
        keys = sorted(set(of.values()))
        body = {"size": len(keys), "query": {"ids": {"values": keys}}, "_source": False}
        found = {hit["_id"] for hit in self._search.search(holder, body)["hits"]["hits"]}
        return {id for id, message in of.items() if message in found}

    def _copy(self, hits: Sequence[JsonObject], index: str, alias: str, held: set[str]) -> None:
        known = set(INDICES[alias].__struct_fields__)
        actions = [
            IndexAction(
                index,
                hit["_id"],
                hit["_version"],
                msgspec.json.encode({k: v for k, v in hit["_source"].items() if k in known}),
            )
            for hit in hits
            if hit["_id"] not in held
        ]
        for outcome in self._search.bulk(actions) if actions else ():
            if outcome.outcome not in ("stored", "stale"):
                raise FatalError(
                    f"{index}: {outcome.action.id} can't be copied from the index in use: "
                    f"{outcome.reason}; nothing was replaced"
                )
        self._done.n_copied += len(actions)
        self._tell("copy what has left the topics", f"{self._done.n_copied:,} documents")


def _refuse_beside_another(indices: Mapping[str, frozenset[str]]) -> None:
    """Raise FatalError if indices newer than all in use stand behind no alias.

    Former ones that `keep` left are older.
    """
    newest = max((number_of(index) for index, aliases in indices.items() if aliases), default=0)
    others = [each for each, aliases in indices.items() if not aliases and number_of(each) > newest]
    if others:
        raise FatalError(
            f"another replay has begun and not ended ({min(others)}): let it end. If it was "
            "killed, `reportedly replay --restart` removes what it left, and begins anew"
        )


def _in_use(indices: Mapping[str, frozenset[str]]) -> set[str]:
    """Return the names under which documents can be found."""
    return {name for index, aliases in indices.items() if aliases for name in (index, *aliases)}
