"""The indexer's process: topics to Elasticsearch, in bulk.

Offsets are committed only after every document's outcome is known.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

from services.errors import InvalidMessage
from services.indexer.batch import Verdicts
from services.indexer.dead_letters import LETTER_TOPICS
from services.indexer.documents import TOPICS, documents
from services.indexer.sending import IN_FLIGHT, send
from services.indexer.withdrawn import edits, parts_withdrawn, removed
from services.ports import IndexAction, IndexOutcome, Record, SearchIndex
from services.runtime import metrics
from services.runtime.consume import Batch, Handled, run_consumer
from services.runtime.world import World

BATCH = 1_000
"""Records of a batch. Its memory is bounded by what the consumer holds ready (16 MB).

While a batch begins and ends, fewer requests are on their way, so a small one is slow.
"""

LINGER_SECONDS = 0.2
"""Seconds in which a batch is gathered. Elasticsearch shows it once a second in any case."""


def run(world: World) -> None:
    """Run until told to stop. Raises FatalError."""
    verdicts = Verdicts()
    with ThreadPoolExecutor(IN_FLIGHT, "bulk") as threads:
        run_consumer(
            world,
            service="indexer",
            group="indexer",
            topics=list(TOPICS),
            handle=lambda records: index(world.search, records, verdicts, threads),
            batch=Batch(BATCH, LINGER_SECONDS),
        )


def index(
    search: SearchIndex, records: Sequence[Record], verdicts: Verdicts, threads: Executor
) -> Handled:
    """Write the documents of all records, and remove those that they take back.

    Documents are sent while others are made. Raises TransientError while Elasticsearch can't accept
    them.
    """
    rejected: list[tuple[Record, InvalidMessage]] = []
    sources: list[Record] = []

    def actions() -> Iterator[IndexAction]:
        for record in records:
            try:
                made = documents(record)
            except InvalidMessage as error:
                rejected.append((record, error))
                continue
            sources.extend([record] * len(made))
            yield from made

    def ask(part: list[IndexAction]) -> list[IndexOutcome]:
        with metrics.timed("reportedly_bulk_seconds"):
            return search.bulk(part)

    outcomes = send(ask, actions(), threads)
    for outcome, n in Counter(outcome.outcome for outcome in outcomes).items():
        metrics.count("reportedly_documents_total", n, outcome=outcome)
    rejected += verdicts.of(sources, outcomes)
    for name, query in (
        *parts_withdrawn(edits(outcome.action for outcome in outcomes)),
        *removed(records),
    ):
        search.remove(name, query)
    # A dead letter is in Kafka already: there is no topic for letters about letters.
    return Handled(rejected=[(r, why) for r, why in rejected if r.topic not in LETTER_TOPICS])
