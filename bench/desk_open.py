"""What a page of the desk costs that stays open while 50 updates a second come.

    python bench/desk_open.py [--minutes 10] [--rate 50]

Engines of their own, the API's own process, and Chromium (`apt-get install chromium`). The reader
has the page Live open, has scrolled down, chosen a row, and marked some words. Updates of claims
and alerts come in equal parts through Kafka and the live stream. Before that, the first paint of
each page is measured.

Exits 1 if a bound is missed.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, CDPSession, Error, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.adapters.elastic import ElasticIndex
from services.adapters.embedded import Engines
from services.adapters.embedded.kept_ports import listen_somewhere
from services.adapters.kafka import KafkaBroker
from services.commands import templates
from services.indexer.documents import BUILDERS
from services.messages import Alert, Claim, Evidence, Revision, Told, encode
from services.messages.claim import Transition
from services.ports import IndexAction, Outgoing
from services.runtime.data_version import bring_up
from services.runtime.supervisor import service_command
from services.settings import Settings

CHROMIUM = "/usr/bin/chromium"

PAINT_MILLISECONDS = 300.0
"""The bound of the first paint on loopback. Source: the desk's goal."""

PAINTS = 5
"""Loads of each page, after one that warms the caches; the median counts."""

HEAP_BYTES_AN_HOUR = 1_000_000.0
"""The bound of the slope of the heap, after garbage is collected. Source: the desk's goal."""

MOST_NODES = 3_000
"""The bound of nodes of the document tree. Source: the desk's goal."""

LOOK_SECONDS = 10.0
"""Seconds between two looks at the heap."""

WARM_SHARE = 0.2
"""The share of the time that the slope leaves out: the counter's set of ids fills up first."""

N_CLAIMS = 500
"""Claims and as many alerts that change in turn."""

STATUSES = ("reported", "claimed", "corroborated", "disputed", "confirmed", "denied")
PAGES = ("/", "/alerts", "/claims/c1", "/alerts/a1", "/watches", "/watches/new", "/search?q=killed",
         "/since", "/feeds", "/pipeline")  # fmt: skip

PAINT = """() => new Promise((done) => new PerformanceObserver((list) => {
  for (const entry of list.getEntriesByName("first-contentful-paint")) done(entry.startTime);
}).observe({ type: "paint", buffered: true }))"""
"""The first paint of the page, once it is there, in milliseconds."""

