"""Addresses of requests and redirects."""

import pytest

from services.adapters.target import MAX_READ_CHARS, _kept, next_target, read_target
from services.addresses import MAX_URL_CHARS
from services.errors import InvalidMessage

HERE = read_target("https://herald.example/feed")


def address(n_chars):
    return "https://herald.example/".ljust(n_chars, "x")


@pytest.mark.parametrize("login", ["reader:Xq7-vault", "Xq7-vault", ":Xq7-vault", "a@b:Xq7-vault"])
def test_an_address_with_a_login_is_refused_without_showing_it(login):
    for read in (read_target, lambda url: next_target(HERE, url.removeprefix("https:"))):
        with pytest.raises(InvalidMessage, match="user name or password") as caught:
            read(f"https://{login}@gazette.example/feed")
        assert caught.value.reason == "bad-url"
        assert "vault" not in str(caught.value)


def test_an_address_is_asked_up_to_a_length():
    assert read_target(address(MAX_URL_CHARS)).url == address(MAX_URL_CHARS)
    assert next_target(HERE, address(MAX_URL_CHARS)[len("https:") :]).url == address(MAX_URL_CHARS)
    for read in (read_target, lambda url: next_target(HERE, url)):
        with pytest.raises(InvalidMessage, match=f"over {MAX_URL_CHARS} characters"):
            read(address(MAX_URL_CHARS + 1))


def test_the_length_counts_as_the_address_is_sent():
    with pytest.raises(InvalidMessage, match=f"over {MAX_URL_CHARS} characters"):
        read_target("https://herald.example/" + "漢" * (MAX_URL_CHARS // 9))


@pytest.mark.parametrize(("n_chars", "n_kept"), [(MAX_READ_CHARS, 1), (MAX_READ_CHARS + 1, 0)])
def test_only_short_addresses_are_kept(n_chars, n_kept):
    _kept.cache_clear()
    read_target(address(n_chars))
    assert _kept.cache_info().currsize == n_kept
