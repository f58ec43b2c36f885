"""What is hit: things, sites, whole lists of people, and what no force can reach."""

import pytest


def roles(article, event):
    """Return (patients, targets) of the first report of an event,
    by their surfaces; None where there is none.
    """
    surfaces = {m.id: m.surface for m in article.mentions}
    report = next((r for r in article.reports if r.event == event), None)
    return report and ([surfaces[i] for i in report.patient], [surfaces[i] for i in report.target])


@pytest.mark.parametrize(
    ("text", "event", "target"),
    [
        ("Rebels set fire to two city buses in Lima.", "arson", "two city buses"),
        ("A bomb exploded in front of the hotel.", "bombing", "the hotel"),
        ("Two people died when a bomb went off at a market.", "bombing", "a market"),
        ("Rebels placed a bomb in front of the Danish embassy.", "bombing", "the Danish embassy"),
        ("An explosive device was thrown at the home of the mayor.", "bombing", "the home"),
        (
            "Another dynamite attack against an office of the newspaper injured a guard.",
            "bombing",
            "an office",
        ),
    ],
)
def test_what_a_bomb_or_a_fire_hits_is_a_target(tag, text, event, target):
    assert roles(tag("", text), event) == ([], [target])


@pytest.mark.parametrize(
    "text",
    [
        "Inflation destroys the currency.",
        "Such laws attack the honour of the court and its credibility.",
        "The scandal damaged his reputation for honesty and the credibility of the bank.",
    ],
)
def test_what_no_force_can_reach_is_not_hit(tag, text):
    assert not {r.event for r in tag("", text).reports} & {"attack", "destruction"}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("The murder on 2 March of Petra Anders shocked the region.", ["Petra Anders"]),
        (
            "The assassination on the morning of 3 May of four nurses shocked the town.",
            ["four nurses"],
        ),
        ("Olaf Brandt replaced the assassinated Petra Anders.", ["Petra Anders"]),
        (
            "Police identified the dead as Olaf Brandt and Petra Anders.",
            ["Olaf Brandt", "Petra Anders"],
        ),
        ("Two bodies were found shot to death in a park today.", ["Two bodies"]),
        ("The attack left four dead and 12 wounded.", ["four"]),
        ("The army killed an unknown number of villagers.", ["an unknown number of villagers"]),
    ],
)
def test_who_was_killed_is_found_wherever_the_sentence_puts_them(tag, text, people):
    assert roles(tag("", text), "killed") == (people, [])


def test_bodies_that_only_turn_up_are_no_killing(tag):
    assert roles(tag("", "Two bodies were found in a park today."), "killed") is None


def test_names_beside_a_part_of_a_group_are_who_was_freed(tag):
    article = tag("", "Two of the hostages, Olaf Brandt and Petra Anders, were freed.")
    assert roles(article, "released") == (["Olaf Brandt", "Petra Anders"], [])


def test_a_thing_with_a_capital_and_a_number_was_not_abducted(tag):
    assert roles(tag("", "The rebels also seized two Binoculars and a radio."), "abducted") is None
