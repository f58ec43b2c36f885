"""The grounds on which two incidents exclude each other: each bound from both sides."""

from itertools import combinations

import pytest
from builders import answer, hours, in_block, report, said
from hypothesis import given
from hypothesis import strategies as st

from services.messages import Count, EventDate, Marks, Scene, Toll
from services.tracker.claims.fold import Folder
from services.tracker.grouping.exclusion import any_excluded, exclude_each_other, grounds
from services.tracker.grouping.incidents import incidents
from services.tracker.grouping.marks import PHRASE, marks_of, of_one
from services.tracker.reports.element import Element

KILOMETRE = 1 / 111.195
"""Degrees of latitude: 40,030 km of meridian in 360 degrees."""


def town(north_km=0.0, key="osk", precision="town", country="QX"):
    return Scene(key=key, precision=precision, country=country, lat=north_km * KILOMETRE, lon=0.0)


def why(a, b):
    assert list(grounds(a, b)) == list(grounds(b, a))
    return list(grounds(a, b))


@pytest.mark.parametrize(("day", "apart"), [(101, []), (99, []), (102, ["day"]), (98, ["day"])])
def test_days_of_one_event_are_at_most_one_apart(day, apart):
    assert why(Marks(days=(100,)), Marks(days=(day,))) == apart


@pytest.mark.parametrize(("km", "apart"), [(49.9, []), (50.1, ["place"])])
def test_towns_fifty_kilometres_apart_are_two_scenes(km, apart):
    assert why(Marks(places=(town(),)), Marks(places=(town(km, "renn"),))) == apart


@pytest.mark.parametrize(("km", "apart"), [(299.0, []), (301.0, ["place"])])
def test_what_strikes_many_towns_may_strike_two_that_are_300_kilometres_apart(km, apart):
    quake = Marks(places=(town(),), is_wide=True)
    assert why(quake, Marks(places=(town(km, "renn"),), is_wide=True)) == apart


@pytest.mark.parametrize(("km", "apart"), [(299.0, []), (301.0, ["place"])])
def test_regions_exclude_each_other_from_300_kilometres_on(km, apart):
    one, other = town(precision="region"), town(km, "south", precision="region")
    assert why(Marks(places=(one,)), Marks(places=(other,))) == apart


@pytest.mark.parametrize("other", ["region", "country"])
def test_a_town_excludes_no_place_of_another_precision(other):
    far = town(900, "elsewhere", precision=other, country="QY")
    assert why(Marks(places=(town(),)), Marks(places=(far,))) == []


def test_countries_exclude_each_other_where_nothing_more_exact_is_named():
    one, other = (Scene(key=c, precision="country", country=c) for c in ("QX", "QY"))
    assert why(Marks(places=(one,)), Marks(places=(other,))) == ["place"]
    assert why(Marks(places=(one, town())), Marks(places=(other,))) == []


def test_a_place_that_both_name_is_one_whichever_namesake_it_was_taken_for():
    assert why(Marks(places=(town(),)), Marks(places=(town(900, country="QY"),))) == []


def test_towns_that_the_gazetteer_does_not_know_are_told_apart_by_their_names():
    osk, renn, upper = (Scene(key=k, precision="town") for k in ("osk", "renn", "upper-osk"))
    assert why(Marks(places=(osk,)), Marks(places=(renn,))) == ["place"]
    assert why(Marks(places=(osk,)), Marks(places=(upper,))) == []


def test_a_town_that_the_gazetteer_does_not_know_is_none_that_it_knows():
    unknown = Scene(key="renn", precision="town")
    assert why(Marks(places=(unknown,)), Marks(places=(town(),))) == ["place"]
    assert why(Marks(places=(unknown,)), Marks(places=(town(key="upper-renn"),))) == []
    assert why(Marks(places=(unknown,)), Marks(places=(town(),), names=("renn",))) == []


