"""The network addresses that feeds and webhooks may use.

Pure: nothing is looked up or connected to.

The tables are our own: those of Python's `ipaddress` differ between releases.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_URL_CHARS = 4_096
"""Characters of an address.

Source: half of what common servers take as a request line (Apache and nginx: 8 KiB); no feed seen
comes near it.
"""

_SPECIAL = """
0.0.0.0/8           this network               RFC 791
10.0.0.0/8          private use                RFC 1918
100.64.0.0/10       shared by carriers         RFC 6598
127.0.0.0/8         loopback                   RFC 1122
169.254.0.0/16      link-local                 RFC 3927
172.16.0.0/12       private use                RFC 1918
192.0.0.0/24        protocol assignments       RFC 6890
192.0.2.0/24        documentation              RFC 5737
192.88.99.0/24      6to4 relays, withdrawn     RFC 7526
192.168.0.0/16      private use                RFC 1918
198.18.0.0/15       benchmarking               RFC 2544
198.51.100.0/24     documentation              RFC 5737
203.0.113.0/24      documentation              RFC 5737
224.0.0.0/4         multicast                  RFC 5771
240.0.0.0/4         reserved                   RFC 1112
::/128              unspecified                RFC 4291
::1/128             loopback                   RFC 4291
::/96               IPv4-compatible            RFC 4291
64:ff9b:1::/48      local NAT64                RFC 8215
100::/64            discard only               RFC 6666
100:0:0:1::/64      dummy prefix               RFC 9780
2001::/23           protocol assignments       RFC 2928
2001:db8::/32       documentation              RFC 3849
3fff::/20           documentation              RFC 9637
5f00::/16           segment routing            RFC 9602
fc00::/7            private use                RFC 4193
fe80::/10           link-local                 RFC 4291
fec0::/10           site-local, withdrawn      RFC 3879
ff00::/8            multicast                  RFC 4291
"""
"""IANA's special-purpose registries and the multicast spaces: network, use, source.

Never public.
"""

_UNASSIGNED = """
::/3                not assigned               RFC 4291
4000::/2            not assigned               RFC 4291
8000::/1            not assigned               RFC 4291
"""
"""The space outside 2000::/3, which is the only IPv6 space with public hosts."""

_METADATA = """
169.254.0.0/16      AWS, Azure, Google Cloud, OpenStack, and others; credentials of containers
100.100.100.200/32  Alibaba Cloud
168.63.129.16/32    Azure
192.0.0.192/32      Oracle Cloud
fd00:ec2::/64       AWS
fd20:ce::254/128    Google Cloud
fe80::a9fe:a9fe/128 OpenStack
"""
"""Where clouds give credentials to every caller inside. No setting allows these addresses."""

_METADATA_NAMES = frozenset(
    {
        "instance-data",
        "metadata",
        "metadata.goog",
        "metadata.google.internal",
    }
)

_BAD_PORTS = frozenset(
    {0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95,
     101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179,
     389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601,
     636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
     6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}
)  # fmt: skip
"""Ports of other protocols, to which no browser sends HTTP.

Source: "bad port" in the Fetch standard (fetch.spec.whatwg.org).
"""

_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
"""Characters on which parsers of addresses disagree."""

_LABELS = re.compile(rb"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class _Row:
    network: Network
    use: str


def _rows(table: str) -> tuple[_Row, ...]:
    return tuple(map(_row, table.strip().splitlines()))


def _row(line: str) -> _Row:
    network, use = line.split(maxsplit=1)
    return _Row(ipaddress.ip_network(network), re.split(r"\s{2,}", use)[0])


_REFUSED = _rows(_SPECIAL)
_OUTSIDE = _rows(_UNASSIGNED)
_NEVER = _rows(_METADATA)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")


SETTING = "REPORTEDLY_FETCH_ALLOW_NETWORKS"
"""The setting of the networks that are allowed."""


class Allowed:
    """Networks that are not public, and that feeds and webhooks may reach nevertheless.

    Not a dataclass: msgspec would read the setting as its fields.
    """

    __slots__ = ("networks",)

    def __init__(self, networks: tuple[Network, ...] = ()) -> None:
        self.networks = networks

    @classmethod
    def parse(cls, text: str) -> "Allowed":
        """Return the networks in `10.1.0.0/16,127.0.0.0/8`; none for an empty text.

        Raises ValueError with one sentence.
        """
        return cls(tuple(_allowable(part.strip()) for part in text.split(",") if part.strip()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Allowed) and self.networks == other.networks

    def __hash__(self) -> int:
        return hash(self.networks)

    def __repr__(self) -> str:
        return f"Allowed.parse({str(self)!r})"

    def __str__(self) -> str:
        return ",".join(str(network) for network in self.networks)


LOOPBACK = Allowed((ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")))
"""This machine. The demo and the tests allow it."""


def _allowable(text: str) -> Network:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        refusal = f"{text!r} is no network such as 127.0.0.0/8 or 10.1.2.3/32"
        raise ValueError(f"{refusal}: {error}") from error
    for row in _NEVER:
        if _is_inside(network, row.network):
            raise ValueError(f"{text} is never allowed: clouds give credentials there")
    if not any(_is_inside(network, row.network) for row in _REFUSED):
        advice = "name each private network, such as 10.1.0.0/16"
        raise ValueError(f"{text} is wider than one private network, or public: {advice}")
    return network


def _is_inside(inner: Network, outer: Network) -> bool:
    if inner.version != outer.version:
        return False
    return inner.network_address in outer and inner.prefixlen >= outer.prefixlen


@lru_cache(maxsize=16_384)
def address_refusal(address: str, allowed: Allowed) -> str | None:
    """Return why an IP address must not be connected to ("is not public (loopback): …"), or None.

    The reason names the setting that would allow the address, if it can be allowed. An IPv4 address
    inside an IPv6 address counts as itself. Raises ValueError if it is no IP address.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    forms = [ip, *_embedded(ip)]
    if any(form in row.network for form in forms for row in _NEVER):
        return "is where clouds give credentials, and never allowed"
    if any(form in network for form in forms for network in allowed.networks):
        return None
    for form in _decisive(ip):
        for row in _REFUSED:
            if form in row.network:
                own = f"{SETTING}={ipaddress.ip_network(form)} allows it if it is yours"
                return f"is not public ({row.use}): {own}"
        for row in _OUTSIDE:
            if form in row.network:
                return f"is not public ({row.use})"
    return None


