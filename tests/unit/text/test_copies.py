"""Copies are found however much was cut off; a debunk is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text.copies import Copies

STORY = " ".join(f"Word{i} of the long story about the harbour fire" for i in range(40))
OTHER = " ".join(f"Line{i} of quite another piece on elections" for i in range(40))


def kinds(*articles):
    """Add articles (title, text, extra) in order; return what each repeats as (number, kind)."""
    seen = Copies()
    return [
        [(d.of, d.kind) for d in seen.add(title, text, **extra)] for title, text, extra in articles
    ]


def test_a_text_cut_to_its_half_is_a_copy():
    assert kinds(("", STORY, {}), ("", STORY[: len(STORY) // 2], {})) == [[], [(0, "copy")]]


def test_a_text_worked_over_is_an_edited_copy():
    words = STORY.split()
    edited = " ".join("changed" if i % 13 == 0 else word for i, word in enumerate(words))
    assert kinds(("", STORY, {}), ("", edited, {})) == [[], [(0, "edited-copy")]]


def test_other_words_on_the_subject_are_no_copy():
    assert kinds(("", STORY, {}), ("", OTHER, {}), ("", STORY[:200] + OTHER, {}))[1:] == [
        [],
        [(1, "copy")],
    ]


def test_the_same_address_or_outlet_makes_a_revision():
    at = {"url": "https://a.example/1"}
    assert kinds(("", STORY, at), ("", OTHER, at)) == [[], [(0, "revision")]]
    by = {"outlet": "Meris Wire"}
    assert kinds(("", STORY, by), ("", STORY + " More words came in later.", by)) == [
        [],
        [(0, "revision")],
    ]


def test_a_debunk_is_no_copy_of_what_it_debunks():
    debunk = "The tale that follows is a hoax, the ministry said. " + STORY
    assert kinds(("Fire in harbour", STORY, {}), ("Fire in harbour", debunk, {})) == [[], []]
    assert kinds(("No, the harbour is not on fire", STORY, {}), ("Fire in harbour", STORY, {})) == [
        [],
        [],
    ]


def test_two_copies_of_a_debunk_are_copies():
    debunk = "The tale that follows is a hoax, the ministry said. " + STORY
    assert kinds(("", debunk, {}), ("", debunk, {})) == [[], [(0, "copy")]]


def test_an_article_that_repeats_two_strangers_is_told_of_both():
    assert kinds(("", STORY, {}), ("", OTHER, {}), ("", STORY + " " + OTHER, {}))[2] == [
        (0, "copy"),
        (1, "copy"),
    ]


def test_headlines_alone_are_compared_by_their_words():
    same = "Rebel leader killed in a strike on Meris, monitor says"
    assert kinds(
        (same, "", {}), (same, "", {}), ("Rebel leader killed", "", {}), ("", "", {}), ("", "", {})
    ) == [
        [],
        [(0, "copy")],
        [],
        [],
        [],
    ]


@given(st.lists(st.integers(0, 5), max_size=8))
def test_each_article_but_the_first_of_a_text_repeats_one(texts):
    found = kinds(*((str(n), f"{STORY} {OTHER}"[200 * n : 200 * n + 900], {}) for n in texts))
    assert not found or not found[0]
    seen = set()
    for n, repeats in zip(texts, found, strict=True):
        assert n not in seen or repeats
        seen.add(n)


def with_own_words(n_shared):
    """Return a text of 100 grams, of which it shares so many with `with_own_words(100)`."""
    shared = [f"word{i}" for i in range(n_shared + 3)]
    return " ".join([*shared, *(f"other{i}" for i in range(100 - n_shared))])


@pytest.mark.parametrize(
    ("n_shared", "found"),
    [
        (80, ["copy"]),
        (79, ["edited-copy"]),
        (60, ["edited-copy"]),
        (59, []),
    ],
)
def test_four_fifths_in_common_are_a_copy_and_three_fifths_an_edited_one(n_shared, found):
    *_, repeats = kinds(("", with_own_words(100), {}), ("", with_own_words(n_shared), {}))
    assert [kind for _, kind in repeats] == found
