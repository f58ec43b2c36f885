"""Who shares a lot, whose planes they were, and what a joined clause leaves alone."""

import pytest


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
    article = tag(
        "Raid", "It was not clear who was in charge, but gunmen killed two guards in Basra."
    )
    assert [r.stance for r in article.reports if r.event == "killed"] == ["asserted"]


def test_whoever_seizes_power_seizes_nobody(tag):
    article = tag(
        "Night in Bissau", "Army officers seized power in Guinea-Bissau and dissolved parliament."
    )
    assert {r.event for r in article.reports} == {"coup"}


def test_an_event_confirmed_in_the_passive_is_confirmed(tag):
    article = tag("Strike", "The airstrike was confirmed by two officers.")
    assert [r.stance for r in article.reports] == ["confirmed"]


@pytest.mark.parametrize(
    ("sentence", "patient"),
    [
        ("Guards found a porter with a gunshot wound to the arm.", "a porter"),
        ("The stabbing left a waiter in critical condition.", "a waiter"),
        ("A 17-year-old was rushed to a hospital after the blast.", "A 17-year-old"),
        ("The raid put two nurses in hospital.", "two nurses"),
        ("A farmer shot himself in the foot.", "A farmer"),
    ],
)
def test_the_wounded_are_told_by_wounds_conditions_and_hospitals(tag, sentence, patient):
    article = tag("", sentence)
    names = {m.id: m.surface for m in article.mentions}
    assert next([names[i] for i in r.patient] for r in article.reports if r.event == "wounded") == [
        patient
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "The man shot at the police car.",
        "Three clerks were shot at in Meris.",
        "Marta Olvin died of her injuries.",
        "Hunters shot three deer.",
        "Ten shots were fired, several of which hit a wall.",
        "The committee sent two members to the hospital.",
    ],
)
def test_who_is_aimed_at_or_dies_of_wounds_or_is_no_person_is_no_wounded(tag, sentence):
    assert "wounded" not in {r.event for r in tag("", sentence).reports}


@pytest.mark.parametrize(
    ("text", "wounded", "killed"),
    [
        ("Four men were shot in Meris, one of them fatally.", 3, 1),
        ("Two men were stabbed at a bar. One of them died.", 1, 1),
        ("A shooting in Meris left one man dead and another in serious condition.", 1, 1),
    ],
)
def test_the_dead_are_not_counted_among_the_wounded(tag, text, wounded, killed):
    reports = tag("", text).reports
    assert {
        event: max((c.min for r in reports if r.event == event for c in r.counts), default=1)
        for event in ("wounded", "killed")
    } == {
        "wounded": wounded,
        "killed": killed,
    }


def test_a_time_of_day_counts_nobody(tag):
    reports = tag("", "A bout 9 p.m., a clerk was shot in the arm.").reports
    assert [c.min for r in reports for c in r.counts] == []


