"""The law of damage: it may add entries, and never changes or empties one."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import atom, read, rss

ITEMS = tuple(
    f"<guid>g{n}</guid><title>Übung {n} &amp; more</title><link>https://herald.example/{n}</link>"
    f"<description>&lt;p&gt;Café number {n} reopened.&lt;/p&gt;</description>"
    f"<content:encoded><![CDATA[<p>The café in <b>Kordal</b> street {n} reopened &eacute;</p>]]>"
    "</content:encoded><pubDate>Tue, 06 May 2031 13:30:00 GMT</pubDate>"
    for n in range(6)
)
RSS = rss(*ITEMS, head="<link>https://herald.example/</link><language>fr</language>")
ATOM = atom(
    *(
        f'<id>urn:{n}</id><title type="html">Übung &lt;b&gt;{n}&lt;/b&gt;</title>'
        f'<link href="https://herald.example/{n}"/><updated>2031-05-06T13:30:00Z</updated>'
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Café {n}</p></div>'
        "</content>"
        for n in range(6)
    )
)
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Herald",
        "items": [
            {"id": str(n), "title": f"Übung {n}", "content_html": f"<p>Café {n}</p>"}
            for n in range(6)
        ],
    },
    ensure_ascii=False,
).encode()
FEEDS = {"RSS": RSS, "Atom": ATOM, "JSON Feed": JSON}
LATIN = RSS.decode().replace("utf-8", "iso-8859-1").encode("latin-1")
ENDS = {"RSS": b"</item>", "Atom": b"</entry>", "JSON Feed": b'"}'}


@pytest.mark.parametrize("kind", FEEDS)
@given(st.data())
def test_a_document_cut_anywhere_gives_its_whole_items_unchanged(kind, data):
    whole, end = FEEDS[kind], ENDS[kind]
    cut = data.draw(st.integers(whole.index(end) + len(end), len(whole.rstrip()) - 1))
    n_whole = whole[:cut].count(end)
    found = read(whole[:cut])
    assert found.is_damaged
    assert found.entries[:n_whole] == read(whole).entries[:n_whole]
    assert len(found.entries) == n_whole, "half an item is no item"


@pytest.mark.parametrize("body", [RSS, ATOM], ids=["RSS", "Atom"])
@pytest.mark.parametrize("byte", [0x96, 0xFF, 0x00])
@given(st.data())
def test_a_byte_that_is_no_character_changes_no_item_but_its_own(body, byte, data):
    at = data.draw(st.integers(body.index(b"bung"), len(body) - 1))
    damaged = body[:at] + bytes([byte]) + body[at + 1 :]
    if byte and damaged.decode(errors="replace") == damaged.decode(errors="ignore"):
        return  # It made another character out of a half of the old one, which nobody can see.
    found = read(damaged)
    assert found.is_damaged
    # An end tag that is broken leaves two items in one, so that the next may be missing.
    hit = body[:at].count(b"</entry>" if body is ATOM else b"</item>")
    whole = read(body).entries
    far = {e for n, e in enumerate(whole) if abs(n - hit) > 1}
    assert far <= set(found.entries)
    assert len({e.guid for e in found.entries} & {e.guid for e in whole}) >= len(whole) - 2
    assert len(set(found.entries) - set(whole)) <= 1


def test_a_null_in_another_charset_costs_only_its_item():
    damaged = LATIN.replace(b"number 3", b"number\0 3")
    found = read(damaged)
    assert found.is_damaged
    assert [a == b for a, b in zip(found.entries, read(LATIN).entries, strict=True)].count(
        False
    ) <= 1


def test_one_byte_of_windows_1252_leaves_the_accents_of_the_other_items():
    body = RSS.replace("Übung 3".encode(), b"Talks \x96 3")
    found = read(body)
    assert [e.title for e in found.entries][2:4] == ["Übung 2 & more", "Talks � 3 & more"]
    assert found.is_damaged
    assert "1 byte no UTF-8" in found.problems[0]


def test_a_body_known_to_have_ended_early_is_damaged_though_it_looks_whole():
    assert read(RSS, is_cut=True).is_damaged
    assert not read(RSS).is_damaged


def test_a_gzip_file_is_unpacked_and_one_without_its_end_is_damaged():
    assert read(gzip.compress(RSS)) == read(RSS)
    cut = read(gzip.compress(RSS)[:-12])
    assert cut.is_damaged
    assert set(cut.entries) <= set(read(RSS).entries)


def test_a_feed_that_only_forgets_to_escape_is_not_damaged():
    found = read(rss("<guid>1</guid><title>Smith & Sons&nbsp;close</title>"))
    assert (found.entries[0].title, found.is_damaged) == ("Smith & Sons close", False)
    assert "ampersand" in found.problems[0]


def test_a_section_that_swallows_the_next_item_is_damage_though_all_is_well_formed():
    broken = RSS.replace(b"&eacute;</p>]]>", b"&eacute;</p>]]x", 1)
    found = read(broken)
    assert found.is_damaged
    assert len(found.entries) == 5


def test_an_item_of_broken_markup_costs_no_other():
    items = list(ITEMS)
    items[2] = "<guid>g2</guid><title>Open <b>tag</title>"
    found = read(rss(*items))
    whole = read(RSS).entries
    assert [e for n, e in enumerate(found.entries) if n != 2] == [
        e for n, e in enumerate(read(rss(*ITEMS)).entries) if n != 2
    ]
    assert (len(found.entries), found.is_damaged, len(whole)) == (6, True, 6)


def test_the_only_item_of_a_feed_that_was_cut_off_is_read_without_its_half_text():
    found = read(rss("<guid>1</guid><title>The bridge at Kordal</title><description>Wor")[:-30])
    assert [(e.title, e.text) for e in found.entries] == [("The bridge at Kordal", "")]
    assert found.is_damaged
