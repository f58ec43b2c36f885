"""The compose system from empty volumes: the whole story told as in the demo,
then taggers scaled and killed while articles flow.

Exit 0 if all of it comes true. Needs a Docker engine with the compose plugin;
takes its own project name, ports, and volumes, and removes them at the end (`--keep` leaves them).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from services.commands.demo import STAGES
from services.scenario.player import HeldBack, Player, StageState
from services.scenario.story import Entry, Story, feed_xml, load_story

ROOT = Path(__file__).parents[3]
PORT = os.environ.get("API_PORT", "18088")
FEEDS_URL = "http://feeds:8000"
COMPOSE = (
    "docker compose -p reportedly-test -f docker-compose.yml -f tests/e2e/compose/compose.yml"
).split()
REFRESH = """
import os, urllib.request as http
http.urlopen(http.Request(os.environ["REPORTEDLY_ELASTIC_URL"] + "/_refresh", method="POST"))
"""
"""Lets a search find all that is stored. It runs in a container of ours:
the engine's may have neither curl nor Python."""

FLOWING, STEPS = 400, 20
"""Articles that flow while taggers come and go, and the portions in which their feed grows."""


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        story, stage = load_story(), ComposeStage(folder / "feeds")
        console = Console(soft_wrap=True)
        player = Player(
            story, stage, folder / "news" / "clock", folder / "out" / "deliveries.jsonl", console
        )
        environment = prepare(folder, story, player)
        stage.environment = environment
        try:
            run(environment, player)
            say("all of it came true")
            return 0
        except AssertionError as error:
            say(f"FAILED: {error}")
            compose(environment, "logs", "--no-color", "--tail", "40", check=False)
            return 1
        finally:
            if "--keep" not in sys.argv:
                compose(environment, "down", "--volumes", "--timeout", "20", check=False)


class ComposeStage:
    """Feeds as files that a container serves, the ledger as the API lists it,
    and groups as `reportedly health` tells them.

    `environment` is that of the compose file.
    """

    def __init__(self, folder: Path) -> None:
        self.environment: dict[str, str] = {}
        self._folder = folder
        self._listed: set[str] = set()

    @property
    def url(self) -> str:
        return FEEDS_URL

    def publish(self, name: str, body: bytes) -> None:
        """Replace a feed: the poller never sees half of it,
        and its date moves on (HTTP dates know whole seconds only).
        """
        target = self._folder / name
        before = target.stat().st_mtime if target.exists() else 0.0
        if before and target.read_bytes() == body:
            return
        fresh = target.with_suffix(".new")
        fresh.write_bytes(body)
        fresh.chmod(0o644)
        at = max(int(before) + 1, int(time.time()))
        os.utime(fresh, (at, at))
        fresh.replace(target)

    def polls(self, name: str) -> int:
        """Return how often the log of the feeds' server tells of a request for a feed."""
        return self._said("logs", "--no-log-prefix", "feeds").count(f'"GET /{name} ')

    def states(self) -> list[StageState]:
        """Return the stages by their groups: a process sees no heartbeat of another container."""
        told = self._said("exec", "-T", "tracker", "reportedly", "health", "--json")
        rows = {row["name"]: row for row in json.loads(told or "[]")}
        return [self._state(name, group, rows) for name, group in STAGES]

    def _state(self, service: str, group: str, rows: dict[str, Any]) -> StageState:
        group = group or service
        known = rows.get(service, {}).get("groups", {}).get(group)
        doing = (
            f"has {known['lag']} messages of {group} to work off"
            if known
            else f"joins its group {group}"
        )
        is_done = known is not None and known["members"] > 0 and known["lag"] == 0
        mark = (known["members"], known["lag"]) if known else None
        return StageState(service, is_done, doing, mark, f"docker compose logs {service}")

    def _said(self, *arguments: str) -> str:
        """Return what a docker compose command says; its exit code tells nothing here."""
        command = [*COMPOSE, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        ).stdout

    def newly_held_back(self, to_end: bool = False) -> list[HeldBack]:
        if to_end:
            compose(self.environment, "exec", "-T", "indexer", "python", "-c", REFRESH)
        else:
            time.sleep(0.3)  # between two questions to the API, not for order
        rows = [
            row
            for row in ask("suppressed?size=200")["items"]
            if row["suppressed_id"] not in self._listed
        ]
        self._listed |= {row["suppressed_id"] for row in rows}
        return [HeldBack(row["watch_id"], row["reason"], row["title"] or "") for row in rows]


