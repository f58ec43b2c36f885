"""How near words must stand: each window from both sides, for two words and for more."""

import pytest

from services.query.document import Document
from services.query.evaluate import evaluate, holds
from services.query.parse import parse
from services.text.tokens import tokens


def marked(query, text):
    """Return what a query marks in the body of an article; None where it does not match."""
    found = evaluate(parse(query), Document(map(tokens, (text,)), 0))
    return None if found is None else [text[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ('"a1 b1"~1', "a1 x b1", ["a1 x b1"]),
        ('"a1 b1"~1', "a1 x x b1", None),
        ('"a1 b1 c1"~1', "a1 x b1 c1", ["a1 x b1 c1"]),
        ('"a1 b1 c1"~1', "a1 x x b1 c1", None),
        ('"a1 b1 c1"~1', "a1 x b1 x c1", None),
        ('"a1 a1"~1', "a1 x a1", ["a1 x a1"]),
        ('"a1 a1"~1', "a1 x x a1", None),
    ],
)
def test_words_stand_within_their_number_and_the_words_between(query, text, found):
    assert marked(query, text) == found


def test_a_window_that_is_one_word_too_wide_is_not_marked_beside_one_that_is_not():
    assert marked('"a1 b1"~1', "a1 b1 x x a1") == ["a1 b1"]


@pytest.mark.parametrize(("title", "matches"), [("a1 x b1", True), ("a1 x x b1", False)])
def test_a_window_of_the_title_is_as_wide(title, matches):
    doc = Document(map(tokens, (title, "c1")), len(tokens(title).words))
    assert holds(parse('title:"a1 b1"~1'), doc) == matches
