"""The indexer's process: topics to Elasticsearch, in bulk.

Offsets are committed only after every document's outcome is known.
"""

from collections import Counter
from collections.abc import Sequence

from services.errors import InvalidMessage
from services.indexer.batch import Verdicts
from services.indexer.documents import BUILDERS
from services.indexer.withdrawn import edits, parts_withdrawn, removed
from services.messages import decode
from services.ports import IndexAction, Record, SearchIndex
from services.runtime import metrics
from services.runtime.consume import Handled, run_consumer
from services.runtime.world import World


def run(world: World) -> None:
    """Run until told to stop. Raises FatalError."""
    verdicts = Verdicts()
    run_consumer(
        world,
        service="indexer",
        group="indexer",
        topics=list(BUILDERS),
        handle=lambda records: index(world.search, records, verdicts),
    )


def index(search: SearchIndex, records: Sequence[Record], verdicts: Verdicts) -> Handled:
    """Write the documents of all records, and remove those that they take back.

    Raises TransientError while Elasticsearch can't accept them.
    """
    rejected: list[tuple[Record, InvalidMessage]] = []
    actions: list[tuple[Record, IndexAction]] = []
    for record in records:
        if record.value is None:
            continue
        message, build = BUILDERS[record.topic]
        try:
            actions += [(record, action) for action in build(decode(message, record.value))]
        except InvalidMessage as error:
            rejected.append((record, error))
    with metrics.timed("reportedly_bulk_seconds"):
        outcomes = search.bulk([action for _, action in actions])
    for outcome, n in Counter(outcome.outcome for outcome in outcomes).items():
        metrics.count("reportedly_documents_total", n, outcome=outcome)
    rejected += verdicts.of([record for record, _ in actions], outcomes)
    for name, query in (
        *parts_withdrawn(edits(action for _, action in actions)),
        *removed(records),
    ):
        search.remove(name, query)
    return Handled(rejected=rejected)
