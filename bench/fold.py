"""What folding costs on one core, beside folding everything anew with each report;
the claims must be the same.

python bench/fold.py [--stories 300] [--copies 10000] [--texts 5000]
"""

import argparse
import gc
import random
import resource
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from services.messages import (
    Answer,
    BlockArticle,
    BlockReports,
    Claim,
    ClaimReport,
    Count,
    EventDate,
    Origin,
    Speaker,
    Stance,
    decode,
    encode,
)
from services.ports import Record
from services.text.sketch import sketch
from services.tracker.block.block import Block
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.fold import fold

START = datetime(2031, 5, 2, 6, tzinfo=UTC)
STANCES: tuple[Stance, ...] = ("reported", "reported", "asserted", "claimed", "confirmed", "denied")
SIZES = (100, 1_000, 5_000, 10_000)
"""Copies of one claim at which the cost of a further one is told."""

AT_ONCE = 100
"""Reports that a cost is measured over."""

BATCH = 200
"""Reports that come together in a hot block."""

LATENESS = timedelta(hours=1)
"""How much later than it was published an article of the hot block comes, at most."""

EVENTS = "killed wounded airstrike attack bombing clash arrested protest abducted".split()
SCENES = ("market", "station", "school", "hospital", "bridge", "road", "hill", "river")


def story(number: int, chance: random.Random) -> Iterator[BlockReports]:
    """Yield what is told of one made-up event:
    a few voices with words of their own, and copies of two wires.
    """
    for i in range(chance.randint(5, 30)):
        wire = chance.choice((None, None, "meridian", "sella"))
        yield said(number, i, chance, wire, START + timedelta(hours=chance.random() * 48))


def said(
    number: int, i: int, chance: random.Random, wire: str | None, at: datetime
) -> BlockReports:
    """Return one article about the event of a block;
    with a wire it is a copy, else it speaks for itself.
    """
    article_id, block = f"s{number}a{i}", f"violence:person-{number}"
    text = (
        f"{block} {wire} " * 20
        if wire
        else " ".join(f"w{chance.randint(0, 10**6)}" for _ in range(40))
    )
    dead = 4 if wire else chance.randint(3, 6)
    report = ClaimReport(
        report_id=f"{article_id}r",
        event="killed",
        plover="ASSAULT",
        stance="reported" if wire else chance.choice(STANCES),
        patient=(
            Answer(
                key=block.partition(":")[2],
                label="A Person",
                type="person",
                affiliation=("front",),
                span=(0, 8),
            ),
        ),
        counts=(Count(of="killed", min=dead, max=dead, span=(0, 1)),),
        speakers=()
        if wire
        else (Speaker(key=f"speaker-{chance.randint(0, 8)}", label="Speaker", kind="party"),),
        quote=f"A Person and {dead} others were killed on the road "
        f"to the north of the town, it was said.",
        sentence=(0, 90),
        trigger=(30, 36),
        rule="event/kill@1",
    )
    return BlockReports(
        article_id=article_id,
        version=1,
        block=block,
        outlet=f"outlet {chance.randint(0, 500)}",
        published_at=at,
        first_seen_at=at,
        origin=Origin(wire=wire),
        sketch=sketch(text),
        reports=(report,),
    )


def a_day(n: int, chance: random.Random) -> list[BlockReports]:
    """Return articles of one day in one place, each with a text of its own,
    as they come: many events, numbers, and voices.
    """
    at = sorted(START + timedelta(seconds=chance.random() * 86_000) for _ in range(n))
    articles = [_of_the_day(i, at[i], chance) for i in range(n)]
    return sorted(articles, key=lambda a: (a.published_at or START) + LATENESS * chance.random())


def _of_the_day(i: int, at: datetime, chance: random.Random) -> BlockReports:
    base, dead = said(0, i, chance, None, at), chance.randint(1, 30)
    scene, day = chance.choice(SCENES), str((at - timedelta(days=chance.randint(0, 2))).date())
    words = " ".join(f"w{chance.randint(0, 3000)}" for _ in range(6))
    report = msgspec.structs.replace(
        base.reports[0],
        event=chance.choice(EVENTS),
        patient=(),
        place=(Answer(key="osk", label="Osk", type="place", lat=30.0, lon=40.0, span=(0, 3)),),
        counts=(Count(of="killed", min=dead, max=dead, span=(0, 1)),),
        date=EventDate(from_=day, to=day, basis="weekday") if chance.random() < 0.5 else None,
        quote=f"{dead} people were hit at the {scene} of Osk, {words}, it was said.",
    )
    return msgspec.structs.replace(base, block="violence:osk", reports=(report,))


class Anew:
    """The peer: keeps all articles and folds their block from the start with every report."""

    def __init__(self) -> None:
        self._blocks: dict[str, dict[str, BlockArticle]] = {}
        self._claims: dict[str, list[Claim]] = {}

    def step(self, record: Record) -> list[bytes]:
        message = decode(BlockReports, record.value)
        articles = self._blocks.setdefault(message.block, {})
        articles[message.article_id] = BlockArticle(block=message.block, versions=(message,))
        self._claims[message.block] = fold(message.block, articles.values())
        return [encode(claim) for claim in self._claims[message.block]]

    def claims(self) -> list[Claim]:
        return sorted(
            (c for found in self._claims.values() for c in found), key=lambda c: c.claim_id
        )


