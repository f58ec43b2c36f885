"""HTTP/1.1 as it comes over a connection, however it is cut."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.adapters import wire
from services.adapters.wire import Framing, Head, head_end, read_head
from services.errors import InvalidMessage, TransientError


def head(*lines, status="200 OK"):
    return read_head("x", "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1"))


def body(given_head, *parts):
    framing, got = Framing("x", given_head), b""
    for part in parts:
        got += b"".join(framing.pieces(part))
    return got, framing


def chunked(texts):
    return b"".join(b"%x\r\n%s\r\n" % (len(t), t) for t in texts if t) + b"0\r\n\r\n"


def cut(data, places):
    ends = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(ends)]


def test_a_line_that_is_no_header_is_dropped_and_the_connection_used_once():
    found = head("no colon", "bad name: x", "nul: a\0b", "ETag : x", "a: 1", "\tfolded", "A: 2")
    assert found.headers == (("etag", "x"), ("a", "1 folded"), ("a", "2"))
    assert found.joined()["a"] == "1 folded, 2"
    assert not found.may_stay
    assert head("a: 1").may_stay


@pytest.mark.parametrize("fold", ["\r\n ", "\n\t"])
@pytest.mark.parametrize("char", [chr(n) for n in (*range(9), *range(11, 32), 127)])
def test_a_folded_line_with_a_control_character_is_no_header(char, fold):
    found = head(f"set-cookie: a=1{fold}{char}b", "etag: 1")
    assert found.headers == (("etag", "1"),)
    assert not found.may_stay


def test_a_line_folded_under_one_that_is_dropped_is_dropped_with_it():
    assert head("etag: 1", "bad name: x", " y", "a: 2").headers == (("etag", "1"), ("a", "2"))


@pytest.mark.parametrize(
    "line", [b"HTTP/2 200", b"HTTP/1.1", b"HTTP/1.1 99999 OK", b"ICY 200 OK", b"<rss/>", b""]
)
def test_what_does_not_begin_like_http_is_no_answer(line):
    with pytest.raises(TransientError, match="no HTTP/1"):
        read_head("x", line + b"\r\n\r\n")


@pytest.mark.parametrize("data", [b"a\r\n\r\nrest", b"abc\n\nrest"])
def test_a_head_ends_at_its_first_blank_line(data):
    assert data[head_end(data) :] == b"rest"
    assert head_end(b"a\r\n") == 0


@given(st.lists(st.binary(max_size=50), max_size=5), st.lists(st.integers(0, 500), max_size=6))
def test_a_body_is_the_same_however_its_bytes_are_cut(texts, places):
    whole = b"".join(texts)
    for sent, how in (
        (chunked(texts), head("Transfer-Encoding: chunked")),
        (whole, head(f"Content-Length: {len(whole)}")),
    ):
        got, framing = body(how, *cut(sent, places))
        assert (got, framing.is_whole, framing.may_stay) == (whole, True, True)


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=5), st.data())
def test_a_body_that_ends_early_is_incomplete(texts, data):
    whole = b"".join(texts)
    for sent, how in (
        (chunked(texts), head("Transfer-Encoding: chunked")),
        (whole, head(f"Content-Length: {len(whole)}")),
    ):
        _, framing = body(how, sent[: data.draw(st.integers(0, len(sent) - 1))])
        assert not framing.is_whole
        with pytest.raises(TransientError, match="incomplete"):
            framing.end()


@given(st.binary(max_size=100))
def test_any_bytes_after_a_head_are_read_or_refused(data):
    with suppress(TransientError, InvalidMessage):
        body(head("Transfer-Encoding: chunked"), data)


@pytest.mark.parametrize("lines", [["Content-Length: 3, 3"], ["Content-Length: 3"] * 2])
def test_a_length_told_twice_is_told_once(lines):
    assert body(head(*lines), b"abc")[1].is_whole


@pytest.mark.parametrize(
    "line",
    [
        "Content-Length: 3, 4",
        "Content-Length: -1",
        "Content-Length: \xb2",
        "Content-Length: " + "9" * (wire.MAX_DIGITS + 1),
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: gzip, chunked",
    ],
)
def test_a_length_that_can_not_be_is_refused(line):
    with pytest.raises(TransientError):
        Framing("x", head(line))


def test_bounds_hold_within_the_framing():
    how = head("Transfer-Encoding: chunked")
    longest = b"1;" + b"x" * (wire.MAX_LINE_BYTES - 3)
    assert body(how, longest + b"\r\na\r\n0\r\n\r\n")[0] == b"a"
    with pytest.raises(TransientError, match="too long"):
        body(how, longest + b"xxxx")
    trailer = b"x: " + b"y" * 997 + b"\r\n"
    n_inside = wire.MAX_TRAILER_BYTES // 1_000
    assert body(how, b"0\r\n" + trailer * n_inside + b"\r\n")[1].is_whole
    with pytest.raises(TransientError, match="do not end"):
        body(how, b"0\r\n" + trailer * (n_inside + 1))


def test_an_answer_of_a_kind_that_has_no_body_is_whole():
    for status in ("204 No Content", "304 Not Modified"):
        assert Framing("x", head("Content-Length: 9", status=status)).is_whole
    assert Framing("x", Head(200, (), may_stay=True)).until_close
