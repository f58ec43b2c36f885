"""Documents for `bench.parse`: feeds as news sites send them, and damage to them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

WORDS = (
    "the dam at Kordal held through night its keeper said after rain fell on hills above town and "
    "police closed both bridges while families were taken to school in Velm where mayor spoke of "
    "hours that nobody forgets Übung café señor naïve Zürich Łódź Kraków smörgås"
).split()
START = datetime(2031, 5, 6, 13, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """What an entry must give. `is_hit`: a bad byte was put into it."""

    guid: str
    title: str
    url: str
    at: datetime
    paragraphs: tuple[str, ...]
    is_hit: bool = False

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Made:
    """A document and the whole entries that it holds."""

    name: str
    body: bytes
    content_type: str
    items: tuple[Item, ...]
    is_damaged: bool = False


def documents(chance: random.Random, n: int) -> list[Made]:
    """Return `n` documents. Of twenty, one has a bad byte, one ends early, two escape badly."""
    return [_document(chance, number) for number in range(n)]


def _document(chance: random.Random, number: int) -> Made:
    items = tuple(_item(chance, n) for n in range(chance.randint(10, 60)))
    make = (_rss, _atom, _rss, _rdf, _xhtml)[number % 5]
    name, text = make(items)
    charset = "iso-8859-2" if number % 7 == 3 else "utf-8"
    if number % 20 in (4, 13):
        name, text = (
            f"{name}, badly escaped",
            text.replace("&#38;", "&").replace("&#160;", "&nbsp;"),
        )
    text = f'<?xml version="1.0" encoding="{charset}"?>\n{text}'
    made = Made(name, text.encode(charset, "xmlcharrefreplace"), "application/xml", items)
    if number % 20 == 15 and charset == "utf-8":
        return _with_bad_byte(made, chance.randrange(len(items)))
    if number % 20 == 6:
        return _cut(made, chance.randrange(2, len(items)))
    return made


def _with_bad_byte(made: Made, number: int) -> Made:
    item = made.items[number]
    at = made.body.index(f"so on {number}<".encode())
    items = list(made.items)
    items[number] = replace(item, is_hit=True)
    body = made.body[:at] + b"\x96" + made.body[at + 1 :]
    return replace(
        made, name=f"{made.name}, a bad byte", body=body, items=tuple(items), is_damaged=True
    )


def _cut(made: Made, number: int) -> Made:
    """Cut a document within an item, so that `number` items are whole."""
    end = b"</entry>" if b"</entry>" in made.body else b"</item>"
    at = 0
    for _ in range(number):
        at = made.body.index(end, at) + len(end)
    body = made.body[: at + 200] if number < len(made.items) else made.body[:at]
    return replace(
        made, name=f"{made.name}, cut", body=body, items=made.items[:number], is_damaged=True
    )


def _words(chance: random.Random, low: int, high: int) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(low, high)))


def _item(chance: random.Random, number: int) -> Item:
    url = f"https://herald.example/news/{number}-{chance.getrandbits(32):x}?id=1&part=2"
    at = START - timedelta(minutes=number * 7)
    paragraphs = tuple(f"{_words(chance, 15, 60)} & more." for _ in range(chance.randint(1, 6)))
    title = f"{_words(chance, 5, 12).capitalize()} & so on {number}"
    return Item(f"herald-{number}-{chance.getrandbits(48):x}", title, url, at, paragraphs)


def _html(item: Item) -> str:
    """Return the text of an item as news systems write it: a picture, links, emphasis."""
    rows = []
    for n, paragraph in enumerate(item.paragraphs):
        first, second, rest = paragraph.split(" ", 2)
        rows.append(
            f'<p class="wp-block-paragraph" id="p{n}"><a href="https://herald.example/tag/{n}" '
            f'rel="noopener" target="_blank">{escape(first)}</a> <strong>{escape(second)}</strong> '
            f"<em>{escape(rest)}</em></p>"
        )
    sizes = ", ".join(f"https://cdn.example/a-{w}.jpg {w}w" for w in (300, 768, 1024, 1536))
    picture = (
        '<figure class="wp-block-image size-large"><img decoding="async" width="1024" height="683" '
        f'src="https://cdn.example/a.jpg" alt="" class="wp-image-1" srcset="{sizes}" '
        'sizes="(max-width: 1024px) 100vw, 1024px" /></figure>'
    )
    return "\n\n\n\n".join([picture, *rows])


def _xml(text: str) -> str:
    return escape(text, quote=False).replace("&amp;", "&#38;")


def _rss(items: Sequence[Item]) -> tuple[str, str]:
    """Return a feed as WordPress, the most common news system, writes it."""
    categories = "\n".join(f"<category><![CDATA[{name}]]></category>" for name in WORDS[:6])
    rows = "\n".join(
        f"""<item><title>{_xml(i.title)}</title>
