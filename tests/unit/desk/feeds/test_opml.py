"""OPML that is not well-formed: its outlines are read all the same."""

import pytest

from services.desk.feeds.opml import from_opml

BROKEN = [
    '<outline text="The "old" Post" title="The "old" Post" xmlUrl="https://a.example/?x=1&y=2"/>',
    '<outline text="Up <b>and</b> down" xmlUrl="https://a.example/?x=1&amp;y=2">',
    "<outline title='It's news' xmlUrl='https://a.example/?x=1&y=2' type='rss'/>",
    '<outline type="rss" xmlUrl="https://a.example/?x=1&y=2" text="5 > 4 & 3 < 4" />',
    '<outline text="cut off here" xmlUrl="https://a.example/?x=1&y=2" htmlUrl="https://a.ex',
]


@pytest.mark.parametrize("outline", BROKEN)
def test_a_broken_outline_still_gives_its_address(outline):
    given, problems = from_opml(f"<opml><body>\n{outline}".encode(), "f.opml")
    assert [(one.row["url"], one.line) for one in given] == [("https://a.example/?x=1&y=2", 2)]
    (problem,) = problems
    assert problem.is_warning
    assert "its 1 outlines with addresses are read one by one" in problem.what


def test_one_broken_title_costs_no_other_feed():
    rows = "".join(
        f'<outline text="{title}" xmlUrl="https://{n}.example/"/>\n'
        for n, title in enumerate(["A", "B", "C", 'a "quoted" one', "E", "F"])
    )
    given, _ = from_opml(f"<opml><body>{rows}</body></opml>".encode(), "f.opml")
    assert [one.row["url"] for one in given] == [f"https://{n}.example/" for n in range(6)]
    assert given[3].row["title"] == 'a "quoted" one'


def test_a_declared_charset_counts_in_a_broken_file_too():
    head = "<?xml version='1.0' encoding='iso-8859-1'?>"
    text = f'{head}<opml><outline title="Caf\xe9 "A"" xmlUrl="https://a.example/"/>'
    given, _ = from_opml(text.encode("latin-1"), "f.opml")
    assert given[0].row["title"] == 'Caf\xe9 "A"'


def test_a_broken_file_without_an_address_is_a_mistake():
    given, (problem,) = from_opml(b'<opml><outline text="A">', "f.opml")
    assert (given, problem.is_warning) == ([], False)
