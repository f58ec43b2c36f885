"""`reportedly match`: rows for every hit, without a server."""

import json

import pytest
from click.testing import CliRunner

from services.cli import root

WATCHES = """
- {id: leader, name: Leader, query: halvane}
- {id: sidebar, name: Sidebar, query: '"orran weather"'}
- {id: nobody, name: Nobody, query: nowhere}
"""
ARTICLE = {
    "id": "a1",
    "title": "Halvane reportedly killed",
    "text": "Halvane was hit.\n\nRelated articles\nOrran weather",
}


def run(tmp_path, *lines, watches=WATCHES):
    (tmp_path / "w.yaml").write_text(watches)
    return CliRunner().invoke(
        root, ["match", "--watches", str(tmp_path / "w.yaml")], input="\n".join(lines)
    )


def test_every_hit_is_a_row_with_its_spans_and_boilerplate_is_named(tmp_path):
    result = run(tmp_path, json.dumps(ARTICLE))
    assert result.exit_code == 0
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"article_id": "a1", "watch_id": "leader", "spans": [[0, 7], [27, 34]]},
        {
            "article_id": "a1",
            "watch_id": "sidebar",
            "spans": [[62, 75]],
            "suppressed": "boilerplate",
        },
    ]


def test_a_line_that_is_no_article_is_told_and_the_others_go_on(tmp_path):
    result = run(tmp_path, "{", json.dumps(ARTICLE), "[]")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert "-:1:" in result.stderr
    assert "-:3:" in result.stderr


def test_a_watch_file_that_can_not_be_used_is_told_with_its_line(tmp_path):
    result = run(tmp_path, watches="- {id: a, name: A, query: the}\n")
    assert "w.yaml:1: the query matches nearly everything" in str(result.exception)


@pytest.mark.parametrize("deliver", ["[]", "[{to: 'mail:me@example.org'}]"])
def test_where_nothing_is_delivered_a_mistake_in_the_channels_stops_nothing(tmp_path, deliver):
    watches = f"- {{id: leader, name: Leader, query: halvane, deliver: {deliver}}}\n"
    result = run(tmp_path, json.dumps(ARTICLE), watches=watches)
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)
