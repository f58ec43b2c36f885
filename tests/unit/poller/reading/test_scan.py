"""The look at a document's markup before it is parsed: each bound just inside and just outside."""

import time

import pytest

from services.errors import InvalidMessage
from services.poller.reading.scan import (
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_TAGS,
    refuse_hostile,
)

FRAME = 3  # tags of the frame below that stay open or are counted


def rss(items):
    return b'<rss version="2.0"><channel>' + items + b"</channel>"


def nested(n):
    return b"<a>" * n + b"</a>" * n


def attributes(n):
    return b"<item " + b" ".join(b'a%d="1"' % i for i in range(n)) + b"/>"


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param(rss(b"<item/>" * MAX_ITEMS), id="items"),
        pytest.param(rss(b"<a/>" * (MAX_TAGS - FRAME)), id="tags"),
        pytest.param(nested(MAX_DEPTH), id="depth"),
        pytest.param(attributes(MAX_ATTRIBUTES), id="attributes"),
        pytest.param(
            rss(
                b"<item><description><![CDATA["
                + b"<p>" * (MAX_TAGS + 1)
                + b"]]></description></item>"
            ),
            id="in CDATA",
        ),
        pytest.param(rss(b"<!-- " + b"<a>" * (MAX_TAGS + 1) + b" -->"), id="in a comment"),
        pytest.param(
            rss(b"<item>" + b"<br>" * (MAX_DEPTH + 1) + b"</item>"),
            id="line breaks that end nowhere",
        ),
        pytest.param(
            rss(b"<item><p>one<p>two</item>" * MAX_DEPTH), id="paragraphs that end with their item"
        ),
    ],
)
def test_a_document_within_every_bound_is_let_in(xml):
    refuse_hostile(xml)


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (rss(b"<item/>" * (MAX_ITEMS + 1)), "items"),
        (rss(b"<a:entry/>" * (MAX_ITEMS + 1)), "items"),
        (rss(b"<a/>" * (MAX_TAGS - FRAME + 1)), "tags"),
        (nested(MAX_DEPTH + 1), "deep"),
        (attributes(MAX_ATTRIBUTES + 1), "attributes"),
        (b"<item " + b"a " * (MAX_ATTRIBUTES + 1) + b">", "attributes"),
    ],
    ids=[
        "items",
        "items of a namespace",
        "tags",
        "depth",
        "attributes",
        "attributes without values",
    ],
)
def test_a_document_just_outside_a_bound_is_refused_with_the_bound(xml, said):
    with pytest.raises(InvalidMessage, match=said) as caught:
        refuse_hostile(xml)
    assert caught.value.reason == "too-complex"


HOSTILE = {
    "one tag of 60,000 attributes": attributes(60_000),
    "200,000 nested tags": b"<a>" * 200_000,
    "200,000 names": b"".join(b"<a%d>" % i for i in range(199_000)),
    "100,000 items": rss(b"<item><title>x</title></item>" * 100_000),
    "1 MB of <": b"<" * 1_000_000,
    "1 MB of <a": b"<a" * 500_000,
}
HARMLESS = {
    "ends of nothing": b"<a>" * (MAX_DEPTH - 1) + b"</b>" * 190_000,
    "quotation marks that end nowhere": b"<a" + b'"' * 1_000_000,
    "equals signs": b"<a " + b"=" * 1_000_000,
    "sections that end nowhere": b"<![CDATA[" * 1_000_000,
    "comments that end nowhere": b"<!--" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_takes_a_parser_minutes_is_refused_at_once(name):
    began = time.process_time()
    with pytest.raises(InvalidMessage):
        refuse_hostile(HOSTILE[name])
    # CPU time, and ten times what it takes: the machine may be slow, but not for minutes.
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("name", HARMLESS)
def test_the_look_itself_takes_linear_time(name):
    began = time.process_time()
    refuse_hostile(HARMLESS[name])
    assert time.process_time() - began < 2.0
