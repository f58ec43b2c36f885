"""`reportedly demo`: the bundled story through the whole system, with each alert revision."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from rich.console import Console

from services.adapters.embedded import remove_data
from services.addresses import LOOPBACK
from services.commands import world
from services.commands.feed_store import publish_feeds
from services.commands.preflight import check
from services.commands.system import patiently, running_system
from services.commands.watches import import_file
from services.errors import ConfigError, FatalError
from services.messages import Feed, PageRules, Suppressed, decode
from services.ports import TopicPartition, TopicReader
from services.runtime.health import living
from services.runtime.logs import logged_to_file
from services.runtime.verdict import Lag, Verdict, judge
from services.runtime.waiting import Steps
from services.scenario.player import HeldBack, Player, StageState
from services.scenario.server import FeedServer
from services.scenario.story import Story, load_story
from services.settings import PREFIX, Settings

if TYPE_CHECKING:
    from services.adapters.kafka import KafkaBroker


KEPT_FOLDERS = 2
"""Folders of earlier failed demos that are kept beside the current one."""

FOLDER = "demo-{}"
_NO_PAGES = PageRules(fetch="never")
"""The story's feeds hold the articles themselves."""

_OWN_FOLDER = re.compile(FOLDER.format(r"\d{8}-\d{6}"))


@click.command()
@click.option("--stay", is_flag=True, help="Keep the system running after the story, until Ctrl-C.")
@click.option(
    "--data",
    "data_dir",
    type=click.Path(path_type=Path),
    help="Folder for the data, which stays (default: .reportedly/demo-TIME, which is removed).",
)
def demo(stay: bool, data_dir: Path | None) -> None:
    """Play a made-up story of two days and an anniversary on real engines.

    Each article comes when the one before is processed. Prints each alert revision with its quoted
    evidence and its age, then a summary. Exits 1 if an expected revision is missing or an
    unexpected one came. It takes as long as the machine needs; a stage without progress for a
    minute ends it and is named. Ctrl-C ends it, too.

    \b
    Examples:
      reportedly demo
      reportedly demo --stay
    """
    console = Console(highlight=False, soft_wrap=True)
    settings = world.settings()
    with (
        _folder(settings, data_dir, console) as folder,
        logged_to_file(settings, "demo", folder / "demo.log"),
    ):
        console.print(
            f"A made-up story on real engines, in about two minutes. Data and logs: {folder}/",
            markup=False,
        )
        if not _play(msgspec.structs.replace(settings, data_dir=folder), stay, console):
            raise click.exceptions.Exit(1)


def _play(settings: Settings, stay: bool, console: Console) -> bool:
    """Play the story to a system in the data folder. Return True if all went as expected."""
    folder = settings.data_dir
    story, stage = load_story(), _Stage(folder)
    player = Player(story, stage, folder / "clock", folder / "deliveries.jsonl", console)
    with (
        as_file(files("services.scenario") / "actors.yaml") as lexicon,
        stage.server,
        Steps(console) as steps,
    ):
        player.prepare()
        settings = _settings(settings, player, lexicon)
        check(settings)
        with running_system(settings, steps) as system:
            steps("save the feeds and the watches")
            patiently(lambda: _subscribe(system.settings, story, stage))
            steps.end()
            system.tell_addresses()
            player.is_stopped = system.stop.is_set
            with stage.connected(system.settings):
                good = player.play()
            if stay:
                player.let_time_pass()
                live = system.settings
                console.print(
                    f"\nThe system stays up: API on http://{live.api_host}:{live.api_port}, Ctrl-C "
                    "ends it."
                )
                console.print(f"In another shell: {system.in_another_shell('claims list')}")
                system.wait()
    return good


@contextmanager
def _folder(settings: Settings, wanted: Path | None, console: Console) -> Iterator[Path]:
    """Make the folder for the data.

    Unless the user named it, it is removed at the end. After a failure it stays, for its logs.
    """
    if wanted is not None:
        folder = wanted.expanduser().resolve()
        _make(folder, "--data")
        yield folder
        return
    base = settings.data_dir.expanduser().resolve()
    folder = base / FOLDER.format(time.strftime("%Y%m%d-%H%M%S"))
    _make(folder, f"{PREFIX}DATA_DIR")
    remove_older(base, folder)
    try:
        yield folder
    except Exception:
        if not (folder / "logs").exists():
            # Nothing was started, so there is nothing to look at.
            _remove(folder)
        else:
            kept = f"Kept, to see why: {folder}/ (rm -r removes it;"
            console.print(
                f"{kept} of earlier failures the last {KEPT_FOLDERS} are kept)", markup=False
            )
        raise
    except BaseException:
        # Ctrl-C.
        _remove(folder)
        raise
    _remove(folder)
    console.print(f"Nothing is left of it: {folder}/ was removed.", markup=False)


