"""What recipients see after a storm: the notifier on a real Kafka, killed again and again, between
services that hang, drip, refuse, and are gone.

    python -m bench.deliver --revisions 10000 --destinations 200

Starts a Kafka of its own, `reportedly notify`, and stand-ins of all services on loopback, and
writes alerts that grow by ten revisions. Bad weather lasts all the time: five destinations of each
kind of it. In the last part the notifier is killed with -9, ten times. Then the weather clears, one
more alert comes for each destination, and each that still lives must see the last revision of every
alert. Exit code 1 if one does not, or if a figure misses its goal.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from receivers.shore import Shore

from bench.deliver_ashore import Coast, Destination, destinations
from bench.deliver_mail import MailRoom, serving
from bench.deliver_stream import CORRECTING, KINDS, Story
from services.adapters.embedded.artifacts import alone, fetch_all, maven_fetch, pinned, tell_nobody
from services.adapters.embedded.jdk import find_jdk
from services.adapters.embedded.kafka import kafka_engine
from services.adapters.embedded.kept_ports import kept_ports
from services.adapters.kafka import KafkaBroker
from services.errors import TransientError
from services.messages import encode
from services.ports import Outgoing
from services.runtime.supervisor import service_command
from services.settings import Settings

REVISIONS_EACH = len(KINDS)
N_KILLS = 10
KILL_SECONDS = 40.0
"""Between two kills: a group takes ten seconds to miss a member, what came meanwhile takes more."""

GONE_FROM, GONE_SECONDS = 30.0, 60.0
"""When the destinations of `minute` are away, in seconds after the start."""

SETTLE_SECONDS = 600.0
"""How long recipients may take to see the last revision, once the weather is clear: the third try
of a delivery comes within five minutes, and what else waits goes with it."""

TOPIC_TRIES = 10

GOALS = {"p99": 2.0, "p99 of corrections": 2.0, "repeats": 0.001}


class Notifier:
    """The process under test."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.n_kills = 0

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                service_command("notify"), env=self._environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """Kill it with -9, and start it again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.n_kills += 1
        self.start()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)

    @property
    def has_died(self) -> bool:
        return self._process is not None and self._process.poll() is not None


class Stream:
    """Writes revisions to `alerts`, and remembers when."""

    def __init__(self, settings: Settings, found: Sequence[Destination], n: int) -> None:
        broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
        self._producer = broker.producer()
        n_stories = max(n // REVISIONS_EACH, 1)
        self.stories = [Story(index, found[index % len(found)].to) for index in range(n_stories)]
        self.written_at: dict[tuple[int, int], float] = {}

    def write(self, stories: Sequence[Story], per_second: float) -> None:
        """Let each story grow by one revision."""
        begun, batch = time.monotonic(), list[Outgoing]()
        for count, story in enumerate(stories):
            due = begun + count / per_second
            if due > time.monotonic():
                self._send(batch)
                batch = []
                time.sleep(max(due - time.monotonic(), 0.0))
            alert = story.grown()
            batch.append(
                Outgoing("alerts", alert.alert_id, encode(alert), partition_key=alert.watch_id)
            )
            self.written_at[story.index, story.number] = time.monotonic()
        self._send(batch)

    def _send(self, batch: Sequence[Outgoing]) -> None:
        """Send, again if a busy Kafka did not answer in time: a repeated alert changes nothing."""
        while True:
            for message in batch:
                self._producer.send(message)
            try:
                self._producer.flush()
                return
            except TransientError as error:
                print(f"Kafka is late: {error}")


@click.command()
@click.option("--revisions", default=10_000, show_default=True)
@click.option("--destinations", "n_destinations", default=200, show_default=True)
@click.option("--rate", default=40.0, show_default=True, help="Revisions a second.")
@click.option("--kills", default=N_KILLS, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(revisions: int, n_destinations: int, rate: float, kills: int, seed: int) -> None:
    """Measure what recipients see after a storm."""
    with tempfile.TemporaryDirectory(prefix="reportedly-deliver-", dir="/var/tmp") as name:
        folder = Path(name)
        room = MailRoom()
        with Shore() as shore, serving(room) as mail, kafka(folder) as bootstrap:
            found = destinations(shore, room, n_destinations)
            coast = Coast(shore, room, found, seed)
            settings = Settings(kafka_bootstrap=bootstrap)
            ours = environment(folder, bootstrap, found) | mail
            notifier = Notifier(ours, folder / "notify.log")
            make_topics(ours)
            stream = Stream(settings, found, revisions)
            notifier.start()
            try:
                is_good = storm(stream, coast, notifier, rate, kills)
            finally:
                notifier.stop()
            if not is_good:
                print((folder / "notify.log").read_text(errors="replace")[-4_000:])
    raise SystemExit(0 if is_good else 1)


def storm(
    stream: Stream,
    coast: Coast,
    notifier: Notifier,
    rate: float,
    kills: int,
) -> bool:
    """Play the storm. Return True if all goals are met."""
    found = list(coast.by_name.values())
    warm(stream, found)
    begun = time.monotonic()
    coast.minute = (begun + GONE_FROM, begun + GONE_FROM + GONE_SECONDS)
    n_calm = REVISIONS_EACH * 6 // 10
    for _ in range(n_calm):
        stream.write(stream.stories, rate)
    calm = dict(stream.written_at)
    time.sleep(5.0)
    print(f"{len(calm)} revisions in bad weather, {time.monotonic() - begun:.0f} s")
    figures = delays(calm, stream.stories, found)
    print(", ".join(f"{name} {value:.3f} s" for name, value in figures.items()))
    begun, killer = time.monotonic(), threading.Thread(target=keep_killing, args=(notifier, kills))
    killer.start()
    n_left = len(stream.stories) * (REVISIONS_EACH - n_calm)
    for _ in range(REVISIONS_EACH - n_calm):
        stream.write(stream.stories, min(rate, n_left / max(kills * KILL_SECONDS, 1.0)))
    killer.join()
    n_written = len(stream.written_at)
    print(f"{n_written} revisions, {notifier.n_kills} kills, {time.monotonic() - begun:.0f} s")
    coast.is_clear = True
    last = [Story(10_000_000 + n, each.to) for n, each in enumerate(found)]
    stream.write(last, rate)
    stream.stories += last
    seconds, stale = settled(stream.stories, found)
    print(f"settled {seconds:.0f} s after the storm")
    return judged(figures, stale, found, notifier)


def warm(stream: Stream, found: Sequence[Destination]) -> None:
    """Wait until the notifier delivers."""
    first = [Story(20_000_000, found[0].to)]
    stream.write(first, 10.0)
    while (20_000_000, 1) not in found[0].visible_at:
        time.sleep(0.1)
    stream.written_at.clear()


def keep_killing(notifier: Notifier, kills: int) -> None:
    for _ in range(kills):
        time.sleep(KILL_SECONDS)
        notifier.kill()


def delays(
    written_at: dict[tuple[int, int], float], stories: Sequence[Story], found: Sequence[Destination]
) -> dict[str, float]:
    """Return the 50th and the 99th percentile of the seconds until revisions were visible, at
    destinations in fair weather."""
    fair = {each.to: each for each in found if each.weather == "fair"}
    to = {story.index: story.to for story in stories}
    all_of, corrections = list[float](), list[float]()
    for (index, number), at in written_at.items():
        if to[index] in fair:
            seen = fair[to[index]].visible_at.get((index, number), float("inf"))
            all_of.append(seen - at)
            if KINDS[(number - 1) % REVISIONS_EACH] in CORRECTING:
                corrections.append(seen - at)
    return {
        "median": at_part(all_of, 0.5),
        "p99": at_part(all_of, 0.99),
        "p99 of corrections": at_part(corrections, 0.99),
    }


def at_part(values: Sequence[float], part: float) -> float:
    """Return a percentile by the nearest rank; 0 of none."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)] if values else 0.0


