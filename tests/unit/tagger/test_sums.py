"""People who are joined are counted together: one by one, and by their numbers."""

import pytest


def _tolls(article):
    return [(c.of, c.min, c.max) for r in article.reports for c in r.counts]


@pytest.mark.parametrize(
    ("text", "toll"),
    [
        ("A strike killed Otis Vane and four guards in Corrin.", ("killed", 5, 5)),
        ("A woman and her two children were killed in Corrin.", ("killed", 3, 3)),
        ("His wife and two of his guards were killed in Corrin.", ("killed", 3, 3)),
        ("At least three aides and a driver were killed in Corrin.", ("killed", 4, None)),
        ("A nurse and three cooks were wounded in Corrin.", ("wounded", 4, 4)),
    ],
)
def test_single_people_are_added_to_those_who_are_counted(tag, text, toll):
    assert _tolls(tag("", text)) == [toll]


@pytest.mark.parametrize(
    ("text", "toll"),
    [
        ("Four people, including Otis Vane, were killed in Corrin.", 4),
        ("Two guards, Otis Vane and Dario Aust, were killed in Corrin.", 2),
        ("Otis Vane and dozens of guards were killed in Corrin.", 24),
        ("The family and two guards were killed in Corrin.", 2),
        ("Otis Vane, his wife and four guards were killed in Corrin.", 4),
    ],
)
def test_a_part_a_list_of_names_and_an_open_number_are_not_added_to(tag, text, toll):
    assert [n for _, n, _ in _tolls(tag("", text))] == [toll]
