"""Compose scaled in mid-story: the claims and alerts are those of a system that nobody scaled.

The demo's story is told twice to a system of its own, from empty volumes, with ten stories
beside it (scale_story.yaml). The second time tracker and alerter get a second replica while
articles flow, one tracker is killed as by a lack of memory, and both are scaled down again.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from e2e.compose.seen import differences, kept, seen_of
from e2e.compose.system import FEEDS_URL, Compose, ComposeStage, eventually, prepare, say

from services.commands.health import GROUPS
from services.scenario.player import POLLS, set_clock
from services.scenario.story import Entry, Story, feed_xml, load_story

PROJECT = "reportedly-scale"
SCALED = ("tracker", "alerter")
ROWS = {"tracker": ("article-blocks", "tracker-state"), "alerter": ("alerter-state",)}
"""Service to the topics of its state, whose rows stand in the volume that its replicas share."""

GROUPS_OF = [(service, group) for service, groups in GROUPS.items() for group in groups]
"""Service and consumer group."""

PARTITIONS = 12
"""As the compose file has it unless it is told otherwise."""

UP, KILLED, DOWN = 4, 6, 9
"""Steps in the midst of which tracker and alerter get a second replica, a tracker dies, and each
has one replica again."""

START_SECONDS = 900.0
"""Seconds in which all services are healthy, with the build of the image; a guess."""

STEP_SECONDS = 600.0
"""Seconds in which a step is told, on a busy machine and with a rebalance; a guess."""

OPEN_ROWS = """
import pathlib
for link in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
    try:
        name = str(link.readlink())
    except OSError:
        continue
    if name.startswith("/var/lib/reportedly/") and not name.endswith((".lock", "-wal", "-shm")):
        print(name.rpartition("/")[2])
"""
"""Writes the files of rows that the processes of a container have open."""

KILL = """
import os, pathlib, signal
for proc in pathlib.Path("/proc").glob("[0-9]*"):
    if b"\\0track\\0" in (proc / "cmdline").read_bytes() and proc.name != "1":
        os.kill(int(proc.name), signal.SIGKILL)
"""
"""Kills a tracker as a lack of memory does. After `docker kill`, Docker does not start it again."""


def main() -> int:
    arguments = _arguments()
    story = load_story()
    with tempfile.TemporaryDirectory() as name:
        try:
            unscaled = kept(
                arguments.unscaled, lambda: told(Path(name) / "unscaled", arguments, story, {})
            )
            scaled = told(
                Path(name) / "scaled",
                arguments,
                story,
                {
                    UP: lambda compose: scale(compose, 2),
                    KILLED: kill_a_tracker,
                    DOWN: lambda compose: scale(compose, 1),
                },
            )
            problems = list(differences(unscaled, scaled))
        except AssertionError as error:
            problems = [str(error)]
    for line in problems:
        say(f"FAILED: {line}")
    if not problems:
        say("same claims, same alerts")
    return 1 if problems else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Needs a Docker engine with the compose plugin, 8 GB of memory, and about half an "
        "hour. Exit 0 if all is the same.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=18089, help="of the API (default: 18089)")
    parser.add_argument("--keep", action="store_true", help="leave a system that failed running")
    parser.add_argument(
        "--unscaled",
        type=Path,
        metavar="FILE",
        help="what the unscaled system holds in the end: written, or read if the file is there",
    )
    return parser.parse_args()


Act = Callable[[Compose], None]


def told(
    folder: Path, arguments: argparse.Namespace, story: Story, acts: Mapping[int, Act]
) -> dict[str, Any]:
    """Tell the story to a new system, with an act in the midst of some steps.

    Return what it holds in the end.
    """
    stories = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    outlets = story.outlets | stories["outlets"]
    steps = list(steps_of(story, stories))
    of_story = files("services.scenario")
    watches = yaml.safe_load((of_story / "watches.yaml").read_text("utf-8"))
    people = (of_story / "actors.yaml").read_text("utf-8")
    watches = yaml.safe_dump([*watches, *watches_of(stories)])
    prepare(folder, outlets, {"watches.yaml": watches, "actors.yaml": people})
    compose = Compose(PROJECT, arguments.port, folder)
    stage = ComposeStage(compose, folder / "feeds")
    set_clock(folder / "news" / "clock", story.start, 0.0)
    for key, name in outlets.items():
        stage.publish(f"{key}.xml", feed_xml(name, [], FEEDS_URL))
    is_good = False
    try:
        say(f"== {folder.name}")
        start(compose)
        shown: list[Entry] = []
        for number, entries in enumerate(steps):
            set_clock(folder / "news" / "clock", entries[0].at, 0.0)
            tell(compose, stage, outlets, shown, entries, acts.get(number))
            shown += entries
            say(f"step {number}: {len(entries)} articles of {len(shown)}")
        watch_machine(compose)
        seen = seen_of(compose, folder / "out" / "deliveries.jsonl")
        is_good = True
        return seen
    finally:
        if not is_good:
            compose("logs", "--no-color", "--tail", "40", check=False)
        if is_good or not arguments.keep:
            compose.remove()


def steps_of(story: Story, stories: Mapping[str, Any]) -> Iterator[list[Entry]]:
    """Yield the articles of each step: one of the demo's story, and acts of the stories beside it.

    These begin in its first three steps in turn.
    """
    cases = [
        (kind, texts, case) for kind, texts in stories["kinds"].items() for case in texts["cases"]
    ]
    for number, entry in enumerate(story.entries):
        beside = [
            _entry(f"{kind}-{case['place'].lower()}", act, texts[act["id"]], case, entry)
            for begin, (kind, texts, case) in enumerate(cases)
            for act in stories["acts"]
            if begin % 3 + act["after"] == number
        ]
        yield [entry, *beside]


def _entry(
    case_id: str, act: Mapping[str, Any], text: Mapping[str, str], case: Any, beside: Entry
) -> Entry:
    return Entry(
        id=f"{case_id}-{act['id']}",
        outlet=act["outlet"],
        at=beside.at,
        title=text["title"].format(**case),
        text=text["text"].format(**case),
        edit_of=f"{case_id}-{act['edit_of']}" if "edit_of" in act else None,
    )


def watches_of(stories: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a broad watch for each kind of event, and one for the words of each case's name."""
    for kind, texts in stories["kinds"].items():
        yield _watch(f"all-{kind}", kind, claim={"event": [kind]})
        for name in (case["name"] for case in texts["cases"]):
            yield _watch(f"of-{name.lower().replace(' ', '-')}", name, query=f'"{name}"')


