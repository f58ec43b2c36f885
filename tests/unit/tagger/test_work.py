"""What reading costs grows with the text and no faster, whatever stands in it."""

import sys

import pytest

from services.tagger.layout.boilerplate import find_boilerplate
from services.tagger.layout.dateline import find_dateline
from services.tagger.layout.quotes import find_quotes
from services.tagger.layout.sentences import sentences
from services.tagger.lexicon.matcher import Actors, packaged_lexicon
from services.tagger.names.mentions import Mentions
from services.tagger.sources.find import find_speaker_lines
from services.text.canonical import canonical

NEWS = """Gunmen killed Omar Sadiq, a leader of the Harvest Brigade, in Kabul on Monday, two officials said. Sadiq's brother Karim
was wounded. “He was alone,” said Karim Sadiq. Dr. Amal Nouri of the hospital told Reuters that three people had died.\n\n"""


def steps(call):
    """Return how many functions are called, ours and those of the interpreter: work without a clock."""
    count = 0

    def follow(frame, event, arg):
        nonlocal count
        count += event.endswith("call")

    sys.setprofile(follow)
    try:
        call()
    finally:
        sys.setprofile(None)
    return count


def test_the_work_of_a_kilobyte_does_not_grow_with_the_article(tag):
    tag("Leader killed", 2 * NEWS)  # what is made once
    short, long = (steps(lambda n=n: tag("Leader killed", n * NEWS)) for n in (4, 24))
    assert long < 1.3 * 6 * short


NAMES = ("Amal", "Bilal", "Dana", "Elias", "Farid", "Hana", "Jamil", "Karim", "Lina", "Munir", "Nadia", "Omar", "Rania", "Samir")
TOWNS = ("Kabul", "Basra", "Lima", "Tame", "Mosul", "Homs", "Sanaa")


def test_the_work_of_a_kilobyte_does_not_grow_with_what_happens_in_the_article(tag):
    """Each paragraph is an incident of its own, with people, groups, and speakers of its own."""

    def many(n: int) -> str:
        return "\n\n".join(
            f"Fighters of the {first} Brigade killed {first} {last}, a judge, in {town} on Monday, said {last} {first}. The"
            f" Taliban denied responsibility. “We are sad,” he added. A bomb wounded {i + 3} people in {town} last week."
            for i in range(n)
            for first, last, town in [(NAMES[i % 14], NAMES[(i // 14 + 3) % 14], TOWNS[i % 7])]
        )

    tag("Leader killed", many(2))
    short, long = (steps(lambda n=n: tag("Leader killed", many(n))) for n in (30, 180))
    assert long < 1.3 * 6 * short


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "piece",
    [
        "Mr. ",
        "A. ",
        ".",
        "?! ",
        "“",
        "“a ",
        '"',
        "(",
        "[a] ",
        "A: ",
        "<",
        "<b>",
        "&",
        "e\u0301",
        "\n",
        "a\n\n",
        " \t",
        "Ali Khan, ",
    ],
    ids=repr,
)
def test_a_line_of_one_thing_over_and_over_is_read_at_once(piece):
    """A quadratic pattern would take minutes for 200,000 characters."""
    line = (piece * 200_000)[:200_000]
    text, title_end = canonical("", line)
    spans = sentences(text, title_end, find_boilerplate(text, title_end))
    assert all(text[a:b].strip() for a, b in spans)
    find_dateline(text, title_end)
    find_quotes(text)
    assert all(text[slice(*s.cue)] for s in find_speaker_lines(text, Mentions(text, Actors((packaged_lexicon(),)))))


def test_of_a_book_the_beginning_is_read_for_events_and_the_rest_for_names(tag):
    """Five megabytes in one article are a mistake of somebody's: they must cost a worker neither its memory nor its day."""
    dull = "The town has a harbour and two markets.\n" * 20_000
    article = tag("", f"Gunmen killed a judge in Kabul.\n{dull}Gunmen killed a clerk in Basra.\nHezbollah said nothing.")
    assert [article.text[slice(*r.sentence)] for r in article.reports] == ["Gunmen killed a judge in Kabul."]
    assert article.skipped == "events: those behind the first 500,000 characters"
    assert [m.actor_id for m in article.mentions if m.actor_id == "hezbollah"] == ["hezbollah"]
