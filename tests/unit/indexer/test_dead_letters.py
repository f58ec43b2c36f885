"""Dead letters as documents: what failed, where, and why; never what the message held."""

import json

import pytest

from services.errors import InvalidMessage
from services.indexer.dead_letters import LETTER_TOPICS, MOST_LETTERS
from services.indexer.documents import documents
from services.ports import Record
from services.runtime.dead_letter import dead_letter
from services.runtime.set_aside import Letter, set_aside

AT = 1_936_526_400_000
"""2031-05-14T12:00 in milliseconds since 1970."""


def letter(topic, key="k", value=b"{", offset=7, error=("not-json", "hunter2 at 1"), **headers):
    filed = dead_letter(
        Record(topic, 3, 41, key, value, headers=headers), InvalidMessage(*error), "tagger"
    )
    return kept(filed, offset)


def kept(filed, offset=7):
    """Return a letter as Kafka has it."""
    return Record(filed.topic, 0, offset, filed.key, filed.value, AT, filed.headers)


def row(record):
    (action,) = documents(record)
    return json.loads(action.document)


def test_a_letter_says_when_it_was_filed_by_whom_from_where_and_why():
    (action,) = documents(letter("articles", key="a1"))
    assert (action.index, action.id, action.version) == ("dead-letters", "articles/0/7", 1)
    assert json.loads(action.document) == {
        "letter_id": "articles/0/7",
        "at": "2031-05-14T12:00:00Z",
        "stage": "tagger",
        "topic": "articles",
        "offset": 7,
        "reason": "not-json",
        "article_id": "a1",
        "tries": 1,
    }


def test_neither_the_message_nor_the_sentence_on_its_error_is_in_the_document():
    (action,) = documents(letter("subscribers", key="desk@example.org", value=b"hunter2"))
    assert b"hunter2" not in action.document
    assert b"desk@example.org" not in action.document


@pytest.mark.parametrize("topic", ["articles", "tagged-articles", "reports"])
def test_an_article_is_named_where_the_key_is_one(topic):
    assert row(letter(topic, key="a1"))["article_id"] == "a1"
    assert row(letter("claims", key="c1"))["article_id"] is None


def test_a_row_of_state_names_its_article_behind_the_partition():
    aside = Record("article-blocks", 3, 41, "a1", b"{")
    filed, _tombstone = set_aside(aside, InvalidMessage("not-json", ""), "tracker")
    made = row(kept(filed))
    assert (made["article_id"], made["stage"], made["tries"]) == ("a1", "tracker", 0)


def test_a_row_that_is_put_back_or_dropped_makes_no_second_document():
    aside = Letter(Record("article-blocks", 3, 41, "a1", b"{"), "not-json", "", is_asked_back=True)
    assert documents(kept(aside.written("tracker"))) == []
    assert documents(kept(aside.gone())) == []


def test_a_letter_of_a_message_without_a_value_is_one():
    assert row(letter("articles", value=None, error=("empty", "")))["reason"] == "empty"


def test_a_message_that_came_back_says_how_often():
    assert row(letter("articles", tries=b"2"))["tries"] == 3


@pytest.mark.parametrize("topic", LETTER_TOPICS)
@pytest.mark.parametrize(
    "headers", [{}, {"reason": b"\xff" * 9_000, "tries": b"9" * 5_000, "service": b""}]
)
def test_whatever_a_letter_holds_it_is_a_small_document(topic, headers):
    (action,) = documents(Record(topic, 0, 0, "\x00" * 9_000, b"\xff", 0, headers))
    assert len(action.id) < 512
    made = json.loads(action.document)
    assert len(made["reason"]) <= MOST_LETTERS
    assert made["stage"] == "unknown"
