"""Stance of sentences and headlines: what the words say, with the words that say it."""

import pytest

from services.tagger.parse.doc import Doc
from services.tagger.stance.headline import headline_convention


def killed(tag, sentence):
    return next(r for r in tag("", sentence).reports if r.event == "killed")


@pytest.mark.parametrize(
    "sentence",
    [
        "The Orran Monitor could not confirm that Marta Olvin was killed.",
        "The ministry declined to confirm that Marta Olvin was killed.",
    ],
)
def test_who_could_not_confirm_is_no_source(tag, sentence):
    report = killed(tag, sentence)
    assert report.stance == "reported"
    assert report.attribution == ()


def test_to_confirm_that_it_did_not_happen_is_to_deny(tag):
    assert killed(tag, "The Sella Brigade confirmed Marta Olvin was not killed.").stance == "denied"


def test_a_spokesman_is_the_voice_of_a_party(tag):
    report = killed(tag, "A spokesman for the Sella Brigade denied that Marta Olvin was killed.")
    assert (report.stance, [(a.kind, a.named) for a in report.attribution]) == (
        "denied",
        [("party", True)],
    )


def test_a_resident_is_a_witness_without_a_name(tag):
    report = killed(tag, "“They killed Marta Olvin,” said a resident.")
    assert (report.stance, [(a.kind, a.named) for a in report.attribution]) == (
        "reported",
        [("witness", False)],
    )


@pytest.mark.parametrize(
    "sentence",
    ["Marta Olvin, a commander, was feared dead.", "Marta Olvin was believed to have been killed."],
)
def test_what_is_feared_or_believed_is_reported(tag, sentence):
    assert killed(tag, sentence).stance == "reported"


def test_every_cue_holds_the_words_it_names(tag):
    article = tag("", "Marta Olvin was allegedly killed, officials said.")
    report = article.reports[0]
    assert [article.text[slice(*c.span)] for c in report.cues] == ["allegedly", "said"]
    assert all("/" in c.rule and c.rule.endswith("@1") for c in report.cues)


@pytest.mark.parametrize(
    ("title", "stance", "cue"),
    [
        ("Hoax: clip shows mayor killed in raid", "denied", "Hoax"),
        ("No, the mayor was never held", "denied", "No"),
        ("Mayor denies hoax over his arrest", "reported", "hoax"),
        ("Was the mayor killed in the raid?", "hypothetical", "?"),
        ("Mayor of Orran not dead", "denied", "not"),
        ("Geologist raises doubts about reports of a blast", "denied", "raises doubts"),
        ("Fact check: photo of the mayor in handcuffs", "denied", "Fact check"),
        ("Neighbours believe mayor fled, mayor thinks they forget", "claimed", "thinks"),
        ("Mayor appeared to flee", "reported", "appeared to"),
        ("Was the mayor shot? No, says his sister", "denied", "No"),
        ("Mayor exposed as a hoaxer", "denied", "hoaxer"),
        ("Ministry laughs off the wild rumour of a coup", "denied", "laughs off"),
        ("Rumour of a coup laid to rest", "denied", "laid to rest"),
        ("Sister says the mayor is safe", "denied", "is safe"),
        ("Official: rebels take the port", "reported", "Official"),
        ("Sella Brigade: We hold the port", "claimed", "Sella Brigade"),
        ("Mayor flees city that rebels may take", "reported", "may"),
        ("Rumours of a coup spread in Kostria", "reported", "Rumours"),
        ("Olvin did NOT flee the capital", "denied", "NOT"),
        ("Olvin alive and well after reports of her death", "denied", "alive and well"),
        ("Mayor resigns? Nope, that letter is fake", "denied", "Nope"),
        ("Ministry shoots down claims of a coup", "denied", "shoots down"),
        ("No evidence that rebels hold the dam", "reported", "No"),
        ("Thousands fell for clip of burning dam", "reported", "fell for"),
        ("Monitor: rebels hold the dam", "reported", "Monitor"),
        ("Rebels hold the dam: police", "reported", "police"),
        ("Rebels hold the dam, mayor says", "claimed", "says"),
        ("Mayor may have fled, neighbours think", "reported", "may"),
    ],
)
def test_a_headline_says_by_convention_what_it_makes_of_its_news(nlp, title, stance, cue):
    found = headline_convention(title, Doc(nlp(title.lower())))
    assert found is not None
    assert (found.stance, title[slice(*found.cue.span)]) == (stance, cue)


@pytest.mark.parametrize(
    "title",
    [
        "May 2 raid kills ten",
        "Police arrest alleged killer",
        "Why did the mayor flee?",
        "Not only the mayor fled",
        "Doctor asks mayor how is the leg?",
        "The mayor visited a dam which could burst",
        "Fine, not jail, for mayor who fled",
        "Driver fined for not paying at the bridge",
        "Kostria won't stop the search",
        "It is over, but how did the mayor flee?",
        "Did the mayor flee? Yes, in a rowing boat",
        "Police arrest Bruno Marvento in casino",  # "no" ends two words here and is none
        "",
    ],
)
def test_a_plain_headline_has_no_convention(nlp, title):
    assert headline_convention(title, Doc(nlp(title.lower()))) is None


@pytest.mark.parametrize(
    "title",
    [
        "Jet shot down over Orran, report says",
        "Commander killed in airstrike, rebels claim",
        "Two killed in Orran: reports",
        "Truck slams into crowd, reports say",
    ],
)
def test_what_is_shot_down_before_a_source_is_no_talk(nlp, title):
    found = headline_convention(title, Doc(nlp(title.lower())))
    assert found is not None
    assert found.stance == "reported"


@pytest.mark.parametrize(
    ("title", "event", "stance"),
    [
        ("Judge denies bail to man who killed Marta Olvin", "killed", "asserted"),
        ("Rebels deny role in attack that killed Marta Olvin", "killed", "asserted"),
        ("Marta Olvin killed, not wounded, police say", "killed", "claimed"),
        ("Marta Olvin killed, army says; rebels deny", "killed", "claimed"),
        ("Fake policeman kills Marta Olvin", "killed", "asserted"),
        ("Kidnapped judge Marta Olvin still alive, army says", "abducted", "claimed"),
        ("Rebels deny leader Marta Olvin killed in strike", "killed", "denied"),
        ("Marta Olvin wounded, not killed, police say", "wounded", "claimed"),
        ("No, this clip does not show Marta Olvin alive", "killed", "reported"),
        ("Rebels vow to kill Marta Olvin, paper says", "killed", "hypothetical"),
    ],
)
def test_a_title_denies_only_what_its_negation_reaches(tag, title, event, stance):
    assert [r.stance for r in tag(title, "").reports if r.event == event] == [stance]


@pytest.mark.parametrize(
    "title",
    [
        "Mayor isn't happy with the new bridge",
        "Mayor wants a new bridge",
        "Marchers shout hands up, don't shoot",
    ],
)
def test_a_plan_or_a_negation_of_nothing_said_before_is_the_headlines_news(tag, title):
    assert tag(title, "").stance == "asserted"


def test_a_headline_without_an_event_has_a_stance_too(tag):
    assert tag("Rumours of a coup spread in Kostria").stance == "reported"
    assert tag("", "Only a body.").stance is None
