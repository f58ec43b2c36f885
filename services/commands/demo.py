"""`reportedly demo`: the bundled story through the whole system, every alert revision as it happens."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.text import Text

from services.adapters.kafka import KafkaBroker
from services.commands.feeds import publish_feeds
from services.commands.system import running_system
from services.commands.watches import import_file
from services.messages import Feed, Suppressed, decode
from services.ports import TopicPartition, TopicReader
from services.scenario.server import FeedServer
from services.scenario.story import Entry, Outcome, Story, feed_xml, load_story
from services.settings import Settings

FACTOR = 3600.0
"""News seconds a machine second: the two days of the story pass in about forty seconds."""

PATIENCE_SECONDS = 30.0
"""How long an article's outcome is waited for before the story goes on without it."""

QUIET_SECONDS = 5.0
"""How long nothing must come at the end for the story to count as over."""


@click.command()
@click.option("--stay", is_flag=True, help="Keep the system running after the story, until Ctrl-C.")
@click.option("--data", "data_dir", type=click.Path(path_type=Path), help="Folder for the data (default: .reportedly/demo-TIME).")
def demo(stay: bool, data_dir: Path | None) -> None:
    """Play a made-up story, two days and an anniversary, on real engines with compressed time.

    Prints each alert revision with its quoted evidence and its age, then a summary. Exits 1 if an expected revision
    is missing or an unexpected one came.

    \b
    Examples:
      reportedly demo
      reportedly demo --stay
    """
    console = Console(highlight=False, soft_wrap=True)
    folder = (data_dir or Path(".reportedly") / f"demo-{time.strftime('%Y%m%d-%H%M%S')}").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    story = load_story()
    clock, deliveries = folder / "clock", folder / "deliveries.jsonl"
    _set_clock(clock, story.start, 0.0)
    with _actors() as lexicon, FeedServer() as server:
        settings = msgspec.structs.replace(
            Settings.parse(os.environ),
            data_dir=folder,
            run_dir=folder / "run",
            clock=f"@{clock}",
            lexicon=str(lexicon),
            partitions=2,
            poll_interval_seconds=0.5,
            fetch_allow_private=True,
            deliveries_log=str(deliveries),
        )
        with running_system(settings) as system:
            player = Player(story, server, clock, deliveries, console, system.settings)
            good = player.play()
            if stay:
                console.print(
                    f"\nThe system stays up: API on http://{system.settings.api_host}:{system.settings.api_port}, Ctrl-C ends it."
                )
                system.wait()
    if not good:
        raise click.exceptions.Exit(1)


