"""How exactly a place is named: by the words beside it, the gazetteer, its own form."""

import pytest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two guards were killed in Aleppo on Monday.", {"Aleppo": "town"}),
        ("Two guards were killed in Aleppo province.", {"Aleppo": "region"}),
        ("Two guards were killed in the province of Aleppo.", {"Aleppo": "region"}),
        ("Two guards were killed in the city of Aleppo.", {"Aleppo": "town"}),
        ("Two guards were killed in Sinai on Monday.", {"Sinai": "region"}),
        ("Two guards were killed in Marion County.", {"Marion County": "region"}),
        ("Two guards were killed on Cleaver Road.", {"Cleaver Road": "site"}),
        ("Two guards were killed in Tahrir Square.", {"Tahrir Square": "site"}),
        ("Two guards were killed at Lake Arno.", {"Lake Arno": "region"}),
        ("Two guards were killed in Bantam, Conn.", {"Bantam": "town", "Conn.": "region"}),
        ("Two guards were killed in Norway.", {"Norway": "country"}),
    ],
)
def test_a_place_is_as_exact_as_the_words_for_it(tag, text, expected):
    article = tag("", text)
    assert {m.surface: m.precision for m in article.mentions if m.precision} == expected


def test_who_is_no_place_has_no_precision(tag):
    article = tag("", "Norwegian guards of the Relief Fund killed Marta Olvin in Meris.")
    assert {m.surface for m in article.mentions if m.precision} == {"Meris"}