WATCHING = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifts.push(entry.value);
  }).observe({ type: "layout-shift", buffered: false });
}"""

TAKE_PLACE = """() => {
  const row = document.querySelectorAll("[data-row]")[9], link = row.querySelector("a[href]");
  row.scrollIntoView({ block: "center" });
  link.focus({ preventScroll: true });
  const range = document.createRange();
  range.setStart(link.firstChild, 3);
  range.setEnd(link.firstChild, 12);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""

PLACE = """() => [String(getSelection()), document.activeElement.outerHTML, scrollY,
  [...document.querySelectorAll("[data-row]")].map((row) =>
    [row.innerText.replace(/\\d+ (s|min|h) ago/g, "ago"), row.getBoundingClientRect().top])]"""
"""The reader's place: marked words, focus, scroll, and what stands where. Only ages grow."""


@dataclass(frozen=True)
class Look:
    """The page at a time: seconds since the start, bytes of the heap, and nodes."""

    at: float
    heap: float
    nodes: int


def claim(n: int) -> Claim:
    """Return the next version of one of the claims."""
    at = datetime.now(UTC)
    said = Evidence(
        article_id=f"x{n % 50}",
        version=1,
        outlet="Harbour Courier",
        at=at,
        quote="The leader was reportedly killed in an airstrike near Meris, two sources said.",
        mark=(26, 32),
    )
    status: Any = STATUSES[n // N_CLAIMS % len(STATUSES)]
    step = Transition(at=at, to=status, report_id=f"r{n}", evidence=said, rule="first")
    return Claim(
        claim_id=f"c{n % N_CLAIMS}",
        block=f"killed:{n % 9}",
        event="killed",
        level="claimed",
        status=status,
        n_reports=3,
        n_independent=2,
        history=(step,),
        evidence=(said,),
        article_ids=(said.article_id,),
        opened_at=at,
        updated_at=at,
        version=n + 1,
    )


def alert(n: int) -> Alert:
    """Return the next version of one of the alerts."""
    at, told = datetime.now(UTC), Told(status="denied")
    revision = Revision(id=f"r{n}", number=1, kind="first", text="Leader killed", told=told, at=at)
    return Alert(
        alert_id=f"a{n % N_CLAIMS}",
        watch_id="leaders",
        watch_version=1,
        watch_name="Leaders",
        version=n + 1,
        claim_ids=(f"c{n % N_CLAIMS}",),
        revisions=(revision,),
    )


def update(n: int) -> Outgoing:
    """Return the update of this number: claims and alerts in turn."""
    if n % 2:
        of_claim = claim(N_CLAIMS + n // 2)
        return Outgoing("claims", of_claim.claim_id, encode(of_claim))
    of_alert = alert(N_CLAIMS + n // 2)
    return Outgoing("alerts", of_alert.alert_id, encode(of_alert))


class Updates:
    """Sends updates at a rate until it is stopped. `n`: how many were sent."""

    def __init__(self, broker: KafkaBroker, rate: float) -> None:
        self._producer, self._rate, self.n = broker.producer(), rate, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Updates":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._producer.close()

    def _run(self) -> None:
        began = time.monotonic()
        while not self._stop.wait(0.01):
            while self.n < (time.monotonic() - began) * self._rate:
                self.n += 1
                self._producer.send(update(self.n))
            self._producer.flush()


@contextmanager
def desk() -> Iterator[tuple[str, KafkaBroker]]:
    """Run engines and the API. Yield its address, and the broker."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="desk-open-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # Elasticsearch runs as somebody else
        with Engines(folder, Path("~/.cache/reportedly")) as addresses:
            with listen_somewhere() as held:
                port = held.getsockname()[1]
            settings = Settings(
                kafka_bootstrap=addresses.kafka_bootstrap, elastic_url=addresses.elastic_url,
                data_dir=folder, run_dir=folder / "run", api_port=port, api_login="loopback",
                log_level="warning", partitions=2,
            )  # fmt: skip
            broker = KafkaBroker(settings.kafka_bootstrap)
            broker.apply_topics(settings.partitions)
            bring_up(broker, is_new=True)
            templates.apply(settings)
            _store(ElasticIndex(settings.elastic_url))
            environment = os.environ | settings.environment()
            process = subprocess.Popen(service_command("api"), env=environment)
            try:
                yield f"http://127.0.0.1:{port}", broker
            finally:
                process.terminate()
                process.wait(30)


def _store(search: ElasticIndex) -> None:
    actions: list[IndexAction] = []
    for n in range(N_CLAIMS):
        actions += BUILDERS["claims"][1](claim(n))
        actions += BUILDERS["alerts"][1](alert(n))
    search.bulk(actions)
    search.refresh()


def until(holds: Callable[[], object], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"nothing after {seconds:.0f} s")
        time.sleep(0.1)


def paints(browser: Browser, url: str) -> dict[str, float]:
    """Return the median first paint of each page, in milliseconds, with files from the cache."""
    found: dict[str, float] = {}
    page = browser.new_context(base_url=url).new_page()
    for path in PAGES:
        times = []
        for _ in range(PAINTS + 1):
            answer = page.goto(path)
            assert answer is not None
            assert answer.ok, f"{path} answered {answer.status}"
            times.append(page.evaluate(PAINT))
        found[path] = statistics.median(times[1:])
    page.context.close()
    return found


def watched(client: CDPSession, seconds: float) -> list[Look]:
    """Look at the page of the client every few seconds."""
    looks, began = [], time.monotonic()
    while (at := time.monotonic() - began) < seconds:
        client.send("HeapProfiler.collectGarbage")
        heap = client.send("Runtime.getHeapUsage")["usedSize"]
        nodes = client.send("Memory.getDOMCounters")["nodes"]
        looks.append(Look(at, heap, nodes))
        time.sleep(LOOK_SECONDS)  # a wait in the page would grow its heap
    return looks


def slope(looks: list[Look], seconds: float) -> float:
    """Return the growth of the heap, in bytes an hour, by least squares without the warm-up."""
    late = [look for look in looks if look.at >= seconds * WARM_SHARE]
    per_second = np.polyfit([look.at for look in late], [look.heap for look in late], 1)[0]
    return float(per_second) * 3600


def open_page(
    browser: Browser, url: str, broker: KafkaBroker, rate: float, seconds: float
) -> list[tuple[str, str, bool]]:
    """Keep the page open. Return what was measured: its name, value, and if the bound holds."""
    page = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800}).new_page()
    client = page.context.new_cdp_session(page)
    client.send("HeapProfiler.enable")
    page.goto("/")
    page.wait_for_selector("[data-row]")
    page.evaluate(TAKE_PLACE)
    page.evaluate(WATCHING)
    before = page.evaluate(PLACE)
    with Updates(broker, rate) as updates:
        looks = watched(client, seconds)
        sent = updates.n
    after, shifts = page.evaluate(PLACE), page.evaluate("window.shifts")
    counted = page.locator("#waiting").inner_text()
    grows, nodes = slope(looks, seconds), max(look.nodes for look in looks)
    heaps = [look.heap for look in looks]
    return [
        ("updates sent", f"{sent:,} in {seconds:.0f} s", sent > 0.9 * rate * seconds),
        ("the counter says", repr(counted), counted.startswith(f"{N_CLAIMS}")),
        ("layout shift", f"{sum(shifts):.4f}", sum(shifts) == 0.0),
        ("marked words", repr(after[0]), bool(before[0]) and after[0] == before[0]),
        ("focus unchanged", str(after[1] == before[1]), after[1] == before[1]),
        ("place unchanged", str(after[2]), before[2] > 0 and after[2] == before[2]),
        ("rows unchanged", str(after[3] == before[3]), after[3] == before[3]),
        ("heap", f"{min(heaps) / 1e6:.2f} to {max(heaps) / 1e6:.2f} MB", True),
        ("heap grows by", f"{grows / 1e6:.2f} MB an hour", grows <= HEAP_BYTES_AN_HOUR),
        ("nodes at most", f"{nodes:,}", nodes <= MOST_NODES),
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=50.0)
    given = parser.parse_args()
    with desk() as (url, broker), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        until(lambda: _answers(page, url))
        page.close()
        rows = [
            (f"first paint {path}", f"{ms:.0f} ms", ms <= PAINT_MILLISECONDS)
            for path, ms in paints(browser, url).items()
        ]
        rows += open_page(browser, url, broker, given.rate, given.minutes * 60)
        browser.close()
    for name, value, holds in rows:
        print(f"{name:<30}{value:<30}{'' if holds else 'MISSED'}")
    return 0 if all(holds for _, _, holds in rows) else 1


def _answers(page: Page, url: str) -> bool:
    try:
        return bool(page.request.get(f"{url}/ready").ok)
    except Error:  # it does not listen yet
        return False


if __name__ == "__main__":
    sys.exit(main())