def seconds(machine: FoldMachine | Anew, messages: Sequence[BlockReports]) -> float:
    """Return the processor time of taking the messages, with reading them and writing claims."""
    spent = 0.0
    for message in messages:
        record = Record("reports", 0, 0, message.article_id, encode(message))
        start = time.process_time()
        machine.step(record)
        spent += time.process_time() - start
    return spent


def many_stories(n: int, chance: random.Random) -> None:
    """Print reports a second and memory a thousand claims;
    the claims are the peer's, in any order.
    """
    messages = [m for number in range(n) for m in story(number, chance)]
    chance.shuffle(messages)
    before = _resident()
    machine, peer = FoldMachine(), Anew()
    ours = seconds(machine, messages)
    claims = machine.claims()
    held = _resident() - before
    theirs = seconds(peer, messages)
    assert claims == peer.claims()
    again = FoldMachine()
    chance.shuffle(messages)
    seconds(again, messages)
    assert again.claims() == claims
    each = len(messages) / len(claims)
    print(
        f"{len(messages)} reports of {n} events, shuffled, {len(claims)} claims: "
        f"the same as the peer's, and in another order"
    )
    print(f"  ours   {len(messages) / ours:8.0f} reports/s")
    print(f"  peer   {len(messages) / theirs:8.0f} reports/s: ratio {theirs / ours:.1f}")
    print(
        f"  memory {held / len(claims) / 1024 * 1000:8.0f} MiB "
        f"a thousand open claims of {each:.0f} reports"
    )


def one_story(n: int, chance: random.Random) -> None:
    """Print what one more report costs as a claim grows by copies; it must not grow with them."""
    machine, costs = FoldMachine(), list[float]()
    copies = [said(0, i, chance, "meridian", START + timedelta(seconds=i)) for i in range(n)]
    at = 0
    for size in [s for s in SIZES if s <= n]:
        seconds(machine, copies[at : size - AT_ONCE])
        last = copies[max(at, size - AT_ONCE) : size]
        costs.append(seconds(machine, last) / len(last))
        at = size
        (claim,) = machine.claims()
        assert abs(claim.n_reports - size) <= 0.03 * size
        assert claim.n_independent == 1
        line = f"  at {size:6} copies: ours {costs[-1] * 1e6:7.0f} µs a report"
        if size <= SIZES[1]:
            everything = [BlockArticle(block=m.block, versions=(m,)) for m in copies[:size]]
            start = time.process_time()
            fold(copies[0].block, everything)
            line += f", peer {(time.process_time() - start) * 1e6:9.0f}"
        print(line, flush=True)
    assert costs[-1] <= 5 * costs[0], "the cost of a report grows with the copies of its claim"


def hot_block(n: int, chance: random.Random) -> None:
    """Print what a report costs in a block of
    so many different texts of one day, in batches and alone.
    """
    articles = a_day(n + 6 * BATCH + 20, chance)
    machine = FoldMachine(put_off_from=BATCH)
    before = _resident()
    for start in range(0, n, BATCH):
        in_batch(machine, articles[start : start + BATCH])
    warm, batches = n + BATCH, range(n + BATCH, n + 6 * BATCH, BATCH)
    in_batch(machine, articles[n:warm])
    costs = sorted(in_batch(machine, articles[start : start + BATCH]) / BATCH for start in batches)
    alone = sorted(in_batch(machine, [article]) for article in articles[n + 6 * BATCH :])
    held = (_resident() - before) / 1024
    line = (
        f"  at {n:6} texts, {len(machine.claims()):4} claims: "
        f"ours {costs[2] * 1e3:6.2f} ms a report in batches of {BATCH}"
    )
    print(
        f"{line}, {alone[10] * 1e3:6.1f} alone; {machine.n_kept} articles kept, {held:.0f} MiB",
        flush=True,
    )
    if n <= SIZES[-2]:
        _is_of_the_set(machine, articles, chance)


def in_batch(machine: FoldMachine, messages: Sequence[BlockReports]) -> float:
    """Return the processor time of taking messages that come together,
    and of telling the claims that they changed.
    """
    spent = seconds(machine, messages)
    start = time.process_time()
    machine.settle()
    return spent + time.process_time() - start


def _is_of_the_set(
    machine: FoldMachine, articles: Sequence[BlockReports], chance: random.Random
) -> None:
    """Assert that the claims are those of folding anew, once,
    what is kept, in another order; print what the peer took.
    """
    shuffled = [BlockArticle(block=a.block, versions=(a,)) for a in articles]
    chance.shuffle(shuffled)
    block = Block(articles[0].block)
    for entry in shuffled:
        block.put(entry)
    start = time.process_time()
    found = block.claims().values()
    spent = (time.process_time() - start) * 1e3
    told = [msgspec.structs.replace(claim, version=block.version) for claim in found]
    assert machine.claims() == sorted(told, key=lambda c: c.claim_id)
    print(f"    the same as folded anew in another order, which takes {spent:.0f} ms each time")


def _resident() -> float:
    """Return KiB of memory in use; where the system does not tell, those in use at most so far."""
    gc.collect()
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--stories", type=int, default=300)
    options.add_argument("--copies", type=int, default=SIZES[-1])
    options.add_argument(
        "--texts", type=int, default=SIZES[-2], help="different texts of a hot block, e.g. 100000"
    )
    asked = options.parse_args()
    chance = random.Random(5)
    many_stories(asked.stories, chance)
    print("one claim that only copies join:")
    one_story(asked.copies, chance)
    print("one place with a different text in each report of a day:")
    for n in sorted({min(SIZES[1], asked.texts), asked.texts}):
        hot_block(n, chance)


if __name__ == "__main__":
    main()
