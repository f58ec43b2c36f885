"""The toll of an incident."""

import pytest
from builders import full_report, mention, view

from services.messages import Count
from services.tagger.incidents.fields import ranked
from services.tagger.incidents.tolls import tolls

TEXT = "Gunmen killed nine people in Meris. " * 4


def seen(*reports, mentions=()):
    """Return the reports, the surest first, and their article."""
    article = view(reports, list(mentions), TEXT)
    return ranked(reports, article), article


@pytest.mark.parametrize(("index", "toll"), [(1, 9), (2, 4)])
def test_the_toll_is_the_highest_number_of_the_lead_else_the_surest(index, toll):
    def told(name, n, where):
        count = Count(of="killed", min=n, max=n, span=(0, 1))
        return full_report(name, counts=(count,), patient=("guards",), sentence_index=where)

    guards = mention("guards", form="description")
    members, article = seen(told("r1", 4, 0), told("r2", 9, index), mentions=[guards])
    assert [c.min for c in tolls(members, article)] == [toll]


def test_a_part_is_no_toll(tag):
    article = tag("", "Gunmen killed nine people, including three children, in Meris.")
    assert [c.min for c in article.incidents[0].counts] == [9]


@pytest.mark.parametrize(
    ("surface", "n"),
    [
        ("a guard", 1),
        ("the 45-year-old driver", 1),
        ("Soldier", 1),
        ("aide to the ministers", 1),
        ("the guards", None),
        ("the crew", None),
        ("nine of the guards", None),
    ],
)
def test_one_person_by_description_is_counted(surface, n):
    man = mention(surface, form="description")
    members, article = seen(full_report("r", patient=(surface,)), mentions=[man])
    assert [c.min for c in tolls(members, article)] == ([] if n is None else [n])


@pytest.mark.parametrize(
    ("text", "toll"),
    [
        ("Marta Olvin was killed on Monday in Meris. Two others died.", 3),
        ("Marta Olvin was killed on Monday in Meris. Her driver also died.", 2),
        ("Marta Olvin was killed in Meris in a raid in which two guards were also killed.", 3),
        ("Marta Olvin was killed on Monday in Meris along with two of her guards.", 3),
        ("Marta Olvin and two guards were killed on Monday in Meris.", 3),
        ("Marta Olvin was killed in a raid that killed five people in Meris.", 5),
        ("Five people, among them Marta Olvin, were killed in Meris. Two others were hurt.", 5),
    ],
)
def test_those_told_beside_a_person_are_counted_with_her(tag, text, toll):
    counts = tag("", text).incidents[0].counts
    assert [c.min for c in counts if c.of == "killed"] == [toll]
