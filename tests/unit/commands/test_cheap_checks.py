"""What can be told without the language model and
without an engine is told before either is loaded or asked.
"""

import json
import subprocess
import sys

from command_lines import TAKES_FILES

PROGRAM = """
import json, sys
from click.testing import CliRunner
from services.cli import root
from services.errors import ReportedlyError

asked = []
heavy = {"spacy", "services.tagger.pipeline", "confluent_kafka", "elasticsearch"}
def note(event, arguments):
    if event == "socket.connect":
        asked.append(arguments[1])

sys.addaudithook(note)
for words in json.load(sys.stdin):
    given = [word for word in words if word.startswith("REPORTEDLY_")]
    done = CliRunner().invoke(root, words[len(given):], env=dict(word.split("=") for word in given))
    if done.exception and not isinstance(done.exception, ReportedlyError | SystemExit):
        raise done.exception
    told = f"{done.output}{done.exception}"
    loaded = sorted(heavy & sys.modules.keys())
    print(json.dumps([words, told, loaded, [str(address) for address in asked]]))
"""

ARTICLE = '{"id": "a17", "title": "Kadrin spoke", "text": "At noon."}\n'
WATCHES = "- {id: leader, name: Leader, query: 'event:killed'}\n"

WRONG = {
    "why a71 --file LINES --watches WATCHES": "has the id a71: did you mean a17?",
    "why b --file LINES --watches WATCHES": "has the id b: there is a17",
    "why a17 --watch leadr --file "
    "LINES --watches WATCHES": "no watch has the id leadr: did you mean leader?",
    "why a17 --file LINES": "--file and --watches go together",
    "why a17 --file LINES --watches BROKEN": "name is missing",
    "match --watches BROKEN LINES": "name is missing",
    "backtest --watches BROKEN LINES": "name is missing",
    "backtest --watches WATCHES --against BROKEN LINES": "name is missing",
    "backtest --watches WATCHES --from 2031-05-03 --to 2031-05-02 LINES": "is not before",
    "backtest --watches WATCHES --from tomorrow LINES": "is no date or time",
    "tag --lexicon MISSING LINES": "missing: No such file or directory",
    "tag --html FOLDER LINES": "Is a directory",
    "watches test ) LINES": "this bracket was never opened",
    "claims merge x x --why y": "x is one claim already",
    "claims dismiss x --why=": "--why is empty",
    "claims list --status denyed": "did you mean denied?",
    "alerts snooze x --for 40d": "too long to snooze",
    "state show nonsense 0/x": "'nonsense' is not allowed",
}
"""Command line to what is said of it."""


LOAD_THE_MODEL = [
    "tag LINES",
    "match --watches WATCHES LINES",
    "backtest --watches WATCHES LINES",
    "why a17 --file LINES --watches WATCHES",
    "watches test event:killed LINES",
]
READ_DICTIONARIES = [
    "tag LINES",
    "match --watches WATCHES LINES",
    "watches check WATCHES",
    "watches import WATCHES",
]


def substituted(word, places):
    name, is_setting, value = word.rpartition("=")
    return f"{name}{is_setting}{places.get(value, value)}"


def test_wrong_arguments_and_files_are_told_before_anything_is_loaded(tmp_path):
    (tmp_path / "folder").mkdir()
    for name, text in (
        ("lines", ARTICLE),
        ("watches", WATCHES),
        ("broken", "- {id: a, query: x}\n"),
        ("empty", ""),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    missing = {
        line.replace("FILE", "MISSING"): "missing"
        for line in TAKES_FILES
        if "FILE" in line.split() and "schemas" not in line
    }
    wanted = missing | WRONG
    places = {
        name.upper(): str(tmp_path / name)
        for name in ("lines", "watches", "broken", "empty", "folder", "missing", "out")
    }
    wanted |= {
        "REPORTEDLY_LEXICON=MISSING " + line: "REPORTEDLY_LEXICON: " for line in READ_DICTIONARIES
    }
    wanted |= {
        "REPORTEDLY_SPACY_MODEL=none " + line: "REPORTEDLY_SPACY_MODEL is 'none'"
        for line in LOAD_THE_MODEL
    }
    lines = [[substituted(word, places) for word in line.split()] for line in wanted]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(wanted)
    for (words, told, loaded, asked), says in zip(rows, wanted.values(), strict=True):
        assert says in told, (words, told)
        assert (loaded, asked) == ([], []), words
