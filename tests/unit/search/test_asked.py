"""What a search may ask, and what it says of one that can't be run."""

import pytest
from builders import hours
from searching import search_of

from services.errors import ConfigError
from services.query.scan import QueryError


@pytest.mark.parametrize(
    ("kind", "filters", "said"),
    [
        ("articles", {"patient": ("x",)}, "patient: articles have none: search in incidents or cl"),
        ("incidents", {"status": ("denied",)}, "status: incidents have none: search in claims"),
        ("claims", {"stance": ("denied",)}, "stance: claims have none: search in articles or inc"),
        ("articles", {"event": ("kiled",)}, "event: .*did you mean.*killed"),
        ("claims", {"status": ("denyed",)}, "status: .*did you mean.*denied"),
        ("claims", {"confidence": 1.1}, "confidence: it is a probability"),
        ("claims", {"killed": -1}, "killed: it counts people"),
        ("articles", {"source": ("?!",)}, "source: '\\?!' holds no letter or digit"),
        ("articles", {"since": hours(1), "until": hours(1)}, "is not before"),
    ],
)
def test_a_filter_that_can_find_nothing_is_refused_with_what_to_do(kind, filters, said):
    with pytest.raises(ConfigError, match=said):
        search_of(kind, "halvane", **filters)


@pytest.mark.parametrize(
    ("query", "position"),
    [
        ("halvane AND", 8),
        ("halvane AND AND front", 12),
        ("halvane (front", 8),
        ("halvane event:kiled", 14),
        ("halvane ro?n", 10),
        ("colour:red", 0),
    ],
)
@pytest.mark.parametrize("kind", ["articles", "incidents", "claims"])
def test_a_mistake_in_the_words_is_named_with_its_place_whatever_the_filters(kind, query, position):
    with pytest.raises(QueryError) as error:
        search_of(kind, query, event=("killed",))
    assert error.value.position == position
    assert f"(at character {position + 1})" in str(error.value)


def test_words_that_mean_something_else_are_refused_as_in_a_watch():
    with pytest.raises(QueryError, match=r'write "halvane front"~5'):
        search_of(query="halvane NEAR/5 front")


def test_a_confidence_of_one_is_the_most_that_can_be_asked_for():
    assert search_of("claims", confidence=1.0).condition.confidence == 1.0
