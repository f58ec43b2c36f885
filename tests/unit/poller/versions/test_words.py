"""The words that are kept, and what an edit changed of them."""

import random
from difflib import SequenceMatcher

from services.messages import TextChange
from services.poller.versions import words
from services.poller.versions.words import (
    CHANGE_CHARS,
    COMPARED_WORDS,
    KEPT_CHARS,
    MOST_CHANGES,
    changes,
    packed,
    share,
    unpacked,
)


def test_words_come_back_up_to_the_bound():
    assert unpacked(packed("Bridge", "It is “closed”.")) == "Bridge\n\nIt is “closed”."
    assert len(unpacked(packed("", "é" * 9_000))) == KEPT_CHARS


def test_damaged_words_are_empty():
    assert unpacked("nonsense") == ""
    assert unpacked(" ") == ""


def test_a_change_names_what_went_and_what_came():
    found = changes(packed("Fire", "Four were killed in Sund."), "Fire", "Five were hurt in Sund.")
    assert found == (
        TextChange(out="Four", put="Five"),
        TextChange(out="killed", put="hurt"),
    )


def test_what_lies_behind_the_kept_words_is_no_change():
    text = " ".join(map(str, range(KEPT_CHARS)))
    assert changes(packed("", text), "", text) == ()


def test_changes_are_bounded():
    before = " ".join(f"same{n} old" for n in range(MOST_CHANGES + 1))
    now = before.replace("old", "new")
    assert len(changes(packed("", before), "", now)) == MOST_CHANGES
    (one,) = changes(packed("", "a b"), "", "a " + "c" * CHANGE_CHARS + " b")
    assert len(one.put) == CHANGE_CHARS
    (one,) = changes(packed("", "a b"), "", "a " + "c" * (CHANGE_CHARS + 1) + " b")
    assert (len(one.put), one.put[-1]) == (CHANGE_CHARS, "…")


def test_the_share_counts_each_word_as_often_as_it_stands():
    assert share("a a b", "a b c d") == 2 / 3
    assert share("", "a") == 0


def test_the_words_that_are_compared_are_bounded(monkeypatch):
    compared = []

    def counting(junk, a, b, **kw):
        compared.append((len(a), len(b)))
        return SequenceMatcher(junk, a, b, **kw)

    monkeypatch.setattr(words, "SequenceMatcher", counting)
    draw = random.Random(1)
    before, now = (" ".join(draw.choices("ab", k=n)) for n in (2_000, 4_000))
    assert len(changes(packed("", before), "", now)) <= MOST_CHANGES
    assert compared == [(COMPARED_WORDS, COMPARED_WORDS)]


def test_a_change_is_told_up_to_the_last_words_that_are_compared():
    text = [f"w{n % 90}" for n in range(COMPARED_WORDS + 100)]
    for at, told in ((COMPARED_WORDS - 3, True), (COMPARED_WORDS - 2, False)):
        now = [*text[:at], "other", *text[at + 1 :]]
        found = changes(packed("", " ".join(text)), "", " ".join(now))
        assert found == ((TextChange(out=text[at], put="other"),) if told else ())


def test_what_is_put_in_before_a_long_text_takes_nothing_out_at_its_end():
    text = " ".join(f"w{n}" for n in range(COMPARED_WORDS - 50))
    assert changes(packed("", text), "", "A flood came. " * 20 + text) == (
        TextChange(out="", put=("A flood came. " * 20).strip()),
    )
