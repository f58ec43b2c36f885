"""The alerter's process: it matches and folds, with all watches in memory."""

import gc
import threading
from collections.abc import Iterable
from datetime import timedelta

import structlog

from services.alerter.alerts import AlertMachine
from services.alerter.match import match, update, withdrawal
from services.alerter.presearch import Presearch
from services.alerter.watch import CompiledWatch, compile_watch
from services.errors import ReportedlyError, TransientError
from services.messages import Claim, Hit, TaggedArticle, Watch, decode, encode
from services.ports import Outgoing, Record, TopicPartition, partition_of
from services.runtime.consume import each, run_consumer
from services.runtime.health import Heartbeat
from services.runtime.parallel import run_parallel
from services.runtime.stateful import run_stateful
from services.runtime.world import World

_log = structlog.get_logger()


class WatchBook:
    """The enabled watches. A thread follows their topic; readers see whole snapshots."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._watches: dict[str, CompiledWatch] = {}
        self._partitions: frozenset[int] = frozenset()
        self._n_partitions = world.broker.n_partitions("hits")
        self.queries: Presearch[CompiledWatch] = Presearch()
        self._reader = world.broker.reader()
        self._heartbeat = Heartbeat(world.settings.run_dir, "alerter", part="alerter-watches")
        self._take(self._reader.read_to_end([TopicPartition("watches", 0)]), "loading")

    def current(self) -> dict[str, CompiledWatch]:
        return self._watches

    def partitions(self) -> frozenset[int]:
        """Return the partitions of `hits` with a watch, or with alerts of a watch that is gone.

        The topic keeps the tombstone of a watch for as long as its alerts are corrected.
        """
        return self._partitions

    def follow(self, stop_after: threading.Event) -> None:
        """Take changes until the event is set. While Kafka is away, known watches stay in force."""
        while not stop_after.is_set():
            try:
                self._take(self._reader.poll(0.2))
                self._heartbeat.beat()
            except TransientError as error:
                _log.warning("watches may be out of date", reason=str(error))
                self._heartbeat.beat("waiting", reason=str(error))
                stop_after.wait(1.0)
        self._heartbeat.remove()
        self._reader.close()

    def _take(self, records: Iterable[Record], state: str = "running") -> None:
        changed: dict[str, CompiledWatch | None] = {}
        for record in records:
            self._heartbeat.beat(state)
            changed[record.key or ""] = _compiled(record)
        homes = (partition_of(id, self._n_partitions) for id in changed)
        self._partitions = self._partitions.union(homes)
        for id, compiled in changed.items():
            if compiled and compiled.query is not None:
                self.queries.put(id, compiled.query, compiled)
            else:
                self.queries.remove(id)
        if changed:
            known = {**self._watches, **changed}
            self._watches = {id: watch for id, watch in known.items() if watch}


def _compiled(record: Record) -> CompiledWatch | None:
    """Return the watch ready to match; None if it is deleted, disabled, or can't be used."""
    if record.value is None:
        return None
    try:
        watch = decode(Watch, record.value)
        return compile_watch(watch) if watch.enabled else None
    except ReportedlyError as error:
        _log.warning(
            "watch can't be used", watch=record.key, offset=record.offset, reason=str(error)
        )
        return None


def run(world: World) -> None:
    """Run until told to stop."""
    book = WatchBook(world)
    gc.freeze()  # or each full collection would scan 100,000 watches and stop matching
    ended = threading.Event()
    follower = threading.Thread(target=book.follow, args=(ended,), daemon=True)
    follower.start()
    n_partitions = world.broker.n_partitions("hits")
    stays = timedelta(days=world.settings.state_days)
    try:
        run_parallel(
            world,
            lambda part: run_consumer(
                part,
                service="alerter",
                group="alerter-match",
                topics=["tagged-articles", "claims"],
                handle=each(lambda record: messages(record, book)),
            ),
            lambda part: run_stateful(
                part,
                service="alerter",
                group="alerter-fold",
                inputs=["hits"],
                state_topic="alerter-state",
                machine=lambda rows: AlertMachine(
                    book.current, n_partitions, world.clock.now, rows, stays
                ),
            ),
        )
    finally:
        ended.set()
        follower.join(timeout=5)


def messages(record: Record, book: WatchBook) -> list[Outgoing]:
    """Return the hits of a tagged article, or copies of a claim update or an edit."""
    if record.topic == "claims":
        if record.value is None:
            return []
        return _to_all(update(decode(Claim, record.value)), book.partitions())
    article = decode(TaggedArticle, record.value)
    hits = match(article, book.queries)
    out = [Outgoing("hits", hit.hit_id, encode(hit), partition_key=hit.watch_id) for hit in hits]
    withdrawn = withdrawal(article)
    return [*out, *_to_all(withdrawn, book.partitions())] if withdrawn else out


def _to_all(hit: Hit, partitions: Iterable[int]) -> list[Outgoing]:
    """Return a copy for each of the partitions: a watch on any of them may need it."""
    value = encode(hit)
    return [Outgoing("hits", hit.hit_id, value, partition=p) for p in sorted(partitions)]
