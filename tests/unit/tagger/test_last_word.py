"""What an article says of an incident in the end, where its sources contradict one another."""

import pytest
from builders import full_report, mention, view

from services.messages import Attribution
from services.tagger.incidents.last_word import last_word

MENTIONS = {m.id: m for m in map(mention, ("Olvin", "army", "front", "police"))}


def said(stance, by=None, agent=()):
    """Return what a source says of Olvin's death."""
    source = (Attribution(mention=by, kind="party", cue=(0, 4)),) if by else ()
    return full_report("r", stance=stance, patient=("Olvin",), attribution=source, agent=agent)


@pytest.mark.parametrize(
    ("reports", "word"),
    [
        # Who is said to have done it denies only that part.
        ([said("claimed", "police", ("front",)), said("denied", "front")], "claimed"),
        ([said("asserted"), said("denied", "front", ("front",))], "asserted"),
        ([said("denied", "front", ("front",))], "denied"),
        # Two parties, in either order.
        ([said("claimed", "army", ("army",)), said("denied", "front")], "disputed"),
        ([said("denied", "front"), said("claimed", "army")], "disputed"),
        # A party that takes its word back, and the person himself.
        ([said("claimed", "army", ("army",)), said("denied", "army", ("army",))], "denied"),
        ([said("claimed", "army"), said("denied", "Olvin")], "denied"),
        # Rumours have no side.
        ([said("reported"), said("denied", "front")], "denied"),
        ([said("claimed", "army"), said("denied")], "denied"),
        # A denial that has no source and that the article does not stand by.
        ([said("asserted"), said("denied"), said("asserted")], "asserted"),
        ([said("asserted"), said("denied", "front"), said("asserted")], "disputed"),
        ([], "asserted"),
    ],
)
def test_a_source_speaks_for_itself(reports, word):
    assert last_word(reports, view(reports, list(MENTIONS.values()), "")) == word


def body(*stances):
    """Return reports of one sentence each, of an article without a title."""
    return [
        full_report(f"r{n}", stance=stance, sentence=(n, n + 1), sentence_index=n)
        for n, stance in enumerate(stances, 1)
    ]


@pytest.mark.parametrize(
    ("reports", "word"),
    [
        # One of four is of a detail, one of three of the whole.
        (body("asserted", "asserted", "asserted", "claimed"), "asserted"),
        (body("asserted", "asserted", "claimed"), "claimed"),
        # The first sentence names the source of all that follows.
        (body("claimed", "asserted", "asserted", "asserted"), "claimed"),
        (body("asserted", "asserted", "asserted", "confirmed"), "confirmed"),
    ],
)
def test_a_source_of_a_detail_does_not_answer_for_the_event(reports, word):
    assert last_word(reports, view(reports, [], "")) == word


@pytest.mark.parametrize(
    ("title", "first", "word"),
    [("asserted", "claimed", "claimed"), ("reported", "asserted", "reported")],
)
def test_a_title_leaves_sources_out_and_what_it_names_holds_of_all(title, first, word):
    titles = [full_report(f"t{n}", stance=title, sentence=(0, 1)) for n in range(3)]
    reports = [*titles, *body(first)]
    assert last_word(reports, view(reports, [], "", title_end=1)) == word
