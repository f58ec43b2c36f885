"""From items to entries: ids, links, titles, texts, sources."""

import pytest
from reading import atom, only, read, rss

from services.poller.reading.feed import MAX_ENTRIES

LINK = "<link>https://herald.example/1</link>"


# Which text is the article's.


def test_the_article_is_the_content_though_the_teaser_has_more_markup():
    entry = only(
        rss(
            f"{LINK}<description>&lt;img src='https://cdn.example/{'x' * 500}.jpg'/&gt; More."
            "</description><content:encoded><![CDATA[<p>The dam at Kordal held, its keeper said."
            "</p>]]></content:encoded>"
        )
    )
    assert (entry.text, entry.text_source) == (
        "The dam at Kordal held, its keeper said.",
        "content",
    )


def test_the_article_is_the_description_where_the_content_is_a_line():
    entry = only(
        rss(
            f"{LINK}<content:encoded>Read on.</content:encoded>"
            "<description>The dam at Kordal held through the night, its keeper said.</description>"
        )
    )
    assert (entry.text_source, entry.text[:7]) == ("description", "The dam")


CAPTION = (
    "<media:group><media:content url='https://cdn.example/1.jpg'>"
    "<media:description>FILE - The old dam, which burst in 2019, on an archive picture."
    "</media:description></media:content></media:group>"
)


def test_a_caption_is_the_text_only_where_nothing_else_is():
    entry = only(rss(f"{LINK}<description>The dam held.</description>{CAPTION}"))
    assert (entry.text, entry.text_source) == ("The dam held.", "description")
    entry = only(rss(f"{LINK}<title>Dam</title>{CAPTION}"))
    assert (entry.text[:4], entry.text_source) == ("FILE", "media")


@pytest.mark.parametrize(
    ("escaped", "words"),
    [
        ("Shares of Acme &lt;ACME.N&gt; fell", "Shares of Acme <ACME.N> fell"),
        ("A source &lt;unnamed&gt; spoke", "A source <unnamed> spoke"),
        ("3 &lt; 5 and 7 &gt; 5", "3 < 5 and 7 > 5"),
        ("&lt;b&gt;Bold&lt;/b&gt; words", "Bold words"),
        ("Tom &amp;amp; Ann", "Tom & Ann"),
        ("A &lt;o:p&gt;word&lt;/o:p&gt; of Office", "A word of Office"),
        ("caf&#233; &#150; open", "café – open"),
    ],
)
def test_what_is_no_markup_stays_as_words(escaped, words):
    entry = only(rss(f"<guid>1</guid><title>{escaped}</title><description>{escaped}</description>"))
    assert (entry.title, entry.text) == (words, words)


def test_plain_text_of_atom_stands_as_it_is_and_a_blank_line_parts_paragraphs():
    entry = only(
        atom(
            "<id>1</id><title>Acme &lt;ACME.N&gt; &amp;amp; co</title>"
            "<summary>Shares of Acme\nfell &lt;b&gt;.\n\nA &lt;name&gt; spoke.</summary>"
        )
    )
    assert entry.title == "Acme <ACME.N> &amp; co"
    assert entry.text == "Shares of Acme fell <b>.\n\nA <name> spoke."


def test_xhtml_of_atom_is_read_by_its_elements():
    entry = only(
        atom(
            '<id>1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">The <i>dam</i>'
            ' held</div></title><content type="xhtml"><h:div '
            'xmlns:h="http://www.w3.org/1999/xhtml"><h:p>One</h:p><h:p>Two</h:p></h:div></content>'
        )
    )
    assert (entry.title, entry.text) == ("The dam held", "One\n\nTwo")


def test_tags_that_a_feed_forgot_to_escape_are_tags():
    assert only(rss("<guid>1</guid><title>The <i>dam</i> held</title>")).title == "The dam held"


# Aggregators.


def test_headlines_of_other_outlets_are_no_text_of_an_aggregator_s_item():
    rows = "".join(
        f"&lt;li&gt;&lt;a href='https://agg.example/{n}'&gt;{title}&lt;/a&gt;&amp;nbsp;&lt;font&gt;"
        f"{outlet}&lt;/font&gt;&lt;/li&gt;"
        for n, (title, outlet) in enumerate(
            [("Dam bursts at Kordal", "Kordal Post"), ("Keeper denies that dam burst", "Ledger")]
        )
    )
    entry = only(
        rss(
            "<guid>1</guid><title>Dam bursts at Kordal - Kordal Post</title><description>"
            f"&lt;ol&gt;{rows}&lt;/ol&gt;</description>"
            "<source url='https://post.example'>Kordal Post</source>"
        )
    )
    assert (entry.title, entry.text) == ("Dam bursts at Kordal", "")
    assert (entry.source_name, entry.source_url) == ("Kordal Post", "https://post.example")


def test_an_aggregator_s_item_with_words_of_its_own_keeps_them():
    entry = only(
        rss(
            "<guid>1</guid><title>Dam bursts</title><description>&lt;p&gt;The dam at Kordal"
            " burst on Monday, its keeper told &lt;a href='/x'&gt;the Post&lt;/a&gt;."
            "&lt;/p&gt;</description>"
            "<source url='https://post.example'>Kordal Post</source>"
        )
    )
    assert entry.text == "The dam at Kordal burst on Monday, its keeper told the Post."


# Ids and links.


def test_a_guid_that_different_items_share_is_no_id():
    found = read(rss(*(f"<guid>N/A</guid><title>T{n}</title><link>/{n}</link>" for n in range(4))))
    assert [e.guid for e in found.entries] == [None] * 4
    assert "4 items share 1 id" in found.problems[0]


