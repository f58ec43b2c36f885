"""`reportedly tag`: lines in, lines out, in order, whatever is between them."""

import json

import pytest
from click.testing import CliRunner

from services.commands.tag import tag as command


@pytest.fixture(scope="module")
def run():
    def one(text, *arguments):
        result = CliRunner().invoke(command, list(arguments), input=text)
        return result, [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]

    return one


def line(**kw):
    return json.dumps({"id": "1", "title": "", "text": ""} | kw)


def test_rows_keep_their_order_and_ids_and_bad_lines_say_where(run):
    lines = [line(id="b", text="Gunmen killed Marta Olvin."), "{", line(id="a"), '["not an article"]', '{"title": "no id"}']
    result, rows = run("\n".join(lines))
    assert [r.get("article_id") or r["line"] for r in rows] == ["b", 2, "a", 4, 5]
    assert [bool(r.get("error")) for r in rows] == [False, True, False, True, True]
    assert result.exit_code == 1
    assert "3 lines could not be read" in result.stderr


def test_good_lines_alone_are_success(run):
    result, rows = run(line(title="Marta Olvin killed", published_at="2031-05-02T06:00:00Z", url="https://a.example/1"))
    assert (result.exit_code, rows[0]["version"], rows[0]["stance"]) == (0, 1, "asserted")
    assert "tagged_at" not in rows[0] or rows[0]["tagged_at"] is None


def test_a_dictionary_of_ones_own_names_its_people(run, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("actors:\n  - {id: marta, type: person, name: Marta Olvin, aliases: [The Tanner]}\n")
    _, rows = run(line(text="The Tanner was arrested."), "--lexicon", str(own))
    assert rows[0]["reports"][0]["claim_block"] == "custody:marta"


def test_help_shows_how():
    result = CliRunner().invoke(command, ["--help"])
    assert "Examples:" in result.stdout
