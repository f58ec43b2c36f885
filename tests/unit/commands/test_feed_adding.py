"""`feeds add`: by the address of a feed, or of the site that has it."""

import pytest
from click.testing import CliRunner
from loops import everything
from polling import answer, rss

from services.adapters.memory import MemoryBroker
from services.commands.feeds import feeds
from services.commands.world import Instead
from services.errors import ConfigError, InvalidMessage, TransientError
from services.ports import HttpAnswer
from services.settings import Settings

SITE = "https://herald.example"


class Site:
    """Answers by path; anything else is not found."""

    def __init__(self, elsewhere=(), moved=(), **pages):
        self.pages = {f"{SITE}/{name.replace('_', '.')}": page for name, page in pages.items()}
        self.pages |= dict(elsewhere)
        self.moved = dict(moved)
        self.asked = []

    async def get(self, url, headers):
        self.asked.append((url, dict(headers)))
        url = self.moved.get(url, url)
        found = self.pages.get(url, answer(b"no", 404, url))
        if isinstance(found, Exception):
            raise found
        return HttpAnswer(found.status, url, found.headers, found.body)


@pytest.fixture
def add():
    broker = MemoryBroker()

    def run(site, *words, **settings):
        world = Instead(settings=Settings(**settings), broker=broker, fetcher=site)
        result = CliRunner().invoke(feeds, ["add", *words], obj=world)
        return result, [record.value for record in everything(broker, "feeds")]

    return run


def page(*hrefs):
    links = "".join(f'<link rel=alternate type="application/rss+xml" href="{h}">' for h in hrefs)
    return answer(
        f"<html><head>{links}</head></html>".encode(), headers={"content-type": "text/html"}
    )


def test_the_address_of_a_feed_is_saved_with_its_title(add):
    done, (value,) = add(Site(rss_xml=rss(("1", "A"))), f"{SITE}/rss.xml", "--interval", "30")
    assert "saved: https://herald.example/rss.xml  H  (1 entry)" in done.output
    assert b'"outlet":"H"' in value
    assert b'"interval_seconds":30.0' in value


def test_the_feed_that_a_page_declares_is_saved_for_its_site(add):
    site = Site(**{"": page("/news.rss")}, news_rss=rss(("1", "A")))
    done, saved = add(site, "herald.example/")
    assert "saved: https://herald.example/news.rss" in done.output
    assert len(saved) == 1


def test_a_site_that_declares_nothing_is_searched_at_the_common_places(add):
    done, _ = add(Site(**{"": page()}, atom_xml=rss(("1", "A"))), f"{SITE}/")
    assert "saved: https://herald.example/atom.xml" in done.output


def test_several_feeds_are_listed_and_none_is_saved_until_one_is_named(add):
    site = Site(**{"": page("/a.xml", "/b.xml")}, a_xml=rss(("1", "A")), b_xml=rss(("1", "B")))
    done, saved = add(site, f"{SITE}/")
    assert "has 2 feeds: add one by its address, or give --all" in str(done.exception)
    assert done.stdout.count("(1 entry)") == 2
    assert saved == []
    assert len(add(site, f"{SITE}/", "--all")[1]) == 2


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (TransientError("no answer"), "no answer"),
        (InvalidMessage("refused-address", "private"), "private"),
        (answer(b"no", 403), "HTTP 403"),
        (page(), "a web page"),
    ],
)
def test_a_site_without_a_feed_is_told_with_the_reason(add, first, says):
    done, _ = add(Site(**{"": first}), f"{SITE}/")
    assert f"no feed found at {SITE}/" in str(done.exception)
    assert says in str(done.exception)


@pytest.fixture
def secrets(tmp_path):
    path = tmp_path / "secrets.yaml"
    path.write_text("herald: {user: reader, password: 'pass word'}\n")
    path.chmod(0o600)
    return str(path)


def test_credentials_are_sent_and_only_their_name_is_saved(add, secrets):
    site = Site(rss_xml=rss(("1", "A")))
    words = (f"{SITE}/rss.xml", "--credentials", "herald")
    done, (value,) = add(site, *words, feed_secrets=secrets)
    assert site.asked[0][1]["Authorization"].startswith("Basic ")
    assert b'"credentials":"herald"' in value
    for text in (value.decode(), done.output):
        assert "pass word" not in text
        assert site.asked[0][1]["Authorization"] not in text


OTHERS = (
    "https://courier.example/rss",
    "http://herald.example/rss",
    "https://herald.example:8443/rss",
    "https://herald.example.courier.example/rss",
)
"""Addresses of other origins than SITE: another host, scheme, and port."""


def with_secret(site):
    return {url for url, headers in site.asked if "Authorization" in headers}


@pytest.mark.parametrize("other", OTHERS)
def test_credentials_never_go_to_an_origin_that_a_page_names(add, secrets, other):
    found = {other: rss(("1", "A")), f"{SITE}/own.xml": rss(("1", "B"))}
    site = Site(elsewhere=found, **{"": page(other, "/own.xml")})
    words = (f"{SITE}/", "--all", "--credentials", "herald")
    done, saved = add(site, *words, feed_secrets=secrets)
    assert with_secret(site) == {f"{SITE}/", f"{SITE}/own.xml"}
    assert {other in v.decode(): b'"credentials":"herald"' in v for v in saved} == {
        True: False,
        False: True,
    }
    assert f"warning: {other} is saved without credentials herald" in done.stderr


@pytest.mark.parametrize("other", OTHERS)
def test_an_address_that_moved_to_another_origin_is_saved_without_credentials(add, secrets, other):
    site = Site(elsewhere={other: rss(("1", "A"))}, moved={f"{SITE}/rss": other})
    words = (f"{SITE}/rss", "--credentials", "herald")
    done, (value,) = add(site, *words, feed_secrets=secrets)
    assert b'"credentials":"herald"' not in value
    assert f"warning: {other} is saved without credentials herald" in done.stderr


@pytest.mark.parametrize("other", OTHERS)
def test_the_common_places_of_another_origin_are_asked_without_credentials(add, secrets, other):
    site = Site(elsewhere={other: page()}, moved={f"{SITE}/": other})
    add(site, f"{SITE}/", "--credentials", "herald", feed_secrets=secrets)
    assert len(site.asked) > 1
    assert with_secret(site) == {f"{SITE}/"}


@pytest.mark.parametrize("wrong", ["https://u:hush@herald.example/rss", "http://10.0.0.1/rss"])
def test_an_address_that_a_page_names_is_checked_like_one_that_the_user_names(add, wrong):
    site = Site(elsewhere={wrong: rss(("1", "A"))}, **{"": page(wrong)})
    done, saved = add(site, f"{SITE}/")
    assert isinstance(done.exception, ConfigError)
    assert saved == []
    assert "hush" not in f"{done.output}{done.exception}"
