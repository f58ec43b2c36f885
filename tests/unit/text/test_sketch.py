"""Sketches of texts, and from which likeness on two texts are copies."""

import base64
import struct

import pytest

from services.text.sketch import are_copies, similarity, sketch


def sketch_with(n_equal):
    """Return a sketch that has so many of its 64 hashes in common with `sketch_with(64)`."""
    return base64.b64encode(struct.pack("<64I", *[1] * n_equal, *[2] * (64 - n_equal))).decode()


@pytest.mark.parametrize(("n_equal", "copies"), [(64, True), (52, True), (51, False), (0, False)])
def test_texts_are_copies_from_four_hashes_in_five(n_equal, copies):
    assert are_copies(sketch_with(64), sketch_with(n_equal)) == copies
    assert similarity(sketch_with(64), sketch_with(n_equal)) == n_equal / 64


def test_texts_of_the_same_words_have_one_sketch_and_no_words_have_none():
    assert sketch("The harbour of Meris is on fire") == sketch("the HARBOUR of Meris is on fire!")
    assert sketch("…") == ""
    assert not are_copies("", "")
