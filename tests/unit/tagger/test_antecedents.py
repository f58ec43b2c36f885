"""Antecedents of pronouns and descriptions, and the day of an event among several."""

import pytest
from builders import sentence_report

from services.tagger.discourse.antecedents import with_antecedents
from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions


def patients(article, event):
    surfaces = {m.id: m.surface for m in article.mentions}
    return [[surfaces[i] for i in r.patient] for r in article.reports if r.event == event]


def date_of(article, event):
    return next(r.date for r in article.reports if r.event == event)


def test_a_pronoun_gives_way_to_the_name_it_stands_for(tag):
    article = tag("", "Marta Olvin spoke in Lima, police said. Gunmen killed her outside.")
    assert patients(article, "killed")[0][0].endswith("Marta Olvin")


@pytest.mark.parametrize(
    "text",
    [
        "Senator Marta Olvin had spoken for an hour. Two men killed the senator as she left.",
        "Marta Olvin, a senator from Tumaco, had spoken for an hour. "
        "Two men killed the senator as she left.",
        "The senator, Marta Olvin, had spoken for an hour. "
        "Two men killed the politician as she left.",
    ],
)
def test_a_description_is_taken_up_by_its_noun_or_a_wider_one(tag, text):
    [[whom]] = patients(tag("", text), "killed")
    assert whom.endswith("Marta Olvin")


@pytest.mark.parametrize(
    "other", ["another senator", "the second senator", "a senator", "the senators", "the judge"]
)
def test_a_description_of_somebody_else_has_no_antecedent(tag, other):
    article = tag(
        "", f"Senator Marta Olvin had spoken for an hour. Two men killed {other} in Lima."
    )
    assert patients(article, "killed") == [[other]]


@pytest.mark.parametrize(
    ("introduction", "later"),
    [
        ("Tilda Morn, the head of the water board,", "The head of the water board"),
        ("The head of the water board, Tilda Morn,", "The head of the board"),
        ("Tilda Morn, the envoy for Central Asia,", "The envoy for Central Asia"),
    ],
)
def test_a_description_with_a_complement_is_taken_up_by_both(tag, introduction, later):
    text = f"{introduction} was abducted on Monday. {later} was found dead on Tuesday."
    assert patients(tag("", text), "killed") == [["Tilda Morn"]]


@pytest.mark.parametrize("later", ["The head of the police", "The head of the water union"])
def test_a_description_with_another_complement_is_of_somebody_else(tag, later):
    text = (
        "Tilda Morn, the head of the water board, was abducted on Monday. "
        f"{later} was found dead on Tuesday."
    )
    assert patients(tag("", text), "killed") == [[later]]


def test_a_name_that_ends_as_another_is_another(tag):
    text = "Tilda Morn, the envoy for Central Asia, was wounded. The envoy for Asia was killed."
    assert patients(tag("", text), "killed") == [["The envoy"]]


def test_of_two_people_described_alike_the_one_named_last_is_taken_up(tag):
    article = tag(
        "", "Judge Petra Anders met Judge Olaf Brandt in Lima. Gunmen later killed the judge."
    )
    [[whom]] = patients(article, "killed")
    assert whom.endswith("Olaf Brandt")


def test_the_victim_is_who_the_report_before_names(tag):
    article = tag("", "Olaf Brandt was abducted in Lima. The victim was killed a day later.")
    assert patients(article, "killed") == [["Olaf Brandt"]]


def test_the_day_of_an_event_is_that_of_its_own_clause(tag):
    article = tag(
        "", "The ministry said on Thursday that rebels killed two guards in Lima on Monday."
    )
    assert date_of(article, "killed").basis == "monday"


@pytest.mark.parametrize(("characters", "who"), [(3000, "Marta Olvin"), (3001, "the senator")])
def test_a_description_refers_to_a_name_up_to_3000_characters_before(characters, who):
    text = "Senator Marta Olvin".ljust(len("Senator ") + characters) + "the senator died"
    mentions = Mentions(text, Actors(()))
    for name, form in (("Marta Olvin", "name"), ("the senator", "description")):
        at = text.find(name)
        mentions.add(at, at + len(name), "person", "phrase/name", form=form)
    senator = mentions.in_order()[-1]
    (report,) = with_antecedents([sentence_report(patient=(senator.id,))], mentions)
    assert [mentions.by_id[i].surface for i in report.patient] == [who]


@pytest.mark.parametrize(("sentences", "who"), [(3, "Marta Olvin"), (4, "the victim")])
def test_the_victim_is_named_by_a_report_up_to_three_sentences_before(sentences, who):
    text = "Marta Olvin fell. Later the victim died."
    mentions = Mentions(text, Actors(()))
    name = mentions.add(0, 11, "person", "phrase/name")
    victim = mentions.add(24, 34, "person", "phrase/name", form="description")
    first = sentence_report(patient=(name.id,), sentence_index=1)
    last = sentence_report(patient=(victim.id,), sentence_index=1 + sentences)
    *_, report = with_antecedents([first, last], mentions)
    assert [mentions.by_id[i].surface for i in report.patient] == [who]