def _watch(id: str, name: str, **asks: Any) -> dict[str, Any]:
    return {"id": id, "name": name, **asks, "deliver": [{"to": "log:"}]}


def start(compose: Compose) -> None:
    compose.make_secrets()
    began = time.monotonic()
    compose("up", "-d", "--build", "--wait", "--wait-timeout", f"{START_SECONDS:.0f}")
    say(f"all are healthy after {time.monotonic() - began:.0f} s")
    eventually("each group has a member", lambda: settled(compose, 1), START_SECONDS)
    watch_machine(compose)


def tell(
    compose: Compose,
    stage: ComposeStage,
    outlets: Mapping[str, str],
    shown: Sequence[Entry],
    entries: Sequence[Entry],
    act: Act | None,
) -> None:
    """Publish the articles of a step, with the act after the first half of the feeds."""
    changed = sorted({entry.outlet for entry in entries})

    def publish(keys: Sequence[str]) -> Counter[str]:
        for key in keys:
            of_it = [entry for entry in (*shown, *entries) if entry.outlet == key]
            stage.publish(f"{key}.xml", feed_xml(outlets[key], of_it, FEEDS_URL))
        return stage.all_polls()

    half = len(changed) // 2
    polled = publish(changed[:half])
    if act is not None:
        act(compose)
    polled |= publish(changed[half:])
    n = len(replicas(compose, "tracker"))

    def is_told() -> bool:
        # Read before the stages' states: the feeds come before all of them.
        by_now = stage.all_polls()
        are_read = all(by_now[f"{key}.xml"] - polled[f"{key}.xml"] >= POLLS for key in changed)
        return are_read and settled(compose, n)

    eventually("all stages are done", is_told, STEP_SECONDS)
    if act is not None:
        eventually(f"{n} share the rows rightly", lambda: not rows_problems(compose), STEP_SECONDS)
        watch_machine(compose)


def settled(compose: Compose, n: int) -> bool:
    """True if no message is under way, and each group of tracker and alerter has `n` members.

    The groups stand in the order in which messages pass them, but for what nobody here uses.
    """
    rows = compose.health()
    groups = {group: rows.get(name, {}).get("groups", {}).get(group) for name, group in GROUPS_OF}
    return all(
        group and group["lag"] == 0 and group["members"] > 0 for group in groups.values()
    ) and all(groups[group]["members"] == n for name, group in GROUPS_OF if name in SCALED)


def scale(compose: Compose, n: int) -> None:
    """Give tracker and alerter so many replicas, as an operator does."""
    wanted = [word for service in SCALED for word in ("--scale", f"{service}={n}")]
    compose("up", "-d", "--no-build", "--no-recreate", *wanted)
    assert all(len(replicas(compose, service)) == n for service in SCALED)


def kill_a_tracker(compose: Compose) -> None:
    killed = replicas(compose, "tracker")[0]
    index = killed["Name"].rpartition("-")[2]
    compose("exec", "-T", "--index", index, "tracker", "python", "-c", KILL, check=False)
    eventually("Docker starts the killed tracker again", lambda: restarts(killed["ID"]) == 1)


def restarts(container: str) -> int:
    command = ["docker", "inspect", "--format", "{{.RestartCount}}", container]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def replicas(compose: Compose, service: str) -> list[dict[str, Any]]:
    """Return the running containers of a service, or of all for ""."""
    told = compose.said("ps", "--format", "json", *([service] if service else []))
    return [json.loads(line) for line in told.splitlines()]


def rows_problems(compose: Compose) -> list[str]:
    """Return the rows that no replica has open, or more than one, or one without keeping them."""
    problems = list[str]()
    for service, topics in ROWS.items():
        due = Counter(f"{topic}-{p}.rows" for topic in topics for p in range(PARTITIONS))
        found: Counter[str] = Counter()
        for container in replicas(compose, service):
            index = container["Name"].rpartition("-")[2]
            told = compose.said("exec", "-T", "--index", index, service, "python", "-c", OPEN_ROWS)
            found.update(set(told.splitlines()))
        problems += [f"{service}: {name} is open {k} times" for name, k in (found - due).items()]
        problems += [f"{service}: {name} is not open" for name in due - found]
    return problems


def watch_machine(compose: Compose) -> None:
    """Say the health of each container and the memory that it takes."""
    found = {row["Name"]: row for row in replicas(compose, "")}
    stats = compose.said("stats", "--no-stream", "--format", "json")
    memory = {row["Name"]: row["MemUsage"] for row in map(json.loads, stats.splitlines())}
    for name, row in sorted(found.items()):
        say(f"  {name:<36} {row['Health'] or row['State']:<10} {memory.get(name, '?')}")


if __name__ == "__main__":
    sys.exit(main())
