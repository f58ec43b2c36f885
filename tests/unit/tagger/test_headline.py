"""What a title's own conventions say, each bound from both sides."""

import pytest

from services.tagger.stance.headline import headline_convention


@pytest.mark.parametrize(
    ("title", "stance"),
    [
        ("Meris mayor shot dead: chief of the local police", "reported"),
        ("Meris mayor shot dead: acting chief of the local police", None),
    ],
)
def test_a_source_beside_a_colon_has_five_words_at_most(parse, title, stance):
    convention = headline_convention(title, parse(title))
    assert (convention.stance if convention else None) == stance


@pytest.mark.parametrize(
    ("title", "stance"),
    [
        ("Rebel chief 'killed' in raid near Meris", "reported"),
        ("Rebel chief ‘killed at dawn near’ Meris", None),
        ("Rebel chief killed in 'secret' raid near Meris", None),
    ],
)
def test_one_to_three_words_in_quotation_marks_are_somebody_elses(tag, title, stance):
    (report,) = (r for r in tag(title, "").reports if r.event == "killed")
    assert report.stance == (stance or "asserted")


@pytest.mark.parametrize(
    ("title", "stance"),
    [
        ("Kidnapping in Meris was a publicity stunt", "denied"),
        ("Stunt pilot kidnapped in Meris", "asserted"),
        ("Paper wrongly reported death of Otis Vane", "denied"),
        ("Claim of Meris kidnapping falls apart", "denied"),
        ("Police scotch talk of Meris kidnapping", "denied"),
        ("What really happened at the Meris kidnapping", "reported"),
        ("Old footage of Meris kidnapping shared online", "reported"),
    ],
)
def test_words_of_debunking_are_of_the_title_as_a_whole(parse, title, stance):
    convention = headline_convention(title, parse(title))
    assert (convention.stance if convention else "asserted") == stance


def test_a_title_that_denies_and_finds_alive_tells_no_death(tag):
    found = tag("Kidnapped boy found alive in Meris", "").reports
    assert [r.stance for r in found if r.event == "killed"] == ["denied"]
    # The parse hangs "found alive" on what "not" denies, so the rules abstain.
    found = tag("Kidnapped boy not harmed, found alive in Meris", "").reports
    assert not [r for r in found if r.event == "killed"]
