"""What is mended because it has one reading."""

import pytest
from reading import read, rss

from services.poller.reading.repair import MAX_REFERENCES, mended

BODY = rss("<guid>1</guid><title>Dam holds</title>").decode().partition("?>")[2]


@pytest.mark.parametrize(
    ("written", "mended_to"),
    [
        ("a & b", "a &amp; b"),
        ("a &amp; b &#233; &#xE9; &lt;", "a &amp; b &#233; &#xE9; &lt;"),
        ("x?a=1&b=2", "x?a=1&amp;b=2"),
        ("&nbsp;&eacute;", "&#160;&#233;"),
        ("&unknown;", "&amp;unknown;"),
        ("&#xD83D;&#xDEA2;", "&#128674;"),
        ("&#xD83D;", "&#xFFFD;"),
        ("&#0;&#1114112;", "&#xFFFD;&#xFFFD;"),
        ("<![CDATA[a & b]]> & <!-- & -->", "<![CDATA[a & b]]> &amp; <!-- & -->"),
    ],
)
def test_references_become_those_of_xml(written, mended_to):
    assert mended(written)[0] == mended_to


@pytest.mark.parametrize(
    "body",
    [
        f"<br /><b>Warning</b>: something\n<?xml version='1.0'?>{BODY}",
        f"{BODY}<script>count()</script>",
        BODY.replace("<title>Dam", "<yt:id>1</yt:id><title>Dam"),
    ],
    ids=["a warning before", "a script after", "a prefix without a declaration"],
)
def test_a_document_with_something_around_or_in_it_is_read_and_not_damaged(body):
    found = read(body.encode())
    assert ([e.title for e in found.entries], found.is_damaged) == (["Dam holds"], False)
    assert len(found.problems) == 1


@pytest.mark.parametrize(("n", "is_mended"), [(MAX_REFERENCES, True), (MAX_REFERENCES + 1, False)])
def test_ampersands_are_mended_up_to_a_number(n, is_mended):
    assert ("&amp;" in mended("& " * n)[0]) == is_mended
