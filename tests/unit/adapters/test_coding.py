"""Bodies decoded in bounded steps."""

import gzip
import os
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.adapters import coding
from services.adapters.coding import (
    MAX_BODY_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    RATIO_FROM_BYTES,
    STEP_BYTES,
    Body,
    Room,
)
from services.errors import InvalidMessage, TransientError


def decoded(data, coding="gzip", cut=16_384):
    body = Body("http://x/", coding)
    for start in range(0, len(data), cut):
        for _ in body.steps(data[start : start + cut]):
            pass
    return body.whole()


@given(
    st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    st.integers(1, 50),
    st.binary(max_size=20),
)
def test_members_are_joined_and_padding_is_overlooked_however_the_bytes_are_cut(
    texts, cut, padding
):
    padding = padding.lstrip(b"\x1f")
    assert decoded(b"".join(map(gzip.compress, texts)) + padding, cut=cut) == b"".join(texts)


def test_padding_that_looks_like_a_body_further_on_is_overlooked():
    assert decoded(gzip.compress(b"a") + b"\x00\x1f\x8b\x00", cut=1) == b"a"


@given(st.binary(max_size=300), st.integers(1, 50), st.data())
def test_what_is_cut_short_is_never_taken_for_whole(text, cut, data):
    whole = gzip.compress(text)
    short = whole[: data.draw(st.integers(1, len(whole) - 1))]
    with pytest.raises(TransientError, match="ended early"):
        decoded(short, cut=cut)


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_decoded_or_refused(data):
    """Anything else than the two verdicts fails the test."""
    with suppress(TransientError, InvalidMessage):
        assert isinstance(decoded(data), bytes)


def test_a_flipped_bit_is_found():
    whole = bytearray(gzip.compress(b"a" * 1_000))
    whole[-6] ^= 1
    with pytest.raises(TransientError, match="no whole gzip"):
        decoded(bytes(whole))


@pytest.mark.parametrize("coding", ["gzip", ""])
def test_the_size_is_capped_just_there(coding):
    text = os.urandom(MAX_BODY_BYTES + 1)

    def coded(n_bytes):
        return gzip.compress(text[:n_bytes], 1) if coding else text[:n_bytes]

    assert len(decoded(coded(MAX_BODY_BYTES), coding)) == MAX_BODY_BYTES
    with pytest.raises(InvalidMessage, match="over 10 MiB"):
        decoded(coded(MAX_BODY_BYTES + 1), coding)


def zeros_behind(n_random, n_zeros):
    """Return a gzip whose ratio is steered by random bytes, which don't shrink, in front."""
    return gzip.compress(os.urandom(n_random) + b"\0" * n_zeros)


def test_the_ratio_is_capped_just_there():
    n_zeros = 4 * 1024 * 1024
    inside = zeros_behind(int(n_zeros / (MAX_RATIO - 8)), n_zeros)
    outside = zeros_behind(int(n_zeros / (MAX_RATIO + 60)), n_zeros)
    assert len(decoded(inside)) > n_zeros
    with pytest.raises(InvalidMessage, match=f"more than {MAX_RATIO} times"):
        decoded(outside)


def test_below_a_mebibyte_any_ratio_passes():
    assert len(decoded(gzip.compress(b"\0" * RATIO_FROM_BYTES))) == RATIO_FROM_BYTES
    with pytest.raises(InvalidMessage):
        decoded(gzip.compress(b"\0" * (RATIO_FROM_BYTES + 1)))


def test_the_members_are_counted():
    assert decoded(gzip.compress(b"a") * MAX_MEMBERS) == b"a" * MAX_MEMBERS
    with pytest.raises(InvalidMessage, match="members"):
        decoded(gzip.compress(b"a") * (MAX_MEMBERS + 1))


def test_all_bodies_under_way_have_one_room_and_give_it_back(monkeypatch):
    monkeypatch.setattr(coding, "MAX_BODIES_BYTES", 10)
    room = Room()
    one, other = Body("x", "", room), Body("y", "", room)
    list(one.steps(b"12345"))
    list(other.steps(b"12345"))
    with pytest.raises(TransientError, match="together"):
        list(other.steps(b"6"))
    other.release()
    list(one.steps(b"67890"))


def test_a_step_never_decodes_more_than_its_share(monkeypatch):
    """Else one read of 16 KiB would become 16 MiB before anything is counted."""
    seen = []
    real = zlib.decompressobj

    class Watched:
        def __init__(self, **kw):
            self.inner = real(**kw)

        def decompress(self, data, most):
            out = self.inner.decompress(data, most)
            seen.append(len(out))
            return out

        def __getattr__(self, name):
            return getattr(self.inner, name)

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    with pytest.raises(InvalidMessage):
        decoded(gzip.compress(b"\0" * 50_000_000))
    assert max(seen) <= STEP_BYTES
    assert sum(seen) <= max(RATIO_FROM_BYTES, MAX_BODY_BYTES) + STEP_BYTES


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "gzip,", "x" * 5_000])
def test_other_codings_are_refused_before_a_byte_is_read(coding):
    with pytest.raises(InvalidMessage) as caught:
        Body("http://x/", coding)
    assert caught.value.reason == "bad-coding"
    assert len(str(caught.value)) < 200
