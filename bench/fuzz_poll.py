"""Fuzzes whole polls, in process: headers x body x damage, through the poller's own path.

    python -m bench.fuzz_poll --runs 50000 --seed 0

Each run is one feed and three polls. The first brings a healthy document. The second brings its
next version, which has one new entry, damaged on the way and under odd headers. The third asks a
server that has the next version whole: it answers "not modified" to whoever sends its validators.
The laws:

- every poll has an outcome, and the feed is asked again;
- damage edits nothing: no article of the first poll changes at the second or third;
- nothing is lost: in the end the state is that of a poller that was never disturbed.

A change that leaves a document well-formed is no damage that anybody could see; then only the first
law holds. Prints the seeds that failed, which become tests, and exits 1.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import structlog

from bench.fuzz_documents import START, Case, case
from services.adapters.memory import MemoryBroker
from services.messages import Feed, FeedState, PageRules
from services.poller.roster import IN_FLIGHT, Slot, Tenure
from services.poller.service.loop import Poller
from services.poller.service.parsers import Item, Read, read_each
from services.ports import HttpAnswer, Turn
from services.runtime.shutdown import SignalStop
from services.runtime.world import World
from services.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

STEP = timedelta(minutes=7)
URL = "https://ostrel-post.example/feed"


class _Clock:
    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time


class _Fetcher:
    """Answers with what is set, and remembers the request."""

    def __init__(self) -> None:
        self.answer: Callable[[Mapping[str, str]], HttpAnswer] | Exception

    async def get(
        self, _url: str, headers: Mapping[str, str], _turn: Turn = nullcontext
    ) -> HttpAnswer:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer(headers)


class _Parsers:
    async def ready(self) -> None: ...

    async def run(self, items: Sequence[Item]) -> list[Read]:
        return read_each(items)

    def close(self) -> None: ...


class _Here(ThreadPoolExecutor):
    """Runs what is given to it at once: a thread would only cost time here."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is raised to whoever waits
            done.set_exception(error)
        return done


class Fuzzer:
    """A poller in memory, of which one slot after the other is polled."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.fetcher = _Clock(), _Fetcher()
        nothing: Any = None
        world = World(
            settings=Settings(run_dir=folder),
            clock=self.clock,
            broker=MemoryBroker(),
            search=nothing,
            fetcher=self.fetcher,
            poster=nothing,
            stop=SignalStop(),
        )
        self.poller = Poller(world, _Parsers())

    async def broken_laws(self, given: Case) -> list[str]:
        """Return the laws that a run breaks, as sentences."""
        self.clock.time = START
        slot = _slot()
        self.fetcher.answer = _server(given.first, given.kind, '"v1"')
        wrong = list(await self._poll(slot, given))
        before = slot.state
        ids = {entry.article_id for entry in before.entries.values()}
        self.fetcher.answer = given.error or _damaged(given)
        wrong += await self._poll(slot, given, ids if given.can_be_seen else None)
        self.fetcher.answer = _server(given.second, given.kind, '"v2"')
        wrong += await self._poll(slot, given, ids if given.can_be_seen else None)
        if given.can_be_seen:
            undisturbed = _slot()
            wrong += await self._poll(undisturbed, given)
            wrong += _lost(slot.state, undisturbed.state)
        return wrong

    async def _poll(self, slot: Slot, given: Case, ids: set[str] | None = None) -> list[str]:
        """Poll once. `ids`: articles that must not change."""
        self.clock.time += STEP
        slot.due, slot.asked_at = IN_FLIGHT, time.monotonic()
        outcome = self.poller._pushing.noted(slot, await self.poller._polling.outcome(slot))
        self.poller._conclude(slot, outcome)
        wrong = []
        if outcome.failure and "a mistake of ours" in outcome.failure:
            wrong.append(f"the poll broke off: {outcome.failure}")
        is_gone = given.status == 410
        if slot.due == IN_FLIGHT or (slot.due is None and not is_gone):
            wrong.append("the feed is not asked again")
        elif slot.due is not None and slot.due > time.monotonic() + 8 * 86_400:
            wrong.append(f"the feed is asked again only after {slot.due - time.monotonic():.0f} s")
        wrong += [
            f"{article.cause} of an article by damage: {article.title!r}"
            for article in outcome.articles
            if ids is not None and article.article_id in ids
        ]
        return wrong


def _slot() -> Slot:
    # The one answer is a feed's, and no page's.
    feed = Feed(feed_id="f", url=URL, outlet="Ostrel Post", pages=PageRules(fetch="never"))
    return Slot(feed, FeedState(feed_id="f"), Tenure(0), 0.0)


def _server(body: bytes, kind: str, tag: str) -> Callable[[Mapping[str, str]], HttpAnswer]:
    """Return a server that has a document under an ETag."""

    def answer(headers: Mapping[str, str]) -> HttpAnswer:
        if headers.get("If-None-Match") == tag:
            return HttpAnswer(304, URL, {"etag": tag})
        return HttpAnswer(200, URL, {"etag": tag, "content-type": kind}, body)

    return answer


def _damaged(given: Case) -> Callable[[Mapping[str, str]], HttpAnswer]:
    tag = '"v1"' if given.status == 304 else '"v2"'
    known = {"etag": tag, "content-type": given.kind, **given.headers}
    return lambda _: HttpAnswer(given.status, URL, known, given.damaged)


def _lost(state: FeedState, undisturbed: FeedState) -> Iterator[str]:
    """Yield a sentence for each entry whose words a poller that was never disturbed knows."""
    own = {entry.content_hash for entry in state.entries.values()}
    for entry in undisturbed.entries.values():
        if entry.content_hash not in own:
            yield "an entry of the whole document is lost"


async def fuzz(seeds: Sequence[int], folder: Path) -> dict[int, list[str]]:
    """Return the broken laws of each seed that breaks some."""
    asyncio.get_running_loop().set_default_executor(_Here())
    fuzzer = Fuzzer(folder)
    found = {}
    for seed in seeds:
        if wrong := await fuzzer.broken_laws(case(seed)):
            found[seed] = wrong
    return found


def main() -> int:
    """Run, and print what was found."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--runs", type=int, default=1000)
    options.add_argument("--seed", type=int, default=0, help="the first seed")
    options.add_argument("--show", type=int, default=20, help="seeds that are shown")
    given = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        seeds = range(given.seed, given.seed + given.runs)
        found = asyncio.run(fuzz(seeds, Path(folder)))
    took = time.monotonic() - begun
    kinds = Counter(wrong.partition(":")[0] for laws in found.values() for wrong in laws)
    by_damage = Counter(case(seed).damage for seed in found)
    print(f"{given.runs} runs from seed {given.seed} in {took:.0f} s: {len(found)} break a law")
    for what, n in kinds.most_common():
        print(f"  {n:6}  {what}")
    print(f"  by damage: {dict(by_damage)}")
    for seed, laws in list(found.items())[: given.show]:
        one = case(seed)
        print(f"seed {seed}  {one.damage} {one.kind} {one.status} {dict(one.headers)}")
        for wrong in laws:
            print(f"    {wrong[:200]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
