"""Who holds an office: by the article, by a dictionary, or by the office alone."""

from datetime import timedelta

import pytest
from builders import START

LAST_DAY = START
"""The last day on which the test's dictionary has Idris Halvane lead the Orran Liberation Front."""


def victim(tag, title, text="", published_at=START):
    """Return the key of the one whom the article's killing befell."""
    article = tag(title, text, published_at)
    (report, *_) = [report for report in article.reports if report.event == "killed"]
    (patient,) = (m for m in article.mentions if m.id in report.patient)
    return patient.key


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (LAST_DAY, "idris-halvane"),
        (LAST_DAY + timedelta(days=1), "orran-liberation-front-leader"),
        (None, "orran-liberation-front-leader"),
    ],
)
def test_an_office_is_who_a_dictionary_says_holds_it_on_the_day(tag, day, key):
    title = "Leader of Orran Liberation Front killed"
    assert victim(tag, title, published_at=day) == key


@pytest.mark.parametrize(
    "title",
    [
        "Orran Liberation Front chief killed in raid",
        "Raid kills head of the Orran Liberation Front",
        "Raid kills the Orran Liberation Front's leader",
    ],
)
def test_leader_head_and_chief_are_one_office(tag, title):
    assert victim(tag, title) == "idris-halvane"


@pytest.mark.parametrize(
    "text",
    [
        "A raid killed the youth leader of the Orran Liberation Front.",
        "A raid killed the president of the Orran Liberation Front.",
        "A raid killed a former leader of the Orran Liberation Front.",
        "A raid killed a leader of the Orran Liberation Front.",
        "A raid killed the leader of the Sella Brigade.",
    ],
)
def test_another_office_is_not_that_of_the_dictionary(tag, text):
    assert victim(tag, "", text) != "idris-halvane"


def test_the_chief_of_a_headline_is_the_head_whom_the_body_names(tag):
    title = "Army confirms killing of Sella Brigade chief"
    text = "The army killed Tomas Olvin, the head of the Sella Brigade, on Monday."
    assert victim(tag, title, text) == "tomas-olvin"
    other = text.replace("the head of", "the deputy of")
    assert victim(tag, title, other) != "tomas-olvin"
