"""Feeds odd bytes to every parser that meets the outside: each answers, or refuses in words.

    make fuzz                                  # 2,000 inputs a target
    make fuzz ARGS="--target query --runs 100000 --seed 7 --keep"

Each input is one of the corpus in tests/data/fuzz/TARGET, damaged by a seed: bytes flipped, cut,
doubled, or taken from another of them, and words put in that the target's language knows. An
exception that is not foreseen, or more than 2 s of CPU time, is a failure: its seed is printed, and
`--keep` adds the input to the corpus, which `make check` reads each time. A body goes to every
route of the API that reads one; an undocumented status is a failure too. Feeds and answers of
servers have programs of their own: `bench/parse.py --fuzz` and `bench/fuzz_poll.py`.
"""

import argparse
import gc
import io
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench import fuzz_bodies
from services import messages
from services.commands.feed_files import read_feeds
from services.commands.jsonl import parse_line
from services.commands.warc_file import kept_answers
from services.commands.watches import read_file
from services.errors import ConfigError, InvalidMessage
from services.messages import decode
from services.messages.topics import topics
from services.notifier.subscriber_file import check_subscribers
from services.poller.reading.feed import parse_feed
from services.query.parse import parse
from services.settings import Settings
from services.text.hashes import digest
from services.text.links import granted

CORPORA = Path(__file__).parents[1] / "tests/data/fuzz"
LONGEST_SECONDS = 2.0
"""CPU seconds for one input of some kilobytes. Twenty times what the slowest takes."""
MOST_BYTES = 20_000
"""Bytes of an input. Bounds of size have tests of their own."""
MOST_DAMAGES = 8

Outcome = Exception | None


@dataclass(frozen=True, slots=True)
class Target:
    """A parser. `words`: what its language knows, put in at random places."""

    read: Callable[[bytes], object]
    words: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that ended in what nobody foresaw, or took too long."""

    target: str
    name: str
    data: bytes
    why: str


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="fuzz-")


def _by_path(read: Callable[[str], object], suffix: str) -> Callable[[bytes], object]:
    """Return a parser of bytes, of one that takes the path of a file."""

    def of_bytes(data: bytes) -> object:
        path = Path(_folder().name) / f"input{suffix}"
        path.write_bytes(data)
        return read(str(path))

    return of_bytes


def _messages(data: bytes) -> None:
    """Read as each message that a topic holds."""
    for name in sorted({spec.message for spec in topics()} - {""}):
        with suppress(InvalidMessage):
            decode(getattr(messages, name), data)


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


_YAML = (b"- ", b"{", b"[", b"&a ", b"*a", b"<<: ", b"!!python/object ", b"? ", b"|\n", b"id: ")
_JSON = (b"{", b"[", b'"', b"null", b"1e999", b"-0", b"\\ud800", b'"article_id":', b",", b"NaN")
_XML = (b"<!DOCTYPE a>", b"<!ENTITY b 'c'>", b"&b;", b"<![CDATA[", b"<outline ", b"\x00", b"/>")

TARGETS: Mapping[str, Target] = {
    "query": Target(
        _text(parse), (b" AND ", b" OR ", b" NOT ", b"(", b")", b'"', b"~3", b"*", b"title:", b"\\")
    ),
    "messages": Target(_messages, _JSON),
    "articles": Target(parse_line, _JSON),
    "watches": Target(_by_path(lambda path: read_file(path, Settings()), ".yaml"), _YAML),
    "subscribers": Target(lambda data: check_subscribers(data, "s.yaml", lambda _: ""), _YAML),
    "opml": Target(_by_path(lambda path: read_feeds(path, Settings()), ".opml"), _XML),
    "feeds": Target(lambda data: parse_feed(data, "", "https://herald.example/feed"), _XML),
    "warc": Target(
        _by_path(lambda path: list(kept_answers(path)), ".warc"),
        (
            b"WARC/1.0\r\n",
            b"Content-Length: 9\r\n",
            b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n",
            b"\x1f\x8b",
        ),
    ),
    "bodies": Target(fuzz_bodies.send, fuzz_bodies.WORDS),
    "links": Target(_text(lambda text: granted("a" * 16, text)), (b".", b"=", b"_", b"e30")),
}


def corpus(name: str) -> list[bytes]:
    """Return the inputs that are kept for a target, by name."""
    return [path.read_bytes() for path in sorted((CORPORA / name).iterdir())]


def damaged(kept: Sequence[bytes], words: Sequence[bytes], seed: str) -> bytes:
    """Return an input, the same for a seed."""
    chance = random.Random(seed)
    data = bytearray(chance.choice(kept))
    for _ in range(chance.randint(1, MOST_DAMAGES)):
        at, end = sorted(chance.randint(0, len(data)) for _ in range(2))
        match chance.randrange(6):
            case 0:
                data[at:at] = chance.choice(words)
            case 1:
                del data[at : min(end, at + 40)]
            case 2:
                data[at:at] = data[at : min(end, at + 200)] * chance.randint(1, 20)
            case 3:
                data[at:end] = chance.choice(kept)[: end - at]
            case 4:
                data[at:at] = chance.randbytes(chance.randint(1, 4))
            case _:
                data[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(data[:MOST_BYTES])


def tried(
    name: str, label: str, data: bytes, now: Callable[[], float] = time.process_time
) -> Failure | None:
    """Give one input to a target. Return what went wrong. `now`: CPU seconds so far."""
    began = now()
    try:
        # warcio prints what it makes do with.
        with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            TARGETS[name].read(data)
    except (ConfigError, InvalidMessage):
        pass  # refused in words
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return Failure(name, label, data, f"{type(error).__name__}: {error}")
    took = now() - began
    return Failure(name, label, data, f"{took:.1f} s") if took > LONGEST_SECONDS else None


def failures(name: str, runs: int, seed: int) -> Iterator[Failure]:
    """Yield the failures of a target: of its whole corpus, then of inputs made of it."""
    kept = corpus(name)
    for n, data in enumerate(kept):
        if failure := tried(name, f"corpus {n}", data):
            yield failure
    for n in range(runs):
        label = f"{name}:{seed}:{n}"
        if failure := tried(name, label, damaged(kept, TARGETS[name].words, label)):
            yield failure


def main() -> int:
    """Run; 1 if anything failed."""
    parser = argparse.ArgumentParser(
        prog="make fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--target", choices=TARGETS, action="append", help="default: all")
    parser.add_argument("--runs", type=int, default=2000, help="inputs a target (default: 2000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="add what failed to the corpus")
    options = parser.parse_args()
    n_failed = 0
    for name in options.target or TARGETS:
        began, found = time.monotonic(), list(failures(name, options.runs, options.seed))
        n_failed += len(found)
        print(
            f"{name}: {options.runs} inputs, {len(found)} failed, {time.monotonic() - began:.0f} s"
        )
        for failure in found[:5]:
            print(f"  {failure.name}: {failure.why:.200}")
        for failure in found if options.keep else ():
            (CORPORA / name / f"failed-{digest(failure.name)[:12]}").write_bytes(failure.data)
        gc.collect()
    return int(n_failed > 0)


if __name__ == "__main__":
    sys.exit(main())
