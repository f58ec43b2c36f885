"""The compose system from an empty volume to an alert, a killed tagger in between: exit 0 if all of it comes true.

Needs a Docker engine with the compose plugin; takes its own project name, ports, and volumes, and removes them at the end.
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
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.scenario.story import Entry, feed_xml, load_story

ROOT = Path(__file__).parents[3]
PORT = os.environ.get("API_PORT", "18088")
FEED = "http://feeds:8000"
COMPOSE = ("docker", "compose", "-p", "reportedly-test", "-f", "docker-compose.yml", "-f", "tests/e2e/compose/compose.yml")
WATCH = """\
- id: halvane
  name: Orran Liberation Front leadership
  query: 'Halvane'
  deliver: [{to: "log:"}]
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        environment = prepare(folder)
        try:
            return play(folder, environment)
        except AssertionError as error:
            say(f"FAILED: {error}")
            compose(environment, "logs", "--no-color", "--tail", "40", check=False)
            return 1
        finally:
            if "--keep" not in sys.argv:
                compose(environment, "down", "--volumes", "--timeout", "20", check=False)


def prepare(folder: Path) -> dict[str, str]:
    """Write the feed list, the watch, and an empty feed; return the environment of the compose file."""
    (folder / "feeds.yaml").write_text(f"- {{url: '{FEED}/feed.xml', outlet: Harbour Courier}}\n", encoding="utf-8")
    (folder / "watches.yaml").write_text(WATCH, encoding="utf-8")
    publish(folder, [])
    ours = {"TEST_FEEDS_DIR": name_of(folder), "CONFIG_DIR": name_of(folder), "API_PORT": PORT}
    polling = {"REPORTEDLY_POLL_INTERVAL_SECONDS": "2", "REPORTEDLY_FETCH_ALLOW_PRIVATE": "true", "REPORTEDLY_PARTITIONS": "2"}
    return {**os.environ, **ours, **polling}


def play(folder: Path, environment: dict[str, str]) -> int:
    story = load_story().entries
    began = time.monotonic()
    compose(environment, "up", "-d", "--build", "--wait", "--wait-timeout", "600")
    say(f"healthy after {time.monotonic() - began:.0f} s")

    now = datetime.now(UTC).replace(microsecond=0)
    first = replace(story[0], at=now - timedelta(minutes=2))
    publish(folder, [first])
    alert = eventually("an alert on the first article", lambda: items("alerts"))[0]
    assert alert["watch_id"] == "halvane", alert
    eventually("the article in the search", lambda: items("articles?q=airstrike"))
    eventually("a claim", lambda: items("claims?event=killed"))

    compose(environment, "kill", "tagger")
    publish(folder, [first, replace(story[3], at=now - timedelta(minutes=1))])
    compose(environment, "up", "-d", "--no-build", "--scale", "tracker=2", "tagger", "tracker")
    eventually("both articles after the tagger was killed", lambda: len(items("articles")) == 2)
    eventually("the alert revised", lambda: items("alerts")[0]["version"] > alert["version"])
    say("all of it came true")
    return 0


def publish(folder: Path, entries: list[Entry]) -> None:
    """Put the feed in place at once: the poller never sees half of it."""
    fresh = folder / "feed.new"
    fresh.write_bytes(feed_xml("Harbour Courier", entries, FEED))
    fresh.chmod(0o644)
    fresh.replace(folder / "feed.xml")


def items(path: str) -> list[dict[str, Any]]:
    """Return what the API lists; nothing while it can't answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/v1/{path}", timeout=10) as answer:
            rows: list[dict[str, Any]] = json.load(answer)["items"]
            return rows
    except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
        say(f"the API does not answer: {error}")
        return []


def eventually(what: str, probe: Callable[[], Any], seconds: float = 120.0) -> Any:
    began = time.monotonic()
    while not (found := probe()):
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.5)
    say(f"{what}: after {time.monotonic() - began:.1f} s")
    return found


def compose(environment: dict[str, str], *arguments: str, check: bool = True) -> None:
    done = subprocess.run([*COMPOSE, *arguments], cwd=ROOT, env=environment, check=False)
    assert not check or done.returncode == 0, f"docker compose {' '.join(arguments)} ended with {done.returncode}"


def name_of(folder: Path) -> str:
    return str(folder.resolve())


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
