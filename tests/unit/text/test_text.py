"""The values that several stages rest on."""

from hypothesis import given
from hypothesis import strategies as st

from services.ports import murmur2, partition_of
from services.text.canonical import canonical
from services.text.clean import clean
from services.text.sketch import similarity, sketch


@given(st.text(), st.text())
def test_canonical_text_is_stable_and_holds_the_title_at_its_start(title, body):
    text, end = canonical(title, body)
    assert clean(text) == text
    assert text[:end] == " ".join(text[:end].split())
    assert "<" in title or "&" in title or text[:end] == " ".join(clean(title).split())


def test_what_no_reader_sees_is_taken_out():
    assert clean("a\u202eb\u200bc\r\nd\x00") == "abc\nd"


def test_copies_are_near_and_other_texts_far():
    one = " ".join(f"word{i}" for i in range(200))
    assert similarity(sketch(one), sketch(one + " and a tail")) > 0.8
    assert similarity(sketch(one), sketch(" ".join(f"other{i}" for i in range(200)))) < 0.1
    assert similarity(sketch(one), "") == 0.0


def test_partitions_are_those_of_kafkas_own_client():
    """Values of the Java client's own tests of murmur2."""
    assert [murmur2(word) - 2**32 for word in (b"21", b"foobar", b"a-little-bit-long-string")] == [
        -973932308,
        -790332482,
        -985981536,
    ]
    assert 0 <= partition_of("key", 12) < 12
