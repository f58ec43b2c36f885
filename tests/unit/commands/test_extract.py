"""`reportedly extract`: a row for each page, an error row for each that can't be read."""

import json

from click.testing import CliRunner
from pages import PARAGRAPHS, html

from services.commands.extract import extract


def rows(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_page_is_a_row(tmp_path):
    path = tmp_path / "ferry.html"
    path.write_text(html(head='<meta name="date" content="2020-05-06">'))
    done = CliRunner().invoke(extract, [str(path)])
    assert done.exit_code == 0, done.output
    (row,) = rows(done)
    assert (row["file"], row["published_at"]) == (str(path), "2020-05-06")
    assert row["text"] == "\n\n".join(PARAGRAPHS)


def test_a_file_that_is_no_page_is_an_error_row_and_the_others_go_on(tmp_path):
    bad, good = tmp_path / "bad.html", tmp_path / "good.html"
    bad.write_bytes(b"")
    good.write_text(html())
    done = CliRunner().invoke(extract, [str(bad), str(good)])
    assert done.exit_code == 1
    first, second = rows(done)
    assert "no HTML" in first["error"]
    assert second["text"]


def test_a_wrong_selector_is_told_at_once(tmp_path):
    path = tmp_path / "ferry.html"
    path.write_text(html())
    done = CliRunner().invoke(extract, ["--selector", "p[", str(path)])
    assert done.exit_code == 2
    assert "no CSS selector" in done.output
