"""Responsibility: an incident's group is found where another clause or sentence names it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tagger.models.responsibility import probability, weights


def agents(article, event):
    called = {m.id: m.surface for m in article.mentions}
    return [called[i] for r in article.reports if r.event == event for i in r.agent]


def test_a_group_that_claims_it_in_the_next_sentence_did_it_and_says_so_itself(tag):
    article = tag(
        "",
        "A car bomb exploded outside a bank in Kabul on Monday, wounding nine. "
        "The Taliban claimed responsibility.",
    )
    assert agents(article, "bombing") == ["Taliban"]
    (report,) = (r for r in article.reports if r.event == "bombing" and r.agent)
    assert [a.kind for a in report.attribution] == ["self"]


def test_a_group_that_denies_it_did_not_claim_it(tag):
    article = tag(
        "",
        "A car bomb exploded outside a bank in Kabul on Monday, wounding nine. "
        "The Taliban denied responsibility.",
    )
    assert "self" not in [
        a.kind for r in article.reports if r.event == "bombing" for a in r.attribution
    ]


@pytest.mark.parametrize("group", ["Boko Haram", "FARC"])
def test_the_group_that_the_next_sentence_blames_did_it_and_a_cue_says_why(tag, group):
    text = (
        f"Two pylons were blown up near Tame on Friday. "
        f"Police attributed it to {group}, and {group} had also burnt a bus."
    )
    article = tag("", text)
    assert agents(article, "bombing") == [group]
    (cue,) = (c for r in article.reports for c in r.cues if c.kind == "perpetrator")
    assert article.text[slice(*cue.span)] == "attributed"


def test_a_force_is_not_the_agent_of_what_it_underwent(tag):
    article = tag(
        "",
        "Three policemen were shot dead in Lima on Friday. "
        "The police said the men had been on patrol.",
    )
    assert agents(article, "killed") == []


def test_an_agent_named_in_the_clause_stays(tag):
    article = tag(
        "",
        "The FARC killed two soldiers near Tame on Friday. "
        "The ELN is active in the region, and the ELN bombs pipelines.",
    )
    assert agents(article, "killed") == ["FARC"]


@pytest.mark.parametrize(("deed", "found"), [("air raid", []), ("car bomb", ["Taliban"])])
def test_no_armed_group_is_guessed_for_what_takes_aircraft(tag, deed, found):
    article = tag(
        "",
        f"An {deed} wounded nine people outside a bank in Kabul on Monday. "
        "The Taliban claimed responsibility.",
    )
    assert sorted({*agents(article, "airstrike"), *agents(article, "bombing")}) == found


def test_an_unknown_feature_counts_nothing():
    assert probability({"no such feature": 1.0}) == probability({})


@given(
    st.dictionaries(st.sampled_from(sorted(weights().keys() - {"bias", "least"})), st.floats(0, 10))
)
def test_a_probability_lies_between_0_and_1(features):
    assert 0 <= probability(features) <= 1


def test_a_claim_that_nobody_made_gives_no_agent(tag):
    article = tag(
        "",
        "No group has claimed responsibility for the bombing, in which two soldiers died in Lima.",
    )
    assert [(r.agent, r.attribution) for r in article.reports if r.event == "killed"] == [((), ())]


@pytest.mark.parametrize("body", ["The group", "This armed organization"])
def test_a_body_is_the_group_named_last(tag, body):
    article = tag("", f"The FARC is active near Tame. {body} killed two farmers there on Friday.")
    assert agents(article, "killed") == ["FARC"]


def test_nameless_guerrilla_units_are_the_one_group_of_the_text(tag):
    article = tag(
        "", "The FARC is active near Tame. Guerrilla units killed two farmers there on Friday."
    )
    assert agents(article, "killed") == ["FARC"]


@pytest.mark.parametrize(
    "deed",
    [
        "Israel's killing of three men in Jenin drew anger.",
        "Israel's destruction of a village drew anger.",
    ],
)
def test_a_possessor_is_the_agent_where_an_of_names_the_patient(tag, deed):
    article = tag("", deed)
    assert agents(article, article.reports[0].event) == ["Israel"]


def test_a_group_that_accepts_responsibility_is_its_own_source(tag):
    article = tag(
        "", "The Syrian army accepted responsibility on Friday for the death of two reporters."
    )
    report = next(r for r in article.reports if r.event == "killed")
    assert agents(article, "killed") == ["Syrian army"]
    assert [a.kind for a in report.attribution] == ["self"]


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        ("President Marta Olvin", "official"),
        ("The Salvadoran armed forces", "official"),
        ("Company spokesman Jon Ruiz", "party"),
        ("Singer Jon Ruiz", "party"),
    ],
)
def test_a_name_in_public_office_is_official(tag, who, kind):
    article = tag("", f"{who} said two men were killed in Lima on Friday.")
    assert [a.kind for r in article.reports for a in r.attribution] == [kind]
