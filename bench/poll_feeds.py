"""The feeds of `bench/poll.py`: a mix of tempers, each on a loopback address of its own."""

from collections.abc import Iterator

MIX = (
    ("slow", 0.05, 1),
    ("hung", 0.01, 1),
    ("limited", 0.01, 5),
    ("moved", 0.01, 1),
    ("cut", 0.01, 1),
    ("changing", 0.01, 1),
)
"""Temper, its share of the feeds, and the feeds on one host. The rest is unchanged."""


def addresses(n_feeds: int, port: int) -> Iterator[tuple[str, str]]:
    """Yield (temper, address) of so many feeds."""
    host = 0
    n_left = n_feeds
    for temper, share, on_one in MIX:
        for n in range(round(n_feeds * share)):
            host += n % on_one == 0
            n_left -= 1
            yield temper, f"http://{_ip(host)}:{port}/{temper}/{n}"
    for n in range(n_left):
        host += 1
        yield "same", f"http://{_ip(host)}:{port}/same/{n}"


def _ip(n: int) -> str:
    """Return the n-th loopback address, from 127.1.0.1 on."""
    return f"127.{1 + n // 62_500}.{n // 250 % 250}.{1 + n % 250}"
