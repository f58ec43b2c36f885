"""End to end on one real system: 10,000 feeds, 100,000 watches, each alert exactly once.

    python -m bench.whole [--articles FILE.jsonl.gz] [--minutes 3] [--feeds 10000]

Embedded engines and all seven services. Feeds, a hub, and receivers of webhooks are a process of
their own on this machine. Three parts, each at a rate that waits for nobody (open loop):

- news: `--rate` articles a second appear in feeds and pass everything. A sixth of them are in feeds
  with a hub, which pushes them.
- burst: `--burst-rate` a second enter at the topic `tagged-articles`.
- peer: half as many again, while a naive consumer, matcher, and poster reads the same topic beside
  ours. It looks single words up in a dictionary, and does nothing else.

Latency of the news is counted from the answer of a web server that first held the article (seen);
with a hub, from the moment of publication; in a burst, from the moment at which the article was to
be sent. Each article has a watch that must alert exactly once. What is missing or doubled, or a
goal missed, makes exit code 1. The figures go to bench/measured.json with `--record`.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import measured
from bench.whole_news import News, made_news
from bench.whole_seen import quantile, spent
from bench.whole_system import Bench, Plan, running
from services.messages import TaggedArticle, decode, encode
from services.ports import Outgoing
from services.settings import Settings

P50_SECONDS, P99_SECONDS = 0.5, 2.0
"""The goals from seen to delivered, and with a burst; p99 holds for pushed articles, too."""

PUSHED, PUSHED_SHARE = 100, 1 / 6
LATE_SECONDS = 120.0
"""How long is waited for what is late, to tell late from lost."""

TAGGING_SECONDS = 3_600.0
FIRST_POLLS = 1.5
"""Intervals between two polls that are waited for the last articles in feeds."""


@dataclass
class Part:
    """What one part came to.

    - `delays`: name of a latency to its seconds, one an article.
    - `wrong`: what was missing or doubled. `held_back`: reason to alerts.
    """

    name: str
    n: int
    words: float
    delays: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    held_back: Counter[str] = field(default_factory=Counter)
    cpu: dict[str, float] = field(default_factory=dict)

    def missed(self) -> list[str]:
        """Return the goals that were missed, in words. The part with the peer has none."""
        found: list[str] = []
        if self.name == "peer":
            return found
        for name, values in self.delays.items():
            p50, p99 = quantile(values, 0.5), quantile(values, 0.99)
            is_pushed = name.startswith("published, by a hub")
            if name.startswith("published, by a poll"):
                continue
            if p50 > P50_SECONDS and not is_pushed:
                found.append(f"{self.name}: {name}: p50 {p50:.2f} s, the goal is {P50_SECONDS}")
            if p99 > P99_SECONDS:
                found.append(f"{self.name}: {name}: p99 {p99:.2f} s, the goal is {P99_SECONDS}")
        return found


def tag(news: Sequence[News]) -> list[bytes]:
    """Tag articles, in a process of its own. Return them encoded."""
    from services.commands.articles import BATCH, read_article
    from services.tagger.pipeline import Tagger

    tagger, at = Tagger.load(Settings().spacy_model), datetime(2031, 5, 2, tzinfo=UTC)
    rows = [{"id": each.mark, "title": each.title, "text": each.text} for each in news]
    articles = [read_article({**row, "outlet": "Herald"}, at) for row in rows]
    batches = (articles[i : i + BATCH] for i in range(0, len(articles), BATCH))
    return [encode(done) for batch in batches for done in tagger.tag(batch)]


def stamped(tagged: bytes, at: float, id: str = "") -> Outgoing:
    """Return a tagged article as if it was published and seen at a time (seconds since 1970)."""
    article = decode(TaggedArticle, tagged)
    when = datetime.fromtimestamp(at, UTC)
    done = msgspec.structs.replace(
        article,
        article_id=id or article.article_id,
        version=int(at * 1000),
        published_at=when,
        first_seen_at=when,
        seen_at=when,
        last_poll_at=when - timedelta(minutes=1),
        tagged_at=when,
    )
    return Outgoing("tagged-articles", done.article_id, encode(done))


def warm(bench: Bench, tagged: bytes) -> None:
    """Wait until the watch that was saved last alerts. Raises SystemExit."""
    producer, mark = bench.broker().producer(), decode(TaggedArticle, tagged).article_id
    for n in range(300):
        producer.send(stamped(tagged, time.time(), f"{mark}-{n}"))
        producer.flush()
        if bench.wait_for([mark], 2.0):
            producer.close()
            return
    raise SystemExit("no alert came: see the logs of the alerter and the notifier")


def play_news(bench: Bench, plan: Plan) -> Part:
    """Let the feeds publish, and wait for the alerts."""
    before, begin = bench.usage.by_part(), bench.begin()
    seconds = len(plan.news) / plan.rate
    bench.wait("all is published", lambda: time.time() > begin + seconds, seconds + 60)
    marks = [each.mark for each in plan.news]
    bench.wait_for(marks, LATE_SECONDS + FIRST_POLLS * plan.interval)
    part = _judged("news", bench, plan.news)
    part.cpu = spent(before, bench.usage.by_part())
    served, first = bench.served(), bench.told.first
    rows = [(row, begin + float(str(row["at"]))) for row in plan.timetable()]
    for row, published in rows:
        mark, told = str(row["id"]), first.get(str(row["id"]).lower())
        if told is None:
            continue
        is_pushed = int(str(row["feed"])) < plan.n_pushed
        how = "by a hub" if is_pushed else "by a poll"
        part.delays.setdefault(f"published, {how}, to delivered", []).append(told - published)
        if not is_pushed and mark in served:
            part.delays.setdefault("seen to delivered", []).append(told - served[mark])
    return part


def play_tagged(
    name: str, bench: Bench, news: Sequence[News], tagged: Sequence[bytes], rate: float
) -> Part:
    """Send tagged articles, each at its time, and wait for the alerts."""
    producer, begin = bench.broker().producer(), time.time() + len(news) / 300 + 1
    due = [stamped(each, begin + i / rate) for i, each in enumerate(tagged)]
    before, late = bench.usage.by_part(), 0.0
    for i, message in enumerate(due):
        wait = begin + i / rate - time.time()
        if wait > 0:
            producer.flush()
            time.sleep(max(0.0, begin + i / rate - time.time()))
        late = max(late, -wait)
        producer.send(message)
    producer.close()
    bench.wait_for([each.mark for each in news], LATE_SECONDS)
    part = _judged(name, bench, news)
    part.cpu = spent(before, bench.usage.by_part())
    part.delays["sent to delivered"] = _since(bench, begin, rate, news, "")
    click.echo(f"  the sender was at most {late:.2f} s late, which counts as latency", err=True)
    return part


def play_peer(bench: Bench, news: Sequence[News], tagged: Sequence[bytes], rate: float) -> Part:
    """Play a burst with the peer beside us."""
    words = bench.folder / "words.txt"
    words.write_text("\n".join(each.mark.lower() for each in news), encoding="utf-8")
    bootstrap = bench.system.settings.kafka_bootstrap
    command = [sys.executable, "-m", "bench.whole_peer", bootstrap, str(words)]
    pipe = subprocess.PIPE
    peer = subprocess.Popen(
        [*command, bench.receivers()[0]], cwd=Path(__file__).parents[1], stdin=pipe, stdout=pipe
    )
    assert peer.stdout is not None
    peer.stdout.readline()
    begin = time.time() + len(news) / 300 + 1
    part = play_tagged("peer", bench, news, tagged, rate)
    part.delays["peer, sent to posted"] = _since(bench, begin, rate, news, "peer-")
    n_lost = len(news) - len(part.delays["peer, sent to posted"])
    part.held_back[f"lost or late at the peer: {n_lost}"] += 0
    peer.communicate()
    return part


def _since(
    bench: Bench, begin: float, rate: float, news: Sequence[News], prefix: str
) -> list[float]:
    first = bench.told.read().first
    rows = ((first.get(prefix + each.mark.lower()), i) for i, each in enumerate(news))
    return [told - (begin + i / rate) for told, i in rows if told is not None]


def _judged(name: str, bench: Bench, news: Sequence[News]) -> Part:
    """Return a part with what is wrong: each article is told exactly once, or held back."""
    wanted = [each.mark.lower() for each in news]
    told, reasons = bench.told.read(), bench.held_back()
    part = Part(name, len(news), sum(each.n_words for each in news) / len(news))
    missing = told.missing(wanted)
    part.held_back.update(reasons[watch] for watch in missing if watch in reasons)
    lost = [watch for watch in missing if watch not in reasons]
    doubled = told.doubled(wanted)
    part.wrong += [f"{name}: {len(lost)} alerts never came, such as {lost[0]}"] if lost else []
    part.wrong += [f"{name}: {len(doubled)} first alerts came twice"] if doubled else []
    return part


def show(parts: Sequence[Part], bench: Bench, console: Console) -> None:
    """Print latencies, CPU time, and memory."""
    latencies = Table("part", "latency", "n", "p50", "p90", "p99", "most", title="Seconds")
    for part in parts:
        for name, values in part.delays.items():
            cells = [f"{quantile(values, q):.3f}" for q in (0.5, 0.9, 0.99, 1.0)]
            latencies.add_row(part.name, name, str(len(values)), *cells)
    console.print(latencies)
    table = Table("service", "most memory", *(f"{p.name}: ms an article" for p in parts))
    for service in sorted({name for part in parts for name in part.cpu}):
        cells = [f"{1000 * part.cpu.get(service, 0.0) / part.n:.1f}" for part in parts]
        table.add_row(service, f"{bench.usage.most.get(service, 0) / 2**20:,.0f} MB", *cells)
    console.print(table)
    for part in parts:
        held = ", ".join(f"{reason} {n}" if n else reason for reason, n in part.held_back.items())
        told = f"{part.n:,} articles of {part.words:.0f} words"
        console.print(f"{part.name}: {told}; held back: {held or 'none'}")
    console.print(
        f"posts that came again: {bench.told.n_repeats()}; later revisions: {bench.told.later}"
    )
    peer = parts[-1].delays
    if "peer, sent to posted" in peer:
        ours, theirs = (quantile(peer[name], 0.5) for name in peer)
        console.print(f"p50 of ours is {ours / theirs:.1f} times the peer's (which does less)")


def figures(parts: Sequence[Part], rates: Sequence[float]) -> dict[str, Any]:
    """Return what the model and the report need. `rates`: articles a second of each part."""
    found: dict[str, Any] = {}
    for part, rate in zip(parts, rates, strict=True):
        found[f"{part.name}: articles"] = part.n
        found[f"{part.name}: rate"] = rate
        found[f"{part.name}: words"] = round(part.words, 1)
        for name, values in part.delays.items():
            key = f"{part.name}: {name}"
            found[key] = {
                "p50": round(quantile(values, 0.5), 3), "p99": round(quantile(values, 0.99), 3)
            }  # fmt: skip
        cpu = {name: round(1000 * each / part.n, 2) for name, each in part.cpu.items()}
        found[f"{part.name}: CPU ms an article"] = cpu
    return found


@dataclass(frozen=True)
class Asked:
    """The options of the command line."""

    articles: Path | None
    minutes: float
    rate: float
    burst_seconds: float
    burst_rate: float
    n_feeds: int
    n_watches: int
    interval: float
    is_recorded: bool
    folder: Path | None

    def plan(self) -> Plan:
        """Return what is published. After the news come the burst, half of one, and a last one."""
        n, n_burst = (
            round(60 * self.minutes * self.rate),
            round(self.burst_seconds * self.burst_rate),
        )
        news = made_news(self.articles, n + n_burst + n_burst // 2 + 1)
        return Plan(
            news=news[:n],
            rate=self.rate,
            n_feeds=self.n_feeds,
            n_watches=self.n_watches,
            n_pushed=min(PUSHED, self.n_feeds // 2),
            pushed_share=PUSHED_SHARE,
            interval=self.interval,
            later=news[n:],
        )


@click.command()
@click.option(
    "--articles",
    type=click.Path(path_type=Path, exists=True),
    help="JSON Lines with `title` and `text`, may be gzipped (default: made-up news).",
)
@click.option("--minutes", default=3.0, show_default=True, help="Length of the news.")
@click.option("--rate", default=6.0, show_default=True, help="Articles a second in feeds.")
@click.option("--burst-seconds", default=40.0, show_default=True)
@click.option("--burst-rate", default=50.0, show_default=True)
@click.option("--feeds", "n_feeds", default=10_000, show_default=True)
@click.option("--watches", "n_watches", default=100_000, show_default=True)
@click.option("--interval", default=60.0, show_default=True, help="Seconds between two polls.")
@click.option("--record", "is_recorded", is_flag=True, help="Write bench/measured.json.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where data and logs stay.")
def main(**given: Any) -> None:
    """Measure one whole system, and check that every alert comes exactly once."""
    asked, console = Asked(**given), Console(width=110)
    plan = asked.plan()
    with tempfile.TemporaryDirectory(prefix="whole-", dir="/var/tmp") as own:
        at = (asked.folder or Path(own)).resolve()
        at.mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            tagging = pool.submit(tag, plan.later)
            with running(plan, at) as bench:
                parts = _play(bench, plan, tagging, asked.burst_rate)
                wrong = [line for part in parts for line in (*part.wrong, *part.missed())]
                show(parts, bench, console)
    if asked.is_recorded:
        rates = (asked.rate, asked.burst_rate, asked.burst_rate)
        measured.record("whole", figures(parts, rates))
    for line in wrong:
        console.print(f"FAILED: {line}", markup=False, style="bold red")
    sys.exit(1 if wrong else 0)


def _play(bench: Bench, plan: Plan, tagging: "Future[list[bytes]]", rate: float) -> list[Part]:
    bench.wait("all is tagged that is sent later", tagging.done, TAGGING_SECONDS)
    tagged, later = tagging.result(), plan.later
    n_burst = (len(tagged) - 1) * 2 // 3
    warm(bench, tagged[-1])
    news = play_news(bench, plan)
    burst = play_tagged("burst", bench, later[:n_burst], tagged[:n_burst], rate)
    return [news, burst, play_peer(bench, later[n_burst:-1], tagged[n_burst:-1], rate)]


if __name__ == "__main__":
    main()