def test_one_article_listed_twice_keeps_its_guid():
    found = read(rss(*(f"<guid>7</guid><title>T{n}</title>{LINK}" for n in range(2))))
    assert ([e.guid for e in found.entries], found.problems) == (["7", "7"], ())


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("<guid>1001</guid>", None),
        ("<guid>1001</guid><link>N/A</link>", None),
        ("<guid>https://herald.example/1</guid>", "https://herald.example/1"),
        ("<guid isPermaLink='false'>https://herald.example/1</guid>", None),
        ("<guid>tag:herald.example,2031:1</guid>", None),
    ],
)
def test_an_address_is_made_of_a_guid_only_if_it_is_one_and_declared_so(guid, url):
    assert only(rss(f"{guid}<title>T</title>")).url == url


def test_an_id_of_atom_is_no_link():
    assert only(atom("<id>https://herald.example/1</id><title>T</title>")).url is None


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/news/1", "https://herald.example/news/1"),
        ("news/1", "https://herald.example/news/1"),
        ("www.herald.example/1", "https://www.herald.example/1"),
        ("//cdn.example/1", "https://cdn.example/1"),
        ("https://other.example/1", "https://other.example/1"),
        ("mailto:desk@herald.example", None),
    ],
)
def test_relative_links_belong_to_the_channel_s_site_and_not_to_the_proxy(link, url):
    body = rss(f"<guid>1</guid><link>{link}</link>", head="<link>https://herald.example/</link>")
    assert only(body, url="https://proxy.example/x/feed").url == url


def test_links_of_atom_resolve_against_xml_base():
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://herald.example/news/">'
        b'<entry xml:base="may/"><id>1</id><link href="1.html"/></entry></feed>'
    )
    assert only(body).url == "https://herald.example/news/may/1.html"


def test_the_page_is_the_link_of_an_atom_entry_and_its_file_the_enclosure():
    entry = only(
        atom(
            '<id>1</id><link rel="self" href="/self"/><link rel="enclosure" href="/a.mp3"/>'
            '<link type="application/json" href="/a.json"/><link type="text/html" href="/a"/>'
        )
    )
    assert entry.url == "https://herald.example/a"
    assert entry.enclosure_url == "https://herald.example/a.mp3"


def test_the_address_before_a_counting_redirect_is_the_address():
    entry = only(
        rss(
            "<guid>1</guid><link>https://counter.example/r/1</link>"
            "<feedburner:origLink>https://herald.example/1</feedburner:origLink>"
        )
    )
    assert entry.url == "https://herald.example/1"


# Cap, dates, characters.


def dated(n):
    day, minute = divmod(n, 1440)
    return (
        f"<guid>{n}</guid><pubDate>2031-05-{day + 1:02}T{minute // 60:02}:{minute % 60:02}:00Z"
        "</pubDate>"
    )


@pytest.mark.parametrize("step", [1, -1], ids=["oldest first", "newest first"])
def test_a_feed_over_the_cap_gives_its_newest_entries_in_its_order(step):
    numbers = range(MAX_ENTRIES + 100)[::step]
    found = read(rss(*map(dated, numbers)))
    assert [e.guid for e in found.entries] == [str(n) for n in numbers if n >= 100]
    assert (found.n_items, "only the newest" in found.problems[0]) == (MAX_ENTRIES + 100, True)


def test_without_dates_both_ends_of_a_feed_over_the_cap_are_read():
    found = read(rss(*(f"<guid>{n}</guid>" for n in range(MAX_ENTRIES + 100))))
    guids = [e.guid for e in found.entries]
    assert (len(guids), guids[0], guids[-1]) == (MAX_ENTRIES, "0", str(MAX_ENTRIES + 99))


def test_two_halves_of_an_emoji_are_one_and_a_lone_half_is_none():
    found = read(
        rss(
            "<guid>1</guid><title>Ship &#xD83D;&#xDEA2; sails</title>",
            "<guid>2</guid><title>Half &#xD83D; a ship &#1114112;</title>",
        )
    )
    assert [e.title for e in found.entries] == ["Ship 🚢 sails", "Half � a ship �"]
    assert not found.is_damaged


def test_dates_that_can_not_be_used_are_told_once_for_each_reason():
    items = [f"<guid>{n}</guid><pubDate>soon</pubDate>" for n in range(3)]
    found = read(rss(*items, "<guid>9</guid><pubDate>1970-01-01T00:00:00Z</pubDate>"))
    assert [e.published_at for e in found.entries] == [None] * 4
    assert found.problems[0] == "3 dates left out, as 'soon': of no known form"
    assert "not between 1995" in found.problems[1]


def test_both_dates_and_the_language_of_an_entry_are_kept():
    entry = only(
        atom(
            "<id>1</id><published>2031-05-06T13:30:00Z</published><updated>2031-05-06T15:00:00Z"
            "</updated><title xml:lang='fr'>T</title>"
        ).replace(b"<entry>", b'<entry xml:lang="pt-BR">')
    )
    assert (entry.published_at.hour, entry.updated_at.hour, entry.language) == (13, 15, "pt")


def test_an_element_that_a_parser_stumbles_over_costs_nothing():
    entry = only(
        rss(
            '<guid>1</guid><title>Evening bulletin</title><psc:chapters xmlns:psc="http://'
            'podlove.org/simple-chapters"><psc:chapter title="Intro"/></psc:chapters>'
        )
    )
    assert entry.title == "Evening bulletin"
