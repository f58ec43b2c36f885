"""Where sentences end."""

import pytest

from services.tagger.layout.sentences import sentences


def parts(text):
    return [text[start:end] for start, end in sentences(text, 0, ())]


@pytest.mark.parametrize("opening", ["A guard", "The guard", "He", "They", "Police", "Olvin"])
def test_a_headline_that_lost_its_line_break_ends_before_a_word_that_only_opens(opening):
    text = f"Suspect has not been identified {opening} was shot on Monday in Meris."
    opens = opening.split()[0] in ("A", "The", "He", "They")
    assert len(parts(text)) == 1 + opens


@pytest.mark.parametrize(
    "text",
    [
        "Doctors spoke of a hepatitis A outbreak in Meris.",
        "The court heard that witness A was afraid.",
        "The envoy told The Guardian that talks go on.",
        "She read the paper A Night in Meris.",
        "He wrote “The man of Meris” in May.",
    ],
)
def test_a_capital_of_a_name_or_a_letter_opens_no_sentence(text):
    assert parts(text) == [text]


def test_a_caption_in_brackets_ends_before_the_story():
    assert parts("Olvin in May (Photo: Osk) A guard was shot.") == [
        "Olvin in May (Photo: Osk)",
        "A guard was shot.",
    ]
