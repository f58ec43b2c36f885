"""The origin of an article that its feed credits."""

from typing import Any

import pytest
from builders import START

from services.messages import Article, Source
from services.text.names import name_key


def origin(tagger, text, source, outlet="Aggregator"):
    ids: dict[str, Any] = {
        "article_id": "a",
        "url_key": "u",
        "feed_id": "f",
        "version": 1,
        "content_hash": "",
    }
    times: dict[str, Any] = {"published_at": START, "first_seen_at": START, "seen_at": START}
    (article,) = tagger.tag(
        [
            Article(
                **ids, **times, outlet=outlet, title="Two killed in Meris", text=text, source=source
            )
        ]
    )
    return article.origin


@pytest.mark.parametrize(
    ("source", "wire"),
    [
        (Source(name="Agence France-Presse"), "afp"),
        (Source(name="A page of theirs", url="https://apnews.com/hub"), "associated-press"),
        (Source(name="Harbour Courier"), name_key("Harbour Courier")),
    ],
)
def test_the_source_that_a_feed_credits_is_the_origin(tagger, source, wire):
    found = origin(tagger, "Two men were killed.", source)
    assert (found.wire, found.credit) == (wire, None)


def test_the_text_s_own_credit_comes_first(tagger):
    assert (
        origin(
            tagger, "MERIS (Reuters) - Two men were killed.", Source(name="Harbour Courier")
        ).wire
        == "reuters"
    )


def test_an_outlet_that_credits_itself_credits_nobody(tagger):
    assert (
        origin(
            tagger, "Two men were killed.", Source(name="Harbour Courier"), outlet="Harbour Courier"
        ).wire
        is None
    )
