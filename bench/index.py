"""Documents a second into a real Elasticsearch, beside two other senders, in turns, in one run.

    python bench/index.py [--articles 3000] [--rounds 3]

Made-up tagged articles of 3 KB, each with its reports and incidents. Our side begins with encoded
messages, as they come from Kafka, and makes the documents. The others get them for nothing:

- raw: requests of the same size, made before, over two connections; no answer is parsed.
- async_bulk: `elasticsearch.helpers.async_bulk` with its defaults, the same external versions, and
  each document's result read. Its documents are dictionaries made before.

Printed too: the CPU of a document, which other work on the machine changes less than the rate.

Asserted: every way stores every document. Elasticsearch runs on the same machine. The embedded one
answers 405 to `GET /`: the official client does not ask for that, some others do.
"""

import argparse
import asyncio
import http.client
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

import msgspec
import psutil
from elasticsearch import AsyncElasticsearch
from elasticsearch.helpers import async_bulk

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.index_articles import Writer
from services.adapters.elastic import ElasticIndex, bulk_body
from services.adapters.embedded import Engines
from services.indexer.batch import Verdicts
from services.indexer.documents import BUILDERS
from services.indexer.sending import IN_FLIGHT, parts
from services.indexer.service import BATCH, index
from services.indexer.templates import templates
from services.messages import TaggedArticle, decode, encode
from services.ports import IndexAction, JsonObject, Record
from services.settings import Settings

CONNECTIONS = 2
"""Connections of the raw sender: more were no faster on two cores."""

Way = Callable[[str, str], Callable[[], object]]
"""Takes a cluster's address and a prefix of names; returns what writes all documents to it."""


def main() -> None:
    """Print the figures; exits 1 where a document is missing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    records = _records(asked.articles)
    actions = [action for record in records for action in _build(record)]
    size = sum(len(action.document) for action in actions)
    print(f"{len(records):,} articles, {len(actions):,} documents, {size / 2**20:,.0f} MiB of them")
    ways: dict[str, Way] = {
        "reportedly": partial(_ours, records),
        "raw": partial(_raw, actions),
        "async_bulk": partial(_helper, actions),
    }
    with (
        tempfile.TemporaryDirectory(dir="/var/tmp") as folder,
        Engines(Path(folder), Settings().cache_dir) as engines,
    ):
        _compare(ways, engines.elastic_url, actions, asked.rounds)


def _compare(ways: dict[str, Way], url: str, actions: Sequence[IndexAction], rounds: int) -> None:
    rates: dict[str, list[float]] = {name: [] for name in ways}
    us, server = psutil.Process(), _listening(url)
    for n in range(rounds + 1):
        for name, way in ways.items():
            prefix = f"r{n}-{name.replace('_', '-')}-"
            cluster = ElasticIndex(url, prefix=prefix)
            cluster.admin.apply_templates(templates())
            for alias in {action.index for action in actions}:
                cluster.admin.ensure(alias)
            write = way(url, prefix)
            began, mine, engine = time.monotonic(), _cpu(us), _cpu(server)
            with _growth() as grown:
                write()
            rate = len(actions) / (time.monotonic() - began)
            mine, engine = _cpu(us) - mine, _cpu(server) - engine
            _assert_stored(cluster, actions)
            each, engines = (seconds / len(actions) * 1e6 for seconds in (mine, engine))
            print(
                f"  {name:12} {rate:8,.0f} a second; CPU of a document: {each:4.0f} us, and "
                f"{engines:4.0f} us of Elasticsearch; memory grew by {grown[0]:.0f} MiB at most"
            )
            if n:  # The first round warms the engine.
                rates[name].append(rate)
    ours = rates.pop("reportedly")
    print(f"reportedly: {statistics.median(ours):,.0f} documents a second")
    for name, theirs in rates.items():
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        print(f"{name}: {statistics.median(theirs):,.0f}; ours is {ratio:.2f} of it")


def _records(n: int) -> list[Record]:
    return [
        Record("tagged-articles", 0, offset, article.article_id, encode(article))
        for offset, article in enumerate(Writer().articles(n))
    ]


def _build(record: Record) -> list[IndexAction]:
    return BUILDERS["tagged-articles"][1](decode(TaggedArticle, record.value))


def _ours(records: Sequence[Record], url: str, prefix: str) -> Callable[[], None]:
    search, verdicts = ElasticIndex(url, prefix=prefix), Verdicts()

    def write() -> None:
        with ThreadPoolExecutor(IN_FLIGHT) as threads:
            for start in range(0, len(records), BATCH):
                assert not index(search, records[start : start + BATCH], verdicts, threads).rejected

    return write


def _raw(actions: Sequence[IndexAction], url: str, prefix: str) -> Callable[[], None]:
    waiting = SimpleQueue[bytes]()
    for part in parts(actions):
        waiting.put(bulk_body(part, prefix))

    def work() -> None:
        host = urlsplit(url).netloc
        connection = http.client.HTTPConnection(host)
        while True:
            try:
                body = waiting.get_nowait()
            except Empty:
                return
            headers = {"Content-Type": "application/x-ndjson"}
            connection.request("POST", "/_bulk", body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200

    def write() -> None:
        threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return write


def _helper(actions: Sequence[IndexAction], url: str, prefix: str) -> Callable[[], None]:
    documents: list[JsonObject] = [
        {
            "_index": prefix + action.index,
            "_id": action.id,
            "version": action.version,
            "version_type": "external_gte",
            "_source": msgspec.json.decode(action.document),
        }
        for action in actions
    ]

    async def write() -> None:
        async with AsyncElasticsearch(url) as client:
            await async_bulk(client, documents)

    return lambda: asyncio.run(write())


def _assert_stored(cluster: ElasticIndex, actions: Sequence[IndexAction]) -> None:
    cluster.refresh()
    for alias, n in Counter(action.index for action in actions).items():
        found = cluster.search(alias, {"size": 0, "track_total_hits": True})
        assert found["hits"]["total"]["value"] == n, f"{alias}: {found['hits']['total']} of {n}"


def _listening(url: str) -> psutil.Process:
    """Return the process that listens at an address."""
    port = urlsplit(url).port
    found = (
        c.pid
        for c in psutil.net_connections("tcp")
        if c.pid and c.status == psutil.CONN_LISTEN and c.laddr.port == port
    )
    return psutil.Process(next(found))


def _cpu(process: psutil.Process) -> float:
    """Return the seconds of CPU that a process took."""
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def _growth() -> Iterator[list[float]]:
    """Yield a list whose one number becomes the most MiB by which this process grew."""
    process, ended, most = psutil.Process(), threading.Event(), [0.0]
    before = process.memory_info().rss

    def look() -> None:
        while not ended.wait(0.05):
            most[0] = max(most[0], (process.memory_info().rss - before) / 2**20)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        ended.set()
        watcher.join()


if __name__ == "__main__":
    main()
