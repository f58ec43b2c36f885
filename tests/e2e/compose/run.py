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
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from e2e.compose.system import FEEDS_URL, Compose, ComposeStage, eventually, prepare, say
from rich.console import Console

from services.scenario.player import Player
from services.scenario.story import Entry, Story, feed_xml, load_story

PORT = int(os.environ.get("API_PORT", "18088"))

FLOWING, STEPS = 400, 20
"""Articles that flow while taggers come and go, and the portions in which their feed grows."""


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder, story = Path(name), load_story()
        of_story = files("services.scenario")
        prepare(
            folder,
            story.outlets | {"flow": "Flow"},
            {n: (of_story / n).read_text("utf-8") for n in ("watches.yaml", "actors.yaml")},
        )
        compose = Compose("reportedly-test", PORT, folder, REPORTEDLY_PARTITIONS="2")
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
    began = time.monotonic()
    compose("up", "-d", "--build", "--wait", "--wait-timeout", "600")
    say(f"healthy after {time.monotonic() - began:.0f} s")
    assert player.play(), "the story was not told as expected"
    eventually(
        "its articles in the search",
        lambda: compose.ask("articles")["total"] == len({e.path for e in player.story.entries}),
    )
    assert compose.ask("claims?event=killed")["items"], "no claim in the search"

    compose("up", "-d", "--no-build", "--wait", "--scale", "tagger=2", "tagger")
    for step in range(1, STEPS + 1):
        flow(player.stage, player.story, step * FLOWING // STEPS)
        if step == STEPS // 2:
            compose("kill", "--signal", "KILL", "tagger")
            compose("up", "-d", "--no-build", "--wait", "--scale", "tagger=2", "tagger")
        eventually(
            f"portion {step}",
            partial(have_flowed, compose, (step - 2) * FLOWING // STEPS),
            quiet=True,
        )
    eventually(f"all {FLOWING} articles that flowed", partial(have_flowed, compose, FLOWING))
    n_flowed = flowed(compose)
    assert n_flowed == FLOWING, f"{n_flowed} documents for {FLOWING} articles"


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


def have_flowed(compose: Compose, n: int) -> bool:
    return flowed(compose) >= n


if __name__ == "__main__":
    sys.exit(main())
