"""Harm in a story, to a likeness, by a camera, or in one domain of life names no event."""

import pytest


def _types(article):
    return {r.event for r in article.reports if not r.in_passing}


@pytest.mark.parametrize(
    ("make_believe", "meant", "event"),
    [
        (
            "Dario Aust is politically dead, Alva Bergman said.",
            "Dario Aust is dead, Alva Bergman said.",
            "killed",
        ),
        ("Dario Aust is dead, politically.", "Dario Aust is dead, sadly.", "killed"),
        (
            "Judge Dario Aust was killed in the season finale of a show.",
            "Judge Dario Aust was killed in the raid on Corrin.",
            "killed",
        ),
        (
            'Dario Aust was killed in the last episode of "Harbour Watch".',
            "Dario Aust was killed in an episode of violence in Corrin.",
            "killed",
        ),
        (
            "Crowds hanged the minister Dario Aust in effigy in Corrin.",
            "Crowds hanged the minister Dario Aust in Corrin.",
            "killed",
        ),
        (
            "Crowds hanged and burned an effigy of Dario Aust in Corrin.",
            "Crowds hanged a driver in Corrin.",
            "killed",
        ),
        (
            "The singer Alva Bergman was shot by a photographer for a magazine.",
            "The singer Alva Bergman was shot by a photographer with a pistol.",
            "wounded",
        ),
        ("The singer's new comedy bombed in Corrin.", "Jets bombed Corrin.", "airstrike"),
        ("The singer's new comedy bombed in Corrin.", "A bomb exploded in Corrin.", "bombing"),
        (
            "Alva Bergman has killed her own party.",
            "The avalanche killed a party of climbers.",
            "killed",
        ),
        (
            "Karl Bosman is alive and kicking.",
            "The crowd was kicking a guard in Corrin.",
            "attack",
        ),
        (
            "The minister killed the mood, guests confirmed.",
            "The minister was confirmed killed on Monday.",
            "killed",
        ),
    ],
)
def test_what_befalls_nobodys_body_is_no_event(tag, make_believe, meant, event):
    assert event not in _types(tag("", make_believe))
    assert event in _types(tag("", meant))
