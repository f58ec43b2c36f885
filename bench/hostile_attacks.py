"""The attacks: what feeds and receivers of webhooks send.

Each was once enough to end, blind, or swell a service.
"""

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from itertools import count, repeat

from bench.hostile_server import STOP, Answer, Asked

SLOW_SECONDS = 5.0
"""Pause of a drip: shorter than the timeout of any single read."""


def rss(*items: str, head: str = "") -> bytes:
    """Return a feed of items."""
    channel = f"<channel><title>T</title>{''.join(items)}</channel>"
    return f"{head}<rss version='2.0'>{channel}</rss>".encode()


def item(
    guid: object, title: str, text: str = "", at: datetime | None = None, more: str = ""
) -> str:
    """Return an item of a feed, published now unless `at` is given."""
    day = format_datetime(at or datetime.now(UTC))
    about = f"<title>{title}</title><description>{text}</description><pubDate>{day}</pubDate>"
    return f"<item><guid>{guid}</guid>{about}{more}</item>"


def _gzip_twice(asked: Asked) -> None:
    asked.reply(_bomb(2), b"Content-Encoding: gzip, gzip")


def _gzip_once(asked: Asked) -> None:
    asked.reply(_bomb(1), b"Content-Encoding: gzip")


def _deflate(asked: Asked) -> None:
    asked.reply(_deflated(), b"Content-Encoding: deflate")


@cache
def _bomb(times: int) -> bytes:
    body = b"<rss>" + b" " * (200 * 2**20)
    for _ in range(times):
        body = gzip.compress(body, 9)
    return body


@cache
def _deflated() -> bytes:
    return zlib.compress(b" " * (200 * 2**20), 9)


def _odd_etag(asked: Asked) -> None:
    asked.reply(rss(item("e", "An etag")), 'ETag: "é"'.encode("latin-1"))


def _odd_date(asked: Asked) -> None:
    asked.reply(rss(item("m", "A month")), "Last-Modified: 1. März".encode("latin-1"))


def _long_etag(asked: Asked) -> None:
    asked.reply(rss(item("l", "A long etag")), b'ETag: "' + b"x" * 60_000 + b'"')


def _cookies(asked: Asked) -> None:
    jar = (b"Set-Cookie: c%d_%d=%s; Path=/" % (asked.number, n, b"x" * 500) for n in range(80))
    asked.reply(rss(item("c", "Cookies")), *jar)


def _many_headers(asked: Asked) -> None:
    asked.reply(rss(item("h", "Headers")), *(b"X-%d: %s" % (n, b"y" * 200) for n in range(5_000)))


def _drip_headers(asked: Asked) -> None:
    asked.send(b"HTTP/1.1 200 OK\r\n")
    asked.drip((b"X-%d: y\r\n" % n for n in count()), SLOW_SECONDS)


def _drip_body(asked: Asked) -> None:
    asked.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss>")
    asked.drip(repeat(b" "), SLOW_SECONDS)


def _continue_for_ever(asked: Asked) -> None:
    asked.drip(repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), 0.05)


def _hang(_asked: Asked) -> None:
    STOP.wait()


def _endless(asked: Asked) -> None:
    asked.send(b"HTTP/1.1 200 OK\r\n\r\n<rss>")
    asked.drip(repeat(b"x" * 65536), 0.0)


def _reset(asked: Asked) -> None:
    asked.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>")


def _bad_chunks(asked: Asked) -> None:
    asked.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n<rss>")


def _no_http(asked: Asked) -> None:
    asked.send(b"\x00\xff SSH-2.0 hello\r\n" * 100)


def _redirect(to: str) -> Answer:
    return lambda asked: asked.reply(b"", b"Location: " + to.encode(), status=b"302 Found")


def _redirect_loop(asked: Asked) -> None:
    asked.reply(b"", f"Location: /{asked.number}".encode(), status=b"302 Found")


def _retry_later(asked: Asked) -> None:
    asked.reply(b"", b"Retry-After: 99999999999999999999", status=b"503 No")


def _nested(asked: Asked) -> None:
    asked.reply(b"<rss><channel>" + b"<a>" * 200_000)


def _attributes(asked: Asked) -> None:
    asked.reply(b"<rss " + b" ".join(b'a%d="x"' % n for n in range(300_000)) + b"><channel/></rss>")


def _less_than(asked: Asked) -> None:
    asked.reply(b"<rss>" + b"<" * 1_000_000)


def _many_items(asked: Asked) -> None:
    asked.reply(
        b"<rss><channel>" + b"<item><title>t</title></item>" * 100_000 + b"</channel></rss>"
    )


def _entities(asked: Asked) -> None:
    rows = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)]
    head = f"<!-- <rss --><!DOCTYPE rss [<!ENTITY e0 '{'x' * 100}'>{''.join(rows)}]>"
    asked.reply(rss(item("x", "&e9;"), head=head))


def _churn(asked: Asked) -> None:
    asked.reply(
        rss(*(item(f"{asked.number}-{n}", f"Churn {asked.number} {n}") for n in range(1_000)))
    )


def _names(asked: Asked) -> None:
    asked.reply(
        rss(
            item(
                "names", "A list of countries", "Iran, Iraq, Syria, France, Kenya, Chile. " * 12_000
            )
        )
    )


def _quotes(asked: Asked) -> None:
    asked.reply(rss(item("quotes", "Many quotations", '"a "b ' * 50_000)))