def _embedded(ip: Address) -> Iterator[Address]:
    """Yield the IPv4 addresses to which a translator or a tunnel may map an IPv6 address."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return
    if ip.ipv4_mapped is not None:
        yield ip.ipv4_mapped
    if ip.sixtofour is not None:
        yield ip.sixtofour
    if ip.teredo is not None:
        yield from ip.teredo
    if ip in _NAT64 or ip in _LOCAL_NAT64:
        yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def _decisive(ip: Address) -> list[Address]:
    """Return the forms of an address that must be public.

    A translated address leads only to the address inside, so only that one counts.
    """
    inside = list(_embedded(ip))
    if not isinstance(ip, ipaddress.IPv6Address):
        return [ip, *inside]
    is_translated = ip.ipv4_mapped is not None or ip in _NAT64
    return inside if is_translated else [ip, *inside]


def port_refusal(port: int | None) -> str | None:
    """Return why a port must not be used for HTTP, or None. None as a port is the default one."""
    if port is None or (port not in _BAD_PORTS and 0 < port < 65_536):
        return None
    if not 0 < port < 65_536:
        return f"port {port} does not exist"
    return f"port {port} belongs to another protocol than HTTP"


def without_login(url: str) -> str:
    """Return an address without user name and password, to be shown."""
    scheme, separator, rest = url.partition("://")
    end = min((at for at in map(rest.find, "/?#\\") if at >= 0), default=len(rest))
    return f"{scheme}{separator}{rest[:end].rpartition('@')[2]}{rest[end:]}"


def check_target(url: str, allowed: Allowed) -> str | None:
    """Return in one sentence why an address of a feed or webhook can't be used, or None.

    Only the text is judged. The addresses of its host name are checked at each connection.
    """
    if len(url) > MAX_URL_CHARS:
        return f"the address is longer than {MAX_URL_CHARS} characters"
    if _UNSAFE.search(url):
        return "the address holds a blank, a backslash, or a control character"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"the address can't be read: {error}"
    if parts.scheme not in ("http", "https"):
        return "only addresses that begin with http:// or https:// can be used"
    if parts.username is not None or parts.password is not None:
        return "the address must not hold a user name or password, which would stand in logs"
    if not parts.hostname or ("[" in parts.netloc and ":" not in parts.hostname):
        return "the address names no host"
    return _host_refusal(parts.hostname, allowed) or port_refusal(port)


def _host_refusal(host: str, allowed: Allowed) -> str | None:
    name = unicodedata.normalize("NFKC", host).replace("。", ".").rstrip(".").lower()
    if name in _METADATA_NAMES:
        return f"{host} is where clouds give credentials, and never allowed"
    if name == "localhost" or name.endswith(".localhost"):
        reasons = [address_refusal(loopback, allowed) for loopback in ("127.0.0.1", "::1")]
        return None if None in reasons else f"{host} {reasons[0]}"
    literal = host if ":" in host else _ipv4(name)
    if literal is not None:
        why = address_refusal(literal, allowed)
        return why and f"{host} {why}"
    return None if _is_host_name(name) else f"{host} is no host name"


def _is_host_name(name: str) -> bool:
    try:
        return _LABELS.fullmatch(name.encode("idna")) is not None
    except UnicodeError:
        return False


def _ipv4(host: str) -> str | None:
    """Return the address of a host in any notation of resolvers (127.1, 0x7f000001), or None."""
    numbers = [_number(part) for part in host.split(".")]
    if len(numbers) > 4 or any(number is None for number in numbers):
        return None
    *heads, last = [number for number in numbers if number is not None]
    if any(head > 255 for head in heads) or last >= 256 ** (4 - len(heads)):
        return None
    value = last + sum(head << (8 * (3 - place)) for place, head in enumerate(heads))
    return str(ipaddress.IPv4Address(value))


_NUMBERS = ((r"0[xX][0-9a-fA-F]{0,16}", 16), (r"0[0-7]{0,16}", 8), (r"[1-9][0-9]{0,16}", 10))
"""Notations of a number in an IPv4 address, with their base."""


def _number(text: str) -> int | None:
    for pattern, base in _NUMBERS:
        if re.fullmatch(pattern, text):
            digits = text[2:] if base == 16 else text
            return int(digits or "0", base)
    return None
