"""Feed lists: what is read of OPML and YAML, and what is refused."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from services.addresses import LOOPBACK
from services.commands.feed_files import read_feeds
from services.commands.feeds import feeds
from services.desk.feeds.checking import MAX_INTERVAL_SECONDS, check_feeds
from services.desk.feeds.opml import MAX_OPML_DEPTH, MAX_TAGS, opml
from services.errors import ConfigError

OPML = """<opml version="1.0"><body><outline text="News">
<outline type="rss" text="Herald & Co" title="Herald &amp; Co" xmlUrl="https://herald.example/feed?a=1&b=2"/>
<outline text="Again" xmlUrl="https://herald.example/feed?a=1&b=2"/><outline xmlurl="feed://courier.example/rss"/></outline></body></opml>"""


@pytest.fixture
def write(tmp_path):
    def to(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return to


def test_opml_with_bare_ampersands_gives_each_address_once(write):
    found = read_feeds(write("f.opml", OPML))
    assert [f.url for f in found] == [
        "https://herald.example/feed?a=1&b=2",
        "http://courier.example/rss",
    ]


def test_an_outlet_without_a_name_is_called_after_its_host(write):
    (feed,) = read_feeds(write("f.yaml", "- url: https://www.courier.example/rss"))
    assert feed.outlet == "courier.example"


def test_yaml_sets_everything_but_the_id(write):
    (feed,) = read_feeds(
        write(
            "f.yaml",
            "- {url: 'https://a.example/', outlet: A, outlet_family: G, interval_seconds: 30}",
        )
    )
    assert (feed.outlet, feed.outlet_family, feed.interval_seconds) == ("A", "G", 30)
    assert len(feed.feed_id) == 20


def test_an_exported_list_reads_back_the_same(write):
    found = read_feeds(write("f.yaml", "- {url: 'https://a.example/?x=1&y=2', title: 'A & B'}"))
    again = read_feeds(write("g.opml", opml(found).decode()))
    assert [(f.url, f.title) for f in again] == [("https://a.example/?x=1&y=2", "A & B")]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (
            "f.yaml",
            "- {url: 'ftp://a.example'}",
            "can't be polled: only addresses that begin with http:// or https://",
        ),
        ("f.yaml", "- {outlet: A}", "f.yaml:1: url is missing: a feed needs url"),
        ("f.yaml", "- {url: 'https://a.example/', interval_seconds: often}", "interval_seconds"),
        ("f.yaml", "a: b", "f.yaml:1: a list of feeds was expected"),
        ("f.yaml", "[", "f.yaml:2: a . or . is never closed"),
        (
            "f.yaml",
            "- {url: 'https://a.example/', intervall_seconds: 3}",
            "did you mean interval_seconds",
        ),
        (
            "f.yaml",
            "- {url: 'https://a.example/', interval_seconds: -3}",
            "interval_seconds can't be -3: write 1 to 604800",
        ),
        (
            "f.yaml",
            "- {url: 'https://a.example/', language: english}",
            "english is no code of a language: write en",
        ),
        ("f.yaml", "- {url: 'http://127.0.0.1:9200/'}", "127.0.0.1 is not public"),
        (
            "f.yaml",
            "- {url: 'http://a.example:99999/'}",
            "can't be polled: the address can't be read",
        ),
        (
            "f.yaml",
            "- {url: 'https://a.example/', url: 'https://b.example/'}",
            "url is given twice, first in line 1",
        ),
        ("f.yaml", "", "no feeds found"),
        (
            "f.opml",
            "<!DOCTYPE opml [<!ENTITY a 'b'>]><opml/>",
            "f.opml:1: no list of feeds needs <!DOCTYPE",
        ),
        ("f.opml", "<opml>\x00</opml>", "f.opml:1: the file is not in UTF-8"),
        ("f.opml", "", "f.opml:1: this is not well-formed XML: Document is empty"),
        (
            "f.opml",
            '<opml><body>\n<outline text="A">\n</body></opml>',
            "f.opml:3: this is not well-formed XML: .* mismatch: outline line 2 and body$",
        ),
        (
            "f.yaml",
            "- {url: 'https://a.example/', zone: Rome}",
            "'Rome' is no time zone: write one such as Europe/Rome",
        ),
        ("f.yaml", "- {url: 'https://a.example/', feed_id: 'a b'}", "feed_id is 'a b'"),
        ("f.yaml", "- {url: 'https://a.example/', ids: number}", "number can't be given for ids"),
        (
            "f.opml",
            '<opml><outline xmlUrl="https://a.example/"/>\n<outline type="RSS" text="B"/></opml>',
            "f.opml:2: the feed B has no address: give its outline xmlUrl",
        ),
        ("f.opml", "<opml><body/></opml>", "no feeds found"),
    ],
)
def test_what_can_not_be_used_is_told_with_its_place(write, name, text, says):
    with pytest.raises(ConfigError, match=says):
        read_feeds(write(name, text))


def test_all_mistakes_of_a_file_are_told_at_once():
    text = (
        b"- url: ftp://a\n- titel: A\n"
        b"- {url: 'https://a.example/', interval_seconds: 0, language: xx}\n"
    )
    lines = [str(problem).split(":")[1] for problem in check_feeds(text, "f.yaml").problems]
    assert lines == ["1", "2", "2", "3", "3"]


SAME = [
    "https://a.example/rss",
    "http://a.example/rss/",
    "https://a.example/rss?utm_source=x",
    "https://A.example:443/rss#top",
]


def test_addresses_of_one_feed_are_told_as_one():
    found = check_feeds("".join(f"- url: {url}\n" for url in SAME).encode(), "f.yaml")
    assert [feed.url for feed in found.feeds] == SAME[:1]
    assert [str(problem) for problem in found.problems] == [
        f"f.yaml:{line}: warning: {url} is the feed of line 1, {SAME[0]}: it is left out"
        for line, url in enumerate(SAME[1:], 2)
    ]


def test_addresses_of_different_feeds_stay_apart():
    text = "".join(
        f"- url: https://a.example/{path}\n" for path in ("rss", "rss?page=2", "atom", "RSS")
    )
    assert len(check_feeds(text.encode(), "f.yaml").feeds) == 4


def test_a_feed_in_a_network_that_is_allowed_can_be_polled():
    assert check_feeds(b"- url: http://127.0.0.1:8000/rss\n", "f.yaml", LOOPBACK).problems == []


def nested(depth):
    """Return an OPML file with an outline below `depth` elements."""
    folders = depth - 2
    inner = '<outline xmlUrl="https://a.example/"/>'
    return (
        f"<opml><body>{'<outline>' * folders}{inner}{'</outline>' * folders}</body></opml>".encode()
    )


@pytest.mark.parametrize(
    ("content", "name", "is_read"),
    [
        (nested(MAX_OPML_DEPTH), "f.opml", True),
        (nested(MAX_OPML_DEPTH + 1), "f.opml", False),
        (nested(100_000), "f.opml", False),
        (
            b'<opml><outline xmlUrl="https://a.example/"/>' + b"<a/>" * (MAX_TAGS - 3) + b"</opml>",
            "f.opml",
            True,
        ),
        (
            b'<opml><outline xmlUrl="https://a.example/"/>' + b"<a/>" * (MAX_TAGS - 2) + b"</opml>",
            "f.opml",
            False,
        ),
        (
            f"- {{url: 'https://a.example/', interval_seconds: "
            f"{MAX_INTERVAL_SECONDS:.0f}}}".encode(),
            "f.yaml",
            True,
        ),
        (
            f"- {{url: 'https://a.example/', interval_seconds: "
            f"{MAX_INTERVAL_SECONDS + 1:.0f}}}".encode(),
            "f.yaml",
            False,
        ),
        (b"- {url: 'https://a.example/', interval_seconds: 1}", "f.yaml", True),
        (b"- {url: 'https://a.example/', interval_seconds: 0.9}", "f.yaml", False),
    ],
)
def test_a_file_is_read_just_inside_each_bound_and_refused_just_outside(content, name, is_read):
    found = check_feeds(content, name)
    assert (len(found.feeds), bool(found.problems)) == ((1, False) if is_read else (0, True))


@given(st.binary(max_size=300), st.sampled_from(["f.yaml", "f.opml"]))
@hypothesis_settings(max_examples=150, deadline=None)
def test_no_file_whatever_it_holds_ends_the_reader(content, name):
    assert all(problem.line >= 1 for problem in check_feeds(content, name).problems)


def test_a_missing_file_is_told():
    with pytest.raises(ConfigError, match="No such file"):
        read_feeds("/nowhere/f.opml")


def test_a_dry_run_writes_a_row_a_feed_and_needs_no_broker(write):
    path = write("f.yaml", "- {url: 'https://a.example/', title: A}")
    result = CliRunner().invoke(feeds, ["import", "--dry-run", path], catch_exceptions=False)
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"file": path, "url": "https://a.example/", "title": "A"}
    ]


def test_a_dry_run_of_a_file_with_a_mistake_writes_no_row(write):
    path = write("f.yaml", "- url: https://a.example/\n- url: ftp://b.example/\n")
    result = CliRunner().invoke(feeds, ["import", "--dry-run", path])
    assert isinstance(result.exception, ConfigError)
    assert result.stdout == ""


LOGINS = ["https://reader:Xq7-vault@a.example/rss", "feed:https://Xq7-vault@a.example/rss"]


@pytest.mark.parametrize("url", LOGINS)
@pytest.mark.parametrize("form", ["f.yaml", "f.csv", "f.opml"])
def test_an_address_with_a_login_is_refused_with_the_way_out_and_without_the_login(url, form):
    text = {
        "f.yaml": f"- url: '{url}'\n",
        "f.csv": f"url\n{url}\n",
        "f.opml": f'<opml><outline xmlUrl="{url}"/></opml>',
    }[form]
    found = check_feeds(text.encode(), form)
    (problem,) = found.problems
    assert found.feeds == []
    assert "credentials: " in problem.what
    assert "REPORTEDLY_FEED_SECRETS" in problem.what
    assert "Xq7-vault" not in str(problem)


def test_an_at_sign_in_a_path_is_no_login():
    (feed,) = check_feeds(b"- url: https://social.example/@herald.rss\n", "f.yaml").feeds
    assert feed.url == "https://social.example/@herald.rss"


def test_an_import_that_names_unknown_credentials_warns(write):
    path = write("f.yaml", "- {url: 'https://a.example/', credentials: herald}")
    result = CliRunner().invoke(feeds, ["import", "--dry-run", path])
    assert result.exit_code == 0
    assert "warning: credentials herald are not in the file of" in result.stderr
