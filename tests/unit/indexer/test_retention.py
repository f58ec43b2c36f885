"""Which months leave."""

from datetime import UTC, datetime

import pytest

from services.indexer.retention import expired, older

NOW = datetime(2031, 5, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("index", "is_gone"),
    [
        ("articles-2031.01-v1", False),
        ("articles-2030.12-v1", True),
        ("incidents-2030.12-v7", True),
        ("reports-2030.12", True),
        ("articles-unknown-v1", False),
        ("claims-v1", False),
        ("others-2030.12-v1", False),
    ],
)
def test_a_month_leaves_once_so_many_whole_months_after_it_are_over(index, is_gone):
    assert expired([index], NOW, 4) == [index] * is_gone


def test_documents_leave_at_the_same_time_as_the_months():
    assert older(NOW, 4) == {"range": {"at": {"lt": "2031-01-01T00:00:00+00:00"}}}
    assert older(NOW, 5) == {"range": {"at": {"lt": "2030-12-01T00:00:00+00:00"}}}
