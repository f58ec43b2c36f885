"""Pages: everything once, of one point in time, whatever is written between them."""

from datetime import timedelta

import pytest
from builders import claim, hours, tagged
from hypothesis import given
from hypothesis import strategies as st
from searching import found, holding, search_of, write

from services.errors import ConfigError
from services.search.pages import LOOKED_THROUGH, every_row, first_page, next_page, total_of

HALVANE = search_of(query="halvane")


def article(n, **kw):
    return tagged(f"a{n:03}", "Halvane killed\n\nx", first_seen_at=hours(n // 2), **kw)


def read(index, wanted, size, between=lambda: None):
    """Return the ids of each page of a search."""
    page = first_page(index, wanted, size)
    pages = [[row.id for row in page.rows]]
    while page.next:
        between()
        page = next_page(index, wanted, size, page.next)
        pages.append([row.id for row in page.rows])
    return pages


@given(n=st.integers(0, 12), size=st.integers(1, 5))
def test_the_pages_hold_everything_once_and_in_order(n, size):
    index = holding(*map(article, range(n)))
    ids = [id for page in read(index, HALVANE, size) for id in page]
    assert ids == sorted(ids, key=lambda id: (-(int(id[1:]) // 2), id))
    assert len(ids) == n


def test_from_the_second_page_on_nothing_that_is_written_changes_what_is_found():
    index, n = holding(*map(article, range(6))), iter(range(100, 200))

    def between():
        write(index, [article(next(n))])
        write(index, [tagged("a000", "Rain\n\nx", version=2, first_seen_at=hours(0))])

    pages = read(index, HALVANE, 2, between)
    # The second page opens the point in time: after the first round of what was written between.
    assert pages == [["a004", "a005"], ["a002", "a003"], ["a001"]]


def test_a_search_goes_on_where_its_point_in_time_has_ended_and_says_so():
    index = holding(*map(article, range(6)))
    second = next_page(index, HALVANE, 2, first_page(index, HALVANE, 2).next)
    assert not second.is_renewed
    index._frozen.clear()
    third = next_page(index, HALVANE, 2, second.next)
    assert third.is_renewed
    assert [row.id for row in third.rows] == ["a000", "a001"]


def test_the_last_page_lets_its_point_in_time_go():
    index = holding(*map(article, range(3)))
    page = next_page(index, HALVANE, 2, first_page(index, HALVANE, 2).next)
    assert (page.next, index._frozen) == ("", {})
    assert [*every_row(index, HALVANE, 1)]
    assert index._frozen == {}


def test_a_reader_that_stops_early_lets_the_point_in_time_go():
    index = holding(*map(article, range(3)))
    rows = every_row(index, HALVANE)
    next(rows)
    rows.close()
    assert index._frozen == {}


@pytest.mark.parametrize("after", ["x", "AAAA", "é", "A" * 5_000, "W10"])
def test_a_place_that_no_search_gave_is_refused(after):
    with pytest.raises(ConfigError, match="give `next` of its last answer"):
        next_page(holding(), HALVANE, 2, after)


def test_a_place_of_another_search_is_refused():
    index = holding(*map(article, range(3)))
    after = first_page(index, HALVANE, 2).next
    with pytest.raises(ConfigError, match="this is no place in this search"):
        next_page(index, search_of(query="halvane", lang=("en",)), 2, after)


def test_the_number_of_all_is_exact():
    assert total_of(holding(*map(article, range(5))), HALVANE) == 5


@pytest.mark.parametrize(
    ("place", "first", "second"),
    [(LOOKED_THROUGH - 1, ["hit"], []), (LOOKED_THROUGH, [], ["hit"])],
)
def test_a_page_of_claims_by_words_looks_through_no_more_than_it_may(place, first, second):
    start = hours(0)

    def one(n):
        kw = {"claim_id": "hit", "article_ids": ("a1",)} if n == place else {"claim_id": f"c{n}"}
        at = start - timedelta(seconds=n)
        return claim(**{"article_ids": ("a2",)} | kw, updated_at=at)

    article_1 = tagged("a1", "Halvane killed\n\nx", first_seen_at=start)
    index = holding(article_1, *map(one, range(LOOKED_THROUGH + 1)))
    page = first_page(index, search_of("claims", "halvane"), 2)
    assert [row.id for row in page.rows] == first
    rest = next_page(index, search_of("claims", "halvane"), 2, page.next)
    assert ([row.id for row in rest.rows], rest.next) == (second, "")


def test_claims_by_words_are_those_with_an_article_that_matches():
    index = holding(
        tagged("a1", "Halvane killed\n\nx", first_seen_at=hours(0)),
        tagged("a2", "Rain\n\nx", first_seen_at=hours(0)),
        claim(claim_id="c1", article_ids=("a2", "a1"), updated_at=hours(1)),
        claim(claim_id="c2", article_ids=("a2",), updated_at=hours(2)),
        claim(claim_id="c3", article_ids=("a1",), event="wounded", updated_at=hours(3)),
    )
    assert found(index, search_of("claims", "halvane")) == ["c3", "c1"]
    assert found(index, search_of("claims", "halvane", event=("killed",))) == ["c1"]
    assert read(index, search_of("claims", "halvane"), 1) == [["c3"], ["c1"], []]
