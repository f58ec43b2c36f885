"""A word of force whose arguments are of another sense names no event; its lookalike does."""

import pytest


def _types(article):
    return {r.event for r in article.reports if not r.in_passing}


@pytest.mark.parametrize(
    ("other_sense", "meant", "event"),
    [
        # Words, elections, sport, business.
        (
            "Senator Alva Bergman attacked her rival as a fraud.",
            "Rebels attacked a convoy near Corrin.",
            "attack",
        ),
        (
            "The singer stole the show in Corrin.",
            "Thieves stole a tractor in Corrin.",
            "robbery",
        ),
        (
            "The town of Corrin was hit by snowstorms on Friday.",
            "The town of Corrin was hit by gunmen on Friday.",
            "attack",
        ),
        (
            "Wintry weather batters much of Corrin.",
            "The army batters much of Corrin.",
            "attack",
        ),
        (
            "Strong winds toppled the president's car in Corrin.",
            "Officers toppled the president in Corrin.",
            "coup",
        ),
        (
            "Dario Aust is on solid ground attacking Alva Bergman.",
            "Dario Aust is on trial for attacking a guard.",
            "attack",
        ),
        (
            "The new adverts target the mayor.",
            "Gunmen targeted a mosque in Corrin.",
            "attack",
        ),
        (
            "Senator Alva Bergman beat her opponent in the primary.",
            "Police beat a student with batons.",
            "attack",
        ),
        (
            "Alva Bergman launched an attack on the minister's record.",
            "Alva Bergman launched an attack on the minister with a knife.",
            "attack",
        ),
        (
            "Alva Bergman clashed with Dario Aust over the budget.",
            "Two families clashed in Corrin, and a man was hurt.",
            "clash",
        ),
        (
            "Alva Bergman captured the nomination.",
            "Rebels captured the town of Corrin.",
            "capture-place",
        ),
        # Particles.
        (
            "Dario Aust shot back that the bridge was safe.",
            "Dario Aust shot a guard in Corrin.",
            "wounded",
        ),
        (
            "The clerks hit out at the landlord.",
            "The school was hit by shells.",
            "attack",
        ),
        # What no force can reach, and what is no weapon.
        (
            "The reform destroyed the middle class.",
            "The fire destroyed a school in Corrin.",
            "destruction",
        ),
        (
            "The lawyer fired a question at the clerk.",
            "The soldiers fired shots at the crowd.",
            "use-of-force",
        ),
        (
            "The new taxes hurt families in Corrin.",
            "A landslide hurt four families in Corrin.",
            "wounded",
        ),
        (
            "The leak derailed the negotiation effort.",
            "A train derailed near Corrin.",
            "disaster",
        ),
        (
            "A flood of letters reached Corrin on Monday.",
            "A flood reached Corrin on Monday.",
            "disaster",
        ),
        (
            "Prices came down in Corrin on Monday.",
            "A helicopter came down in Corrin on Monday.",
            "disaster",
        ),
        (
            "Doctors spoke of a loneliness epidemic in Corrin.",
            "Doctors spoke of a cholera epidemic in Corrin.",
            "outbreak",
        ),
        # Deaths by nobody's hand.
        (
            "The botanist Alva Bergman died of cancer.",
            "The botanist Alva Bergman died of her wounds.",
            "killed",
        ),
        (
            "The botanist Alva Bergman died at the age of 91.",
            "The botanist Alva Bergman died in a crash at the crossing.",
            "killed",
        ),
        # Custody of no people.
        (
            "Dario Aust picked up four seats in the north.",
            "Police picked up four men in the north.",
            "arrested",
        ),
    ],
)
def test_a_word_of_force_needs_arguments_of_force(tag, other_sense, meant, event):
    assert event not in _types(tag("", other_sense))
    assert event in _types(tag("", meant))


@pytest.mark.parametrize(("number", "is_age"), [("24", False), ("25", True)])
def test_a_number_above_the_hours_of_a_day_is_an_age(tag, number, is_age):
    died = "killed" in _types(tag("", f"Alva Bergman died at {number}."))
    assert died is not is_age


@pytest.mark.parametrize(
    "sentence",
    [
        "General Alva Bergman captured the town of Corrin.",
        "Mobs attacked the judge's house.",
        "Alva Bergman attacked two women.",
        "The party was attacked by rebels.",
        "Dario Aust and rival mobs fought with stones.",
    ],
)
def test_who_may_strike_or_whose_body_is_hit_leaves_force_open(tag, sentence):
    assert _types(tag("", sentence)) & {"attack", "clash", "capture-place", "riot"}
