"""What reading costs grows with the text and no faster, whatever stands in it."""

import gc
import resource
import sys
from pathlib import Path

import pytest
from stand_ins import stand_in

from services.tagger.layout.boilerplate import find_boilerplate
from services.tagger.layout.dateline import find_dateline
from services.tagger.layout.quotes import find_quotes
from services.tagger.layout.sentences import sentences
from services.tagger.lexicon.matcher import Actors, packaged_lexicon
from services.tagger.names.mentions import Mentions
from services.tagger.parse.spacy_model import BATCH, TOKENS, parsed
from services.tagger.sources.lines import find_speaker_lines
from services.text.canonical import canonical

NEWS = (
    "Gunmen killed Omar Sadiq, a leader of the Harvest Brigade, in Kabul on Monday, two "
    "officials said. Sadiq's brother Karim\nwas wounded. “He was alone,” said Karim Sadiq. Dr. "
    "Amal Nouri of the hospital told Reuters that three people had died.\n\n"
)


def steps(call):
    """Return how many functions are called,
    ours and those of the interpreter: work without a clock.
    """
    count = 0

    def follow(_frame, event, _arg):
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


NAMES = "Amal Bilal Dana Elias Farid Hana Jamil Karim Lina Munir Nadia Omar Rania Samir".split()
TOWNS = ("Kabul", "Basra", "Lima", "Tame", "Mosul", "Homs", "Sanaa")


def test_the_work_of_a_kilobyte_does_not_grow_with_what_happens_in_the_article(tag):
    """Each paragraph is an incident of its own, with people, groups, and speakers of its own."""

    def many(n: int) -> str:
        return "\n\n".join(
            f"Fighters of the {first} Brigade killed {first} {last}, a judge, "
            f"in {town} on Monday, said {last} {first}. The"
            f" Taliban denied responsibility. “We are sad,” he added. "
            f"A bomb wounded {i + 3} people in {town} last week."
            for i in range(n)
            for first, last, town in [(NAMES[i % 14], NAMES[(i // 14 + 3) % 14], TOWNS[i % 7])]
        )

    tag("Leader killed", many(2))
    short, long = (steps(lambda n=n: tag("Leader killed", many(n))) for n in (30, 180))
    assert long < 1.3 * 6 * short


PIECES = {
    "quotation marks": '"',
    "quoted words": '"a" ',
    "quotations": "“We are sad,” said Omar Sadiq. ",
    "names": "Afghanistan, Albania, Algeria, Angola, ",
    "news of war": "Gunmen killed Omar Sadiq and wounded 12 soldiers in Kabul, Karim Nouri said. ",
    "numbers": "killed 12, 13 and ",
    "digits": "1234567890 ",
    "brackets": "[a] (b) ",
    "dashes": "— - ",
    "lines": "killed\n",
    "capitals": "GUNMEN KILLED OMAR SADIQ IN KABUL. ",
    "letters of many scripts": "é Ω 中 😀 ",
    "speech": "said ",
    "possessives": "Omar's brother's ",
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_twice_the_text_of_one_kind_is_twice_the_work(tag, piece):
    def filled(n):
        return (piece * n)[:n]

    tag("Leader killed", filled(2_700))
    short, long = (steps(lambda n=n: tag("Leader killed", filled(n))) for n in (2_700, 5_400))
    assert long < 1.3 * 2 * short


@pytest.mark.parametrize("piece", ["names", "possessives", "digits"])
def test_twice_the_names_of_a_book_are_twice_the_work(tag, piece):
    """Names are looked for in the whole of a text: the few thousands of one actor,
    each compared with all the others, took minutes.
    """

    def filled(n):
        return (PIECES[piece] * n)[:n]

    tag("", filled(2_700))
    short, long = (steps(lambda n=n: tag("", filled(n))) for n in (15_000, 60_000))
    assert long < 1.3 * 4 * short


def test_what_the_parser_works_out_beforehand_is_not_kept(tagger):
    """It takes 5 kB a token:
    a text of half a million quotation marks would hold more memory than the machine has.
    """
    marks = [('"' * 900, None)] * 10
    list(parsed(tagger._nlp, marks))
    gc.collect()
    gc.disable()
    try:
        before = resident_bytes()
        docs = list(parsed(tagger._nlp, marks))
        grown = resident_bytes() - before
    finally:
        gc.enable()
    assert grown < 1_500 * sum(len(doc) for doc, _ in docs)


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


class _Pipeline:
    """Notes how many tokens are given to it at once; a token is a letter."""

    def __init__(self):
        self.given = []

    def make_doc(self, text):
        return text

    def pipe(self, docs, **_):
        self.given.append([len(doc) for doc, _ in docs])
        return docs


def test_sentences_are_parsed_in_batches_of_bounded_tokens():
    pipeline, lengths = _Pipeline(), [TOKENS - 10, 10, 1, TOKENS + 5, 3, *[1] * (BATCH + 1)]
    assert [
        len(doc) for doc, _ in parsed(stand_in(pipeline), (("x" * n, None) for n in lengths))
    ] == lengths
    assert pipeline.given == [[TOKENS - 10, 10], [1], [TOKENS + 5], [3, *[1] * (BATCH - 1)], [1, 1]]


@pytest.mark.timeout(60)
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
    assert all(
        text[slice(*s.cue)]
        for s in find_speaker_lines(text, Mentions(text, Actors((packaged_lexicon(),))))
    )


def test_of_a_book_the_beginning_is_read_for_events_and_the_rest_for_names(tag):
    """A megabyte in one article is a mistake of somebody's:
    it must cost a worker neither its memory nor its day.
    """
    dull = "The town has a harbour and two markets.\n" * 20_000
    article = tag(
        "",
        f"Gunmen killed a judge in Kabul.\n"
        f"{dull}Gunmen killed a clerk in Basra.\nHezbollah said nothing.",
    )
    assert [article.text[slice(*r.sentence)] for r in article.reports] == [
        "Gunmen killed a judge in Kabul."
    ]
    assert article.skipped == "events: those behind the first 100,000 characters"
    assert [m.actor_id for m in article.mentions if m.actor_id == "hezbollah"] == ["hezbollah"]
