"""An act of speech, of office, or of assembly needs who can do it, and whom it can be done to."""

import pytest


def _types(article):
    return {r.event for r in article.reports if not r.in_passing}


@pytest.mark.parametrize(
    ("other_sense", "meant", "event"),
    [
        (
            "The crisis demands an answer.",
            "The union demands an answer.",
            "demand",
        ),
        (
            "The seat was called for Alva Bergman.",
            "Alva Bergman called for a ceasefire.",
            "demand",
        ),
        (
            "The mayor urged drivers to stay at home.",
            "The mayor urged the government to stay at home.",
            "demand",
        ),
        (
            "An officer was released from the hospital on Monday.",
            "An officer was released from the prison on Monday.",
            "released",
        ),
        (
            "A man was held in isolation in Meris.",
            "A man was held in a cell in Meris.",
            "arrested",
        ),
        (
            "Two women were treated and released.",
            "Two women were held and released.",
            "released",
        ),
        (
            "The bank warned that growth might slow.",
            "The army warned that it would shell the port.",
            "threat",
        ),
        (
            "The heat is a threat to the coast.",
            "The threat by the army alarmed the coast.",
            "threat",
        ),
        (
            "Alva Bergman agreed with Dario Aust.",
            "Alva Bergman agreed to a ceasefire.",
            "agreement",
        ),
        (
            "The minister likes the old trade agreement.",
            "Norway and Peru signed a trade agreement.",
            "agreement",
        ),
        (
            "The skater met her sister in Corrin.",
            "The president met the king in Corrin.",
            "negotiation",
        ),
        (
            "The ministry met its targets.",
            "The ministry met the union.",
            "negotiation",
        ),
        (
            "The ministers recognised that it was late.",
            "Norway recognised the government in Corrin.",
            "support",
        ),
        (
            "The general refused to comment.",
            "The general refused to withdraw.",
            "reject",
        ),
        (
            "Alva Bergman demonstrated her skill in Corrin.",
            "Teachers demonstrated in Corrin.",
            "protest",
        ),
        (
            "The candidate spoke at a rally in Corrin.",
            "Police broke up a rally in Corrin.",
            "protest",
        ),
        (
            "The board elected to interview four people.",
            "The board elected Alva Bergman.",
            "appointment",
        ),
        (
            "Alva Bergman was nominated for a prize.",
            "Alva Bergman was nominated for the supreme court.",
            "appointment",
        ),
        (
            "Alva Bergman won a third of the vote.",
            "Alva Bergman won the vote.",
            "appointment",
        ),
        (
            "The firm released the report of the doctors.",
            "The army released the doctors.",
            "released",
        ),
    ],
)
def test_an_act_needs_its_arguments(tag, other_sense, meant, event):
    assert event not in _types(tag("", other_sense))
    assert event in _types(tag("", meant))


def test_a_deal_that_does_not_come_about_is_spoken_of(tag):
    (report,) = tag("", "The minister likes the old trade agreement.").reports
    assert report.event == "agreement"
    assert report.in_passing
