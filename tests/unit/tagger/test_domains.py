"""Words of violence in texts about sport, kitchens, markets, and laboratories."""

import pytest

from services.tagger.events.domains import figures_of


def counted(tag, text):
    return {
        r.event
        for r in tag("", text).reports
        if r.stance not in ("denied", "hypothetical", "background")
    }


@pytest.mark.parametrize(
    "text",
    [
        "The winger attacked the goalkeeper's near post and a late goal killed the match.",
        "White attacked with both knights before a rook "
        "captured the last pawn; it was lively chess.",
        "Beat the yolks, burn the sugar, and strike the oven from your list of fears.",
        "The novel bombed with critics.",
        "Discounters attacked on price, captured a tenth of sales, and killed two brands.",
        "The enzyme attacks a protein on the cells and destroys them.",
        "Slugs have invaded the hedge and destroyed the seedlings.",
        "In the new quest a player can overthrow a queen and bomb her palace from any console.",
    ],
)
def test_figures_of_speech_are_no_events(tag, text):
    assert counted(tag, text) == set()


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Gunmen attacked fans after the match; the goalkeeper was hurt.", "attack"),
        ("The striker was shot dead after the match, police said.", "killed"),
        ("A bomb exploded near the theatre during a play and the audience fled.", "bombing"),
        ("Brand prices fell after rebels seized the market town of Senn.", "capture-place"),
        ("The novelist Marta Olvin, author of two books and a play, was murdered.", "killed"),
    ],
)
def test_real_harm_among_such_texts_is_an_event(tag, text, event):
    assert event in counted(tag, text)


def test_one_word_makes_no_domain():
    assert figures_of("They met at the match.") == frozenset()
    assert "attack" in figures_of("A goal in the last match.")


def test_a_grave_word_ends_a_domain():
    assert figures_of("A goal in the last match, before police came.") == frozenset()
