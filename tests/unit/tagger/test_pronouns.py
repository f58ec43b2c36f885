"""Whom "he" and "she" mean in the roles of reports, and when nobody can tell."""

import pytest


def people(article, event, role="patient"):
    surfaces = {m.id: m.surface for m in article.mentions}
    (report,) = (r for r in article.reports if r.event == event and not r.in_passing)
    return [surfaces[i] for i in getattr(report, role)]


@pytest.mark.parametrize(
    ("text", "patients"),
    [
        ("Olaf Brandt was walking home when he was shot dead.", ["Olaf Brandt"]),
        ("Olaf Brandt lived in Lima. Gunmen killed him on Monday.", ["Olaf Brandt"]),
        ("Olaf Brandt met Karl Bosman in Lima. He was killed an hour later.", []),
        ("A soldier and a teacher quarrelled in Lima. He was killed.", []),
        ("Olaf Brandt lived with his wife, Marta Olvin. She was killed.", ["Marta Olvin"]),
        ("Olaf Brandt quarrelled with Karl Bosman and killed him.", ["Karl Bosman"]),
        ("Olaf Brandt attacked a guard. The guard killed him.", ["Olaf Brandt"]),
        ("The car of Olaf Brandt hit a boy, killing him.", ["a boy"]),
        (
            "Officers found a driver in a ditch. He died in a hospital of gunshot wounds.",
            ["a driver"],
        ),
    ],
)
def test_a_pronoun_means_the_only_person_that_it_may_mean(tag, text, patients):
    assert people(tag("", text), "killed") == patients


@pytest.mark.parametrize(
    "text",
    [
        "Gunmen stormed a shop. Sergeant Marta Olvin said that she was arrested.",
        "“He was a good boy,” said his mother, Marta Olvin. She was arrested on Monday.",
        "According to Olaf Brandt, he was arrested on Monday.",
    ],
)
def test_who_is_quoted_is_nobodys_patient(tag, text):
    assert people(tag("", text), "arrested") == []


def test_a_witness_stands_in_the_way_of_nobody(tag):
    text = "Olaf Brandt was in Lima. The witness Karl Bosman said he was killed at once."
    assert people(tag("", text), "killed") == ["Olaf Brandt"]


def test_a_speaker_may_announce_an_act_but_not_admit_a_killing(tag):
    text = "President Olaf Brandt announced that he will withdraw his troops from Norway."
    assert people(tag("", text), "retreat", "agent") == ["President Olaf Brandt"]
    text = "President Olaf Brandt announced that he killed two guards."
    assert people(tag("", text), "killed", "agent") == []


def test_a_speaker_may_be_who_has_the_office(tag):
    article = tag("", "Marta Olvin denied that she had resigned.")
    assert people(article, "resignation") == ["Marta Olvin"]


@pytest.mark.parametrize(("between", "patients"), [(2, ["Olaf Brandt"]), (3, [])])
def test_a_person_is_looked_for_three_sentences_back(tag, between, patients):
    text = "Olaf Brandt left Lima by bus on Monday. " + "It rained. " * between
    assert people(tag("", text + "Gunmen killed him."), "killed") == patients


def test_a_pronoun_left_open_stands_in_the_way_of_the_next(tag):
    text = "Olaf Brandt met Karl Bosman. He saw Luis Abarca. Gunmen killed him."
    assert people(tag("", text), "killed") == []


@pytest.mark.parametrize(
    ("text", "event", "patients"),
    [
        ("Karl Bosman denied reports of his death.", "killed", ["Karl Bosman"]),
        ("Karl Bosman denied that he had been arrested.", "arrested", ["Karl Bosman"]),
        ("Spokesman Karl Bosman denied reports of his death.", "killed", []),
        (
            "Otto Brandt led the mill. Karl Bosman denied reports of his death.",
            "killed",
            ["Otto Brandt"],
        ),
    ],
)
def test_who_denies_what_befell_him_is_meant_if_nobody_else_may_be(tag, text, event, patients):
    assert people(tag("", text), event) == patients


def test_a_pronoun_means_nobody_named_in_its_own_clause(tag):
    article = tag("", "Olaf Brandt was held in Lima. After he killed Brandt, a man fled.")
    assert people(article, "killed", "agent") == []
    assert people(article, "killed") == ["Brandt"]
