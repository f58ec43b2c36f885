"""`reportedly actors`: what is imported is what the tagger then knows."""

import json

import pytest
from click.testing import CliRunner

from services.commands.actors import actors
from services.errors import ConfigError
from services.tagger.lexicon.matcher import Actors, open_lexicon

OWN = "actors:\n  - {id: marta-olvin, type: person, name: Marta Olvin, aliases: [The Tanner]}\n"


@pytest.fixture
def run(tmp_path):
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "phoenix.txt").write_text("TARVAN_ [TRV]\n+TARVANI\n", encoding="utf-8")
    (tmp_path / "entities.json").write_text(
        '{"id": "Q1", "schema": "Person", "caption": "Petr Olvin"}\n', encoding="utf-8"
    )

    def call(*arguments):
        words = [str(tmp_path / a) if "." in a else a for a in arguments]
        return CliRunner().invoke(actors, words, catch_exceptions=True)

    return call


def test_import_compiles_all_formats_into_one_file(run, tmp_path):
    result = run("import", "own.yaml", "phoenix.txt", "entities.json", "--out", "all.actors")
    assert (result.exit_code, "3 actors, 5 names" in result.stdout) == (0, True)
    known = Actors((open_lexicon((tmp_path / "all.actors").read_bytes(), "all"),))
    text = "Petr Olvin met The Tanner in Tarvan."
    assert [m.actor.id for m in known.find(text)] == ["Q1", "marta-olvin", "tarvan"]
    again = run("import", "all.actors", "--out", "again.actors")
    assert again.exit_code == 0
    assert (tmp_path / "again.actors").read_bytes() == (tmp_path / "all.actors").read_bytes()


def test_list_writes_actors_as_lines(run):
    rows = [json.loads(line) for line in run("list", "own.yaml").stdout.splitlines()]
    assert rows == [
        {"id": "marta-olvin", "type": "person", "name": "Marta Olvin", "aliases": ["The Tanner"]}
    ]
    assert len(run("list").stdout.splitlines()) > 150


def test_check_tells_counts_and_the_first_error(run, tmp_path):
    assert "own.yaml: 1 actor, 2 names" in run("check", "own.yaml").stdout
    (tmp_path / "bad.yaml").write_text(
        OWN + "  - {id: x, type: ghost, name: X}\n", encoding="utf-8"
    )
    error = run("check", "bad.yaml").exception
    assert isinstance(error, ConfigError)
    assert "bad.yaml:3: " in str(error)
    (tmp_path / "twice.yaml").write_text(OWN + OWN.splitlines()[1] + "\n", encoding="utf-8")
    assert "twice.yaml:3: 'Marta Olvin' and 'Marta Olvin' have one id" in str(
        run("check", "twice.yaml").exception
    )


def test_the_older_dictionaries_are_not_in_utf_8(run, tmp_path):
    (tmp_path / "old.txt").write_bytes("PEÑA_FRONT [TRVREB]\n".encode("latin-1"))
    assert (
        '"name":"Peña Front"'
        in run("import", "old.txt", "--out", "old.actors").stdout + run("list", "old.actors").stdout
    )
