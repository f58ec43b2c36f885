"""`reportedly demo`: the bundled story through the whole system, every alert revision as it happens."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

import click
import msgspec
from rich.console import Console

from services.adapters.kafka import KafkaBroker
from services.addresses import LOOPBACK
from services.commands.feeds import publish_feeds
from services.commands.system import running_system
from services.commands.watches import import_file
from services.messages import Feed, Suppressed, decode
from services.ports import TopicPartition, TopicReader
from services.scenario.player import HeldBack, Player
from services.scenario.server import FeedServer
from services.scenario.story import Story, load_story
from services.settings import Settings


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
    story, stage = load_story(), _Stage()
    player = Player(story, stage, folder / "clock", folder / "deliveries.jsonl", console)
    with as_file(files("services.scenario") / "actors.yaml") as lexicon, stage.server:
        player.prepare()
        with running_system(_settings(folder, player, lexicon)) as system:
            _subscribe(system.settings, story, stage)
            with _suppressed_reader(system.settings) as stage.ledger:
                good = player.play()
            if stay:
                live = system.settings
                console.print(f"\nThe system stays up: API on http://{live.api_host}:{live.api_port}, Ctrl-C ends it.")
                console.print(f"In another shell: {system.in_another_shell('reportedly claims list')}")
                system.wait()
    if not good:
        raise click.exceptions.Exit(1)


class _Stage:
    """Feeds on a local server, and the ledger as its topic has it."""

    def __init__(self) -> None:
        self.server = FeedServer()
        self.ledger: TopicReader | None = None

    @property
    def url(self) -> str:
        return self.server.url

    def publish(self, name: str, body: bytes) -> None:
        self.server.pages[f"/{name}"] = ("application/rss+xml", body)

    def newly_held_back(self) -> list[HeldBack]:
        assert self.ledger is not None
        rows = [decode(Suppressed, record.value) for record in self.ledger.poll(0.1)]
        return [HeldBack(row.watch_id, row.reason, row.title or "") for row in rows]


def _settings(folder: Path, player: Player, lexicon: Path) -> Settings:
    return msgspec.structs.replace(
        Settings.parse(os.environ),
        data_dir=folder,
        run_dir=folder / "run",
        clock=f"@{player.clock}",
        lexicon=str(lexicon),
        partitions=2,
        poll_interval_seconds=0.5,
        fetch_allow_networks=LOOPBACK,
        deliveries_log=str(player.deliveries),
    )


def _subscribe(settings: Settings, story: Story, stage: _Stage) -> None:
    outlets = story.outlets.items()
    publish_feeds(settings, [Feed(feed_id=k, url=f"{stage.url}/{k}.xml", outlet=name, title=name) for k, name in outlets])
    import_file(settings, str(files("services.scenario") / "watches.yaml"))


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
