"""Where an incident was, from the places of its reports."""

import pytest
from builders import full_report, mention, view

from services.messages import MentionType
from services.tagger.incidents.location import places

TEXT = "Somebody said something of what had happened there on that day. " * 8
FIRST, SECOND = (0, 64), (64, 128)


def place(surface, precision="town", start=0, **kw):
    kind: MentionType = "state" if precision == "country" else "place"
    return mention(surface, type=kind, start=start, precision=precision, **kw)


def placed(reports, mentions, *, is_main=False, dateline=None):
    article = view(reports, mentions, TEXT, dateline=dateline)
    return places([r for r in reports if r.report_id != "other"], article, is_main=is_main)


def report(name, *ids, sentence=FIRST, index=5, **kw):
    return full_report(name, place=ids, sentence=sentence, sentence_index=index, **kw)


def test_places_go_from_the_site_to_the_country():
    mentions = [
        place("Tarva", "country"),
        place("Osk", "region"),
        place("Meris"),
        place("a market", "site"),
    ]
    found = placed([report("r", *(m.surface for m in mentions))], mentions)
    assert found == ("a market", "Meris", "Osk", "Tarva")


def test_the_place_that_most_reports_give_is_taken():
    mentions = [place("Meris"), place("Halva")]
    assert placed([report("r1", "Halva", "Meris"), report("r2", "Meris")], mentions) == ("Meris",)


@pytest.mark.parametrize(("n", "expected"), [(2, ("A", "B")), (3, ("A", "B"))])
def test_of_two_or_more_as_likely_two_are_given(n, expected):
    names = ["A", "B", "C"][:n]
    assert placed([report("r", *names)], [place(name) for name in names]) == expected


def test_a_place_in_another_country_is_left_out():
    mentions = [place("Meris", country="AA"), place("Osk", "region", country="BB")]
    reports = [report("r1", "Meris", "Osk"), report("r2", "Meris")]
    assert placed(reports, mentions) == ("Meris",)


def test_an_own_sentence_comes_before_the_one_before_it():
    mentions = [place("Meris", start=70), place("Halva", start=3)]
    reports = [report("r", "Halva", "Meris", sentence=SECOND)]
    assert placed(reports, mentions) == ("Meris",)
    assert placed([report("r", "Halva", sentence=SECOND)], mentions) == ("Halva",)


def test_what_holds_a_place_may_stand_in_another_sentence():
    mentions = [place("a market", "site", start=70), place("Halva", start=3)]
    reports = [report("r", "a market", "Halva", sentence=SECOND)]
    assert placed(reports, mentions) == ("a market", "Halva")


@pytest.mark.parametrize(("is_main", "expected"), [(True, ("Meris",)), (False, ())])
def test_a_dateline_is_the_place_of_the_main_incident_only(is_main, expected):
    mentions = [place("Meris")]
    reports = [report("r", "Meris", sentence=SECOND)]
    assert placed(reports, mentions, is_main=is_main, dateline=(0, 5)) == expected


@pytest.mark.parametrize(("elsewhere", "expected"), [(2, ("Tarva",)), (3, ())])
def test_without_a_place_the_country_of_half_the_places_is_given(elsewhere, expected):
    mentions = [place("Tarva", "country", country="AA"), place("Meris", country="AA")]
    mentions += [place(f"Far{n}", country="BB") for n in range(elsewhere)]
    assert placed([report("r", "Tarva", sentence=SECOND)], mentions) == expected


@pytest.mark.parametrize(("start", "expected"), [(70, ("Meris", "Kostria")), (3, ("Meris",))])
def test_a_state_beside_a_town_is_of_a_sentence_of_the_incident(start, expected):
    mentions = [place("Meris", start=80), place("Kostria", "country", start=start)]
    assert placed([report("r", "Meris", "Kostria", sentence=SECOND)], mentions) == expected


def towns(*names):
    """Return mentions of towns that stand in an order, the first one in the lead."""
    return [place(f"{name}{n}", start=10 + 60 * n, key=name) for n, name in enumerate(names)]


@pytest.mark.parametrize(
    ("mentions", "expected"),
    [
        (towns("Meris", "Meris", "Halva"), ("Meris0",)),
        (towns("Meris", "Halva"), ()),
        ([place("Halva"), *towns("Meris", "Meris", "Meris")], ()),
    ],
)
def test_the_town_of_the_lead_is_that_of_what_has_no_place(mentions, expected):
    lead = full_report("other", sentence=FIRST, sentence_index=0)
    assert placed([lead, report("r", sentence=SECOND)], mentions) == expected


@pytest.mark.parametrize(
    ("country", "expected"), [("AA", ("Meris", "Kostria")), ("BB", ("Kostria",))]
)
def test_the_town_of_the_lead_lies_in_the_country_of_the_incident(country, expected):
    state = place("Kostria", "country", start=70, country="AA")
    mentions = [state, place("Meris", start=10, country=country)]
    lead = full_report("other", sentence=FIRST, sentence_index=0)
    assert placed([lead, report("r", "Kostria", sentence=SECOND)], mentions) == expected
