"""Tables and lines of what was found, which nothing in a document can turn into something else."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.forms import COLUMNS, csv_lines, guarded, json_lines
from services.search.marks import Excerpt
from services.search.rows import Row


def table(*rows, kind="articles"):
    return list(csv.DictReader(io.StringIO("".join(csv_lines(kind, rows)), newline="")))


def article(**document):
    return Row("articles", document, ((0, 3),), (Excerpt(0, "hit in it", ((0, 3),)),))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\n+1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\ufeff=1",
    ],
)
def test_no_text_of_a_document_is_a_formula(text):
    (row,) = table(article(title=text, events=[text, "x"]))
    assert row["title"] == f"'{text}"
    assert row["events"].startswith("'")


@pytest.mark.parametrize("text", ["a=1", "1-2", "x@y.example", "", "'=1", "“=1”"])
def test_other_text_is_left_as_it_is(text):
    assert table(article(title=text))[0]["title"] == text


@given(st.text())
def test_a_table_gives_back_every_text(text):
    (row,) = table(article(title=text))
    assert row["title"] == guarded(text)


def test_numbers_are_numbers_and_what_is_missing_is_empty():
    document = {"confidence": 0.5, "killed_min": 3, "event": None}
    (row,) = table(Row("incidents", document), kind="incidents")
    assert (row["confidence"], row["killed_min"], row["event"], row["place_name"]) == (
        "0.5",
        "3",
        "",
        "",
    )


@pytest.mark.parametrize("kind", [*COLUMNS])
def test_an_empty_table_has_the_names_of_its_columns(kind):
    assert next(csv_lines(kind, [])).rstrip("\r\n") == ",".join(COLUMNS[kind])


def test_lines_have_the_document_with_its_marks():
    (line,) = json_lines([article(title="hit in it")])
    assert json.loads(line) == {
        "kind": "articles",
        "title": "hit in it",
        "marks": [[0, 3]],
        "excerpts": [{"start": 0, "text": "hit in it", "marks": [[0, 3]]}],
    }