def prepare(folder: Path, story: Story, player: Player) -> dict[str, str]:
    """Write feeds, watches, people, and the clock; return the environment of the compose file."""
    for name, mode in (("config", 0o755), ("feeds", 0o755), ("news", 0o755), ("out", 0o777)):
        (folder / name).mkdir()
        (folder / name).chmod(mode)
    outlets = story.outlets | {"flow": "Flow"}
    feeds = [{"url": f"{FEEDS_URL}/{key}.xml", "outlet": name} for key, name in outlets.items()]
    (folder / "config" / "feeds.yaml").write_text(yaml.safe_dump(feeds), encoding="utf-8")
    for name in ("watches.yaml", "actors.yaml"):
        (folder / "config" / name).write_text(
            (files("services.scenario") / name).read_text("utf-8"), encoding="utf-8"
        )
    # A file that our container makes is readable by its user alone.
    player.deliveries.touch()
    player.deliveries.chmod(0o666)
    player.prepare()
    flow(player.stage, story, 0)
    return {
        **os.environ,
        "TEST_DIR": str(folder),
        "CONFIG_DIR": str(folder / "config"),
        "API_PORT": PORT,
        "REPORTEDLY_POLL_INTERVAL_SECONDS": "1",
        # The networks from which Docker takes those of a project.
        "REPORTEDLY_FETCH_ALLOW_NETWORKS": "172.16.0.0/12,192.168.0.0/16",
        "REPORTEDLY_PARTITIONS": "2",
    }


def run(environment: dict[str, str], player: Player) -> None:
    began = time.monotonic()
    compose(environment, "up", "-d", "--build", "--wait", "--wait-timeout", "600")
    say(f"healthy after {time.monotonic() - began:.0f} s")
    assert player.play(), "the story was not told as expected"
    eventually(
        "its articles in the search",
        lambda: ask("articles")["total"] == len({e.path for e in player.story.entries}),
    )
    assert ask("claims?event=killed")["items"], "no claim in the search"

    compose(environment, "up", "-d", "--no-build", "--wait", "--scale", "tagger=2", "tagger")
    for step in range(1, STEPS + 1):
        flow(player.stage, player.story, step * FLOWING // STEPS)
        if step == STEPS // 2:
            compose(environment, "kill", "--signal", "KILL", "tagger")
            compose(
                environment, "up", "-d", "--no-build", "--wait", "--scale", "tagger=2", "tagger"
            )
        eventually(
            f"portion {step}", partial(have_flowed, (step - 2) * FLOWING // STEPS), quiet=True
        )
    eventually(f"all {FLOWING} articles that flowed", partial(have_flowed, FLOWING))
    assert flowed() == FLOWING, f"{flowed()} documents for {FLOWING} articles"


def flow(stage: Any, story: Story, n: int) -> None:
    """Let the flowing feed hold its first `n` articles."""
    at = story.entries[-1].at
    entries = [
        Entry(
            f"f{i}",
            "flow",
            at + timedelta(seconds=i),
            f"Council of district {i} met",
            "It met for an hour.",
        )
        for i in range(n)
    ]
    stage.publish("flow.xml", feed_xml("Flow", entries, FEEDS_URL))


def flowed() -> int:
    total: int = ask("articles?outlet=Flow&size=1")["total"]
    return total


def have_flowed(n: int) -> bool:
    return flowed() >= n


def ask(path: str) -> dict[str, Any]:
    """Return what the API lists; nothing while it can't answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/v1/{path}", timeout=10) as answer:
            listed: dict[str, Any] = json.load(answer)
            return listed
    except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
        say(f"the API does not answer: {error}")
        return {"total": 0, "items": []}


def eventually(
    what: str, probe: Callable[[], Any], seconds: float = 120.0, quiet: bool = False
) -> None:
    began = time.monotonic()
    while not probe():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.3)
    if not quiet:
        say(f"{what}: after {time.monotonic() - began:.1f} s")


def compose(environment: dict[str, str], *arguments: str, check: bool = True) -> None:
    done = subprocess.run([*COMPOSE, *arguments], cwd=ROOT, env=environment, check=False)
    assert not check or done.returncode == 0, (
        f"docker compose {' '.join(arguments)} ended with {done.returncode}"
    )


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
