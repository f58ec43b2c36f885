"""Lines of JSON: any value comes back as it was written, anything else is refused in words."""

import contextlib
import json

import click
import pytest
from builders import claim, hours, tagged
from click.testing import CliRunner
from command_lines import words_of
from hypothesis import given
from hypothesis import strategies as st

from services.cli import root
from services.commands import jsonl
from services.commands.jsonl import MOST_TOLD, Unread, error_row, parse_line, read_lines
from services.errors import ConfigError, InvalidMessage
from services.messages import encode

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner),
    max_leaves=20,
)


@given(_VALUES)
def test_a_written_value_is_read_again(value):
    assert parse_line(json.dumps(value).encode()) == value


@given(_TEXT, st.characters(categories=["Cs"]), _TEXT)
def test_a_lone_surrogate_is_left_out_of_its_text(before, surrogate, after):
    assert parse_line(json.dumps({"title": before + surrogate + after}).encode()) == {
        "title": before + after
    }


@given(st.binary())
def test_whatever_else_a_line_holds_is_refused_in_words(line):
    with contextlib.suppress(InvalidMessage):
        parse_line(line)


@pytest.mark.parametrize("start", [b"", b'["\\ud800",'], ids=["plain", "with half a character"])
def test_a_nest_too_deep_to_read_is_refused(start):
    with pytest.raises(InvalidMessage):
        parse_line(start + b"[" * 100_000)


@pytest.mark.parametrize(
    "text", [b"[" * 100_000, b'{"a": ' * 100_000, b'{"id": "\\ud83d", "a": ' + b"[" * 100_000]
)
def test_a_line_nested_too_deep_is_refused_in_words(text):
    with pytest.raises(InvalidMessage, match="not-json"):
        parse_line(text)


def test_a_line_may_have_a_number_of_bytes(tmp_path, monkeypatch):
    """The limit counts the end of the line; a file without any line ends is never read whole."""
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 2**20)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"1\n" + b"a" * (2**20 - 1) + b"\n2\n")
    assert [number for _, number, _ in read_lines([str(path)])] == [1, 2, 3]
    path.write_bytes(b"1\n" + b"a" * 2**20 + b"\n2\n")
    with pytest.raises(ConfigError, match=r"a\.jsonl:2: the line is longer than 1 MB"):
        list(read_lines([str(path)]))


ARTICLE = b'{"id": "a1", "title": "Kadrin spoke", "text": "At noon."}'
TAGGED = encode(
    tagged("a1", text="Kadrin spoke\n\nAt noon.", published_at=hours(0), seen_at=hours(0))
)
TAKE_LINES = [
    ("fold FILE", TAGGED, ""),
    ("match --watches WATCHES FILE", TAGGED, '"article_id":"a1"'),
    ("match --watches WATCHES FILE", ARTICLE, '"article_id":"a1"'),
    ("backtest --watches WATCHES FILE", TAGGED, '"kind":"first"'),
    ("why a1 --file FILE --watches WATCHES", TAGGED, "told first"),
    ("watches test kadrin FILE", TAGGED, "1 of 1 articles match"),
    ("duplicates FILE", ARTICLE + b"\n" + ARTICLE, '"kind":"copy"'),
    ("names FILE", b"Olvin\tOlvin", "same"),
]


@pytest.mark.parametrize(("line", "good", "found"), TAKE_LINES)
def test_a_line_that_can_not_be_read_is_told_and_the_others_are_worked_on(
    tmp_path, line, good, found
):
    """A row with `error`, which stands for such a line
    of the command before, is told of once and not blamed.
    """
    broken, passed_over = b"{broken", error_row("-", 2, "not-json: broken")
    (tmp_path / "file").write_bytes(b"\n".join([broken, passed_over, passed_over, good]))
    (tmp_path / "watches").write_text("- {id: w, name: W, query: kadrin}\n")
    done = CliRunner().invoke(root, words_of(line, tmp_path))
    assert done.exit_code == 1
    assert found in done.stdout
    told = [
        row.removeprefix("reportedly: ")
        for row in done.stderr.splitlines()
        if row.startswith("reportedly: ")
    ]
    assert told[0].startswith(f"{tmp_path / 'file'}:1: ")
    assert told[1:] == [
        "1 line could not be read",
        "2 rows with `error` passed over: the command before told why",
    ]


def test_what_tag_could_not_read_does_not_disturb_fold():
    first = CliRunner().invoke(root, ["tag"], input=b"{broken\n")
    assert first.stderr.startswith("reportedly: -:1: not-json")
    then = CliRunner().invoke(root, ["fold"], input=first.stdout)
    assert (first.exit_code, then.exit_code) == (1, 1)
    assert (
        then.stderr == "reportedly: 1 row with `error` passed over: the command before told why\n"
    )


@pytest.mark.parametrize(("n", "told"), [(MOST_TOLD, MOST_TOLD), (MOST_TOLD + 1, MOST_TOLD)])
def test_of_many_lines_that_can_not_be_read_the_first_are_told_and_all_are_counted(capsys, n, told):
    unread = Unread()
    for number in range(n):
        unread.tell("f", number, b"{", "not-json")
    with pytest.raises(click.exceptions.Exit) as ended:
        unread.end()
    *each, last = capsys.readouterr().err.splitlines()
    assert (len(each), last, ended.value.exit_code) == (
        told,
        f"reportedly: {n} lines could not be read",
        1,
    )


def test_where_all_can_be_read_nothing_is_said(capsys):
    Unread().end()
    assert capsys.readouterr().err == ""


def test_an_article_about_errors_is_no_row_of_an_error():
    unread = Unread()
    unread.tell("f", 1, b'{"error": "x", "id": 5}', "wrong-schema")
    assert (unread.n, unread.n_passed_over) == (1, 0)


CLAIM = encode(claim())
JUDGEMENT = b'{"judgement_id": "j1", "kind": "note"}'


@pytest.mark.parametrize(
    ("line", "given", "says"),
    [
        ("fold FILE", ARTICLE, "an article that is not tagged yet: `reportedly tag` takes it"),
        ("fold FILE", CLAIM, "a claim: `reportedly claims list --file` takes it"),
        ("fold --judgements FILE EMPTY", CLAIM, "a claim"),
        ("tag FILE", TAGGED, "an article that is tagged already: `reportedly fold` takes it"),
        ("tag FILE", CLAIM, "a claim"),
        ("duplicates FILE", TAGGED, "an article that is tagged already"),
        (
            "match --watches WATCHES FILE",
            JUDGEMENT,
            "a judgement: `reportedly fold --judgements` takes it",
        ),
        ("backtest --watches WATCHES FILE", CLAIM, "a claim"),
        ("why a --file FILE --watches WATCHES", CLAIM, "a claim"),
        ("watches test kadrin FILE", CLAIM, "a claim"),
        ("claims list --file FILE", TAGGED, "an article that is tagged already"),
        ("claims show x --file FILE", ARTICLE, "an article that is not tagged yet"),
    ],
)
def test_rows_of_another_kind_are_told_once_as_what_they_are(tmp_path, line, given, says):
    (tmp_path / "file").write_bytes(given + b"\n" + given)
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "watches").write_text("- {id: w, name: W, query: kadrin}\n")
    done = CliRunner().invoke(root, words_of(line, tmp_path))
    said = f"{done.stderr}{done.exception}"
    assert done.exit_code == 1
    assert said.count(f"{tmp_path / 'file'}:1: this is {says}") == 1
    assert "file:2" not in said