@pytest.mark.parametrize(
    ("sentence", "n"),
    [
        ("The death toll rises to 45 after the quake.", 45),
        ("The blast brought the death toll to 31.", 31),
        ("A death toll of 12 was given by the mayor.", 12),
    ],
)
def test_a_death_toll_counts_the_dead(tag, sentence, n):
    assert [c.min for r in tag("", sentence).reports if r.event == "killed" for c in r.counts] == [
        n
    ]


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("A strike by dockers closed the port.", "labour-strike"),
        ("The nurses' strike enters its third day.", "labour-strike"),
        ("The convoy came under attack near Meris.", "attack"),
        ("The army and the rebels exchanged prisoners.", "released"),
        ("The two states traded prisoners on Monday.", "released"),
        ("The president fired two ministers.", "resignation"),
        ("Troops captured part of the town.", "capture-place"),
        ("Angry workers blocked the bridge.", "protest"),
        ("The Dune Front said it was behind the blast.", "responsibility-claim"),
        ("The army denied its troops were responsible for the raid.", "responsibility-claim"),
        ("The Dune Front claimed the attack.", "responsibility-claim"),
        ("War broke out between the two states.", "clash"),
        ("All the staffers lost their jobs.", "resignation"),
        ("A gas explosion shook the house.", "disaster"),
        ("Mortar shells landed near the school.", "missile-attack"),
        ("Aircraft dropped bombs on the camp.", "airstrike"),
        ("Jets carried out raids on the camp.", "airstrike"),
        ("The attacker detonated his explosives near Meris.", "suicide-bombing"),
        ("Workers took to the streets of Meris.", "protest"),
        ("Hundreds gathered in Meris to denounce the verdict.", "protest"),
        ("Protesters hurled petrol bombs at the police.", "riot"),
        ("The two armies traded artillery fire.", "clash"),
        ("Heavy fighting was reported near the airport.", "clash"),
        ("A roadside mine killed two soldiers.", "bombing"),
        ("Their car hit a mine near Meris.", "bombing"),
        ("Government forces regained control of the town.", "capture-place"),
        ("Police have caught a gang of thieves.", "arrested"),
    ],
)
def test_events_told_without_their_plain_verb(tag, sentence, event):
    assert event in {r.event for r in tag("", sentence).reports}


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("Police released three protesters.", "protest"),
        ("A fallen tree blocked the road.", "protest"),
        ("The president fired two ministers.", "use-of-force"),
        ("The vote was an earthquake for the ruling party.", "disaster"),
        ("The company captured the mood.", "capture-place"),
        ("A gunfight erupted near Meris.", "disaster"),
        ("Customs officers seized 20 rifles and three cars.", "capture-place"),
        ("The fog caught the fleet off Meris.", "arrested"),
        ("Police said the group was behind the blast.", "responsibility-claim"),
        ("The novel is set in the Tervan civil war.", "clash"),
        ("He spoke at a campaign rally.", "protest"),
        ("The gang engaged in smuggling.", "clash"),
        ("Officers wounded three protesters.", "protest"),
        ("Doctors fought the virus for months.", "attack"),
    ],
)
def test_words_that_only_look_like_an_event(tag, sentence, event):
    assert event not in {r.event for r in tag("", sentence).reports}


def test_a_month_is_a_date(tag):
    report = next(
        r for r in tag("", "The bridge was bombed in March.").reports if r.event == "bombing"
    )
    assert (report.date.from_[5:], report.date.to[5:]) == ("03-01", "03-31")


def test_a_reflexive_that_is_its_own_subject_is_nobody(tag):
    report = next(
        r
        for r in tag(text="The mayor said himself was killed on Monday.").reports
        if r.event == "killed"
    )
    assert not report.patient


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("A man blew himself up outside the mosque.", "suicide-bombing"),
        ("The bomber detonated his vest.", "suicide-bombing"),
        ("A bomb exploded in Meris.", "bombing"),
        ("The protest descended into violence.", "riot"),
        ("Protesters burned cars at the march.", "riot"),
        ("The demonstration against gun violence was calm.", "protest"),
        ("Rebels attacked soldiers near Meris.", "clash"),
        ("Dune Front fighters attacked militiamen near Meris.", "clash"),
        ("Rebels attacked positions of the army near Meris.", "clash"),
        ("Protesters clashed with officers in Meris.", "riot"),
        ("Strikes hit the port of Meris.", "airstrike"),
        ("The governor survived an assassination attempt in Meris.", "attack"),
        ("Rebels attacked an outpost near Meris.", "attack"),
        ("Raids by helicopters went on in Meris.", "airstrike"),
        ("The knife attack shocked the town.", "attack"),
    ],
)
def test_the_words_around_an_event_tell_its_kind(tag, sentence, event):
    told = {r.event for r in tag("", sentence).reports}
    kin = {"suicide-bombing", "bombing", "riot", "protest", "clash", "attack", "airstrike"}
    assert told & kin == {event}


def test_lives_claimed_are_counted(tag):
    assert [
        c.min
        for r in tag("", "The two bombs claimed nine lives.").reports
        if r.event == "killed"
        for c in r.counts
    ] == [9]


def test_a_company_is_counted_by_those_in_it(tag):
    reports = tag("", "Pirates abducted a crew of nine off Meris.").reports
    assert [c.min for r in reports if r.event == "abducted" for c in r.counts] == [9]
