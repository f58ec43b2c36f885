"""The clock of an article whose day is not known: when its events happened."""

import pytest

LATER = " It was on its way to the port."


@pytest.fixture
def times(tag):
    """Return a function that gives the times of a bombing in an article without a day."""

    def one(sentence):
        reports = tag("", sentence + LATER, None).reports
        return {report.time for report in reports if report.event == "bombing"}

    return one


@pytest.mark.parametrize(
    "sentence",
    [
        "Gunmen bombed a bus in Meris on 17 May 1974.",
        "Gunmen bombed a bus in Meris in May 1974.",
        "In 1974 gunmen bombed a bus in Meris.",
        "On 17 May 1974, gunmen bombed a bus in Meris.",
        "Gunmen bombed a bus in Meris on 17 May 1974. A plaque was hung on 3 June 1994.",
    ],
)
def test_the_year_of_an_undated_article_is_no_proof_of_news(times, sentence):
    assert times(sentence) == {"old"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Gunmen bombed a bus in Meris.",
        "Gunmen bombed a bus in Meris on Monday.",
        "Gunmen bombed a bus in Meris on 2 May.",
        "Gunmen bombed a bus in Meris on 2 May 2031.",
        "MERIS, 17 May 1974 - Gunmen bombed a bus in Meris on Friday.",
        "MERIS, 17 May 1974 - Gunmen bombed a bus in Meris on 17 May 1974.",
    ],
)
def test_an_undated_article_without_a_year_of_long_ago_is_news(times, sentence):
    assert times(sentence) == {"news"}
