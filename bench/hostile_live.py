"""One running system among hostile hosts: is it alive at the end,
and was every normal article alerted in time?

    python -m bench.hostile_live --minutes 5

Starts `reportedly up` in a folder of its own.
Feeds and receivers of webhooks of `hostile_attacks.py` attack it,
each from a loopback address of its own, while normal feeds publish an article every few seconds.
Exit code 1 if a service ended, took more memory than its container may (docker-compose.yml),
or if a normal article was lost or alerted too late.
At the end every service is killed and must come back with what the attack left in its state.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

import click
from rich.console import Console

from bench.hostile_attacks import FEEDS, RECEIVERS, names, warm
from bench.hostile_figures import LAST_SECONDS, show_hosts, show_news, show_services
from bench.hostile_figures import events as events_of
from bench.hostile_seen import N_FEEDS, ROOT, News, Watched
from bench.hostile_server import STOP, Host
from services.runtime.health import SERVICES, pulses
from services.runtime.supervisor import service_command

POLL_SECONDS, HOSTILE_POLL_SECONDS = 2.0, 15.0
"""How often normal and hostile feeds are polled. By default each feed is polled once a minute,
so hostile ones come four times as often as their senders could make them."""

EVERY_SECONDS = 3.0
"""A normal article comes so often."""

PROGRESS = 10
"""So many articles lie between two lines of progress."""

START_SECONDS = 400.0
"""How long engines and services may take to come up on a busy machine."""

MIN_POLLS = 2
"""A hostile feed that was polled only once is a feed that was given up for ever;
but for those that ask for it."""

RESTART_SECONDS = 180.0
"""Until every service is well again after kill -9,
and tells what is published then: groups take 45 s to miss a member."""


@contextmanager
def running(
    folder: Path, feeds: Sequence[tuple[Host, float]], receivers: Sequence[Host]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `reportedly up` on feeds, each with its interval, and receivers; its log is `up.log`.

    Ends it with Ctrl-C.
    """
    rows = [
        {"url": f"{host.url}/f", "outlet": host.name, "interval_seconds": seconds}
        for host, seconds in feeds
    ]
    (folder / "feeds.yaml").write_text(json.dumps(rows))
    channels = [{"to": "log:"}, *({"to": f"webhook:{host.url}/hook"} for host in receivers)]
    watch = {
        "id": "arrests",
        "name": "Arrests",
        "query": "arrested",
        "deliver": channels,
        "digest": None,
    }
    (folder / "watches.yaml").write_text(json.dumps([watch]))
    people = "\n".join(
        f"  - {{id: person-{n}, type: person, name: {name}}}" for n, name in enumerate(names())
    )
    (folder / "people.yaml").write_text(f"actors:\n{people}\n")
    environment = {**os.environ, **settings(folder)}
    with (folder / "up.log").open("wb") as log:
        files = [
            "--feeds",
            str(folder / "feeds.yaml"),
            "--watches",
            str(folder / "watches.yaml"),
            "--partitions",
            "2",
        ]
        command = [*service_command("up"), *files]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        STOP.set()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(90)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def settings(folder: Path) -> dict[str, str]:
    values = {
        "DATA_DIR": folder / "data",
        "API_PORT": _free_port(),
        "LOG_FORMAT": "json",
        "POLL_INTERVAL_SECONDS": POLL_SECONDS,
        "FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
        "LEXICON": folder / "people.yaml",
    }
    return {f"REPORTEDLY_{name}": str(value) for name, value in values.items()}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_until_running(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Return when every service has come round its loop. Raises SystemExit."""
    until = time.monotonic() + START_SECONDS
    while set(SERVICES) - {
        pulse.service for pulse in pulses(folder / "data" / "run") if pulse.is_well
    }:
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"the system did not come up:\n{_tail(folder / 'up.log', 40)}")
        time.sleep(0.5)


def play(
    news: News, watched: Watched, folder: Path, minutes: float, process: subprocess.Popen[bytes]
) -> None:
    """Publish an article every few seconds and look at the services, then wait for what is late."""
    began = time.monotonic()
    while time.monotonic() - began < minutes * 60 and process.poll() is None:
        news.publish()
        watched.look(folder / "data" / "run")
        time.sleep(max(0.0, EVERY_SECONDS * len(news.stories) - (time.monotonic() - began)))
        done = sum(story.told is not None for story in news.stories)
        if len(news.stories) % PROGRESS == 0:
            click.echo(
                f"{time.monotonic() - began:.0f} s: {done} of {len(news.stories)} articles told",
                err=True,
            )
    last = time.monotonic()
    while time.monotonic() - last < LAST_SECONDS and any(
        story.told is None for story in news.stories
    ):
        watched.look(folder / "data" / "run")
        time.sleep(1.0)


def kill_all(news: News, folder: Path) -> list[str]:
    """Kill every service with -9, which makes each read back what the attack left in its state.

    Returns what is wrong.
    """
    run_dir = folder / "data" / "run"
    killed = {pulse.pid for pulse in pulses(run_dir) if pulse.is_alive}
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    began, first = time.monotonic(), len(news.stories)
    for _ in range(N_FEEDS):
        news.publish()
    while time.monotonic() - began < RESTART_SECONDS:
        well = {
            pulse.service for pulse in pulses(run_dir) if pulse.is_well and pulse.pid not in killed
        }
        untold = [story.name for story in news.stories[first:] if story.told is None]
        if not untold and well == set(SERVICES):
            return []
        time.sleep(1.0)
    missing = (
        f"not well: {', '.join(sorted(set(SERVICES) - well)) or 'none'}; "
        f"untold articles: {len(untold)}"
    )
    return [f"{RESTART_SECONDS:.0f} s after kill -9 of every service: {missing}"]


def _tail(path: Path, n: int) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-n:]) if path.exists() else ""


@click.command()
@click.option("--minutes", default=5.0, show_default=True, help="How long the attack lasts.")
@click.option(
    "--only", multiple=True, help="Only attacks whose names hold this; may be given again."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where data and logs stay (default: a folder that is removed).",
)
def main(minutes: float, only: tuple[str, ...], folder: Path | None) -> None:
    """Attack one running system and print how it stood."""

    def chosen(name: str) -> bool:
        return not only or any(word in name for word in only)

    warm()
    news, watched, console = News(), Watched(), Console(width=110)
    addresses = (f"127.0.{2 + n // 200}.{1 + n % 200}" for n in range(400))
    feeds = [Host(f"Herald {n}", partial(news.feed, n), next(addresses)) for n in range(N_FEEDS)]
    attacks = [
        Host(name, answer, next(addresses)) for name, answer in FEEDS.items() if chosen(name)
    ]
    bad = [
        Host(name, answer, next(addresses)) for name, answer in RECEIVERS.items() if chosen(name)
    ]
    good = Host("good", news.receive, next(addresses))
    with tempfile.TemporaryDirectory(prefix="hostile-") as own:
        at = (folder or Path(own)).resolve()
        at.mkdir(parents=True, exist_ok=True)
        polled = [
            *((host, POLL_SECONDS) for host in feeds),
            *((host, HOSTILE_POLL_SECONDS) for host in attacks),
        ]
        with running(at, polled, [*islice(bad, 5), good, *islice(bad, 5, None)]) as process:
            wait_until_running(process, at)
            play(news, watched, at, minutes, process)
            wrong = show_services(watched, at, console)
            wrong += show_hosts("Feeds", attacks, console, MIN_POLLS)
            wrong += show_hosts("Receivers", bad, console, 0)
            wrong += show_news(news, at, console)
            after = kill_all(news, at)
            console.print(
                f"After kill -9 of every service: {'all is well again' if not after else after[0]}"
            )
            wrong += after
        events = events_of(at)
    console.print("Errors in the logs:" if events else "No errors in the logs.")
    for line in events:
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    for line in wrong:
        console.print(f"FAILED: {line}", markup=False, style="bold red")
    console.print("held" if not wrong else f"{len(wrong)} failures", style="bold")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
