"""`reportedly names` and `reportedly duplicates`: lines in, verdicts out, bad lines named."""

import json

from click.testing import CliRunner

from services.commands.duplicates import duplicates
from services.commands.names import names


def test_names_adds_a_likeness_and_a_verdict_to_each_line():
    result = CliRunner().invoke(
        names, input="Zahran Alloush\tЗахран Аллуш\nMarta Olvin\tPetr Olvin\n"
    )
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[3] for row in rows] == ["same", "different"]
    assert [row[:2] for row in rows] == [
        ["Zahran Alloush", "Захран Аллуш"],
        ["Marta Olvin", "Petr Olvin"],
    ]
    assert all(0 <= float(row[2]) <= 1 for row in rows)
    assert result.exit_code == 0


def test_a_line_without_a_tab_is_named():
    result = CliRunner().invoke(names, input="Marta Olvin\n")
    assert result.exit_code == 1
    assert "-:1: expected two names with a tab between" in result.stderr


def test_duplicates_tells_what_repeats_what():
    text = " ".join(f"Word{i} of a story" for i in range(30))
    lines = [
        json.dumps({"id": n, "title": "", "text": t})
        for n, t in (("a", text), (7, "Short."), ("b", text + " End."))
    ]
    result = CliRunner().invoke(duplicates, input="\n".join([*lines, "{", '{"text": "no id"}']))
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert rows[0] == {"id": "b", "of": "a", "kind": "copy", "similarity": 1.0}
    assert [row["line"] for row in rows[1:]] == [4, 5]
    assert result.exit_code == 1
