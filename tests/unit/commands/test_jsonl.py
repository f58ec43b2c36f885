"""Lines of JSON: any value comes back as it was written, anything else is refused in words."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.commands import jsonl
from services.commands.jsonl import parse_line, read_lines
from services.errors import ConfigError, InvalidMessage

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
    assert parse_line(json.dumps({"title": before + surrogate + after}).encode()) == {"title": before + after}


@given(st.binary())
def test_whatever_else_a_line_holds_is_refused_in_words(line):
    with contextlib.suppress(InvalidMessage):
        parse_line(line)


@pytest.mark.parametrize("start", [b"", b'["\\ud800",'], ids=["plain", "with half a character"])
def test_a_nest_too_deep_to_read_is_refused(start):
    with pytest.raises(InvalidMessage):
        parse_line(start + b"[" * 100_000)


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"a": ' * 100_000, b'{"id": "\\ud83d", "a": ' + b"[" * 100_000])
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
