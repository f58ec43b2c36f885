"""A name of the gazetteer is a place where the text uses it as one,
and lies where the text says.
"""

import pytest

from services.tagger.lexicon.gazetteer import Place, choose, gazetteer
from services.text.names import name_key


def places(tag, text, title=""):
    article = tag(title, text)
    assert all(article.text[m.start : m.end] == m.surface for m in article.mentions)
    return {m.surface: m for m in article.mentions if m.type in ("place", "state")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two shells fell on the market in Aleppo on Monday.", {"the market", "Aleppo"}),
        ("Aleppo was calm on Monday, its governor said.", {"Aleppo"}),
        ("The convoy left Deir ez-Zor for Khan Sheikhoun.", {"Deir ez-Zor", "Khan Sheikhoun"}),
        ("She moved from Bantam, Conn., to New Mexico.", {"Bantam", "Conn.", "New Mexico"}),
        ("The bridge in Marion County fell on Cleaver Road.", {"Marion County", "Cleaver Road"}),
        ("A Montreal-based firm built it.", {"Montreal"}),
        ("Fighting went on in Sichuan province.", {"Sichuan"}),
        ("Protests spread to Paris.", {"Paris"}),
        ("The Winnipeg Police Service found the car.", {"Winnipeg"}),
        ("Villagers of the hamlet near Powderly saw it.", {"Powderly"}),
        ("Shells fell near Arden Hill on Monday.", {"Arden Hill"}),
    ],
)
def test_places_are_found_by_name_context_and_form(tag, text, expected):
    assert set(places(tag, text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Mr. London said he had seen nothing.",
        "Reading is fun, she said.",
        "Madison Clarke said Madison had always wanted to dance.",
        "I've no idea, he said.",
        "A friend of Judge Hill spoke to Senator Hill.",
        "The patrol was late. Patrol leaders said why.",
    ],
)
def test_words_and_people_called_like_towns_are_no_places(tag, text):
    assert not places(tag, text)


def test_a_place_lies_in_the_state_that_the_text_names(tag):
    found = places(tag, "A fire broke out in Springfield, Massachusetts, on Monday.")
    assert (found["Springfield"].country, round(found["Springfield"].lat)) == ("US", 42)
    found = places(tag, "A fire broke out in Springfield, Mo., on Monday.")
    assert round(found["Springfield"].lat) == 37


def test_a_place_lies_in_a_country_that_the_article_names(tag):
    text = "The Canadian minister flew to Innisfail."
    assert places(tag, text)["Innisfail"].country == "CA"
    assert places(tag, text.replace("Canadian", "Australian"))["Innisfail"].country == "AU"


def test_states_know_their_country(tag):
    assert places(tag, "Iran said so.")["Iran"].country == "IR"


def test_the_largest_is_chosen_where_nothing_else_tells():
    small, large = (
        Place("X", "US", "AL", 1.0, 1.0, 1, 600),
        Place("X", "FR", "11", 2.0, 2.0, 2, 90_000),
    )
    assert choose((small, large), ()) == large
    assert choose((small, large), {"US"}) == small
    assert choose((small, large), {"FR"}, {"US.AL"}) == small


@pytest.mark.parametrize("name", ["Kiev", "Kyiv", "КИЇВ", "kyiv"])
def test_other_names_and_scripts_find_the_town(name):
    assert gazetteer().find(name)[0].geoname_id == 703448


def test_the_name_of_a_country_is_no_town_of_that_name(tag):
    found = places(tag, "Two miners died near the town of Manono in eastern Congo.")
    assert found["Congo"].country == found["Manono"].country == "CD"


@pytest.mark.parametrize(
    ("text", "name", "lies_in", "does_not"),
    [
        ("Two shells fell on Austin in Texas on Monday.", "Austin", "Texas", "Oklahoma"),
        ("Two men were shot dead in Maiduguri on Monday.", "Maiduguri", "Borno", "Yobe"),
        ("Two men were shot dead in Maiduguri on Monday.", "Maiduguri", "Nigeria", "Niger"),
        ("A bomb went off in Lashkar Gah on Monday.", "Lashkar Gah", "Helmand", "Kunar"),
        ("A bomb went off in London on Monday.", "London", "UK", "France"),
        ("Iran said so.", "Iran", "Iran", "Iraq"),
    ],
)
def test_a_place_lies_in_its_division_and_country(tag, text, name, lies_in, does_not):
    within = places(tag, text)[name].within
    assert name_key(lies_in) in within
    assert name_key(does_not) not in within


def test_each_seat_is_a_town_of_the_country_and_no_two_regions_share_a_division():
    known = gazetteer()
    for country, seats in known.words.seats.items():
        for region, seat in seats.items():
            assert any(town.country == country for town in known.find(seat)), seat
            assert any(place.country == country for place in known.find(region)), region
    assert all(len(set(names)) == 1 for names in known.divisions.values())
