"""Names are of persons where the grammar says so, whatever they look like."""

import pytest

from services.tagger.names.persons import persons


@pytest.fixture
def names(parse):
    def found(sentence):
        doc = parse(sentence)
        return [sentence[start:end] for start, end, _ in persons(doc)]

    return found


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Warlord Adar Tuomi was killed in a raid near Meris on Monday.", "Adar Tuomi"),
        ("Mayor Ana Ruiz was shot dead in Tula on Monday.", "Ana Ruiz"),
        ("The family of Marta Olvin confirmed her death.", "Marta Olvin"),
        ("India Carver, 34, was held in Dallas.", "India Carver"),
        ("Gunmen killed Austin Kent, who taught chemistry.", "Austin Kent"),
        ("Chad Jordan, an engineer from Meris, died on Sunday.", "Chad Jordan"),
        ("Paris Hilden was shot dead in Meris on Monday.", "Paris Hilden"),
        ("Police arrested Ali Hamas in Meris on Monday.", "Ali Hamas"),
        ("Sunday Okavo was shot dead in Meris on Friday.", "Sunday Okavo"),
    ],
)
def test_a_name_is_a_persons_by_the_words_around_it(names, sentence, name):
    assert name in names(sentence)


def test_a_plural_noun_with_the_capital_of_its_sentence_is_no_name(names):
    assert names("Bags of flour and a loaded gun put a young man behind bars.") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Kentucky State Police were attacked on Monday.",
        "General Motors was sued on Monday.",
        "Prince Georges County was flooded.",
    ],
)
def test_a_title_in_the_name_of_a_body_makes_nobody(names, sentence):
    assert names(sentence) == []


@pytest.mark.parametrize(("age", "is_known"), [("119", True), ("120", False)])
def test_a_number_up_to_119_behind_a_name_is_an_age(names, age, is_known):
    assert ("India Carver" in names(f"India Carver, {age}, was held in Dallas.")) == is_known


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("He was taken to hospital, Lt. Mark Olvin said.", "Mark Olvin"),
        ("WASHINGTON Mark Olvin, 34, was held.", "Mark Olvin"),
        ("FILE - Mark Olvin, 34, was held.", "Mark Olvin"),
    ],
)
def test_stops_and_capitals_are_no_part_of_a_name(names, sentence, name):
    assert names(sentence) == [name]


def test_only_the_words_around_a_name_make_it_sure(parse):
    found = persons(parse("India Carver, 34, met Marta Olvin in Dallas."))
    assert [who.is_sure for who in found] == [True, False]


def test_a_day_behind_a_preposition_is_no_given_name(names):
    sentence = "Rebels said that last Sunday Okavo was killed."
    assert not any("Sunday" in name for name in names(sentence))
