"""Who did what to whom, through the frames that news writes it in."""

import pytest

from services.text.names import name_key


def read(tag, sentence, event, title=""):
    """Return (patients, agents, report) of the first report of an event."""
    article = tag(title, sentence)
    names = {m.id: m.surface for m in article.mentions}
    report = next(r for r in article.reports if r.event == event)
    return [names[i] for i in report.patient], [names[i] for i in report.agent], report


def headline(tag, title, event):
    return read(tag, "", event, title)


def events(tag, sentence):
    return {r.event for r in tag("", sentence).reports}


def test_a_dateline_is_a_place_and_not_who_says_so(tag):
    article = tag(
        "", "MERIS (Meridian Wire) - The Sella Brigade, an ally, said Marta Olvin was killed."
    )
    names = {m.id: m for m in article.mentions}
    assert [names[a.mention].actor_id for a in article.reports[0].attribution] == ["sella-brigade"]
    assert article.text[article.reports[0].sentence[0] :].startswith("The Sella Brigade")
    assert next(m for m in article.mentions if m.surface == "MERIS").type == "place"
    assert article.origin.wire == "meridian-wire"


def test_an_acronym_after_a_name_is_no_wire(tag):
    article = tag(
        "", "Orran Liberation Front (OLF) - the armed group - said Marta Olvin was killed."
    )
    assert article.origin.wire is None


@pytest.mark.parametrize(
    ("sentence", "event", "absent"),
    [
        ("Two men were shot dead in Meris.", "killed", "wounded"),
        ("Gunmen shot Marta Olvin to death.", "killed", "wounded"),
        ("Police shot and killed Marta Olvin.", "killed", "wounded"),
        ("Marta Olvin was gunned down in Meris.", "killed", "wounded"),
        ("Marta Olvin was shot in Meris.", "wounded", "killed"),
    ],
)
def test_what_a_shot_did_is_in_the_words_beside_it(tag, sentence, event, absent):
    assert event in events(tag, sentence)
    assert absent not in events(tag, sentence)


def test_a_thing_that_is_shot_is_nobody(tag):
    assert events(tag, "Marta Olvin shot a video in Meris.") == set()


def test_the_firing_of_police_has_an_agent(tag):
    patients, agents, report = read(tag, "Five people were wounded in police firing.", "wounded")
    assert (patients, agents) == (["Five people"], ["police"])
    assert [(c.min, c.max) for c in report.counts] == [(5, 5)]


def test_it_is_who_speaks(tag):
    _, agents, report = headline(tag, "Kostrian army says it killed Sella Brigade chief", "killed")
    assert agents == ["Kostrian"]
    assert report.claim_block == "violence:sella-brigade-chief"


def test_one_of_many_commanders_is_nobody_in_particular(tag):
    _, _, report = read(tag, "A Sella Brigade commander was killed.", "killed")
    assert report.claim_block == "violence:?"


def test_who_claims_responsibility_did_it_by_their_own_word(tag):
    patients, agents, report = read(
        tag,
        "The Sella Brigade claimed responsibility for the attack that killed Marta Olvin.",
        "killed",
    )
    assert (patients, agents) == (["Marta Olvin"], ["Sella Brigade"])
    assert [a.kind for a in report.attribution] == ["self"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The brigade named Marta Olvin as its new commander.",
        "The group elected Marta Olvin president on Monday.",
        "Marta Olvin was appointed head of the Sella Brigade.",
    ],
)
def test_who_is_put_into_an_office_is_the_patient(tag, sentence):
    patients, _, report = read(tag, sentence, "appointment")
    assert patients == ["Marta Olvin"]
    assert report.claim_block == "office:marta-olvin"


@pytest.mark.parametrize("title", ["Blast leaves ten dead in Meris", "Ten dead in Meris bombing"])
def test_the_dead_of_a_headline_are_counted(tag, title):
    _, _, report = headline(tag, title, "killed")
    assert [(c.min, c.max) for c in report.counts] == [(10, 10)]


def test_at_least_leaves_the_top_open(tag):
    _, _, report = read(tag, "At least 12 civilians were killed in Meris.", "killed")
    assert [(c.min, c.max, c.modifier) for c in report.counts] == [(12, None, "at least")]


def test_a_surname_that_is_a_state_is_a_person(tag):
    patients, _, _ = read(tag, "Actor Michael Jordan was arrested in Meris.", "arrested")
    assert patients == ["Michael Jordan"]


