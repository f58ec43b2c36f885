"""Sitemaps of news, and their index."""

from datetime import UTC, datetime

from reading import read

MAP = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://herald.example/1</loc>
 <news:news><news:publication><news:name>The Herald</news:name><news:language>fr</news:language>
 </news:publication><news:publication_date>2031-05-06T15:30:00+02:00</news:publication_date>
 <news:title>Tom &amp; Ann</news:title></news:news><lastmod>2031-05-06T14:00:00Z</lastmod></url>
 <url><loc>https://herald.example/about</loc></url><url><loc>javascript:no</loc></url></urlset>"""


def test_a_sitemap_of_news_gives_its_articles_and_pages():
    found = read(MAP)
    article, page = found.entries
    assert (found.kind, found.n_items) == ("sitemap", 3)
    assert (article.guid, article.url, article.title, article.language) == (
        "https://herald.example/1",
        "https://herald.example/1",
        "Tom & Ann",
        "fr",
    )
    assert article.published_at == datetime(2031, 5, 6, 13, 30, tzinfo=UTC)
    assert article.updated_at == datetime(2031, 5, 6, 14, tzinfo=UTC)
    assert (page.title, page.published_at) == ("", None)


def test_an_index_gives_the_addresses_of_its_sitemaps():
    found = read(
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>'
        b"https://herald.example/may.xml.gz</loc></sitemap><sitemap><loc>/june.xml</loc></sitemap>"
        b"</sitemapindex>"
    )
    assert found.kind == "sitemap-index"
    assert found.sitemaps == (
        "https://herald.example/may.xml.gz",
        "https://herald.example/june.xml",
    )
    assert found.entries == ()


def test_the_sitemaps_that_changed_last_come_first():
    rows = "".join(
        f"<sitemap><loc>https://herald.example/{day}</loc><lastmod>2031-05-{day}</lastmod></sitemap>"
        for day in ("04", "06", "05")
    )
    found = read(
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"{rows}<sitemap><loc>https://herald.example/old</loc></sitemap></sitemapindex>".encode()
    )
    assert [url.rpartition("/")[2] for url in found.sitemaps] == ["06", "05", "04", "old"]
