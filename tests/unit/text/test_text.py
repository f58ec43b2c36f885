"""The values that several stages rest on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ports import murmur2, partition_of
from services.text.canonical import canonical, clean
from services.text.sketch import similarity, sketch


@given(st.text(), st.text())
def test_canonical_text_is_stable_and_holds_the_title_at_its_start(title, body):
    text, end = canonical(title, body)
    assert clean(text) == text
    assert text[:end] == " ".join(clean(title).split())


def test_what_no_reader_sees_is_taken_out():
    assert clean("a\u202eb\u200bc\r\nd\x00") == "abc\nd"


def test_what_is_taken_out_between_a_letter_and_its_mark_joins_them():
    assert clean("e\u200b\u0301") == "\u00e9"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("<p>Two men</p><p>were killed.</p>", "\nTwo men\n\nwere killed.\n"),
        ('Two <a href="https://a.example/?x=1">men</a> died', "Two  men  died"),
        ("a < b and b > c", "a < b and b > c"),
        ("<<p>b>", "<\nb>"),
        ("lone \ud800 surrogate and \x00 NUL", "lone  surrogate and  NUL"),
    ],
)
def test_markup_left_in_a_text_goes(text, cleaned):
    assert clean(text) == cleaned


@given(st.text(alphabet="<>/pbra \u0301e\u200b\ud800x", max_size=40))
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)


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