def dead(n, *who, most=None):
    return Marks(tolls=(Toll(of="killed", least=n, most=most or n, who=who),))


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (dead(3, "soldiers"), dead(9, "miners"), ["toll"]),
        (dead(3, "soldiers"), dead(9, "soldiers"), []),  # a toll that rose
        (dead(3, "soldiers"), dead(3, "miners"), []),
        (dead(3, "soldiers"), dead(9), []),  # the nine may be the three and six more
        (dead(3, "civilians"), dead(9, "miners"), []),  # miners are civilians
        (dead(3, "soldiers", most=9), dead(9, "miners"), []),
        (dead(3, "soldiers", most=8), dead(9, "miners"), ["toll"]),
    ],
)
def test_another_number_of_other_people_is_another_incident(one, other, apart):
    assert why(one, other) == apart


@pytest.mark.parametrize(
    ("other", "apart"), [(6.3, []), (6.4, ["magnitude"]), (5.7, []), (5.6, ["magnitude"])]
)
def test_magnitudes_of_one_earthquake_differ_by_three_tenths_at_most(other, apart):
    assert why(Marks(magnitudes=(6.0,)), Marks(magnitudes=(other,))) == apart


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ("halvane", "idris-halvane", []),
        ("idris-halvane", "olvin", ["victims"]),
        ("idris-halvane", "idris-olvin", ["victims"]),
    ],
)
def test_two_named_victims_are_two_incidents(a, b, apart):
    assert why(Marks(victims=(a,)), Marks(victims=(b,))) == apart


@pytest.mark.parametrize(("n", "apart"), [(2, []), (1, ["victims"])])
def test_a_toll_with_room_for_both_victims_joins_them(n, apart):
    toll = Toll(of="killed", least=n, most=n)
    assert why(Marks(victims=("halvane",), tolls=(toll,)), Marks(victims=("olvin",))) == apart


@pytest.mark.parametrize(
    ("one", "other", "ground"),
    [
        (Marks(means=("afar",)), Marks(means=("blade",)), "means"),
        (Marks(sites=("market",)), Marks(sites=("school",)), "site"),
        (Marks(dayparts=("morning",)), Marks(dayparts=("night",)), "daypart"),
    ],
)
def test_means_sites_and_hours_exclude_each_other(one, other, ground):
    assert why(one, other) == [ground]


@pytest.mark.parametrize(
    ("other", "apart"),
    [(0, []), (1, []), (2, ["weekday"]), (5, ["weekday"]), (6, [])],
)
def test_weekdays_exclude_each_other_if_more_than_a_day_apart_round_the_week(other, apart):
    assert why(Marks(weekdays=(0,)), Marks(weekdays=(other,))) == apart
    assert why(Marks(weekdays=(0, 3)), Marks(weekdays=(3,))) == []


def test_who_is_dead_died_once_whatever_else_is_said():
    one = Marks(victims=("halvane",), deaths=("halvane",), days=(100,), places=(town(),))
    other = Marks(
        victims=("halvane",), deaths=("halvane",), days=(110,), places=(town(99, "renn"),)
    )
    assert why(one, other) == []


def test_who_was_wounded_may_be_wounded_again_on_another_day():
    one = Marks(victims=("halvane",), days=(100,), places=(town(),))
    assert why(one, Marks(victims=("halvane",), places=(town(99, "renn"),))) == []
    assert why(one, Marks(victims=("halvane",), days=(110,))) == ["day"]


WORDS = st.lists(st.sampled_from(["a", "b", "c-b"]), max_size=2).map(
    lambda w: tuple(sorted(set(w)))
)
TOLLS = st.lists(
    st.builds(
        Toll,
        of=st.just("killed"),
        least=st.integers(1, 4),
        most=st.sampled_from([None, 4]),
        who=st.sampled_from([(), ("soldiers",), ("miners",), ("civilians",)]),
    ),
    max_size=2,
).map(tuple)
SCENES = st.lists(
    st.builds(
        town,
        st.sampled_from([0, 20, 90, 400]),
        WORDS.map("-".join),
        st.sampled_from(["town", "region", "country", "site", None]),
        st.sampled_from(["QX", "QY"]),
    ),
    max_size=2,
).map(tuple)
MARKS = st.builds(
    Marks,
    days=st.lists(st.integers(1, 4), max_size=2).map(tuple),
    places=SCENES,
    is_wide=st.booleans(),
    means=st.sampled_from([(), ("afar",), ("blade",), ("gun",)]),
    sites=st.sampled_from([(), ("market",), ("school",)]),
    tolls=TOLLS,
    magnitudes=st.sampled_from([(), (6.0,), (6.3,), (6.6,)]),
    victims=WORDS,
    deaths=WORDS,
)


