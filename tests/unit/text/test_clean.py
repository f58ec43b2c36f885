"""Text without invisible characters."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.text.clean import clean

SHOWN = st.sampled_from("a é漢🚢\xa0")
BREAKS = {"\r\n": "\n", "\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\n": "\n"}
INVISIBLE = "\x00\x0b\x1f\x7f\x80\x9f\xad\u061c\u180e\u200b\u200f\u202e\u2060\ufeff\ud800"
PIECES = st.lists(st.one_of(SHOWN, st.sampled_from([*BREAKS]), st.sampled_from(INVISIBLE)))


@given(PIECES.filter(lambda pieces: ("\r", "\n") not in set(pairwise(pieces))))
def test_line_breaks_become_one_kind_and_invisible_characters_go(pieces):
    wanted = [BREAKS.get(p, p) for p in pieces if p not in INVISIBLE]
    assert clean("".join(pieces)) == "".join(wanted)


def test_letters_and_accents_become_one_character():
    assert clean("cafe\u0301") == "café"
