"""The compose system from empty volumes: the whole story told as in the demo,
then taggers scaled and killed while articles flow.

Exit 0 if all of it comes true. Needs a Docker engine with the compose plugin;
takes its own project name, ports, and volumes, and removes them at the end (`--keep` leaves them).
"""

import os
import sys
import tempfile
import time
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from e2e.compose.system import FEEDS_URL, Compose, ComposeStage, eventually, prepare, say
from rich.console import Console

from services.scenario.player import Player
from services.scenario.story import Entry, Story, feed_xml, load_story

PORT = int(os.environ.get("API_PORT", "18088"))

TAGGERS = (1, 2, 3)
"""How many taggers share the work, one after the other."""

PORTION = 120
"""Articles that flow while their number changes, and as many again that are timed after it."""

KILL = """
import os, pathlib, signal
for proc in pathlib.Path("/proc").glob("[0-9]*"):
    if b"\\0tag-stream\\0" in (proc / "cmdline").read_bytes() and proc.name != "1":
        os.kill(int(proc.name), signal.SIGKILL)
"""
"""Kills a tagger as a lack of memory does: Docker starts it again."""

FLOW_SECONDS = 600.0
"""Seconds within which a portion is through, on a busy machine; a guess."""


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder, story = Path(name), load_story()
        of_story = files("services.scenario")
        prepare(
            folder,
            story.outlets | {"flow": "Flow"},
            {n: (of_story / n).read_text("utf-8") for n in ("watches.yaml", "actors.yaml")},
        )
        compose = Compose(
            "reportedly-test",
            PORT,
            folder,
            REPORTEDLY_PARTITIONS="3",
            REPORTEDLY_NEW_ENTRIES_PER_HOUR="100000",
        )
        player = Player(
            story,
            ComposeStage(compose, folder / "feeds"),
            folder / "news" / "clock",
            folder / "out" / "deliveries.jsonl",
            Console(soft_wrap=True),
        )
        player.prepare()
        flow(player.stage, story, 0)
        try:
            run(compose, player)
            say("all of it came true")
            return 0
        except AssertionError as error:
            say(f"FAILED: {error}")
            compose("logs", "--no-color", "--tail", "40", check=False)
            return 1
        finally:
            if "--keep" not in sys.argv:
                compose.remove()


def run(compose: Compose, player: Player) -> None:
    compose.make_secrets()
    began = time.monotonic()
    compose("up", "-d", "--build", "--wait", "--wait-timeout", "600")
    say(f"healthy after {time.monotonic() - began:.0f} s")
    assert player.play(), "the story was not told as expected"
    eventually(
        "its articles in the search",
        lambda: compose.ask("articles")["total"] == len({e.path for e in player.story.entries}),
    )
    assert compose.ask("claims?event=killed")["items"], "no claim in the search"

    rates = [scaled(compose, player, k * 2 * PORTION, n) for k, n in enumerate(TAGGERS)]
    for n, rate in zip(TAGGERS, rates, strict=True):
        say(f"{n} taggers: {rate:.1f} articles a second, from the feed to the search")
    n_flowed, n_sent = flowed(compose), 2 * PORTION * len(TAGGERS)
    assert n_flowed == n_sent, f"{n_flowed} documents for {n_sent} articles"
    say(f"{n_sent} articles flowed while taggers came and went: none lost, none twice")
    refused_logins(compose)


def scaled(compose: Compose, player: Player, n_before: int, n: int) -> float:
    """Let so many taggers share the work while articles flow, and kill one of three in between.

    Return the articles a second of a portion after that.
    """
    flow(player.stage, player.story, n_before + PORTION // 2)
    compose("up", "-d", "--no-build", "--no-deps", "--no-recreate", "--scale", f"tagger={n}",
            "tagger")  # fmt: skip
    if n == max(TAGGERS):
        compose("exec", "-T", "--index", "1", "tagger", "python", "-c", KILL, check=False)
    flow(player.stage, player.story, n_before + PORTION)
    eventually(f"{n} taggers share the work", lambda: members(compose) == n, FLOW_SECONDS)
    _through(compose, n_before + PORTION)
    began = time.monotonic()
    flow(player.stage, player.story, n_before + 2 * PORTION)
    _through(compose, n_before + 2 * PORTION)
    return PORTION / (time.monotonic() - began)


def _through(compose: Compose, n: int) -> None:
    eventually(f"{n} articles in the search", lambda: flowed(compose) >= n, FLOW_SECONDS)


def members(compose: Compose) -> int:
    """Return how many taggers share the partitions."""
    group = compose.health().get("tagger", {}).get("groups", {}).get("tagger")
    return group["members"] if group else 0


def refused_logins(compose: Compose) -> None:
    """A wrong password of either engine is one line, with the user and what to check."""
    for engine in ("KAFKA", "ELASTIC"):
        wrong = ("-e", f"REPORTEDLY_{engine}_PASSWORD_FILE=/app/deploy/init.sh")
        command = ["topics", "apply"] if engine == "KAFKA" else ["templates", "apply"]
        told = compose.run("run", "--rm", "-T", *wrong, "operator", *command)
        lines = [line for line in told.stderr.splitlines() if "refuses" in line]
        say(f"a wrong password ({engine}): {lines}")
        assert told.returncode != 0, told.stderr
        assert len(lines) == 1, told.stderr
        assert "operator" in lines[0], lines
        assert f"REPORTEDLY_{engine}_PASSWORD" in lines[0], lines


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


def flowed(compose: Compose) -> int:
    total: int = compose.ask("articles?outlet=Flow&size=1")["total"]
    return total


if __name__ == "__main__":
    sys.exit(main())
