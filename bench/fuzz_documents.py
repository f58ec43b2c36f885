"""The cases of `fuzz_poll`: made-up feeds, what becomes of them on their way, and odd headers."""

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from services.errors import InvalidMessage, TransientError

_ROOT = re.compile(r"<(rss|feed|channel)\b")

START = datetime(2031, 5, 2, 6, 0, tzinfo=UTC)

WORDS = (
    "bridge harbour council Halvane Ostrel closed reopened flood storm train strike vote résumé "
    "naïve 市場 порт “quoted” — minister said three people were injured after the fire 12,000"
).split()


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a made-up feed."""

    guid: str
    title: str
    text: str
    at: datetime


def items(rng: random.Random) -> list[Item]:
    """Return the entries of a feed, the newest first. The first is the one of the next version."""
    numbers = rng.sample(range(100_000), rng.randint(2, 4))
    return [
        Item(
            f"https://ostrel-post.example/{number}",
            _words(rng, 4, 9) + f" {number}",
            f"{_words(rng, 8, 30)}. <b>{_words(rng, 3, 9)}</b> & more < less.",
            START - timedelta(hours=place, minutes=number % 50),
        )
        for place, number in enumerate(numbers)
    ]


def _words(rng: random.Random, least: int, most: int) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(least, most)))


def rss(found: Sequence[Item]) -> bytes:
    rows = "".join(
        f"<item><guid>{item.guid}</guid><link>{item.guid}</link><title>{escape(item.title)}</title>"
        f"<description>{escape(item.text)}</description>"
        f"<pubDate>{item.at:%d %b %Y %H:%M:%S} GMT</pubDate></item>\n"
        for item in found
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>P</title>'
    return f"{head}<link>https://ostrel-post.example/</link>{rows}</channel></rss>".encode()


def atom(found: Sequence[Item]) -> bytes:
    rows = "".join(
        f"<entry><id>{item.guid}</id><link href={quoteattr(item.guid)}/>"
        f"<title>{escape(item.title)}</title><updated>{item.at:%Y-%m-%dT%H:%M:%SZ}</updated>"
        f'<content type="html"><![CDATA[{item.text}]]></content></entry>\n'
        for item in found
    )
    head = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>P</title>'
    return f"{head}{rows}</feed>".encode()


def json_feed(found: Sequence[Item]) -> bytes:
    rows = [
        {
            "id": item.guid,
            "url": item.guid,
            "title": item.title,
            "content_html": item.text,
            "date_published": item.at.isoformat(),
        }
        for item in found
    ]
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": "P", "items": rows}
    return json.dumps(whole, ensure_ascii=False).encode()


FORMS: Mapping[str, tuple[Callable[[Sequence[Item]], bytes], str]] = {
    "rss": (rss, "application/rss+xml"),
    "atom": (atom, "application/atom+xml"),
    "json": (json_feed, "application/feed+json"),
}


def _place(rng: random.Random, body: bytes) -> int:
    return rng.randrange(1, max(2, len(body) - 1))


def _cut(rng: random.Random, body: bytes) -> bytes:
    return body[: _place(rng, body)]


def _bad_bytes(rng: random.Random, body: bytes) -> bytes:
    at = _place(rng, body)
    return body[:at] + rng.randbytes(rng.randint(1, 4)) + body[at + rng.randint(0, 3) :]


def _hole(rng: random.Random, body: bytes) -> bytes:
    at = _place(rng, body)
    return body[:at] + body[at + rng.randint(1, 300) :]


def _repeat(rng: random.Random, body: bytes) -> bytes:
    at = _place(rng, body)
    return body[: at + rng.randint(1, 300)] + body[at:]


def _other_charset(rng: random.Random, body: bytes) -> bytes:
    charset = rng.choice(["latin-1", "cp1251", "utf-16", "gb18030", "shift_jis"])
    return body.decode().encode(charset, "replace")


def _zeros(rng: random.Random, body: bytes) -> bytes:
    at = _place(rng, body)
    return body[:at] + bytes(rng.randint(1, 50)) + body[at:]


def _page_inside(rng: random.Random, body: bytes) -> bytes:
    at = _place(rng, body)
    return body[:at] + b"<html><body>Fatal error: out of memory</body></html>" + body[at:]


def _mixed(rng: random.Random, body: bytes) -> bytes:
    """One entry comes in another charset than its document."""
    at = _place(rng, body)
    end = min(len(body), at + rng.randint(1, 400))
    part = body[at:end].decode("utf-8", "ignore").encode("cp1252", "replace")
    return body[:at] + part + body[end:]


def _whole(_rng: random.Random, body: bytes) -> bytes:
    return body


def _empty(_rng: random.Random, _body: bytes) -> bytes:
    return b""


def _page(_rng: random.Random, _body: bytes) -> bytes:
    return b"<!doctype html><html><head><title>Just a moment...</title></head></html>"


def _flips(rng: random.Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(rng.randint(1, 6)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


DAMAGES = (
    _cut, _cut, _bad_bytes, _hole, _repeat, _other_charset, _zeros, _page_inside, _mixed, _whole,
    _empty, _page, _flips,
)  # fmt: skip

ODD = (
    "", "0", "-1", "1e9", "NaN", "é", "\x7f", "a" * 5000, '"', 'W/"',
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Thu, 99 Foo 9999 99:99:99 XYZ", "2031-05-02", "max-age=99999999999", "no-store, max-age=-1",
    "max-age=\"x\"", "<>; rel=hub", "<http://[>; rel=\"hub\"", "<https://hub.example/>; rel=hub",
    "text/html; charset=utf-16", "text/xml; charset=x-none", "text/xml; charset=\"", ";;;", "\t",
    "application/octet-stream", "image/png", "text/xml; charset=iso-8859-1",
)  # fmt: skip
NAMES = (
    "etag", "last-modified", "content-type", "retry-after", "cache-control", "expires", "date",
    "age", "ratelimit", "x-ratelimit-remaining", "x-ratelimit-reset", "link", "content-encoding",
    "cf-mitigated", "set-cookie", "content-length", "vary", "server",
)  # fmt: skip


def odd_headers(rng: random.Random) -> dict[str, str]:
    """Return headers of which some hold what no server should send."""
    return {rng.choice(NAMES): rng.choice(ODD) for _ in range(rng.choice((0, 0, 1, 2, 4)))}


def is_well_formed(body: bytes, charset: str) -> bool:
    """Return True if no reader could see that a document in this charset is damaged.

    Bare ampersands, odd declarations, and text around the document are in too many healthy feeds
    to be a sign.
    """
    try:
        text = body.decode(charset)
        if text.lstrip().startswith("{"):
            json.loads(text)
        else:
            root = _ROOT.search(text)
            end = text.rfind(f"</{root[1]}>") if root else -1
            if root is None or end < 0:
                return False
            plain = text[root.start() : end].replace("&", "&amp;") + f"</{root[1]}>"
            expat.ParserCreate("utf-8").Parse(plain.encode(), True)
    except (ValueError, LookupError, expat.ExpatError):
        return False
    return "\0" not in text


def _charset(content_type: str) -> str:
    """Return the charset that a header declares; UTF-8 if it declares none."""
    found = re.search(r"charset=([\w-]+)", content_type)
    return found[1] if found else "utf-8-sig"


@dataclass(frozen=True, slots=True)
class Case:
    """One run: the documents, and what becomes of the second on its way."""

    seed: int
    first: bytes
    second: bytes
    damaged: bytes
    kind: str
    status: int
    headers: Mapping[str, str]
    error: Exception | None
    damage: str

    @property
    def can_be_seen(self) -> bool:
        """True if a reader could tell the damaged document from a changed one."""
        charsets = (_charset(self.headers.get("content-type", "")), "utf-8-sig")
        return self.damaged == self.second or not any(
            is_well_formed(self.damaged, charset) for charset in charsets
        )


def case(seed: int) -> Case:
    """Return the run of a seed; the same at every call."""
    rng = random.Random(seed)
    found = items(rng)
    write, kind = FORMS[rng.choice(sorted(FORMS))]
    second = write(found)
    damage = rng.choice(DAMAGES)
    error = rng.choice((TransientError("no answer"), InvalidMessage("bad-coding", "gzip")))
    return Case(
        seed,
        write(found[1:]),
        second,
        damage(rng, second),
        kind,
        rng.choices((200, 304, 301, 403, 404, 410, 429, 500, 503, 202), (70, *[3] * 9))[0],
        odd_headers(rng),
        error if rng.random() < 0.02 else None,
        damage.__name__.strip("_"),
    )
