"""The watch language: what is accepted, what is refused and why, and what matches."""

import contextlib
import string
import sys
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from queries import articles, means, queries

from services.errors import ConfigError
from services.query.atoms import asked_by_key
from services.query.document import Document, document
from services.query.evaluate import evaluate
from services.query.parse import parse
from services.query.scan import MAX_ATOMS, MAX_BYTES, QueryError
from services.text.tokens import tokens


def hits(query, *segments):
    """Return the words that a query marks in segments,
    the first of which is the title; None where it does not match.
    """
    doc = Document(map(tokens, segments), len(tokens(segments[0]).words))
    spans, found = [], evaluate(parse(query), doc)
    if found is None:
        return None
    for start, end in found:
        spans += [s[start:end] for s in segments if (start, end) in within(s, start, end)][:1]
    return spans


def within(segment, start, end):
    return [(start, end)] if end <= len(segment) else []


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        pytest.param("front", "The Front said", ["Front"], id="case"),
        pytest.param("front", "The frontier", None, id="word-boundary"),
        pytest.param(
            "iran", "Iran, Iranian, pro-Iran", ["Iran", "Iran"], id="shorter-inside-longer"
        ),
        pytest.param('"orran front"', "Orran Front", ["Orran Front"], id="phrase"),
        pytest.param('"orran front"', "Orran the Front", None, id="phrase-gap"),
        pytest.param("kill*", "killed, killing", ["killed", "killing"], id="prefix"),
        pytest.param("a1 b1", "b1 a1", ["b1", "a1"], id="blank-is-and"),
        pytest.param("a1 AND NOT b1", "a1 b1", None, id="not"),
        pytest.param("+a1 -b1", "a1 c1", ["a1"], id="plus-and-minus"),
        pytest.param("(a1 OR b1) AND c1", "b1 c1", ["b1", "c1"], id="group"),
        pytest.param("cafe", "Café", ["Café"], id="marks"),
        pytest.param("walesa", "Wałęsa", ["Wałęsa"], id="letters-with-a-stroke"),
        pytest.param("orran", "Orran's troops", ["Orran's"], id="possessive"),
        pytest.param("sanaa", "in Sana'a", ["Sana'a"], id="apostrophe"),
        pytest.param("محمد", "مُحَمَّد", ["مُحَمَّد"], id="arabic-vowels"),
        pytest.param("北京", "在北京市", ["北京"], id="script-without-blanks"),
        pytest.param("al-Islam", "Jaysh al-Islam", ["al-Islam"], id="hyphen-is-a-phrase"),
        pytest.param('"a1 b1"~1', "b1 x a1", ["b1 x a1"], id="near-in-any-order"),
        pytest.param('"a1 b1"~1', "b1 x x a1", None, id="not-near-enough"),
        pytest.param('"a1 a1 b1"~0', "a1 b1 a1", ["a1 b1 a1"], id="near-as-often-as-asked"),
        pytest.param('"a1 a1 b1"~3', "a1 b1", None, id="near-not-as-often-as-asked"),
    ],
)
def test_queries_match_by_normalised_words(query, text, found):
    assert hits(query, text) == found


def test_nothing_crosses_from_one_segment_into_the_next():
    pieces = [tokens("a1"), tokens("b1")]
    assert evaluate(parse('"a1 b1"'), Document(pieces)) is None
    assert evaluate(parse('"a1 b1"~5'), Document(pieces)) is None
    assert evaluate(parse("a1 b1"), Document(pieces)) is not None


def test_title_looks_at_the_title_only():
    assert hits("title:halvane", "Halvane is dead", "Kadrin said") == ["Halvane"]
    assert hits("title:kadrin", "Halvane is dead", "Kadrin said") is None
    assert hits("title:(dead OR kadrin)", "Halvane is dead", "Kadrin said") == ["dead"]


@given(queries, articles())
def test_a_query_matches_exactly_where_its_definition_holds(query, article):
    node = parsed(query)
    assert (evaluate(node, document(article)) is not None) == means(node, article)


