"""Who holds, who fires, and who is to do what others ask of them."""

import pytest


def roles(article, event):
    """Return the (patients, agents) of the first report of an event,
    by surface; None where there is none.
    """
    names = {m.id: m.surface for m in article.mentions}
    told = (r for r in article.reports if r.event == event and not r.in_passing)
    return next((([names[i] for i in r.patient], [names[i] for i in r.agent]) for r in told), None)


@pytest.mark.parametrize(
    ("sentence", "patients", "agents"),
    [
        ("A court remanded the driver to police custody.", ["the driver"], ["A court", "police"]),
        (
            "Two smugglers were caught by the police at the border.",
            ["Two smugglers"],
            ["the police"],
        ),
        ("Over 40 workers were on Friday taken into custody.", ["Over 40 workers"], []),
    ],
)
def test_an_arrest_is_by_those_in_whose_custody_somebody_is(tag, sentence, patients, agents):
    assert roles(tag("", sentence), "arrested") == (patients, agents)


@pytest.mark.parametrize(
    "sentence",
    [
        "A minister said 31 deaths due to police firing had been reported.",
        "An official said 12 of these deaths took place due to police firing.",
        "The mayor criticised the police for killing two students.",
    ],
)
def test_deaths_are_by_those_whose_firing_they_came_of(tag, sentence):
    _, agents = roles(tag("", sentence), "killed")
    assert [a.removeprefix("the ") for a in agents] == ["police"]


@pytest.mark.parametrize(
    ("sentence", "event", "agents"),
    [
        ("The envoy urged the rebels to release two nuns.", "released", ["the rebels"]),
        ("The minister asked the army to attack the camp.", "attack", ["the army"]),
        ("The council appealed to the army to withdraw from the town.", "retreat", ["the army"]),
        ("The minister promised the priest to free the nuns.", "released", ["The minister"]),
        ("The minister has asked to meet the rebels.", "negotiation", ["The minister"]),
    ],
)
def test_who_is_asked_to_do_it_would_do_it(tag, sentence, event, agents):
    assert roles(tag("", sentence), event)[1] == agents


def test_who_calls_on_somebody_demands_and_who_is_called_upon_is_asked(tag):
    assert roles(tag("", "A union called on Tuesday on the mayor to resign."), "demand") == (
        ["the mayor"],
        ["A union"],
    )


def test_police_who_raid_a_place_search_it_and_gunmen_attack_it(tag):
    assert roles(tag("", "Police raided two warehouses on Monday."), "attack") is None
    assert roles(tag("", "Gunmen raided a village on Monday."), "attack") == ([], ["Gunmen"])


def test_who_is_accused_of_helping_rioters_is_none(tag):
    article = tag("", "The police have been accused of being hand in glove with the rioters.")
    assert "riot" not in {r.event for r in article.reports if r.agent}
