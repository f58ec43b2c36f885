"""Who shares a lot, whose planes they were, and what a joined clause leaves alone."""


def test_who_was_arrested_along_with_somebody_was_arrested_too(tag):
    article = tag("Police raid office", "Police arrested the editor along with nine other people.")
    counts = [(c.min, c.max) for r in article.reports if r.event == "arrested" for c in r.counts]
    assert (9, 9) in counts


def test_what_aircraft_bomb_is_an_airstrike_and_what_fighters_attack_is_none(tag):
    by_planes = tag("Camp hit", "Kenyan jets bombed the camp on Tuesday.")
    by_men = tag("Camp hit", "Its fighters attacked the base on Tuesday.")
    assert "airstrike" in {r.event for r in by_planes.reports}
    assert "airstrike" not in {r.event for r in by_men.reports}


def test_a_negation_of_the_first_clause_leaves_a_joined_one_alone(tag):
    article = tag("Raid", "It was not clear who was in charge, but gunmen killed two guards in Basra.")
    assert [r.stance for r in article.reports if r.event == "killed"] == ["asserted"]


def test_whoever_seizes_power_seizes_nobody(tag):
    article = tag("Night in Bissau", "Army officers seized power in Guinea-Bissau and dissolved parliament.")
    assert {r.event for r in article.reports} == {"coup"}


def test_an_event_confirmed_in_the_passive_is_confirmed(tag):
    article = tag("Strike", "The airstrike was confirmed by two officers.")
    assert [r.stance for r in article.reports] == ["confirmed"]
