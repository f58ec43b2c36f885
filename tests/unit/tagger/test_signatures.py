"""What governs an event, and what a sentence takes for granted,
decide whether it is told as having taken place.
"""

import pytest

from services.tagger.lexicon.cues import classes
from services.tagger.stance.signatures import is_pointed_at, signatures

REAL = {"asserted", "claimed", "confirmed"}


def stances(tag, sentence, event):
    return {r.stance for r in tag("", sentence).reports if r.event == event}


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("The blast has not stopped the talks.", "bombing"),
        ("The governor has not mentioned the massacre.", "killed"),
        ("The general is not happy with the ceasefire.", "ceasefire"),
        ("The mayor is no fan of the ceasefire.", "ceasefire"),
        ("It is not known who was behind the bombing in Meris.", "bombing"),
        ("If it goes on, the ceasefire will be the longest in years.", "ceasefire"),
        ("Lawmakers want to end the war with Kostria.", "clash"),
        ("The rebels managed to kidnap the mayor.", "abducted"),
        ("Kostria had agreed, if its terms were met, to a truce.", "agreement"),
        ("Thousands marched through Meris to protest the killing of Marta Olvin.", "protest"),
        ("Marta Olvin came home, only to be arrested at the border.", "arrested"),
        ("The lawyer asked where Marta Olvin was arrested.", "arrested"),
        ("Two men are held over the bombing in Meris, officials said.", "bombing"),
        ("Meris did not name the envoy, but signed the agreement.", "agreement"),
        ("The governor could say that Marta Olvin was killed.", "killed"),
        ("The governor can confirm that Marta Olvin was killed.", "killed"),
        ("The murdered priests were not armed.", "killed"),
        ("The blasts may be related to the vote.", "bombing"),
        ("The sniper who killed Marta Olvin came from Meris, sources said.", "killed"),
        ("The police left the square before the bomb exploded, sources said.", "bombing"),
        ("The governor vowed to find those responsible for the bombing.", "bombing"),
        ("It was a well-planned attack on the port.", "attack"),
        ("It was an attack on the port, clearly not an accident.", "attack"),
    ],
)
def test_what_is_taken_for_granted_or_brought_about_is_real(tag, sentence, event):
    assert stances(tag, sentence, event) <= REAL
    assert stances(tag, sentence, event)


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("Leaders will sign a peace deal on Monday.", "agreement"),
        ("The envoys are expected to reach a ceasefire.", "ceasefire"),
        ("The police promised a reward for the arrest of Marta Olvin.", "arrested"),
        ("A planned march worries the governor.", "protest"),
        ("The brothers talked about killing Marta Olvin.", "killed"),
        ("Ministers are considering the release of Marta Olvin.", "released"),
        ("The army thwarted an attack on the port.", "attack"),
        ("The guards kept them from killing Marta Olvin.", "killed"),
        ("Marta Olvin left Meris without signing the agreement.", "agreement"),
        ("Kostria demanded that the rebels withdraw from Meris.", "retreat"),
        ("Rather than an attack on Meris, it was a drill.", "attack"),
        ("Kostria can arrest anybody it likes.", "arrested"),
        ("Should the news be confirmed, the killing of Marta Olvin changes everything.", "killed"),
        ("If the reports prove true, the killing of Marta Olvin changes everything.", "killed"),
        ("The group denied reports that it had killed Marta Olvin.", "killed"),
        ("The governor has no intention of arresting Marta Olvin.", "arrested"),
        ("There is no sign of an attack on the port.", "attack"),
        ("The army will stay until the rebels withdraw from Meris.", "retreat"),
        ("The campaign was aimed at killing Marta Olvin.", "killed"),
        ("The sanctions stay because of the lack of an agreement.", "agreement"),
        ("The rebels did not agree to the ceasefire.", "ceasefire"),
    ],
)
def test_what_is_sought_prevented_or_merely_thought_of_is_not(tag, sentence, event):
    assert not stances(tag, sentence, event) & REAL


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("The group said that Marta Olvin was killed.", "claimed"),
        ("She said that Marta Olvin was killed.", "claimed"),
        ("Hospital officials said that Marta Olvin was killed.", "claimed"),
        ("Marta Olvin's brothers said that Petr Olvin was killed.", "claimed"),
        ("Two officials said that Marta Olvin was killed.", "reported"),
        ("A group said that Marta Olvin was killed.", "reported"),
    ],
)
def test_a_party_that_a_reader_can_tell_claims(tag, sentence, stance):
    assert stances(tag, sentence, "killed") == {stance}


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("Reports of a coup in Meris are false, the ministry said.", "coup"),
        ("The story that Marta Olvin was arrested turned out to be a hoax.", "arrested"),
        ("Claims that the army bombed the hospital are untrue, a spokesman said.", "bombing"),
        ("A fake letter says that Marta Olvin was arrested.", "arrested"),
        ("He spread false rumours that Marta Olvin was killed.", "killed"),
    ],
)
def test_what_is_called_false_is_denied(tag, sentence, event):
    assert stances(tag, sentence, event) == {"denied"}


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("It is not false that Marta Olvin was arrested.", "arrested"),
        ("The report on the bombing in Meris is wrong about the date.", "bombing"),
        ("The rebels staged an attack on Meris.", "attack"),
    ],
)
def test_what_is_not_called_false_is_not_denied(tag, sentence, event):
    assert "denied" not in stances(tag, sentence, event)


