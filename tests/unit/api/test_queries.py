"""User text never becomes query syntax, and pages stay within what Elasticsearch serves."""

import pytest

from services.api.queries import DEEPEST, KINDS, MOST, listing, page


def test_text_is_matched_as_words_whatever_it_looks_like():
    body = listing("articles", text='title:x OR * {"query"} ~2')
    (match,) = body["query"]["bool"]["filter"]
    assert match == {
        "multi_match": {
            "query": 'title:x OR * {"query"} ~2',
            "fields": ["title", "text"],
            "operator": "and",
        }
    }


@pytest.mark.parametrize("text", [None, "", "   "])
def test_no_words_filter_nothing(text):
    assert listing("articles", text=text)["query"] == {"bool": {"filter": []}}


def test_only_given_terms_filter():
    body = listing("claims", status="disputed", event=None)
    assert body["query"]["bool"]["filter"] == [{"term": {"status": "disputed"}}]


@pytest.mark.parametrize("kind", KINDS)
def test_order_ends_in_a_unique_field_so_pages_neither_repeat_nor_skip(kind):
    assert list(listing(kind)["sort"][-1]) == [kind.removesuffix("s") + "_id"]


@pytest.mark.parametrize(
    ("size", "start", "asked"), [(20, 0, 20), (MOST + 1, 0, MOST), (200, DEEPEST - 5, 5)]
)
def test_no_page_reaches_past_what_can_be_served(size, start, asked):
    assert listing("alerts", size=size, start=start)["size"] == asked


def test_a_page_tells_the_total_and_the_documents():
    answer = {"hits": {"total": {"value": 7}, "hits": [{"_id": "a", "_source": {"x": 1}}]}}
    assert page(answer) == {"total": 7, "items": [{"x": 1}]}


def test_a_list_leaves_out_what_only_one_claim_alone_shows():
    assert listing("claims")["_source"] == {"excludes": ["whole"]}
    assert listing("claims", whole=True)["_source"] == {"excludes": []}
