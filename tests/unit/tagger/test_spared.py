"""People whom a sentence says an event did not befall."""

import pytest


def killed(tag, text="", title=""):
    return [r.stance for r in tag(title, text).reports if r.event == "killed" and not r.in_passing]


@pytest.mark.parametrize(
    "sentence",
    [
        "Marta Olvin is alive, the brigade said.",
        "Marta Olvin was found alive in a cellar.",
        "The mayor remains alive.",
        "Rescuers found Marta Olvin alive.",
        "Marta Olvin survived.",
        "Marta Olvin survived the blast.",
        "The governor survived an assassination attempt in Meris.",
        "Marta Olvin was in the house, but she is alive.",
        "Marta Olvin is believed to be alive.",
    ],
)
def test_a_life_statement_is_a_denied_report_of_the_death(tag, sentence):
    assert killed(tag, sentence) == ["denied"]


@pytest.mark.parametrize("title", ["Marta Olvin alive, brigade says", "Mayor survives bomb attack"])
def test_it_is_so_in_titles_too(tag, title):
    assert killed(tag, title=title) == ["denied"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Marta Olvin is no longer alive.",
        "Marta Olvin is not alive.",
        "Marta Olvin did not survive the blast.",
    ],
)
def test_a_negation_turns_it_round(tag, sentence):
    assert killed(tag, sentence) == ["asserted"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Marta Olvin is survived by two sons.",
        "Marta Olvin survived a vote of no confidence.",
        "Six passengers survived the crash.",
        "A man survived the crash.",
        "Marta Olvin was last seen alive on Monday.",
        "Marta Olvin is wanted dead or alive.",
        "The spirit of Meris is alive.",
        "She is alive.",
    ],
)
def test_other_lives_take_no_death_back(tag, sentence):
    assert killed(tag, sentence) == []


def test_what_is_only_hoped_for_is_no_news(tag):
    assert killed(tag, "They hope that Marta Olvin is alive.") == []


@pytest.mark.parametrize(
    "text",
    [
        '"I am alive," Marta Olvin said in a recording.',
        '"Rumours of my death are false," Marta Olvin told reporters.',
        '"It is not true that I was killed," Marta Olvin said.',
    ],
)
def test_the_first_person_is_who_speaks(tag, text):
    article = tag("", text)
    (report,) = (r for r in article.reports if r.event == "killed")
    names = {m.id: m.surface for m in article.mentions}
    assert (report.stance, [names[i] for i in report.patient]) == ("denied", ["Marta Olvin"])


def test_the_first_person_as_agent_undergoes_nothing(tag):
    article = tag("", '"I killed him," said Marta Olvin.')
    assert not any(r.frame == "adjective" for r in article.reports)


@pytest.mark.parametrize(
    "sentence",
    [
        "The pilot has not been found alive.",
        "Marta Olvin was never seen alive again.",
        "Rescuers could not find the judge Marta Olvin alive.",
        "Rescuers have yet to find the judge Marta Olvin alive.",
        "Rescuers failed to find the judge Marta Olvin alive.",
        "It is not true that Marta Olvin was found alive.",
        "Nobody has found Marta Olvin alive.",
    ],
)
def test_who_is_not_found_alive_may_not_be_found_at_all(tag, sentence):
    assert killed(tag, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("Marta Olvin has been found alive.", "denied"),
        ("Police have found Marta Olvin alive.", "denied"),
        ("Marta Olvin has not been alive since Monday.", "asserted"),
    ],
)
def test_who_is_found_is_alive_or_dead(tag, sentence, stance):
    assert killed(tag, sentence) == [stance]