def _make(folder: Path, asked_for_by: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{asked_for_by} {folder}: {error.strerror}") from error


def remove_older(base: Path, current: Path) -> None:
    """Remove the folders of earlier failed demos, except the newest and those in use."""
    earlier = sorted(
        path for path in base.iterdir() if _OWN_FOLDER.fullmatch(path.name) and path != current
    )
    for folder in earlier[:-KEPT_FOLDERS]:
        with suppress(FatalError):  # a demo runs there
            remove_data(folder)


def _remove(folder: Path) -> None:
    """Remove the folder, and its parent if that is then empty."""
    remove_data(folder)
    with suppress(OSError):  # something else is there
        folder.parent.rmdir()


STAGES = (
    ("poller", ""),
    ("tagger", "tagger"),
    ("tracker", "tracker-route"),
    ("tracker", "tracker-judge"),
    ("tracker", "tracker-fold"),
    ("alerter", "alerter-match"),
    ("alerter", "alerter-fold"),
    ("notifier", "notifier"),
    ("indexer", "indexer"),
)
"""Service and consumer group, each after those that it reads from.

A group commits only after its output is sent. So if they are checked in this order and no group is
behind, no message is under way.
"""


class _Stage:
    """The demo's world: feeds on a local server, the ledger's topic, the state of all stages."""

    def __init__(self, folder: Path) -> None:
        self.server = FeedServer()
        self._folder = folder
        self._broker: KafkaBroker | None = None
        self._ledger: TopicReader | None = None
        self._n_read = 0

    @property
    def url(self) -> str:
        return self.server.url

    def publish(self, name: str, body: bytes) -> None:
        self.server.pages[f"/{name}"] = ("application/rss+xml", body)

    def polls(self, name: str) -> int:
        return sum(1 for seen in list(self.server.requests) if seen.path == f"/{name}")

    @contextmanager
    def connected(self, settings: Settings) -> Iterator[None]:
        """Read the ledger from its start inside the context."""
        self._broker = world.kafka(settings)
        self._ledger = self._broker.reader()
        try:
            self._n_read = sum(1 for _ in self._ledger.read_to_end(self._partitions()))
            yield
        finally:
            self._ledger.close()

    def newly_held_back(self, to_end: bool = False) -> list[HeldBack]:
        assert self._ledger is not None
        records = list(self._ledger.poll(0.1))
        until = self._n_there() if to_end else 0
        while self._n_read + len(records) < until:
            records += self._ledger.poll(0.2)
        self._n_read += len(records)
        rows = [decode(Suppressed, record.value) for record in records]
        return [HeldBack(row.watch_id, row.reason, row.title or "") for row in rows]

    def states(self) -> list[StageState]:
        assert self._broker is not None
        return [self._state(service, group, self._broker) for service, group in STAGES]

    def _state(self, service: str, group: str, broker: "KafkaBroker") -> StageState:
        lag = broker.lag(group) if group else None
        of_it = living(self._folder / "run")[service]
        verdict = judge(service, of_it, {})
        n_behind, n_members = lag or (0, 0)
        is_done = verdict.state == "running" and (
            not group or (lag is not None and n_members > 0 and n_behind == 0)
        )
        # While a service loads, each beat counts as progress; it stops beating after its longest
        # load.
        beats = tuple(p.beaten_at for p in of_it if p.state == "loading")
        mark = (verdict.state, lag, beats)
        return StageState(
            service,
            is_done,
            _doing(verdict, lag, group),
            mark,
            str(self._folder / "logs" / f"{service}.log"),
        )

    def _partitions(self) -> list[TopicPartition]:
        assert self._broker is not None
        return [
            TopicPartition("suppressed", p) for p in range(self._broker.n_partitions("suppressed"))
        ]

    def _n_there(self) -> int:
        """Return the number of records that the ledger holds by now."""
        assert self._broker is not None
        reader = self._broker.reader()
        try:
            return sum(1 for _ in reader.read_to_end(self._partitions()))
        finally:
            reader.close()


def _doing(verdict: Verdict, lag: Lag | None, group: str) -> str:
    if verdict.state == "loading":
        return "loads its model"
    if verdict.state == "down":
        return "starts"
    if verdict.state != "running":
        return f"is {verdict.state}: {'; '.join(verdict.notes)}"
    if lag is None or lag[1] == 0:
        return f"joins its group {group}"
    return f"has {lag[0]} messages of {group} to work off"


def _settings(settings: Settings, player: Player, lexicon: Path) -> Settings:
    return msgspec.structs.replace(
        settings,
        run_dir=settings.data_dir / "run",
        clock=f"@{player.clock}",
        lexicon=str(lexicon),
        partitions=2,
        poll_interval_seconds=0.5,
        fetch_allow_networks=LOOPBACK,
        deliveries_log=str(player.deliveries),
    )


def _subscribe(settings: Settings, story: Story, stage: _Stage) -> None:
    outlets = story.outlets.items()
    publish_feeds(
        settings,
        [
            Feed(feed_id=k, url=f"{stage.url}/{k}.xml", outlet=name, title=name, pages=_NO_PAGES)
            for k, name in outlets
        ],
    )
    import_file(settings, str(files("services.scenario") / "watches.yaml"))