def test_nameless_dead_are_of_the_bombing_in_their_sentence(tag):
    article = tag("", "Kostrian warplanes bombed a hospital in Meris, killing nine people.")
    assert {r.claim_block for r in article.reports} == {f"violence:{name_key('Meris')}"}


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("Police opened fire on the crowd in Meris.", "use-of-force"),
        ("Police fired tear gas at protesters.", "use-of-force"),
        (
            "The Sella Brigade claimed responsibility for the attack on Meris.",
            "responsibility-claim",
        ),
        ("Two men were held by police in Meris.", "arrested"),
        ("A court sentenced Marta Olvin to ten years.", "sentenced"),
        ("Marta Olvin stepped down as minister.", "resignation"),
        ("Kostria expelled the ambassador of Tarvan.", "sanction"),
        ("The army seized power in Kostria.", "coup"),
        ("Kostria violated the ceasefire.", "ceasefire-breach"),
        ("Residents were evacuated from Meris.", "evacuation"),
        ("An earthquake shook Meris.", "disaster"),
        ("Kostria deployed troops along the border.", "mobilization"),
        ("Workers marched against the budget.", "protest"),
        ("Rebels captured Damascus.", "capture-place"),
        ("The blast claimed the lives of four soldiers.", "killed"),
        ("Four soldiers lost their lives.", "killed"),
        ("Five people suffered injuries.", "wounded"),
        ("The Sella Brigade fired rockets at Meris.", "missile-attack"),
        ("Kostria has promised to send aid to Tarvan.", "agreement"),
        ("Kostria vowed to attack Tarvan.", "threat"),
    ],
)
def test_what_watch_desks_wait_for_is_an_event(tag, sentence, event):
    assert event in events(tag, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The council executed a search warrant.",
        "A meeting was held in Meris.",
        "The delay killed the project.",
        "He was charged with attempted murder.",
        "The vote is in March.",
        "Nobody apprehended the danger.",
    ],
)
def test_what_only_sounds_so_is_none(tag, sentence):
    assert not events(tag, sentence) & {"killed", "arrested", "protest", "wounded"}


def test_who_was_shot_and_died_was_not_only_wounded(tag):
    assert "wounded" not in events(tag, "Marta Olvin was shot in Meris. Marta Olvin died at dawn.")
    assert "wounded" in events(tag, "Marta Olvin was shot in Meris. Jan Tessel died at dawn.")


def test_a_text_without_capitals_is_read_sentence_by_sentence(tag):
    report = next(
        r
        for r in tag(
            "", "the market was quiet. police arrested two men in meris. it rained."
        ).reports
    )
    assert (report.event, report.sentence_index) == ("arrested", 1)


@pytest.mark.parametrize(
    ("sentence", "event", "absent"),
    [
        ("Protesters clashed with police during a march in Meris.", "riot", "protest"),
        ("Thousands joined a march in Meris.", "protest", "riot"),
        ("Four people were hurt in demonstrations and clashes in Meris.", "riot", "protest"),
        ("Marta Olvin was fatally wounded in Meris.", "killed", "wounded"),
        ("A bullet struck Marta Olvin as the gunman fled.", "wounded", "killed"),
        ("The editor was held responsible for the mistake.", None, "arrested"),
    ],
)
def test_a_neighbour_tells_what_a_word_means(tag, sentence, event, absent):
    found = events(tag, sentence)
    assert event is None or event in found
    assert absent not in found


def test_who_fired_when_somebody_died_is_the_agent(tag):
    patients, agents, _ = read(
        tag, "Two farmers died when soldiers opened fire on a crowd.", "killed"
    )
    assert (patients, agents) == (["Two farmers"], ["soldiers"])


@pytest.mark.parametrize(
    "sentence",
    [
        "Dana Vessik takes over as head of the navy.",
        "Dana Vessik succeeds Idris Halvane as leader of the group.",
        "The council picked Dana Vessik to lead the party.",
    ],
)
def test_who_succeeds_or_takes_over_as_something_is_put_into_office(tag, sentence):
    article = tag("", sentence)
    names = {m.id: m.surface for m in article.mentions}
    report = next(r for r in article.reports if r.event == "appointment")
    assert [names[i] for i in report.patient] == ["Dana Vessik"]


def test_who_succeeds_in_something_or_takes_over_a_firm_gets_no_office(tag):
    article = tag(
        "", "Dana Vessik succeeded in her attempt. Dana Vessik took over the firm from her father."
    )
    assert "appointment" not in {r.event for r in article.reports}
