"""The whole system on real engines for tests of the console: all seven services as processes, and
feeds to which a test publishes.
"""

import os
import urllib.request
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import IO

import msgspec
from playwright.sync_api import Locator, Page
from shared_engines import Running
from streams import broker_of, eventually, free_port, patient, send, service, start

from services.adapters.elastic import ElasticIndex
from services.adapters.kafka import KafkaBroker
from services.addresses import LOOPBACK
from services.commands import templates
from services.commands.system import SERVICES
from services.errors import TransientError
from services.messages import ClaimCondition, Message, Watch, encode
from services.ports import JsonObject
from services.scenario.server import FeedServer
from services.settings import Settings


@dataclass(frozen=True)
class Plot:
    """A death that is reported, denied, and confirmed. No other plot has its names."""

    leader: str
    front: str
    town: str

    @property
    def surname(self) -> str:
        return self.leader.rpartition(" ")[2]

    @property
    def reported(self) -> tuple[str, str]:
        title = f"{self.leader} reportedly killed in Kostrian airstrike"
        where = f"was reportedly killed in a Kostrian airstrike near {self.town}"
        who = f"The leader of the {self.front}, {self.leader},"
        return title, f"{who} {where}, two rebel sources told the newspaper."

    @property
    def denied(self) -> tuple[str, str]:
        title = f"{self.front} denies {self.leader} was killed"
        return title, f"A spokesman for the {self.front} denied that {self.leader} was killed."

    @property
    def confirmed(self) -> tuple[str, str]:
        title = f"{self.front} confirms death of its leader {self.leader}"
        what = f"{self.leader} was killed in an airstrike near {self.town}"
        return title, f"The {self.front} confirmed that {what}."


BY_MOUSE = Plot("Idris Halvane", "Orran Liberation Front", "Meris")
BY_KEY = Plot("Tomas Werrin", "Sella Brigade", "Sella")
BY_VERDICT = Plot("Samir Kadrin", "Tarvan Guard", "Tarvan")
PLAIN = Plot("Anton Marvento", "Tralloni League", "Tralloni")
HOSTILE = Plot("Mallory Grent", "Kessel Column", "Kessel")
PLOTS = (BY_MOUSE, BY_KEY, BY_VERDICT, PLAIN, HOSTILE)


class Newsroom:
    """The running system. `url`: its API, without trailing slash."""

    def __init__(self, settings: Settings, feeds: FeedServer) -> None:
        self.settings, self._feeds = settings, feeds
        self.url = f"http://127.0.0.1:{settings.api_port}"
        self.broker: KafkaBroker = broker_of(settings)
        self._search = ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)
        self._items: dict[str, list[str]] = {}

    def feed(self, name: str) -> str:
        """Return the address of a feed, which is there from then on."""
        self._items.setdefault(name, [])
        self._serve(name)
        return f"{self._feeds.url}/{name}.xml"

    def publish(self, name: str, title: str, text: str, **more: str) -> None:
        """Add an article to a feed. `more`: further elements of the item, as a reader has them."""
        items = self._items.setdefault(name, [])
        at = format_datetime(datetime.now(UTC))
        fields = {
            "guid": f"{name}-{len(items)}",
            "link": f"{self._feeds.url}/{name}/{len(items)}",
            "pubDate": at,
            "title": title,
            "description": text,
            **more,
        }
        rows = (f"<{key}>{escape(value)}</{key}>" for key, value in fields.items())
        items.append(f"<item>{''.join(rows)}</item>")
        self._serve(name)

    def documents(self, index: str, query: JsonObject | None = None) -> list[JsonObject]:
        """Return the stored documents of an index, at most 500; none while it is being made."""
        body = {"size": 500, "query": query or {"match_all": {}}}
        try:
            self._search.refresh()
            found = self._search.search(index, body)
        except TransientError:
            return []
        return [hit["_source"] for hit in found["hits"]["hits"]]

    def shown(self, page: Page, path: str, wanted: Locator) -> None:
        """Load a page until it shows what is wanted, which the index gets in its time."""

        def look() -> bool:
            page.goto(path)
            return wanted.first.is_visible()

        eventually(look)

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a command finds this system."""
        return {**os.environ, **self.settings.environment()}

    def _serve(self, name: str) -> None:
        head = f"<title>{escape(self._title_of(name))}</title><link>{self._feeds.url}/</link>"
        items = "".join(self._items[name])
        rss = f'<rss version="2.0"><channel>{head}{items}</channel></rss>'
        self._feeds.pages[f"/{name}.xml"] = ("application/rss+xml", rss.encode())

    def _title_of(self, name: str) -> str:
        return name.replace("-", " ").title()


def watch_of(plot: Plot) -> Watch:
    """A watch for what is told of a plot."""
    claim = ClaimCondition(event=("killed",))
    name = plot.surname
    return Watch(id=name.lower(), name=f"{name} desk", query=name.lower(), claim=claim)


def save(room: Newsroom, topic: str, key: str, message: Message) -> None:
    """Write a message to a topic, as commands do."""
    send(room.broker, (topic, key, encode(message)))


@contextmanager
def newsroom(engines: Running, folder: Path) -> Iterator[Newsroom]:
    """Run all services inside the context. They must all still run at its end, and stop cleanly."""
    own = f"browser{uuid.uuid4().hex[:8]}-"
    settings = Settings(
        kafka_bootstrap=engines.kafka_bootstrap,
        elastic_url=engines.elastic_url,
        topic_prefix=own,
        index_prefix=own,
        partitions=2,
        data_dir=folder,
        run_dir=folder / "run",
        fetch_allow_networks=LOOPBACK,
        poll_interval_seconds=0.3,
        api_port=free_port(),
        api_login="loopback",
        log_level="warning",
        lexicon=str(_lexicon(folder, PLOTS)),
    )
    with FeedServer() as feeds:
        room = Newsroom(settings, feeds)
        templates.apply(settings)
        with _running(settings, folder):
            eventually(lambda: _answers(f"{room.url}/ready"), 60)
            yield room


@contextmanager
def guarded(room: Newsroom) -> Iterator[str]:
    """Run a second API that asks for tokens inside the context. Yield its address."""
    port = free_port()
    settings = msgspec.structs.replace(room.settings, api_port=port, api_login="required")
    with service(settings, "api"):
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: _answers(f"{url}/ready"), 60)
        yield url


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=patient(10)):
            return True
    except OSError:
        return False


@contextmanager
def _running(settings: Settings, folder: Path) -> Iterator[None]:
    logs: dict[str, IO[bytes]] = {name: (folder / f"{name}.log").open("wb") for name in SERVICES}
    processes = {name: start(settings, verb, logs[name]) for name, verb in SERVICES.items()}
    try:
        yield
        for name, process in processes.items():
            told = (folder / f"{name}.log").read_text()[-3000:]
            assert process.poll() is None, f"{name} ended by itself: {told}"
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait(patient(20))
        for log in logs.values():
            log.close()


def _lexicon(folder: Path, plots: Sequence[Plot]) -> Path:
    """Write the actors of all plots: what a language model makes of a name is not what is tried."""
    actors: list[Mapping[str, object]] = [
        {"id": "kostria", "type": "state", "name": "Kostria", "aliases": ["Kostrian"]}
    ]
    for n, plot in enumerate(plots):
        actors.append({"id": f"leader-{n}", "type": "person", "name": plot.leader})
        actors.append({"id": f"front-{n}", "type": "group", "name": plot.front, "armed": True})
    path = folder / "actors.yaml"
    path.write_bytes(msgspec.yaml.encode({"actors": actors}))
    return path