def settled(
    stories: Sequence[Story], found: Sequence[Destination]
) -> tuple[float, dict[str, list[str]]]:
    """Wait until all that live see the last revisions. Return how long it took, and what is stale
    at which destination."""
    begun = time.monotonic()
    while True:
        stale = behind(stories, found)
        waited = time.monotonic() - begun
        if not stale or waited > SETTLE_SECONDS:
            return waited, stale
        print(f"{waited:.0f} s: {', '.join(f'{n} {len(rows)}' for n, rows in stale.items())[:300]}")
        time.sleep(10.0)


def behind(stories: Sequence[Story], found: Sequence[Destination]) -> dict[str, list[str]]:
    """Return what is not the last revision, by living destination."""
    shows = {each.to: each.shows() for each in found if each.is_living}
    name = {each.to: f"{each.name} ({each.weather})" for each in found}
    stale: dict[str, list[str]] = {}
    for story in stories:
        if story.to in shows and shows[story.to].get(story.index) != story.number:
            sees = shows[story.to].get(story.index)
            stale.setdefault(name[story.to], []).append(f"a{story.index}: {sees} of {story.number}")
    return stale


def judged(
    figures: dict[str, float],
    stale: dict[str, list[str]],
    found: Sequence[Destination],
    notifier: Notifier,
) -> bool:
    """Print the figures beside their goals. Return True if all are met."""
    n_taken = sum(each.n_taken for each in found)
    repeats = Counter[str]()
    for each in found:
        repeats[each.kind] += each.n_repeats() if each.is_living else 0
    n_repeats = repeats.total()
    figures |= {"repeats": n_repeats / max(n_taken, 1)}
    for name, value in figures.items():
        goal = f" (goal: {GOALS[name]})" if name in GOALS else ""
        print(f"{name}: {value:.4f}{goal}")
    print(f"{n_repeats} repeats among {n_taken} messages, edits, and notes: {dict(+repeats)}")
    n_living = sum(each.is_living for each in found)
    print(f"{n_living} of {len(found)} destinations live; stale: {len(stale)}")
    for name, rows in list(stale.items())[:20]:
        print(f"  {name}: {'; '.join(rows[:5])}")
    is_good = not stale and all(figures[name] <= goal for name, goal in GOALS.items())
    return is_good and not notifier.has_died