@given(MARKS, MARKS)
def test_exclusion_is_symmetric(a, b):
    assert exclude_each_other(a, b) == exclude_each_other(b, a)
    assert set(grounds(a, b)) == set(grounds(b, a))


@given(MARKS)
def test_nothing_excludes_itself(one):
    assert not exclude_each_other(one, one)


@given(MARKS, MARKS)
def test_two_parts_of_an_incident_have_the_same_marks_in_any_order(a, b):
    both = of_one(a, b)
    assert both == of_one(b, a) or set(both.tolls) == set(of_one(b, a).tolls)
    assert of_one(both, a) == both


def element(one, hour=0):
    return Element(said("a", one, hour=hour), one, True, hours(hour), None, "i")


def quoted(words_between):
    words = " ".join(["brave"] * words_between)
    quote = f"A blast killed 3 {words} soldiers".replace("  ", " ")
    count = Count(of="killed", min=3, max=3, span=(15, 16))
    return report(quote=quote, sentence=(0, len(quote)), counts=(count,), patient=())


@pytest.mark.parametrize(("between", "who"), [(PHRASE - 1, ("soldiers",)), (PHRASE, ())])
def test_the_three_words_behind_a_number_name_its_victims(between, who):
    assert marks_of(element(quoted(between))).tolls[0].who == who


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("A magnitude 6.1 earthquake shook Lorrin.", (6.1,)),
        ("A 6.1-magnitude quake shook Lorrin.", (6.1,)),
        ("The quake had a magnitude of 5.9.", (5.9,)),
        ("It was felt 6.1 kilometres away.", ()),
    ],
)
def test_magnitudes_are_read(quote, found):
    assert marks_of(element(report(quote=quote, event="disaster"))).magnitudes == found


PLACES = st.sampled_from(["osk", "renn"])
QUOTES = st.sampled_from(
    [
        "Gunmen killed them.",
        "A drone killed them at the market.",
        "A bomb killed them at a school.",
        "",
    ]
)


@st.composite
def articles(draw):
    """Articles that each tell of one incident in Osk or Renn, with days and tolls of their own."""
    found = []
    for i in range(draw(st.integers(1, 8))):
        day = draw(st.sampled_from([None, "2031-04-20", "2031-04-22", "2031-04-23"]))
        place = answer(draw(PLACES), type="place", precision="town")
        one = report(
            f"r{i}",
            incident_id=f"i{i}",
            event=draw(st.sampled_from(["killed", "airstrike"])),
            quote=f"{draw(QUOTES)} Nobody else was there at noon.",
            patient=draw(st.sampled_from([(), (answer("halvane"),), (answer("olvin"),)])),
            place=draw(st.sampled_from([(), (place,)])),
            killed=draw(st.integers(1, 3)),
            date=day and EventDate(from_=day, to=day, basis="on sunday"),
        )
        found.append(in_block(said(f"a{i}", one, hour=100 + 9 * i, block="violence:osk")))
    return found


@given(articles())
def test_no_claim_holds_two_incidents_that_exclude_each_other(entries):
    folder = Folder("violence:osk")
    for entry in entries:
        folder.put(entry)
    folder.fold()
    for members in folder.members.values():
        found = incidents(members, folder.rules)
        for a, b in combinations(found, 2):
            assert not any_excluded(a.gist.marks, b.gist.marks)
