"""Mail addresses, and the address of a mail server."""

import pytest

from services.text.mail import (
    MOST_ADDRESS_CHARS,
    MOST_LOCAL_CHARS,
    MailServer,
    address_refusal,
    ascii_domain,
    mail_server,
)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://mail.example.org", MailServer("mail.example.org", 465, "tls")),
        ("smtp://mail.example.org", MailServer("mail.example.org", 587, "starttls")),
        ("smtp-plain://127.0.0.1:1025", MailServer("127.0.0.1", 1025, "none")),
        (
            "smtps://alerts%40example.org@mail.example.org:2465/",
            MailServer("mail.example.org", 2465, "tls", "alerts@example.org"),
        ),
    ],
)
def test_the_scheme_of_a_server_says_how_it_is_secured(url, server):
    assert mail_server(url) == server


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mail.example.org:25", "begins with"),
        ("http://mail.example.org", "begins with"),
        ("smtps://", "form"),
        ("smtps://mail.example.org/inbox", "form"),
        ("smtps://ann:secret@mail.example.org", "password"),
        ("smtp-plain://ann@mail.example.org", "never goes without TLS"),
        ("smtps://mail.example.org:99999", "Port out of range"),
    ],
)
def test_another_address_of_a_server_is_refused(url, why):
    with pytest.raises(ValueError, match=why):
        mail_server(url)


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.org",
        "a.b+news@sub.example.org",
        "ann@bücher.example",
        "root@localhost",
        "a@b.c",
    ],
)
def test_an_address_that_people_have_is_used(address):
    assert address_refusal(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "@example.org",
        "ann@",
        "ann@@example.org",
        "ann @example.org",
        '"ann"@example.org',
        "ann.@example.org",
        "ann@example..org",
        "ann@-example.org",
        "ann@example.org\r\nRCPT TO:<ben@example.org>",
        "ann@example.org,ben@example.org",
        "ann<ben@example.org>",
        "änn@example.org",
        "ann@[127.0.0.1]",
        "ann@exa mple.org",
    ],
)
def test_what_is_no_address_is_refused(address):
    assert address_refusal(address)


@pytest.mark.parametrize(
    ("n", "is_used"), [(MOST_LOCAL_CHARS, True), (MOST_LOCAL_CHARS + 1, False)]
)
def test_64_characters_may_stand_before_the_at(n, is_used):
    assert (address_refusal("a" * n + "@example.org") is None) is is_used


@pytest.mark.parametrize(
    ("n", "is_used"), [(MOST_ADDRESS_CHARS, True), (MOST_ADDRESS_CHARS + 1, False)]
)
def test_an_address_has_at_most_254_characters(n, is_used):
    domain = ".".join(["a" * 63] * 3)
    address = f"{'b' * (n - len(domain) - 1)}@{domain}"
    assert (len(address), address_refusal(address) is None) == (n, is_used)


def test_a_domain_is_sent_in_ascii_letters():
    assert ascii_domain("Bücher.Example") == "xn--bcher-kva.example"
    assert ascii_domain("bad domain") == ""
