"""The size contract: what is written can be read, and what is over a bound is cut or refused where it is made."""

import pytest

from services.errors import InvalidMessage
from services.messages import Suppressed, decode, encode
from services.messages.limits import DEAD_LETTER_BYTES, MESSAGE_BYTES, TOPIC_BYTES
from services.messages.topics import topics


def sized(n_bytes: int) -> Suppressed:
    """A message whose JSON has `n_bytes`."""
    empty = Suppressed(suppressed_id="s", watch_id="w", reason="stale", detail="")
    return Suppressed(suppressed_id="s", watch_id="w", reason="stale", detail="x" * (n_bytes - len(encode(empty))))


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