@pytest.mark.parametrize(
    ("verb", "source"), [("was broken by", "Meridian Wire"), ("came first from", "Reuters")]
)
def test_who_brings_the_news_is_its_source(tag, verb, source):
    article = tag("", f"News of the arrest of Marta Olvin {verb} {source}.")
    report = next(r for r in article.reports if r.event == "arrested")
    assert [article.text[slice(*a.source)] for a in report.attribution] == [source]
    assert report.stance == "reported"


def test_every_signature_is_of_a_class_of_words():
    assert {s.words for found in signatures().values() for s in found} <= set(classes())


@pytest.mark.parametrize(
    ("phrase", "points"),
    [
        ("The blast", True),
        ("That blast", True),
        ("Her death", True),
        ("Last week's raids", True),
        ("A blast", False),
        ("Her", False),
        ("Raids", False),
    ],
)
def test_an_article_or_a_possessive_points_at_a_known_event(parse, phrase, points):
    doc = parse(f"{phrase} shocked Meris.")
    assert is_pointed_at(doc[len(doc) - 4]) == points


@pytest.mark.parametrize(
    ("made_up", "real", "event"),
    [
        (
            "The clerk invented the attack on Meris.",
            "The clerk recalled the attack on Meris.",
            "attack",
        ),
        (
            "A drill was mistaken for an attack on Meris.",
            "The driver was mistaken for a guard and killed.",
            "killed",
        ),
        (
            "A drill was passed off as an attack on Meris.",
            "The clerk passed the attack on Meris off.",
            "attack",
        ),
    ],
)
def test_what_is_made_up_or_taken_for_it_is_none(tag, made_up, real, event):
    assert stances(tag, made_up, "attack") == {"denied"}
    assert stances(tag, real, event) == {"asserted"}


def test_whoever_takes_down_an_image_does_not_take_back_what_it_shows(tag):
    shown = "The agency pulled the video of the attack on Meris."
    told = "The agency pulled its story of the attack on Meris."
    assert stances(tag, shown, "attack") == {"asserted"}
    assert stances(tag, told, "attack") == {"denied"}


def test_a_participle_of_saying_behind_talk_says_what_it_is_about(tag):
    story = "The agency withdrew a story saying that Karl Bosman had been killed."
    assert stances(tag, story, "killed") == {"denied"}


@pytest.mark.parametrize(
    ("untrue", "real", "event"),
    [
        (
            "The report that Karl Bosman had been killed was premature.",
            "The killing of Karl Bosman was a mistake, the army said.",
            "killed",
        ),
        (
            "The report that a truce had been signed was forged.",
            "A truce was forged in Meris.",
            "ceasefire",
        ),
        (
            "The article said in error that Karl Bosman had been killed.",
            "The army said it had killed Karl Bosman in error.",
            "killed",
        ),
        (
            "Contrary to reports that Karl Bosman was killed, he is in Meris.",
            "Contrary to plan, Karl Bosman was killed in Meris.",
            "killed",
        ),
        (
            "Police have yet to arrest Karl Bosman.",
            "Police have arrested Karl Bosman.",
            "arrested",
        ),
        (
            "Karl Bosman was neither arrested nor charged.",
            "Karl Bosman was both arrested and charged.",
            "arrested",
        ),
    ],
)
def test_what_is_so_of_talk_is_not_so_of_the_event(tag, untrue, real, event):
    assert stances(tag, untrue, event) == {"denied"}
    assert stances(tag, real, event) <= REAL
    assert stances(tag, real, event)
