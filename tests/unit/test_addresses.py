"""Which addresses feeds and webhooks may use."""

import ipaddress

import pytest

from services.addresses import (
    LOOPBACK,
    MAX_URL_CHARS,
    Allowed,
    address_refusal,
    check_target,
    port_refusal,
    without_login,
)
from services.errors import ConfigError
from services.settings import Settings

NONE = Allowed()
EDGES = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "169.254.0.0/16", "224.0.0.0/3", "2001::/23", "2001:db8::/32", "3fff::/20",
    "::/3", "4000::/2", "8000::/1",
]  # fmt: skip


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "::1", "fd00::7"])
def test_the_setting_that_a_refusal_names_allows_the_address(address):
    refused = address_refusal(address, NONE) or ""
    given = refused.partition("REPORTEDLY_FETCH_ALLOW_NETWORKS=")[2].split()[0]
    assert address_refusal(address, Allowed.parse(given)) is None


@pytest.mark.parametrize("address", ["169.254.169.254", "4000::1"])
def test_no_setting_is_named_for_what_can_not_be_allowed(address):
    assert "REPORTEDLY_" not in (address_refusal(address, NONE) or "REPORTEDLY_")


@pytest.mark.parametrize("network", EDGES)
def test_a_special_network_is_refused_from_its_first_address_to_its_last_and_not_beyond(network):
    network = ipaddress.ip_network(network)
    assert address_refusal(str(network[0]), NONE)
    assert address_refusal(str(network[-1]), NONE)
    for beyond in (int(network[0]) - 1, int(network[-1]) + 1):
        if 0 < beyond < 2**network.max_prefixlen:
            neighbour = type(network[0])(beyond)
            inside = any(
                neighbour in ipaddress.ip_network(other) for other in EDGES if other != str(network)
            )
            assert (address_refusal(str(neighbour), NONE) is not None) == inside, neighbour


@pytest.mark.parametrize(
    "address", ["192.0.0.192", "192.88.99.1", "fec0::1", "3fff::1", "fe80::1%eth0", "fc00::1",
    "5f00::1", "100::1", "ff02::1", "64:ff9b:1::101:101", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2001:0:101:101::", "::7f00:1", "255.255.255.255"],
)  # fmt: skip
def test_addresses_inside_are_refused_however_they_are_wrapped(address):
    assert address_refusal(address, NONE)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1", "2002:101:101::"],
)
def test_addresses_outside_are_let_through(address):
    assert address_refusal(address, NONE) is None


def test_the_table_does_not_depend_on_pythons(monkeypatch):
    for name in (
        "is_global",
        "is_private",
        "is_reserved",
        "is_multicast",
        "is_loopback",
        "is_link_local",
    ):
        monkeypatch.delattr(ipaddress.IPv4Address, name)
    assert address_refusal("192.88.99.1", NONE)
    assert address_refusal("1.1.1.1", NONE) is None


def test_a_network_is_allowed_alone():
    allowed = Allowed.parse("10.1.0.0/16, 127.0.0.0/8")
    assert address_refusal("10.1.255.255", allowed) is None
    assert address_refusal("::ffff:10.1.0.1", allowed) is None
    assert address_refusal("10.2.0.0", allowed)
    assert address_refusal("192.168.0.1", allowed)
    assert address_refusal("::1", allowed)
    assert Allowed.parse(str(allowed)) == allowed
    assert Allowed.parse("") == NONE


METADATA = [
    "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fe80::a9fe:a9fe%eth0",
]  # fmt: skip


