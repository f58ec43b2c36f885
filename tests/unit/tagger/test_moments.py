"""What a sentence alone says of the time of an event."""

from datetime import date

import pytest

from services.tagger.timing.reading import is_several, read_moment
from services.tagger.timing.scope import Timeline

MAY_13 = date(2031, 5, 13)


@pytest.fixture
def moment(parse):
    def one(sentence, word, *, is_lead=False):
        doc = parse(sentence)
        trigger = next(t for t in doc if t.text == word)
        timeline = Timeline(doc, sentence, {trigger.i}, MAY_13)
        several = is_several(trigger, [])
        return read_moment(trigger, timeline, several=several, is_lead=is_lead)

    return one


@pytest.fixture
def read(moment):
    """Return a function that gives time and rule of a reading; None for news."""

    def one(sentence, word="killed"):
        reading = moment(sentence, word).reading
        return reading and (reading.time, reading.rule)

    return one


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Rebels killed a judge on Sunday.", None),
        ("Rebels have killed a judge.", None),
        ("Rebels killed a judge in 2019.", ("old", "date")),
        ("More than 50 guards have been killed since 2019.", ("total", "span")),
        ("A judge has been killed since 2019.", ("old", "span")),
        ("More than 50 guards have been killed since the vote.", ("total", "span")),
        ("More than 50 guards were killed since the vote.", None),
        ("Fifty guards have been killed since Sunday.", None),
        ("More than 50 guards have been killed in the war.", ("total", "war")),
        ("The war has killed more than 50 guards.", ("total", "war")),
        ("Korin is torn by a conflict that has killed more than 50 guards.", ("total", "war")),
        ("The raid has killed more than 50 guards.", None),
        ("A judge was killed in the war.", None),
        ("Bandits often killed guards.", ("total", "habit")),
        ("Rebels have killed judges before.", ("old", "before")),
        ("Rebels killed a judge before the vote.", None),
        ("Rebels had killed a judge.", ("old", "perfect")),
        ("Rebels had stormed a court and killed a judge.", ("old", "perfect")),
        ("Police said that rebels had killed a judge.", None),
        ("A clerk was jailed for an ambush that killed a judge.", ("old", "court")),
        ("A clerk is accused of an ambush that killed a judge.", ("old", "accused")),
        ("A clerk was jailed for an ambush that killed a judge on Sunday.", None),
    ],
)
def test_a_sentence_puts_an_event_in_its_time(read, sentence, found):
    assert read(sentence) == found


def test_the_first_since_a_date_is_an_event_of_its_own(read):
    assert read("It was the first attack since 2019.", "attack") is None
    assert read("There were two attacks this year.", "attacks") == ("total", "span")


@pytest.mark.parametrize(("words", "is_known"), [("in January", True), ("in 2019", False)])
def test_what_the_lead_tells_of_months_ago_has_become_known(moment, words, is_known):
    found = moment(f"An inquiry found that rebels killed a judge {words}.", "killed", is_lead=True)
    assert (found.reading is None) == is_known


def test_what_the_lead_only_mentions_stays_old(moment):
    sentence = "A clerk who killed a judge in January was named as mayor."
    assert moment(sentence, "killed", is_lead=True).reading.rule == "date"


def test_weeks_ago_is_old_but_may_be_a_voice_yet(moment):
    assert not moment("Rebels killed a judge three weeks ago.", "killed").is_background
    assert moment("Rebels killed a judge six months ago.", "killed").is_background


@pytest.mark.parametrize(
    ("sentence", "present"),
    [
        ("Rebels have killed a judge.", True),
        ("Rebels killed a judge.", False),
        ("Rebels had killed a judge.", False),
    ],
)
def test_the_present_perfect_is_of_the_present(moment, sentence, present):
    assert moment(sentence, "killed").is_present == present


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Villagers recalled the night when rebels killed a judge.", ("old", "retold")),
        ("Villagers remember how rebels killed a judge.", ("old", "retold")),
        ("Police released footage of the moment a gunman killed a judge.", ("old", "retold")),
        ("The film shows the moment when rebels killed a judge.", ("old", "retold")),
        ("The mayor spoke of the attack that killed a judge.", ("old", "retold")),
        ("The mayor talked about the attack that killed a judge.", ("old", "retold")),
        ("Divers found the knife with which the judge was killed.", ("old", "retold")),
        ("Villagers recalled on Friday that rebels killed a judge on Sunday.", None),
        ("Divers found a knife with which a judge was killed.", None),
        ("The mayor condemned the attack that killed a judge.", None),
        ("The mayor spoke of an attack that killed a judge.", None),
        ("Gunmen killed a judge the moment he left his house.", None),
        ("Gunmen killed a judge on the day when the truce began.", None),
        ("Villagers who recalled the siege were killed.", None),
        ("One night a gunman killed a judge.", None),
    ],
)
def test_what_the_main_clause_recalls_or_shows_is_retold(read, sentence, found):
    assert read(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The nurses seized near Meris were freed.", ("old", "retold")),
        ("Troops rescued the nurses who were seized near Meris.", ("old", "retold")),
        ("The nurses seized near Meris were beaten.", None),
        ("Gunmen seized two nurses and freed them.", None),
        ("Nurses seized near Meris were freed.", None),
    ],
)
def test_who_is_set_free_was_held_before(read, sentence, found):
    assert read(sentence, "seized") == found
