"""Names of indices: what is written, what is read, and what stands behind both."""

from datetime import UTC, datetime

import pytest

from services.index_names import (
    aliases,
    family,
    index_of,
    month_of,
    monthly,
    name_of,
    next_number,
    number_of,
)


@pytest.mark.parametrize(
    ("at", "name"),
    [
        (datetime(2031, 5, 31, 23, 59, tzinfo=UTC), "articles-2031.05"),
        (datetime(2031, 6, 1, tzinfo=UTC), "articles-2031.06"),
        (None, "articles-unknown"),
    ],
)
def test_a_document_is_written_under_the_month_of_its_time(at, name):
    assert monthly("articles", at) == name


@pytest.mark.parametrize("name", ["articles-2031.05", "articles-unknown", "articles", "claims"])
def test_an_index_stands_behind_the_name_that_is_written_and_the_family_that_is_read(name):
    assert aliases(name) == sorted({name, family(name)}, key=len, reverse=True)
    assert family(name) in ("articles", "claims")
    assert name_of(index_of(name, 3)) == name
    assert number_of(index_of(name, 3)) == 3


def test_indices_of_earlier_versions_have_no_number():
    assert (name_of("articles-2031.05"), number_of("articles-2031.05")) == ("articles-2031.05", 0)
    assert number_of("claims-1") == 0


def test_the_next_number_is_above_all_and_never_that_of_an_index_made_for_the_first_time():
    assert next_number([]) == 2
    assert next_number(["claims-1", "articles-2031.05"]) == 2
    assert next_number(["claims-v4", "articles-2031.05-v2"]) == 5


def test_only_a_monthly_name_has_a_month():
    assert month_of("articles-2031.05") == (2031, 5)
    assert month_of("articles-unknown") is None
    assert month_of("claims") is None
