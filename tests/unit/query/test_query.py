"""The watch language: what is accepted, what is refused, and what matches."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import ConfigError
from services.query.evaluate import evaluate
from services.query.parse import parse
from services.text.tokens import tokens


def hits(query, *segments):
    spans = evaluate(parse(query), [tokens(s) for s in segments])
    return None if spans is None else [segments[0][a:b] for a, b in spans]


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        pytest.param("front", "The Front said", ["Front"], id="case"),
        pytest.param("front", "The frontier", None, id="word-boundary"),
        pytest.param('"orran front"', "Orran Front", ["Orran Front"], id="phrase"),
        pytest.param('"orran front"', "Orran the Front", None, id="phrase-gap"),
        pytest.param("kill*", "killed, killing", ["killed", "killing"], id="prefix"),
        pytest.param("a1 b1", "b1 a1", ["b1", "a1"], id="blank-is-and"),
        pytest.param("a1 AND NOT b1", "a1 b1", None, id="not"),
        pytest.param("(a1 OR b1) AND c1", "b1 c1", ["b1", "c1"], id="group"),
        pytest.param("cafe", "Café", ["Café"], id="marks"),
        pytest.param("al-Islam", "Jaysh al-Islam", ["al-Islam"], id="hyphen-is-a-phrase"),
    ],
)
def test_queries_match_by_normalised_words(query, text, found):
    assert hits(query, text) == found


def test_a_phrase_never_crosses_a_segment():
    assert evaluate(parse('"a1 b1"'), [tokens("a1"), tokens("b1")]) is None


@pytest.mark.parametrize(
    "query", ["NOT a1", "a1 AND b1 OR c1", "*x", "ab*", "a?c", "a1~2", "title:x", "/re/", "[a TO b]", "(", "", '""', "a1^2"]
)
def test_what_a_watch_can_not_say_is_refused(query):
    with pytest.raises(ConfigError):
        parse(query)


@given(st.text(max_size=40))
def test_any_string_is_accepted_or_refused_never_an_exception(query):
    with contextlib.suppress(ConfigError):
        parse(query)


@given(st.text(max_size=60))
def test_tokens_hold_their_place_in_the_text(text):
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.text