<link>{_xml(i.url)}</link><comments>{_xml(i.url)}#respond</comments>
<dc:creator><![CDATA[Ann Velm]]></dc:creator><pubDate>{format_datetime(i.at)}</pubDate>
{categories}
<guid isPermaLink="false">{i.guid}</guid>
<description><![CDATA[<p>{escape(i.paragraphs[0][:40])} [&#8230;]</p>
]]></description>
<content:encoded><![CDATA[
{_html(i)}
]]></content:encoded>
<wfw:commentRss>{_xml(i.url)}&#38;feed=rss2</wfw:commentRss><slash:comments>3</slash:comments>
<post-id xmlns="com-wordpress:feed-additions:1">{i.guid[-6:]}</post-id>
<media:content url="https://cdn.example/a.jpg" medium="image" width="1024" height="683">
<media:title type="plain">A&#160;dam</media:title><media:credit>Ann Velm</media:credit>
<media:description>A dam</media:description></media:content>
<media:thumbnail url="https://cdn.example/a-150.jpg" width="150" height="150" /></item>"""
        for i in items
    )
    head = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
        'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>The Herald</title>'
        "<link>https://herald.example/</link><description>News</description>"
        "<language>en-GB</language><ttl>5</ttl>\n"
    )
    return "RSS 2.0", f"{head}{rows}\n</channel></rss>"


def _atom(items: Sequence[Item]) -> tuple[str, str]:
    rows = "\n".join(
        f"""<entry><id>{i.guid}</id>
<title type="html">{escape(escape(i.title, quote=False))}</title>
<link rel="alternate" type="text/html" href="{_xml(i.url)}"/><author><name>Ann Velm</name></author>
<published>{i.at.isoformat()}</published><updated>{i.at.isoformat()}</updated>
<category term="News"/><content type="html">{escape(_html(i))}</content></entry>"""
        for i in items
    )
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Herald</title>\n'
    return "Atom", f"{head}{rows}\n</feed>"


def _xhtml(items: Sequence[Item]) -> tuple[str, str]:
    div = '<div xmlns="http://www.w3.org/1999/xhtml">'
    rows = "\n".join(
        f"""<entry><id>{i.guid}</id><title>{_xml(i.title)}</title><link href="{_xml(i.url)}"/>
<updated>{i.at.isoformat()}</updated>
<content type="xhtml">{div}{_html(i)}</div></content></entry>"""
        for i in items
    )
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Herald</title>\n'
    return "Atom with XHTML", f"{head}{rows}\n</feed>"


def _rdf(items: Sequence[Item]) -> tuple[str, str]:
    rows = "\n".join(
        f"""<item rdf:about="{i.guid}"><title>{_xml(i.title)}</title><link>{_xml(i.url)}</link>
<dc:date>{i.at.isoformat()}</dc:date><description>{escape(_html(i))}</description></item>"""
        for i in items
    )
    head = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>The Herald</title><link>https://herald.example/</link></channel>\n"
    )
    return "RDF", f"{head}{rows}\n</rdf:RDF>"


PIECES = (
    b"<", b">", b"&", b"&#0;", b"&#xD83D;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"\x00", b"\xff",
    b"\x96", b"<item>", b"</item>", b"<entry>", b"</channel>", b"<!DOCTYPE x>", b"<?xml", b"<?a ?>",
    b'"', b"'", b"xmlns:", b"<a:b>", b"&nbsp;", b"&unknown;", b"<guid/>", b"<link/>",
    b"<pubDate>9e99", b"2031-13-45T99:99:99Z", b"\xef\xbb\xbf", b"\xff\xfe", b"<source url=']'>",
    b"<link href='http://['/>", b"http://[", b"<media:content url='//['/>", b"<ttl>1e9",
    b"<content type='base64' mode='base64'>=", b"\xed\xa0\xbd", b"\xf0\x9f", b"<svg onload=",
    b"xml:base='http://['", b"isPermaLink='",
)  # fmt: skip
"""What is put into a document: markup and bytes that have broken parsers."""


def damaged(chance: random.Random, base: Sequence[Made]) -> tuple[Made, bytes]:
    """Return a document and its body with one to six wounds."""
    made = chance.choice(base)
    body = bytearray(made.body[: chance.choice((2000, 6000, 20000))])
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(body) + 1)
        wound = chance.randrange(5)
        if wound == 0:
            body[at:at] = chance.choice(PIECES)
        elif wound == 1:
            del body[at : at + chance.randint(1, 200)]
        elif wound == 2:
            del body[at:]
        elif wound == 3:
            body[at : at + 1] = bytes([chance.randrange(256)])
        else:
            start = chance.randrange(len(body) + 1)
            body[at:at] = body[start : start + chance.randint(1, 300)]
    return made, bytes(body)