def parsed(query):
    try:
        return parse(query)
    except QueryError:
        assume(False)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("NOT a1", "matches nearly everything"),
        ("the", "matches nearly everything (about 100% of articles)"),
        ("a1 OR the", "matches nearly everything"),
        ("a1 OR NOT b1", "matches nearly everything"),
        ("lang:en", "matches nearly everything"),
        ("a1 AND NOT a1", "can never match"),
        ('"orran front" AND NOT front', "can never match"),
        ("kill* AND -kil*", "can never match"),
        ("(a1 OR b1) AND NOT a1 AND NOT b1", "can never match"),
        ("lang:ar lang:en a1", "can never match"),
        ("stance:denid", "did you mean denied?"),
        ("titel:x1", "did you mean title? The fields are title, source"),
        ("colour:x1", "the fields are title, source"),
        ("a1 AND b1 OR c1", "write (a OR b) AND c"),
        ("a1 OR b1 c1", "write (a OR b) AND c"),
        ("+a1 OR b1", "+ says nothing beside OR"),
        ("*x", "* can be used, at the end of a word (at character 1)"),
        ("a?c", "at character 2"),
        ('"kill* him"', "inside quotation marks"),
        ("ab*", "at least 3 letters"),
        ("al-Is*", "one word"),
        ("a1~2", "use actor: for a name in all its spellings"),
        ('"a1 b1"~1.5', "whole number"),
        ('"a1 b1"~100', "99 at most"),
        ('"a1"~2', "at least two words"),
        ("/re/", "regular expressions"),
        ("[a TO b]", "ranges"),
        ("a1^2", "weights"),
        ("!a1", "write NOT instead of !"),
        ("a1 && b1", "write AND instead of &"),
        ("a1 or b1", 'write OR, or "or" for the word (at character 4)'),
        ("(a1", "1 bracket is never closed"),
        ("a1)", "never opened (at character 3)"),
        ('"a1', "never closed (at character 1)"),
        ('a1"b1"', "a blank is missing"),
        ("a1 AND", "ends in AND"),
        ("a1 AND OR b1", "need a word, phrase, or bracket"),
        ("lang:", "need a word"),
        (":a1", "follows no field"),
        ("source:re*", "without *"),
        ('actor:"a1 b1"~2', "not a distance"),
        ("title:source:x1", "inside the field title"),
        ("", "is empty"),
        ('""', "could never match"),
        ("-", "ends in -"),
        ("a1\\", "nothing follows"),
        ("-" * 21 + "a1", "20 deep"),
        ("(" * 21 + "a1" + ")" * 21, "20 deep"),
        ("NOT (" * 11 + "a1" + ")" * 11, "20 deep"),
        (" ".join(f"w{i}" for i in range(MAX_ATOMS + 1)), "more than 200"),
        ("é" * (MAX_BYTES // 2 + 1), "longer than 4096 bytes"),
        ('"al1 bx cx al1 ex fx"~3', "a word stands twice"),
        ("syria* AND NOT (" + " OR ".join(f"w{i}" for i in range(150)) + ")", "costs too much"),
    ],
)
def test_what_a_watch_can_not_say_is_refused_with_the_reason(query, says):
    with pytest.raises(QueryError) as error:
        parse(query)
    assert says in str(error.value)


@pytest.mark.parametrize(
    "query",
    [
        "(bank OR banks) -river -sport -football -tennis -golf -cricket -rugby -hockey",
        '"Jaysh al-Islam" AND (leader OR commander)',
        " OR ".join(f"name{i}" for i in range(100)),
        "source:(reuters OR afp) AND title:strike*",
        "stance:denied AND event:killed",
        "(" * 20 + "a1" + ")" * 20,
        "NOT NOT a1",
    ],
)
def test_what_a_watch_can_say_is_taken(query):
    parse(query)


def test_values_that_a_field_can_not_have_are_refused_where_they_are_known():
    known = {"event": frozenset({"killed", "arrested"})}
    parse("event:killed", known)
    with pytest.raises(QueryError, match="did you mean killed"):
        parse("event:kiled", known)
    with pytest.raises(QueryError, match="the values of event: are arrested, killed"):
        parse("event:zzz", known)


def read(query):
    """Read a query; whatever else than a tree or a refusal is a failure."""
    with contextlib.suppress(ConfigError):
        parse(query)


