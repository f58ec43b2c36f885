"""The rules that exclude that two incidents are one event: each bound from both sides."""

from datetime import timedelta
from functools import reduce

import pytest
from builders import START

from services.messages import Marks, Toll
from services.tracker.grouping.gist import Gist
from services.tracker.grouping.rules import Rules, rules_for

A_SECOND = timedelta(seconds=1)
NONE = frozenset[str]()
OF_A_PERSON = Rules(of_a_person=True, says_little=False)
AT_A_PLACE = Rules(of_a_person=False, says_little=False)
OF_A_STATE = Rules(of_a_person=False, says_little=True)


def gist(after=timedelta(0), **kw):
    """Return what is said so long after START of a killing, of which nothing else is known."""
    at = START + after
    nothing = dict.fromkeys(("dates", "sites", "days", "tolls"), NONE)
    return Gist(
        **(
            {"kinds": frozenset({"killed"}), "last": at, "published": at, "wordings": ()}
            | nothing
            | kw
        )
    )


def words(text):
    return (frozenset(text.split()),)


@pytest.mark.parametrize(
    ("day", "one"), [(99, True), (100, True), (101, True), (98, False), (102, False)]
)
def test_firm_dates_of_one_event_lie_one_day_apart_at_most(day, one):
    one_day, other = (
        gist(dates=frozenset({d}), marks=(Marks(days=(d,)),), wordings=words(f"bomb day{d}"))
        for d in (100, day)
    )
    assert AT_A_PLACE.can_be_one(one_day, other) == one


@pytest.mark.parametrize(
    ("other", "one"), [("a x y z u v w p q r", True), ("x y z u v w p q r s", False)]
)
def test_a_common_day_joins_at_a_place_if_one_word_is_common_too(other, one):
    days = {"days": frozenset({100})}
    a = gist(wordings=words("a b c d e f g h i j"), **days)
    assert AT_A_PLACE.can_be_one(a, gist(wordings=words(other), **days)) == one
    assert not AT_A_PLACE.can_be_one(a, gist(wordings=words(other)))


@pytest.mark.parametrize(
    "said", [{"sites": frozenset({"market"})}, {"tolls": frozenset({("killed", 5)})}]
)
def test_a_site_or_a_toll_joins_for_three_days(said):
    days = timedelta(days=3)
    assert AT_A_PLACE.can_be_one(gist(**said), gist(days, **said))
    assert not AT_A_PLACE.can_be_one(gist(**said), gist(days + A_SECOND, **said))


@pytest.mark.parametrize(("rules", "days"), [(OF_A_PERSON, 30), (AT_A_PLACE, 10)])
def test_like_words_join_for_30_days_of_a_person_and_for_10_at_a_place(rules, days):
    same, within = words("shot market noon"), timedelta(days=days)
    assert rules.can_be_one(gist(wordings=same), gist(within, wordings=same))
    assert not rules.can_be_one(gist(wordings=same), gist(within + A_SECOND, wordings=same))


@pytest.mark.parametrize(
    ("other", "one"), [("a b c x y z u v w", True), ("a b x y z u v w q", False)]
)
def test_three_words_of_nine_in_common_are_alike_and_two_are_not(other, one):
    a = gist(wordings=words("a b c d e f g h i"))
    assert OF_A_STATE.can_be_one(a, gist(wordings=words(other))) == one


@pytest.mark.parametrize(("nth", "one"), [(1, True), (12, True), (13, False)])
def test_an_incident_is_compared_with_the_first_twelve_wordings(nth, one):
    said = [gist(wordings=words(f"first{n} second{n}")) for n in range(1, 14)]
    claim = reduce(Gist.joined, said)
    assert AT_A_PLACE.can_be_one(claim, gist(wordings=words(f"first{nth} second{nth}"))) == one


@pytest.mark.parametrize(("rules", "least"), [(AT_A_PLACE, 1), (OF_A_STATE, 2)])
def test_one_common_word_is_enough_at_a_place_and_two_are_where_only_words_count(rules, least):
    enough, less = "a b c".split()[:least], "a b c".split()[: least - 1]
    assert rules.can_be_one(*(gist(wordings=(frozenset(enough),)) for _ in "ab"))
    assert not rules.can_be_one(*(gist(wordings=(frozenset(less),)) for _ in "ab"))


def test_a_claim_excludes_what_any_of_its_incidents_excludes():
    """The union of what a claim says would not: its other incident is near enough."""
    same = words("shot market noon")
    early, late = (gist(wordings=same, marks=(Marks(days=(d,)),)) for d in (100, 101))
    assert AT_A_PLACE.can_be_one(early, late)
    third = gist(wordings=same, marks=(Marks(days=(102,)),))
    assert AT_A_PLACE.can_be_one(late, third)
    assert not AT_A_PLACE.can_be_one(early.joined(late), third)


@pytest.mark.parametrize(
    ("other", "one"), [("fox hut lamp", True), ("fox hut lamp oak elm", False), ("fox", False)]
)
def test_where_nobody_is_named_two_words_and_half_of_the_shorter_text_join(other, one):
    of_nobody = rules_for("violence:?", ())
    some = gist(wordings=words("fox hut river mill stone"))
    assert of_nobody.can_be_one(some, gist(wordings=words(other))) == one


def test_where_a_state_is_named_a_third_of_the_shorter_text_joins():
    some, others = (gist(wordings=words(f"fox hut {rest}")) for rest in ("a b c d", "e f g h"))
    assert OF_A_STATE.can_be_one(some, others)
    assert not rules_for("violence:?", ()).can_be_one(some, others)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(("miners",), ("miners",), 10), (("miners",), ("soldiers",), 3), ((), (), 3)],
)
def test_like_words_of_a_state_join_for_three_days_and_a_toll_of_its_victims_for_ten(
    first, last, days
):
    within, n = timedelta(days=days), 5
    same = {"wordings": words("shaft orvik")}
    one, other = (
        same | {"marks": (Marks(tolls=(Toll(of="killed", least=n, most=None, who=who),)),)}
        for who in (first, last)
    )
    assert OF_A_STATE.can_be_one(gist(**one), gist(within, **other))
    assert not OF_A_STATE.can_be_one(gist(**one), gist(within + A_SECOND, **other))


@pytest.mark.parametrize(
    ("kind", "word", "one"),
    [("arrested", "oak", False), ("arrested", "fox", True), ("killed", "oak", True)],
)
def test_what_may_befall_a_person_again_wants_evidence_and_a_death_wants_none(kind, word, one):
    some, other = (gist(kinds=frozenset({kind}), wordings=words(own)) for own in ("fox", word))
    assert OF_A_PERSON.can_be_one(some, other) == one
