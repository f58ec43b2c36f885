"""The size contract: what is written can be read,
and what is over a bound is cut or refused where it is made.
"""

import pytest

from services.errors import InvalidMessage
from services.messages import Suppressed, TaggedArticle, decode, encode
from services.messages.limits import (
    ATTRIBUTIONS_BYTES,
    BOILERPLATE_BYTES,
    DEAD_LETTER_BYTES,
    HEAD_BYTES,
    INCIDENTS_BYTES,
    MENTIONS_BYTES,
    MESSAGE_BYTES,
    REPORTS_BYTES,
    TEXT_CHARS,
    TITLE_CHARS,
    TOPIC_BYTES,
    bounded,
    within,
)
from services.messages.topics import topics
from services.text.sketch import sketch


def sized(n_bytes: int) -> Suppressed:
    """A message whose JSON has `n_bytes`."""
    empty = Suppressed(suppressed_id="s", watch_id="w", reason="stale", detail="")
    return Suppressed(
        suppressed_id="s", watch_id="w", reason="stale", detail="x" * (n_bytes - len(encode(empty)))
    )


def test_a_message_of_the_greatest_size_is_written_and_read():
    value = encode(sized(MESSAGE_BYTES))
    assert len(value) == MESSAGE_BYTES
    assert decode(Suppressed, value) == sized(MESSAGE_BYTES)


def test_a_message_of_one_byte_more_is_not_written():
    with pytest.raises(InvalidMessage, match=r"too-large: Suppressed of 8,388,609 bytes"):
        encode(sized(MESSAGE_BYTES + 1))


def test_a_message_of_one_byte_more_is_not_read():
    with pytest.raises(InvalidMessage, match="too-large"):
        decode(Suppressed, encode(sized(MESSAGE_BYTES)) + b" ")


def test_every_topic_holds_what_is_written_and_its_dead_letters_hold_what_it_holds():
    for topic in topics():
        room = int(topic.config["max.message.bytes"])
        assert room == (TOPIC_BYTES if topic.message else DEAD_LETTER_BYTES)
    assert MESSAGE_BYTES + 65_536 < TOPIC_BYTES
    assert TOPIC_BYTES + 65_536 < DEAD_LETTER_BYTES


def test_a_title_and_a_text_of_the_greatest_length_are_kept_whole():
    kept = bounded("t" * TITLE_CHARS, "x" * TEXT_CHARS)
    assert (len(kept.title), len(kept.text), kept.cut) == (TITLE_CHARS, TEXT_CHARS, None)


def test_of_a_longer_title_or_text_the_beginning_is_kept_and_what_was_cut_is_said():
    assert (
        bounded("t" * (TITLE_CHARS + 1), "x").cut
        == "title: what is behind the first 1,000 characters"
    )
    kept = bounded("t", "x" * (TEXT_CHARS + 1))
    assert (len(kept.text), kept.cut) == (
        TEXT_CHARS,
        "text: what is behind the first 1,000,000 characters",
    )


@pytest.mark.parametrize(
    "letter",
    ["\U0001f600", '"', "\\", "\n", "a"],
    ids=["emoji", "quote", "backslash", "newline", "a"],
)
def test_a_tagged_article_full_of_everything_is_below_the_limit(letter):
    """The bounds of the parts are bounds of the sum,
    whatever letter the longest text is made of.
    """
    findings = MENTIONS_BYTES + REPORTS_BYTES + INCIDENTS_BYTES
    parts = findings + ATTRIBUTIONS_BYTES + BOILERPLATE_BYTES
    text = letter * (TITLE_CHARS + TEXT_CHARS)
    article = TaggedArticle(article_id="a", version=1, text=text, title_end=TITLE_CHARS, sketch="")
    assert len(encode(article)) + parts + HEAD_BYTES < MESSAGE_BYTES


def test_items_are_kept_up_to_the_last_byte_of_their_bound():
    items = [sized(200), sized(300), sized(150)]
    assert within(items, 653) == items
    assert within(items, 652) == items[:2]
    assert within(items, 501) == items[:1], (
        "what comes behind one that is left out is left out, too"
    )


@pytest.mark.parametrize(
    "value",
    ["AAAA", "!" * 344, sketch("one two three four five") + "AAAA", sketch("one two three")[:-1]],
)
def test_a_sketch_that_can_not_be_compared_is_refused_where_it_comes_in(value):
    """Else it would break off the handling of the next article
    that it is compared with, which is not at fault.
    """
    with pytest.raises(InvalidMessage, match=r"wrong-schema: TaggedArticle: .*\$\.sketch"):
        decode(
            TaggedArticle,
            b'{"article_id":"a","version":1,"text":"","title_end":0,"sketch":"%s"}'
            % value.encode(),
        )


@pytest.mark.parametrize("value", ["", sketch("one two three four five")])
def test_a_sketch_as_it_is_made_is_read(value):
    assert decode(
        TaggedArticle,
        b'{"article_id":"a","version":1,"text":"","title_end":0,"sketch":"%s"}' % value.encode(),
    )


def test_an_offset_that_no_text_reaches_is_refused_where_it_comes_in():
    boilerplate = '{"start":0,"end":1,"kind":"k","rule":"r"}'
    origin = '{"credit":[0,%d]}'
    known = '{"article_id":"a","version":1,"text":"","title_end":0,"sketch":""'
    text = known + ',"origin":%s,"boilerplate":[%s]}'
    assert decode(TaggedArticle, (text % (origin % 2**31, boilerplate)).encode()).origin.credit == (
        0,
        2**31,
    )
    with pytest.raises(InvalidMessage, match=r"\$\.origin\.credit\[1\]"):
        decode(TaggedArticle, (text % (origin % (2**31 + 1), boilerplate)).encode())
    with pytest.raises(InvalidMessage, match=r"\$\.origin\.credit\[1\]"):
        decode(TaggedArticle, (text % (origin % (2**63 + 1), boilerplate)).encode())
