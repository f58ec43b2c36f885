"""Ids and links that different items share."""

import pytest
from reading import read, rss

from services.poller.reading.identities import MANY_TITLES

FRONT = "<link>https://herald.example/</link>"


@pytest.mark.parametrize(("n", "are_different"), [(MANY_TITLES - 1, False), (MANY_TITLES, True)])
@pytest.mark.parametrize("guid", ["<guid>N/A</guid>", ""], ids=["one guid", "no guid"])
def test_items_of_one_id_and_one_link_are_different_ones_from_three_titles_on(
    n, are_different, guid
):
    found = read(rss(*(f"{guid}{FRONT}<title>T{i}</title>" for i in range(n))))
    ids = {e.guid or e.url for e in found.entries}
    assert len(ids) == (n if are_different else 1)
    assert {e.url for e in found.entries} == {"https://herald.example/"}
    assert bool(found.problems) == are_different


def test_a_link_that_items_with_guids_share_changes_no_id():
    found = read(rss(*(f"<guid>{i}</guid>{FRONT}<title>T{i}</title>" for i in range(5))))
    assert ([e.guid for e in found.entries], found.problems) == ([*"01234"], ())
