"""The cookies of one fetch."""

import pytest

from services.adapters.cookies import MAX_COOKIE_BYTES, MAX_COOKIES, Cookies


def sent(line, to, host="www.herald.example", is_secure=True):
    cookies = Cookies()
    cookies.take(host, is_secure, [line])
    return cookies.header(to, is_secure=to.startswith("www"))


@pytest.mark.parametrize(
    ("line", "to", "header"),
    [
        ("a=1", "www.herald.example", "a=1"),
        ("a=1; Path=/; HttpOnly", "www.herald.example", "a=1"),
        ("a=b=c", "www.herald.example", "a=b=c"),
        ("a=1", "herald.example", None),
        ("a=1; Domain=herald.example", "www.herald.example", "a=1"),
        ("a=1; Domain=herald.example", "herald.example", None),
        ("a=1; Domain=.herald.example", "www.feeds.herald.example", None),
        ("a=1; Domain=gazette.example", "www.gazette.example", None),
        ("a=1; Secure", "www.herald.example", "a=1"),
        ("a=1; Max-Age=0", "www.herald.example", None),
        ("no pair", "www.herald.example", None),
        ("=1", "www.herald.example", None),
    ],
)
def test_a_cookie_goes_to_the_host_that_set_it_alone(line, to, header):
    assert sent(line, to) == header


def test_a_cookie_set_again_is_sent_once_and_one_that_is_taken_back_is_not():
    cookies = Cookies()
    cookies.take("a.example", False, ["a=1", "b=1", "a=2", "b=; Max-Age=-1"])
    assert cookies.header("a.example", False) == "a=2"


def test_a_secure_cookie_goes_over_https_alone():
    cookies = Cookies()
    cookies.take("a.example", True, ["a=1; Secure", "b=1"])
    assert cookies.header("a.example", True) == "a=1; b=1"
    assert cookies.header("a.example", False) == "b=1"


def test_an_answer_without_https_sets_no_secure_cookie():
    assert sent("a=1; Secure", "www.herald.example", is_secure=False) is None


def test_number_and_size_of_cookies_are_bounded():
    cookies = Cookies()
    cookies.take("a.example", False, [f"c{n}=1" for n in range(MAX_COOKIES + 1)])
    assert len((cookies.header("a.example", False) or "").split("; ")) == MAX_COOKIES
    assert sent("a=" + "x" * (MAX_COOKIE_BYTES - 2), "www.herald.example")
    assert sent("a=" + "x" * (MAX_COOKIE_BYTES - 1), "www.herald.example") is None
