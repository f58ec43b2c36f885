"""The compose system as a test has it: project name, port, volumes, and feeds are its own."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from services.commands.demo import STAGES
from services.scenario.player import HeldBack, StageState

ROOT = Path(__file__).parents[3]
FEEDS_URL = "http://feeds:8000"
REFRESH = """
import base64, os, pathlib, urllib.request as http
password = pathlib.Path(os.environ["REPORTEDLY_ELASTIC_PASSWORD_FILE"]).read_text()
login = base64.b64encode(f"indexer:{password}".encode()).decode()
ours = "/articles,incidents,claims,alerts,suppressed"
url = os.environ["REPORTEDLY_ELASTIC_URL"] + ours + "/_refresh?ignore_unavailable=true"
http.urlopen(http.Request(url, method="POST", headers={"authorization": f"Basic {login}"}))
"""
"""Lets a search find all that is stored. It runs in a container of ours:
the engine's may have neither curl nor Python."""


class Compose:
    """The system of one project. `folder` holds its feeds, clock, watches, and deliveries."""

    def __init__(self, project: str, port: int, folder: Path, **variables: str) -> None:
        files = "-f docker-compose.yml -f tests/e2e/compose/compose.yml"
        self._command = f"docker compose -p {project} {files}".split()
        self._port = port
        self._token = ""
        self.environment = {
            **os.environ,
            "TEST_DIR": str(folder),
            "CONFIG_DIR": str(folder / "config"),
            "SECRETS_DIR": str(folder / "secrets"),
            "API_PORT": str(port),
            "REPORTEDLY_POLL_INTERVAL_SECONDS": "1",
            # The networks from which Docker takes those of a project.
            "REPORTEDLY_FETCH_ALLOW_NETWORKS": "172.16.0.0/12,192.168.0.0/16",
            **variables,
        }

    def __call__(self, *arguments: str, check: bool = True) -> None:
        """Run a command of docker compose; its output goes to ours."""
        done = self._run(arguments, capture=False)
        assert not check or done.returncode == 0, (
            f"docker compose {' '.join(arguments)} ended with {done.returncode}"
        )

    def make_secrets(self) -> None:
        """Make the engines' passwords, as a new operator does first; the image is built for it."""
        self("run", "--rm", "secrets")

    def said(self, *arguments: str) -> str:
        """Return what a command of docker compose says; its exit code tells nothing here."""
        return self.run(*arguments).stdout

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of docker compose; return its exit code and what it says."""
        return self._run(arguments, capture=True)

    def health(self) -> dict[str, Any]:
        """Return the rows of `reportedly health` by service. Groups are those of all containers."""
        told = self.said("exec", "-T", "api", "reportedly", "health", "--json")
        return {row["name"]: row for row in json.loads(told or "[]")}

    def ask(self, path: str) -> dict[str, Any]:
        """Return what the API lists; nothing while it can't answer."""
        try:
            url = f"http://127.0.0.1:{self._port}/v1/{path}"
            headers = {"authorization": f"Bearer {self._own_token()}"}
            request = urllib.request.Request(url, headers=headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                listed: dict[str, Any] = json.load(answer)
                return listed
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            say(f"the API does not answer: {error}")
            return {"total": 0, "items": []}

    def _own_token(self) -> str:
        """Return a token of this test, made as docs/api.md says; "" while none can be made."""
        if not self._token:
            command = ("reportedly", "tokens", "add", "test", "--scope", "operator")
            self._token = self.said("exec", "-T", "api", *command).strip()
        return self._token

    def remove(self) -> None:
        self("down", "--volumes", "--timeout", "20", check=False)

    def _run(self, arguments: tuple[str, ...], capture: bool) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*self._command, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.PIPE if capture else None,
            text=True,
            check=False,
        )


class ComposeStage:
    """Feeds as files that a container serves, the ledger as the API lists it,
    and groups as `reportedly health` tells them.
    """

    def __init__(self, compose: Compose, folder: Path) -> None:
        self._compose = compose
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
        return self.all_polls()[name]

    def all_polls(self) -> Counter[str]:
        """Return how often the log of the feeds' server tells of a request for each feed."""
        log = self._compose.said("logs", "--no-log-prefix", "feeds")
        return Counter(re.findall(r'"GET /([\w-]+\.xml) ', log))

    def states(self) -> list[StageState]:
        """Return the stages by their groups: a process sees no heartbeat of another container."""
        rows = self._compose.health()
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

    def newly_held_back(self, to_end: bool = False) -> list[HeldBack]:
        if to_end:
            self._compose("exec", "-T", "indexer", "python", "-c", REFRESH)
        else:
            time.sleep(0.3)  # between two questions to the API, not for order
        rows = [
            row
            for row in self._compose.ask("suppressed?size=200")["items"]
            if row["suppressed_id"] not in self._listed
        ]
        self._listed |= {row["suppressed_id"] for row in rows}
        return [HeldBack(row["watch_id"], row["reason"], row["title"] or "") for row in rows]


def prepare(folder: Path, outlets: Mapping[str, str], config: Mapping[str, str]) -> None:
    """Make the folders that compose.yml mounts, with the list of feeds, other files of /config,
    and an empty log of deliveries.
    """
    for name, mode in (("config", 0o755), ("feeds", 0o755), ("news", 0o755), ("out", 0o777)):
        (folder / name).mkdir(parents=True)
        (folder / name).chmod(mode)
    folder.chmod(0o755)
    feeds = [{"url": f"{FEEDS_URL}/{key}.xml", "outlet": name} for key, name in outlets.items()]
    for name, text in {**config, "feeds.yaml": yaml.safe_dump(feeds)}.items():
        (folder / "config" / name).write_text(text, encoding="utf-8")
    # A file that our container makes is readable by its user alone.
    deliveries = folder / "out" / "deliveries.jsonl"
    deliveries.touch()
    deliveries.chmod(0o666)


def eventually(
    what: str, probe: Callable[[], Any], seconds: float = 120.0, quiet: bool = False
) -> None:
    began = time.monotonic()
    while not probe():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.3)
    if not quiet:
        say(f"{what}: after {time.monotonic() - began:.1f} s")


def say(line: str) -> None:
    sys.stderr.write(line + "\n")
