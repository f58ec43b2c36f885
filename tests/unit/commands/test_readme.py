"""Each command of the README that needs no server runs as written, from the folder of a fresh clone."""

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
from services.commands.feed_files import read_feeds
from services.commands.watches import read_file

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
NEEDS_A_SYSTEM = ("make", ".venv/bin/reportedly health", ".venv/bin/reportedly claims")


def command_lines():
    """Return the command lines of the README's console blocks, without prompt, comment, and line breaks."""
    blocks = re.findall(r"^```console\n(.*?)^```", TEXT, re.M | re.S)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [re.sub(r"\s+# .*", "", line.removeprefix("$ ")) for line in lines if line.startswith("$ ")]


ALONE = [line for line in command_lines() if not line.startswith(NEEDS_A_SYSTEM)]


def test_the_readme_shows_commands_of_every_kind():
    assert len(ALONE) >= 4
    assert {"tag", "fold", "backtest", "why"} <= set(" ".join(ALONE).split())


@pytest.mark.parametrize("line", ALONE)
def test_a_command_that_needs_no_server_runs_as_written(line):
    ours = line.replace(".venv/bin/reportedly", f"{shlex.quote(sys.executable)} -m services")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.run(
        ["bash", "-o", "pipefail", "-c", ours], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip()


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
    assert {"examples/feeds.opml", "examples/watches.yaml", "examples/articles.jsonl", "docs/operations.md"} <= paths
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []
