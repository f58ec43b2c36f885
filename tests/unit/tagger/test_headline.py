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
