"""Lines of JSON: any value comes back as it was written, anything else is refused in words."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.commands.jsonl import parse_line
from services.errors import InvalidMessage

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
