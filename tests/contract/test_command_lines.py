"""Every command that a document names is there, with the options that it shows."""

import re
from pathlib import Path

import click
import pytest

from services.cli import root

ROOT = Path(__file__).parents[2]
NAMES = ("operations.md", "signs.md", "dashboards.md", "feeds.md", "delivery.md")
SPAN = re.compile(r"`(?:[A-Z_]+=\S+ )*reportedly ([^`]+)`")


def unknown(line):
    """Return the first word of a command line that this program does not know; "" if none."""
    command: click.Command = root
    words = line.split()
    while words and isinstance(command, click.Group):
        word = words.pop(0)
        found = command.get_command(click.Context(command), word)
        if found is None:
            return "" if word.startswith("-") or word.isupper() else word
        command = found
    options = {flag for parameter in command.params for flag in (*parameter.opts, "--help")}
    asked = (word.partition("=")[0] for word in words if word.startswith("--"))
    return next((option for option in asked if option not in options), "")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("dlq redrive TOPIC", ""),
        ("dlq redive TOPIC", "redive"),
        ("deliveries redrive --to CHANNEL", ""),
        ("deliveries redrive --channel CHANNEL", "--channel"),
    ],
)
def test_a_wrong_word_is_found(line, word):
    assert unknown(line) == word


@pytest.mark.parametrize("name", NAMES)
def test_a_document_names_commands_that_are_there(name):
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    lines = [line.replace("\n", " ") for line in SPAN.findall(text)]
    assert lines
    assert [line for line in lines if unknown(line)] == []