@given(st.text(max_size=60))
def test_any_string_is_accepted_or_refused_never_an_exception(query):
    read(query)


SYNTAX = [
    "AND",
    "OR",
    "NOT",
    "(",
    ")",
    '"',
    "+",
    "-",
    "*",
    "?",
    "~2",
    "^2",
    ":",
    "title:",
    "lang:",
    "\\",
    "/",
    "[",
    "]",
    " TO ",
    " ",
    "!",
]


@given(
    st.lists(
        st.sampled_from(
            [*SYNTAX, "a1", "the", "kill*", '"b1 c1"', '"b1 c1"~3', "T12:30", "é", "'", "،"]
        ),
        max_size=30,
    )
)
def test_any_heap_of_syntax_is_accepted_or_refused_never_an_exception(parts):
    read("".join(parts))
    read(" ".join(parts))


@given(queries, st.data())
def test_a_query_with_letters_changed_is_accepted_or_refused_never_an_exception(query, data):
    at = data.draw(st.integers(0, len(query)))
    read(
        query[:at]
        + data.draw(st.text(string.punctuation + " aé\n", max_size=3))
        + query[at + data.draw(st.integers(0, 3)) :]
    )


def either(n):
    return " OR ".join(f"word{i}" for i in range(n))


def all_of(n):
    return " AND ".join(f"word{i}" for i in range(n))


SHAPES: dict[str, Callable[[int], str]] = {
    "and": all_of,
    "or": either,
    "exclusions": lambda n: "x1 " + " ".join(f"-word{i}" for i in range(n)),
    "brackets": lambda n: " ".join(f"(word{i} OR other{i})" for i in range(n // 2)),
    "distances": lambda n: " OR ".join(f'"word{i} other{i}"~3' for i in range(n)),
    "required-and-alternatives": lambda n: (
        " ".join(f"w{i}" for i in range(n // 2)) + f" ({either(n // 2)})"
    ),
    "excluded-and-alternatives": lambda n: (
        " ".join(f"-w{i}" for i in range(n // 2)) + f" ({either(n // 2)})"
    ),
    "phrase": lambda n: '"' + all_of(n).replace(" AND", "") + '"',
    "beginnings": lambda n: " OR ".join(f"beginning{i}*" for i in range(n)),
    "unclosed": lambda n: "(" * 18 + all_of(n),
}
"""Queries of `n` parts, each in a shape that some parsers are slow with."""


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_reading_takes_steps_in_proportion_to_length(shape):
    """Calls are counted, as times would depend on what else the machine does."""
    short, long = shape(20), shape(180)
    assert calls_of(long) / len(long) < 1.5 * calls_of(short) / len(short)


def calls_of(query):
    read(query)  # what is kept from the first time is no part of a query's own steps
    steps = 0

    def count(_frame, event, _arg):
        nonlocal steps
        steps += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read(query)
    finally:
        sys.setprofile(before)
    return steps


@given(st.text(max_size=60))
def test_tokens_hold_their_place_in_the_text(text):
    found = tokens(text)
    for word, (start, end) in zip(found.words, found.spans, strict=True):
        assert 0 <= start < end <= len(text)
        assert word
        assert not set(word) & set(string.whitespace)


@pytest.mark.parametrize(
    "query", ["place:Aleppo", 'actor:"Jana Wirth"', "actor:jana-wirth", "actor:idris-halvane"]
)
def test_an_actor_or_a_place_is_found_by_its_id_and_without_one_by_the_key_of_its_name(query):
    """Articles hold the id of what a dictionary knows, else a key by sound: `alapo` for Aleppo."""
    node = parse(query)
    for facets in (
        {"place:alapo", "actor:jana-virt", "actor:idris-halvane"},
        {"place:aleppo", "actor:jana-wirth", "actor:idris-halvana"},
    ):
        assert evaluate(node, Document([], 0, frozenset(facets))) is not None
    assert evaluate(node, Document([], 0, frozenset({"place:hama", "actor:jana-virts"}))) is None


def test_a_name_is_one_thing_that_is_asked_for_though_it_is_looked_up_twice():
    assert asked_by_key(parse("place:Aleppo AND actor:hamas")) == {"place:alapo": "place:aleppo"}
