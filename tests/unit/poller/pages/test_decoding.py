"""The characters of a page, whatever it declares."""

import pytest

from services.poller.pages.decoding import HEAD_BYTES, decoded

WORD = "Zürich – “Čapek”"


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (WORD.encode(), "text/html; charset=iso-8859-1"),
        (b"\xef\xbb\xbf" + WORD.encode(), ""),
        (WORD.encode("utf-16"), ""),
    ],
    ids=["utf-8-declared-latin-1", "mark", "utf-16"],
)
def test_marks_and_valid_utf_8_go_before_what_is_declared(body, header):
    assert decoded(body, header) == WORD


def test_the_header_then_the_page_name_the_charset():
    assert decoded("žluť".encode("iso-8859-2"), "text/html; charset=ISO-8859-2") == "žluť"
    page = '<meta charset="iso-8859-2">žluť'
    assert decoded(page.encode("iso-8859-2"), "") == page


def test_latin_1_is_read_as_browsers_do():
    assert decoded("a – b".encode("cp1252"), "text/html; charset=iso-8859-1") == "a – b"


def test_a_charset_is_searched_for_in_the_head_only():
    inside, outside = b" " * (HEAD_BYTES - 40), b" " * HEAD_BYTES
    meta = b'<meta charset="iso-8859-2">'
    word = "žluť".encode("iso-8859-2")
    assert decoded(inside + meta + word, "").endswith("žluť")
    assert not decoded(outside + meta + word + b"\x81", "").endswith("žluť")


def test_an_unknown_charset_is_passed_over():
    page = b'<meta charset="iso-8859-2">' + "žluť".encode("iso-8859-2")
    assert decoded(page, "text/html; charset=klingon").endswith("žluť")
