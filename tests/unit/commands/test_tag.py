"""`reportedly tag`: lines in, lines out, in order, whatever is between them."""

import json

import pytest
from click.testing import CliRunner

from services.commands.tag import tag as command


@pytest.fixture(scope="module")
def run():
    def one(text, *arguments):
        result = CliRunner().invoke(command, list(arguments), input=text)
        return result, [
            json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")
        ]

    return one


def line(**kw):
    return json.dumps({"id": "1", "title": "", "text": ""} | kw)


def test_rows_keep_their_order_and_ids_and_bad_lines_say_where(run):
    lines = [
        line(id="b", text="Gunmen killed Marta Olvin."),
        "{",
        line(id="a"),
        '["not an article"]',
        '{"title": "no id"}',
    ]
    result, rows = run("\n".join(lines))
    assert [r.get("article_id") or r["line"] for r in rows] == ["b", 2, "a", 4, 5]
    assert [bool(r.get("error")) for r in rows] == [False, True, False, True, True]
    assert result.exit_code == 1
    assert "3 lines could not be read" in result.stderr


def test_good_lines_alone_are_success(run):
    result, rows = run(
        line(
            title="Marta Olvin killed",
            published_at="2031-05-02T06:00:00Z",
            url="https://a.example/1",
        )
    )
    assert (result.exit_code, rows[0]["version"], rows[0]["stance"]) == (0, 1, "asserted")
    assert "tagged_at" not in rows[0] or rows[0]["tagged_at"] is None


def test_a_dictionary_of_ones_own_names_its_people(run, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "actors:\n  - {id: marta, type: person, name: Marta Olvin, aliases: [The Tanner]}\n"
    )
    _, rows = run(line(text="The Tanner was arrested."), "--lexicon", str(own))
    assert rows[0]["reports"][0]["claim_block"] == "custody:marta"


def test_help_shows_how():
    result = CliRunner().invoke(command, ["--help"])
    assert "Examples:" in result.stdout


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        pytest.param("not json", "not-json: JSON is malformed", id="no JSON"),
        pytest.param('{"title": "no id"}', "missing required field `id`", id="no id"),
        pytest.param('["no article"]', "Expected `object`, got `array`", id="no object"),
        pytest.param('{"id": "1", "published_at": "2031-13-45"}', "$.published_at", id="no time"),
        pytest.param(b'{"id": "1", "title": "caf\xe9"}', "not UTF-8", id="another encoding"),
    ],
)
def test_a_line_that_is_no_article_is_told_in_words(run, bad, told):
    result, rows = run(bad)
    assert told in rows[0]["error"]
    assert "Error:" not in rows[0]["error"]
    assert result.exit_code == 1


def test_half_an_emoji_does_not_cost_the_article(run):
    result, rows = run(
        '{"id": "1", "title": "Marta Olvin killed \\ud83d", "text": "A \\udc00 bomb."}'
    )
    assert (result.exit_code, rows[0]["text"]) == (0, "Marta Olvin killed\n\nA  bomb.")