@dataclass
class Player:
    """Releases the story's articles one by one and compares what comes of them with what must."""

    story: Story
    server: FeedServer
    clock: Path
    deliveries: Path
    console: Console
    settings: Settings
    released: dict[str, float] = field(default_factory=dict)
    seen: list[tuple[str, Outcome]] = field(default_factory=list)
    held: list[tuple[str, Outcome]] = field(default_factory=list)
    read_bytes: int = 0

    def play(self) -> bool:
        """Return True if exactly the expected revisions came, and exactly the expected hits were held back."""
        self._serve([])
        self._subscribe()
        with _suppressed_reader(self.settings) as reader:
            _set_clock(self.clock, self.story.start, FACTOR)
            shown: list[Entry] = []
            for entry in self.story.entries:
                self._wait_for_time(entry.at)
                shown.append(entry)
                self._serve(shown)
                self.released[entry.path] = time.time()
                self._announce(entry)
                self._collect(reader, entry)
            self._collect_quiet(reader)
        return self._summary()

    def _subscribe(self) -> None:
        feeds = [
            Feed(feed_id=key, url=f"{self.server.url}/{key}.xml", outlet=name, title=name)
            for key, name in self.story.outlets.items()
        ]
        publish_feeds(self.settings, feeds)
        import_file(self.settings, str(files("services.scenario") / "watches.yaml"))

    def _serve(self, shown: Sequence[Entry]) -> None:
        for key, name in self.story.outlets.items():
            body = feed_xml(name, [e for e in shown if e.outlet == key], self.server.url)
            self.server.pages[f"/{key}.xml"] = ("application/rss+xml", body)

    def _wait_for_time(self, at: datetime) -> None:
        """Let news time pass to the article's, or jump over a gap of more than a day."""
        start, factor, anchor = self.clock.read_text(encoding="ascii").split(",")
        now = datetime.fromisoformat(start) + timedelta(seconds=(time.time() - float(anchor)) * float(factor))
        if at - now > timedelta(days=1):
            _set_clock(self.clock, at, FACTOR)
        elif at > now:
            time.sleep((at - now).total_seconds() / FACTOR)

    def _announce(self, entry: Entry) -> None:
        what = "edits" if entry.edit_of else "publishes"
        when = Text(f"\n{entry.at:%Y-%m-%d %H:%M}  ", style="dim")
        self.console.print(
            when + Text(f"{self.story.outlets[entry.outlet]} {what}: ", style="dim") + Text(entry.title, style="dim")
        )

    def _collect(self, reader: TopicReader, entry: Entry) -> None:
        """Wait until everything that this article must bring has come, or patience ends."""
        revisions, held = self.story.expected.get(entry.id, ()), self.story.held_back.get(entry.id, ())
        until = time.monotonic() + PATIENCE_SECONDS
        before = (len(self.seen), len(self.held))
        while time.monotonic() < until:
            self._take(reader, entry.id)
            if len(self.seen) - before[0] >= len(revisions) and len(self.held) - before[1] >= len(held):
                return

    def _collect_quiet(self, reader: TopicReader) -> None:
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET_SECONDS:
            if self._take(reader, "afterwards"):
                quiet_since = time.monotonic()

    def _take(self, reader: TopicReader, entry_id: str) -> bool:
        came = False
        for record in reader.poll(0.1):
            row = decode(Suppressed, record.value)
            self.held.append((entry_id, Outcome(watch=row.watch_id, kind=row.reason)))
            self.console.print(
                Text(f"  held back ({row.reason})", style="yellow") + Text(f"  watch {row.watch_id}: {row.title}", style="dim")
            )
            came = True
        for line in self._new_lines():
            self.seen.append((entry_id, self._show(json.loads(line))))
            came = True
        return came

    def _new_lines(self) -> list[str]:
        if not self.deliveries.exists():
            return []
        with self.deliveries.open("rb") as log:
            log.seek(self.read_bytes)
            new = log.read()
        whole = new[: new.rfind(b"\n") + 1]
        self.read_bytes += len(whole)
        return whole.decode().splitlines()

    def _show(self, row: dict[str, Any]) -> Outcome:
        revision, alert, told = row["revision"], row["alert"], row["revision"]["told"]
        self.console.print(
            Text(f"  {revision['kind'].upper():<12}", style="bold green") + Text(alert["watch_name"], style="bold")
        )
        self.console.print(f"    {revision['text']}", markup=False)
        for quote in revision["evidence"]:
            self.console.print(_quoted(quote) + Text(f"  {_source(quote)}, {self._age(quote, row)}", style="dim"))
        return Outcome(alert["watch_id"], revision["kind"], told["status"] or "", told["n_independent"], told["n_reports"])

    def _age(self, quote: dict[str, Any], row: dict[str, Any]) -> str:
        released = next((at for path, at in reversed(self.released.items()) if (quote.get("url") or "").endswith(path)), None)
        return "age unknown" if released is None else f"{row['delivered_at_unix'] - released:.1f} s after publication"

    def _summary(self) -> bool:
        expected = [(e.id, o) for e in self.story.entries for o in self.story.expected.get(e.id, ())]
        held = [(e.id, o) for e in self.story.entries for o in self.story.held_back.get(e.id, ())]
        problems = _difference("revision", expected, self.seen) + _difference("suppression", held, self.held)
        self.console.print(
            f"\n{len(self.seen)} alert revisions, {len(self.held)} hits held back, from {len(self.story.entries)} articles "
            f"of {len(self.story.outlets)} outlets; {len(expected)} and {len(held)} were expected."
        )
        for problem in problems:
            self.console.print(Text(problem, style="bold red"))
        self.console.print("The story was told as expected." if not problems else "The story was NOT told as expected.")
        return not problems


def _difference(what: str, expected: list[tuple[str, Outcome]], got: list[tuple[str, Outcome]]) -> list[str]:
    missing, extra = list(expected), []
    for row in got:
        if row in missing:
            missing.remove(row)
        else:
            extra.append(row)
    return [f"missing {what}: {i}: {o}" for i, o in missing] + [f"unexpected {what}: {i}: {o}" for i, o in extra]


def _quoted(quote: dict[str, Any]) -> Text:
    start, end = quote["mark"]
    text = quote["quote"]
    marked = Text(f"[{text[start:end]}]", style="bold")
    return Text("    “") + Text(text[:start]) + marked + Text(text[end:]) + Text("”")


def _source(quote: dict[str, Any]) -> str:
    speaker = f"{quote['speaker']} in " if quote.get("speaker") else ""
    return f"{speaker}{quote.get('outlet') or 'unknown outlet'}"


def _set_clock(path: Path, start: datetime, factor: float) -> None:
    """Move all processes' news clock at once: the file is replaced whole, never half written."""
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{start.isoformat()},{factor},{time.time()}", encoding="ascii")
    fresh.replace(path)


@contextmanager
def _actors() -> Iterator[Path]:
    from importlib.resources import as_file

    with as_file(files("services.scenario") / "actors.yaml") as path:
        yield path


@contextmanager
def _suppressed_reader(settings: Settings) -> Iterator[TopicReader]:
    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    reader = broker.reader()
    try:
        partitions = [TopicPartition("suppressed", p) for p in range(broker.n_partitions("suppressed"))]
        for _ in reader.read_to_end(partitions):
            pass
        yield reader
    finally:
        reader.close()