@pytest.mark.parametrize("address", METADATA)
def test_where_clouds_give_credentials_is_refused_whatever_is_allowed(address):
    wide = Allowed.parse("100.64.0.0/10,192.0.0.0/24,fc00::/7,fe80::/10,64:ff9b:1::/48")
    wider = Allowed(
        (*wide.networks, ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
    )
    assert "never allowed" in (address_refusal(address, wide) or "")
    assert "never allowed" in (address_refusal(address, wider) or "")


@pytest.mark.parametrize(
    "text", ["0.0.0.0/0", "::/0", "10.0.0.0/7", "8.8.8.8", "10.0.0.1/8", "localhost", "true",
    "169.254.169.254", "169.254.0.0/16", "168.63.129.16", "fd00:ec2::254/128"],
)  # fmt: skip
def test_all_at_once_public_ones_and_metadata_can_not_be_allowed(text):
    with pytest.raises(ConfigError, match=r"fetch_allow_networks|FETCH_ALLOW_NETWORKS"):
        Settings.parse({"REPORTEDLY_FETCH_ALLOW_NETWORKS": text})


def test_the_setting_reaches_children_as_it_was():
    settings = Settings.parse({"REPORTEDLY_FETCH_ALLOW_NETWORKS": "127.0.0.0/8,fd12::/16"})
    assert Settings.parse(settings.environment()) == settings


@pytest.mark.parametrize("value", ["true", "false"])
def test_the_setting_that_allowed_everything_is_refused_with_what_to_write_instead(value):
    with pytest.raises(ConfigError, match=r"REPORTEDLY_FETCH_ALLOW_NETWORKS=127\.0\.0\.0/8"):
        Settings.parse({"REPORTEDLY_FETCH_ALLOW_PRIVATE": value})


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f000001", "0X7F.1", "2130706433", "0177.0.0.1", "[::1]",
    "[::ffff:127.0.0.1]", "１２７.0.0.1", "127。0。0。1", "0", "localhost", "LOCALHOST.",
    "feeds.localhost", "[fe80::1%25eth0]", "169.254.169.254", "metadata.google.internal"],
)  # fmt: skip
def test_a_host_inside_is_refused_in_every_notation(host):
    assert check_target(f"http://{host}/feed", NONE)


@pytest.mark.parametrize(
    "url", ["", "example.org", "ftp://example.org/", "mailto:a@example.org", "file:///etc/passwd",
    "gopher://x/", "javascript:1", "http://", "http:///path", "http://[::1", "http://[zz]/",
    "http://[v1.x]/", "http://a..b/", f"http://{'a' * 64}.org/", "http://a_b.org:0/",
    "http://example.org:99999/", "http://example.org:-1/", "http://example.org:x/",
    "http://user:word@example.org/", "http://user@example.org/", "http://exam ple.org/",
    "http://good.org\\@example.org/", "http://example.org/\n", "http://a<b>.org/",
    "http://example.org:25/", "http://example.org:6667/"],
)  # fmt: skip
def test_what_is_no_address_for_feeds_is_refused_in_one_sentence(url):
    why = check_target(url, NONE)
    assert why
    assert "\n" not in why


@pytest.mark.parametrize(
    "url", ["https://example.org/hook", "HTTP://EXAMPLE.ORG", "http://example.org:8080/a?b=c#d",
    "https://münchen.example/ä", "http://a_b.org./", "http://1.2.3.4.5/", "https://1.1.1.1/",
    "https://[2606:4700::1111]:8443/"],
)  # fmt: skip
def test_what_leads_outside_is_accepted(url):
    assert check_target(url, NONE) is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://user:p@ss@127.0.0.1:9200", "http://127.0.0.1:9200"),
        ("https://user@es.example/news", "https://es.example/news"),
        ("https://es.example/@writer.rss?to=a@b", "https://es.example/@writer.rss?to=a@b"),
        ("http://[::1]:9200", "http://[::1]:9200"),
        ("127.0.0.1:9092,kafka:9092", "127.0.0.1:9092,kafka:9092"),
    ],
)
def test_an_address_is_shown_without_its_login(address, shown):
    assert without_login(address) == shown


def test_an_allowed_network_is_accepted_as_literal_and_as_localhost():
    assert check_target("http://127.0.0.1:8080/", LOOPBACK) is None
    assert check_target("http://localhost:8080/", Allowed.parse("::1/128")) is None
    assert check_target("http://10.0.0.1/", LOOPBACK)


def test_the_length_of_an_address_is_bounded():
    room = MAX_URL_CHARS - len("http://example.org/")
    assert check_target("http://example.org/" + "a" * room, NONE) is None
    assert check_target("http://example.org/" + "a" * (room + 1), NONE)


def test_ports_of_other_protocols_are_refused():
    assert [
        port for port in (22, 25, 53, 110, 6000, 6667, 0, -1, 65_536) if port_refusal(port) is None
    ] == []
    assert [port for port in (None, 80, 443, 8080, 9200, 65_535) if port_refusal(port)] == []
