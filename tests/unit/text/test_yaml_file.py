"""YAML files of users: what could harm is refused before anything is built,
with file, line, and one sentence.
"""

import json
import subprocess
import sys

import pytest

from services.text import yaml_file
from services.text.problems import FileProblems
from services.text.yaml_file import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    MAX_PROBLEMS,
    compose_yaml,
    read_yaml,
)

LAUGHS = "- &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"- &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
"""Nine lines that stand for 9^9 values."""

HOSTILE = {
    "open brackets": "[" * 100_000,
    "brackets": "[" * 50_000 + "]" * 50_000,
    "open braces": "{a: " * 100_000,
    "dashes": "- " * 100_000,
    "keys": "? " * 100_000,
    "brackets in a field": "- query: " + "[" * 3_000,
    "a list bomb by aliases": LAUGHS,
    "a list that holds itself": "- &a [*a]\n",
    "a mapping that takes over itself": "- &a {<<: *a}\n",
    "a tag": "- !!python/object/apply:os.system [id]\n",
    "one key a hundred thousand times": "a: b\n" * 100_000,
}

READ_ALL = """
import json, sys
from services.alerter.watch_file import check_watches
from services.desk.feeds.checking import check_feeds
from services.tagger.lexicon.matcher import open_lexicon
from services.errors import ConfigError

for name, content in json.load(sys.stdin).items():
    print(name, flush=True)
    assert str(check_watches(content, "w.yaml").problems[0]).startswith("w.yaml:")
    assert str(check_feeds(content.encode(), "f.yaml").problems[0]).startswith("f.yaml:")
    try:
        open_lexicon(content.encode(), "l.yaml")
    except ConfigError as error:
        assert "l.yaml:" in str(error)
"""


def said(content):
    return [str(problem) for problem in read_yaml(content, "w.yaml").problems]


def test_no_file_harms_the_process_that_reads_it():
    """In a process of its own:
    what builds a tree of nodes ends the interpreter where lists stand deep inside each other.
    """
    command = [sys.executable, "-c", READ_ALL]
    done = subprocess.run(
        command, input=json.dumps(HOSTILE), text=True, capture_output=True, timeout=120, check=False
    )
    assert done.stdout.splitlines() == list(HOSTILE), done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("n", "says"), [(MAX_DEPTH, None), (MAX_DEPTH + 1, f"more than {MAX_DEPTH} deep")]
)
def test_lists_may_stand_inside_each_other_to_a_depth(n, says):
    lines = said("[" * n + "]" * n)
    assert lines == [] if says is None else says in lines[0]


def test_a_file_may_hold_a_number_of_values(monkeypatch):
    monkeypatch.setattr(yaml_file, "MAX_NODES", 100)
    assert said("- a\n" * 99) == []
    assert said("- a\n" * 100) == [
        "w.yaml:100: the file holds more than 100 values: make several files of it"
    ]
    assert MAX_NODES == 500_000


@pytest.mark.parametrize(("n", "is_read"), [(MAX_BYTES, True), (MAX_BYTES + 1, False)])
def test_a_file_may_have_a_number_of_bytes(n, is_read):
    lines = said(b"a" * n)
    assert (
        lines == []
        if is_read
        else lines == ["w.yaml:1: the file is larger than 16 MB: make several files of it"]
    )


def test_mistakes_are_reported_up_to_a_number_and_each_once():
    twice = "".join(f"a{n}: 1\n" for n in range(MAX_PROBLEMS + 5))
    assert len(said(twice * 2)) == MAX_PROBLEMS
    assert len(said("[&a x, &a y]")) == 1


def test_every_key_given_twice_is_told_and_the_file_is_read_on():
    root, problems = read_yaml("- id: a\n  id: b\n- id: c\n  name: d\n  name: e\n", "w.yaml")
    assert [problem.line for problem in problems] == [2, 5]
    assert root is not None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("- a\n--- b\n", "w.yaml:2: a second document begins here (---)"),
        ("- *a\n", "w.yaml:1: *a can't be read: put a text that begins with * in quotes"),
        ('<?xml version="1.0"?>\n<opml/>', "w.yaml:1: this is XML or HTML: YAML is expected"),
        (
            '{"id": "a"}\n{"id": "b"}\n',
            "w.yaml:2: the list ends above, and more follows: a file holds one list",
        ),
        ("- &a b\n", "w.yaml:1: &a can't be read"),
        ("- {<<: {a: b}}\n", "w.yaml:1: << can't be read: write the fields out"),
        ("- !!str b\n", "w.yaml:1: a tag (!…) can't be read"),
        ("- ? [a]\n  : b\n", "w.yaml:1: the name of a field must be a word"),
        ("- @a\n", "w.yaml:1: no text can begin with this character"),
        ("a\nb\x01", "w.yaml:2: a character that no YAML file may hold (code 1)"),
        (b"\xff\xfe-\x00", "w.yaml:1: the file is not in UTF-8"),
        (b"- a\n- \xe9t\xe9\n", "w.yaml:2: the file is not in UTF-8"),
    ],
)
def test_what_is_refused_is_told_with_its_line(content, says):
    assert said(content)[0].startswith(says)
    with pytest.raises(FileProblems):
        compose_yaml(content, "w.yaml")


def test_half_an_emoji_and_a_mark_of_byte_order_are_no_mistake():
    assert said("- a\ud83d\n") == []
    assert said(b"\xef\xbb\xbf- a\n") == []