def _large(asked: Asked) -> None:
    asked.reply(rss(item("large", "Backslashes", "\\ " * 4_900_000)))


def _dense(asked: Asked) -> None:
    text = f"Rebels killed {asked.number + 2} soldiers in Aleppo, police said. " * 1_000
    asked.reply(rss(item("dense", f"War diary, entry {asked.number}", text)))


def _flap(asked: Asked) -> None:
    """An article in which the watched word comes, goes, and comes again."""
    says = "arrested" if asked.number % 2 else "thanked"
    asked.reply(
        rss(
            item(
                "flap",
                f"Police {says} Flavio Flappini in Meris",
                f"He was {says} at home (edition {asked.number}).",
            )
        )
    )


def _strange_dates(asked: Asked) -> None:
    days = (
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2099-01-01T00:00:00Z",
        "-1",
        "1e999",
        "é",
    )
    rows = (
        f'{{"id": "{asked.number}-{n}", "title": "Day {n}", "date_published": "{day}"}}'
        for n, day in enumerate(days)
    )
    text = (
        f'{{"version": "https://jsonfeed.org/version/1.1", '
        f'"title": "J", "items": [{", ".join(rows)}]}}'
    )
    asked.reply(text.encode(), kind=b"application/feed+json")


def _deep_json(asked: Asked) -> None:
    asked.reply(
        b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 200_000,
        kind=b"application/feed+json",
    )


def _half_emoji(asked: Asked) -> None:
    text = (
        f'{{"version": "https://jsonfeed.org/version/1", "title": "", "items": '
        f'[{{"id": "{asked.number}", "title": "\\ud83d"}}]}}'
    )
    asked.reply(text.encode(), kind=b"application/json")


def _escapes(asked: Asked) -> None:
    asked.reply(rss(item("esc", "Colours", more="<link>https://a.example/&#27;[2J\x1b[31m</link>")))


def _wrong_charset(asked: Asked) -> None:
    asked.reply(
        b"<?xml version='1.0' encoding='no-such'?>" + rss(item("w", "Ü")) + b"\xff\xfe\x00",
        kind=b"text/xml; charset=zzz",
    )


def _server_error(asked: Asked) -> None:
    asked.reply(b"no", status=b"500 No")


FEEDS: dict[str, Answer] = {
    "gzip in gzip": _gzip_twice,
    "gzip bomb": _gzip_once,
    "deflate bomb": _deflate,
    "etag beyond ascii": _odd_etag,
    "month beyond ascii": _odd_date,
    "etag of 60 kB": _long_etag,
    "80 cookies a poll": _cookies,
    "5,000 headers": _many_headers,
    "a header every 5 s": _drip_headers,
    "a byte every 5 s": _drip_body,
    "100 Continue for ever": _continue_for_ever,
    "no answer": _hang,
    "no end": _endless,
    "cut off": _reset,
    "impossible chunks": _bad_chunks,
    "no HTTP": _no_http,
    "to port 99999": _redirect("http://127.0.0.1:99999/"),
    "to port 22": _redirect("http://127.0.0.1:22/"),
    "to the metadata address": _redirect("http://169.254.169.254/latest/"),
    "to itself": _redirect_loop,
    "retry in 10^20 s": _retry_later,
    "200,000 tags deep": _nested,
    "300,000 attributes": _attributes,
    "1 MB of <": _less_than,
    "100,000 items": _many_items,
    "entities": _entities,
    "1,000 new guids a poll": _churn,
    "490 kB of names": _names,
    "quotation marks": _quotes,
    "9.8 MB of backslashes": _large,
    "60 kB of war, edited": _dense,
    "the word comes and goes": _flap,
    "strange dates": _strange_dates,
    "deep JSON": _deep_json,
    "half an emoji": _half_emoji,
    "escape sequences": _escapes,
    "no such charset": _wrong_charset,
    "500": _server_error,
}
"""Feeds by what they do."""

ONCE = frozenset({"retry in 10^20 s"})
"""Feeds that ask not to be asked again within the time of the test."""

RECEIVERS: dict[str, Answer] = {
    "no answer": _hang,
    "a header every 5 s": _drip_headers,
    "a byte every 5 s": _drip_body,
    "100 Continue for ever": _continue_for_ever,
    "gzip in gzip": _gzip_twice,
    "no end": _endless,
    "cut off": _reset,
    "no HTTP": _no_http,
    "to the metadata address": _redirect("http://169.254.169.254/latest/"),
    "80 cookies": _cookies,
    "500": _server_error,
}
"""Receivers of webhooks by what they do."""


def warm() -> None:
    """Make the bodies that take seconds to make, before anybody waits for them."""
    _bomb(1)
    _bomb(2)
    _deflated()


_FIRST_NAMES = "Abel Bruno Carl Dario Emil Felix Goran Henrik Igor Jonas Karel Luca".split()
_LAST_NAMES = """
Marvento Kessidor Tralloni Bervanik Dossetti Falkurin Grembald Hovarin Jelsomir Krantova
Lomberti Mirzeno Norvald Ostrelli Pelgrano Quandor Rivestra Solmaris Tembroni Urvasko Vantorel
Wesprini Yarlotti Zambrano Arkwelli Bontrago Cavellin Drusetti
"""


def names() -> Iterator[str]:
    """Yield made-up names that no two articles share."""
    yield from (f"{first} {last}" for last in _LAST_NAMES.split() for first in _FIRST_NAMES)