def make_topics(variables: dict[str, str]) -> None:
    """Create the topics. A new Kafka on a busy machine may not be ready at the first try."""
    command = [sys.executable, "-m", "services", "topics", "apply"]
    for _ in range(TOPIC_TRIES):
        if subprocess.run(command, env=variables, check=False).returncode == 0:
            return
        time.sleep(3.0)
    raise SystemExit("the topics can't be created")


def environment(folder: Path, bootstrap: str, found: Sequence[Destination]) -> dict[str, str]:
    """Return the variables of our processes."""
    secrets = folder / "channels.yaml"
    if not secrets.exists():
        secrets.touch(mode=0o600)
        entries = {each.name: each.entry for each in found if each.entry}
        secrets.write_text(yaml.safe_dump(entries), encoding="utf-8")
    return os.environ | {
        "REPORTEDLY_KAFKA_BOOTSTRAP": bootstrap,
        "REPORTEDLY_CHANNEL_SECRETS": str(secrets),
        "REPORTEDLY_FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
        "REPORTEDLY_RUN_DIR": str(folder / "run"),
        "REPORTEDLY_DATA_DIR": str(folder / "data"),
        "REPORTEDLY_LOG_LEVEL": "error",
    }


@contextmanager
def kafka(folder: Path) -> Iterator[str]:
    """A Kafka of our own. Yields its address."""
    jars = [each for each in pinned() if each.type == "jar"]
    cache = Settings().cache_dir.expanduser()
    with alone(cache / "fetch.lock"):
        paths = fetch_all(jars, partial(maven_fetch, cache), tell_nobody)
    (folder / "logs").mkdir(parents=True)
    ports = kept_ports(folder / "ports.json", ("kafka", "kafka-controller"))
    engine = kafka_engine(find_jdk(), paths, folder, ports)
    engine.start()
    try:
        engine.wait_until_up()
        yield f"127.0.0.1:{ports['kafka']}"
    finally:
        engine.tell_to_end()
        engine.wait_until_ended()


if __name__ == "__main__":
    main()
