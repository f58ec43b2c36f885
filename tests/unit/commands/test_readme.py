"""Each command of the README that needs no server runs
as written, from the folder of a fresh clone.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.cli import root
from services.commands.feed_files import check_feed_files, read_feeds
from services.commands.watches import check_files, read_file
from services.scenario.story import load_story
from services.settings import Settings

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
NEEDS_A_SYSTEM = (
    "make",
    "docker compose ",
    ".venv/bin/reportedly health",
    ".venv/bin/reportedly alerts list",
    ".venv/bin/reportedly claims list",
    ".venv/bin/reportedly search halvane --facets",
    ".venv/bin/reportedly claims show CLAIM_ID",
)


def command_lines():
    """Return the command lines of the README's console blocks,
    without prompt, comment, and line breaks.
    """
    blocks = re.findall(r"^```console\n(.*?)^```", TEXT, re.M | re.S)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [
        re.sub(r"\s+# .*", "", line.removeprefix("$ ")) for line in lines if line.startswith("$ ")
    ]


ALONE = [
    line for line in command_lines() if "--file" in line or not line.startswith(NEEDS_A_SYSTEM)
]


def yaml_blocks():
    return re.findall(r"^```yaml\n(.*?)^```", TEXT, re.M | re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that has the files of a clone which the README names,
    and keeps what the commands write.
    """
    path = tmp_path_factory.mktemp("clone")
    (path / "examples").symlink_to(ROOT / "examples")
    return path


@pytest.fixture(scope="module")
def run(folder):
    """A function that runs a command line once,
    after those above it, and returns what came of it.
    """
    done: dict[str, subprocess.CompletedProcess[str]] = {}

    def once(line):
        for each in ALONE[: ALONE.index(line) + 1]:
            if each not in done:
                done[each] = in_a_shell(each, folder, done)
        return done[line]

    return once


def in_a_shell(line, folder, done):
    listed = next(
        (
            told.stdout
            for above, told in done.items()
            if "claims list" in above and "echo" not in above
        ),
        "",
    )
    ours = line.replace(".venv/bin/reportedly", f"{shlex.quote(sys.executable)} -m services")
    ours = ours.replace("CLAIM_ID", listed.partition(" ")[0])
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = ["bash", "-o", "pipefail", "-c", ours]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_readme_shows_commands_of_every_kind():
    assert len(ALONE) >= 4
    assert {"tag", "fold", "backtest", "why", "show"} <= set(" ".join(ALONE).split())


@pytest.mark.parametrize("line", ALONE)
def test_a_command_that_needs_no_server_runs_as_written(line, run):
    told = run(line)
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() or ">" in line
    assert "no dictionary" not in told.stderr


def test_the_watches_of_the_readme_are_used_without_a_remark(tmp_path):
    blocks = yaml_blocks()
    assert blocks
    for number, block in enumerate(blocks):
        path = tmp_path / f"{number}.yaml"
        path.write_text(block)
        assert check_files([str(path)], Settings()) == []
        assert read_file(str(path))


def test_the_examples_are_used_without_a_remark():
    assert check_files([str(ROOT / "examples" / "watches.yaml")], Settings()) == []
    assert check_feed_files([str(ROOT / "examples" / "feeds.opml")], Settings()) == []


def test_what_the_readme_says_of_the_demo_is_what_the_story_expects():
    """The alert that the README shows is the one that the demo must print to succeed."""
    shown = re.search(r"\((\d+) independent sources\)", TEXT)
    assert shown is not None
    outcomes = [outcome for told in load_story().expected.values() for outcome in told]
    assert ("corroborated", int(shown.group(1))) in {(o.status, o.independent) for o in outcomes}
    titles = {entry.title for entry in load_story().entries}
    assert re.search(r"publishes: (.+)", TEXT).group(1) in titles


def test_the_files_that_the_readme_gives_to_up_can_be_used():
    (line,) = [line for line in command_lines() if line.startswith("make up ")]
    given = dict(word.split("=") for word in line.split()[2:])
    assert len(read_feeds(str(ROOT / given["FEEDS"]))) >= 3
    assert len(read_file(str(ROOT / given["WATCHES"]))) >= 2


def test_each_watch_of_the_examples_finds_an_article_of_the_examples():
    watches, articles = str(ROOT / "examples/watches.yaml"), str(ROOT / "examples/articles.jsonl")
    rows = CliRunner().invoke(root, ["match", "--watches", watches, articles]).stdout.splitlines()
    found = {json.loads(row)["watch_id"] for row in rows}
    assert found == {watch.id for watch in read_file(watches)}


def test_every_file_that_the_readme_names_is_there():
    named = set(re.findall(r"\]\(([\w./-]+)\)|((?:examples|docs)/[\w./-]+)", TEXT))
    paths = {first or second for first, second in named}
    assert {
        "examples/feeds.opml",
        "examples/watches.yaml",
        "examples/articles.jsonl",
        "docs/operations.md",
    } <= paths
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []
