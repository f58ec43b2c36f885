"""How large a query may be: the largest that is accepted;
test_query.py has the smallest that is not.
"""

import pytest

from services.query.parse import parse
from services.query.scan import MAX_SLOP, mistyped


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("abc*", id="3-letters-before-a-star"),
        pytest.param('"a1 b1"~99', id="99-words-between"),
        pytest.param(" ".join(f"w{i}" for i in range(200)), id="200-words"),
        pytest.param("é" * 2048, id="4096-bytes"),
        pytest.param("(" * 20 + "a1" + ")" * 20, id="20-brackets-deep"),
    ],
)
def test_a_query_may_be_as_large_as_the_bounds_say(query):
    assert parse(query)


@pytest.mark.parametrize(
    ("query", "better"),
    [
        ("drone NEAR strike", '"drone strike"~10'),
        ("drone NEAR/5 strike", '"drone strike"~5'),
        ("drone near/5 strike", '"drone strike"~5'),
        ("drone NEAR:5 strike", '"drone strike"~5'),
        ("drone near5 strike", '"drone strike"~5'),
        ("drone NEAR/5f strike", '"drone strike"~5'),
        ("drone ONEAR/5 strike", '"drone strike"~5'),
        ("drone ADJ strike", '"drone strike"~10'),
        ("drone ADJ5 strike", '"drone strike"~5'),
        ("drone WITHIN/5 strike", '"drone strike"~5'),
        ("drone w/5 strike", '"drone strike"~5'),
        ("drone W/s strike", '"drone strike"~10'),
        ("drone N/5 strike", '"drone strike"~5'),
        ("drone pre/5 strike", '"drone strike"~5'),
        ("drone /5 strike", '"drone strike"~5'),
        ("drone /s strike", '"drone strike"~10'),
        (f"drone NEAR/{MAX_SLOP} strike", f'"drone strike"~{MAX_SLOP}'),
        (f"drone NEAR/{MAX_SLOP + 1} strike", f'"drone strike"~{MAX_SLOP}'),
        ('halvane AND ("air strike" NEAR/5 Meris)', '"air strike meris"~5'),
        ("“air strike” NEAR/5 Meris", '"air strike meris"~5'),
        ("(drone OR uav) NEAR/5 strike", '"word word"~5 for each pair, OR between them'),
        ("NEAR(drone, strike)", '"word word"~10 for each pair'),
        ("strik* NEAR/5 drone", '"word word"~5'),
        ("drone NEAR", '"word word"~10'),
    ],
)
def test_an_operator_of_nearness_is_answered_with_a_distance(query, better):
    """Each would be one more word that must occur, so the watch would never match."""
    assert f"write {better}" in (mistyped(query) or "")
    assert better.startswith('"word') or parse(better)


@pytest.mark.parametrize(
    ("query", "better"),
    [
        ("drone ANDNOT rebels", "NOT"),
        ("drone AND-NOT rebels", "NOT"),
        ("drone BUTNOT x1", "NOT"),
        ("a1 AND/OR b1", "AND or OR"),
    ],
)
def test_an_operator_that_we_do_not_have_is_answered_with_one_that_we_have(query, better):
    assert f"would be read as a word: write {better}, or" in (mistyped(query) or "")


@pytest.mark.parametrize(
    "query",
    [
        "strike near Meris",
        "within Orran",
        '"drone NEAR/5 strike"',
        '"NEAR" drone',
        "title:near drone",
        "N95 masks",
        "24/7",
        "AC/DC",
        "Norman NORAD",
        "a1 AND NOT b1",
        "a1 -b1",
        "nearby adjacent",
        '"drone strike"~10',
    ],
)
def test_words_and_our_own_operators_are_read_as_they_stand(query):
    assert mistyped(query) is None
    assert parse(query)
