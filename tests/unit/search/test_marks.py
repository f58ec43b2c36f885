"""Where the words of a query stand in what was found."""

from builders import tagged
from hypothesis import given
from queries import articles, queries

from services.errors import ConfigError
from services.messages import Boilerplate
from services.query.document import document, segments
from services.query.evaluate import evaluate
from services.query.parse import parse
from services.search.marks import (
    AROUND,
    MOST_EXCERPTS,
    excerpts,
    marks_in_article,
    marks_in_lines,
)


def marks_in(article, node):
    """Return the marks of a query in an article, by what the index has of it."""
    matched = [" ".join(piece.words) for piece in segments(article) if piece.words]
    cuts = [(cut.start, cut.end) for cut in article.boilerplate]
    return marks_in_article(node, article.text, article.title_end, cuts, matched)


@given(articles(), queries)
def test_the_marks_in_what_the_index_has_are_those_of_the_stream(article, string):
    try:
        node = parse(string)
    except ConfigError:
        return
    wanted = evaluate(node, document(article))
    if wanted is not None:
        got = marks_in(article, node)
        assert got == wanted


def test_marks_are_of_the_text_as_it_is_written():
    article = tagged(text="Café raid\n\nThe CAFÉ of Halvane's men.")
    node = parse('cafe AND "halvane men"~1')
    marks = marks_in(article, node)
    assert [article.text[a:b] for a, b in marks] == ["Café", "CAFÉ", "Halvane's men"]


def test_a_word_without_a_letter_moves_no_mark():
    article = tagged(text="Raid ـ Meris\n\nA ـ raid in Meris.")
    marks = marks_in(article, parse("meris"))
    assert [article.text[a:b] for a, b in marks] == ["Meris", "Meris"]


def test_boilerplate_moves_no_mark_and_has_none():
    text = "Raid\n\nMeris elsewhere\nThe raid in Meris."
    cut = Boilerplate(start=6, end=21, kind="related", rule="x")
    article = tagged(text=text, boilerplate=(cut,))
    marks = marks_in(article, parse("meris"))
    assert marks == [(34, 39)]
    assert text[34:39] == "Meris"


def test_an_incident_is_marked_in_its_title_and_in_its_sentence():
    in_title, in_line = marks_in_lines(parse("halvane"), "Halvane dead", "It was Halvane.")
    assert (in_title, in_line) == ([(0, 7)], [(7, 14)])


def test_an_excerpt_is_of_one_line_and_is_cut_between_words():
    text = f"Title\n\n{'word ' * 100}halvane {'word ' * 100}\nNext line halvane."
    first = text.index("halvane")
    (one, two) = excerpts(text, [(first, first + 7), (len(text) - 8, len(text) - 1)])
    assert one.text[slice(*one.marks[0])] == "halvane"
    assert one.text.startswith("word")
    assert one.text.endswith("word")
    assert len(one.text) <= 7 + 2 * AROUND
    assert two.text == "Next line halvane."
    assert text[one.start :].startswith(one.text)


def test_no_more_excerpts_are_made_than_people_read():
    text = "halvane\n" * (MOST_EXCERPTS + 1)
    assert len(excerpts(text, [(8 * n, 8 * n + 7) for n in range(MOST_EXCERPTS + 1)])) == 3


def test_marks_in_one_stretch_share_an_excerpt():
    (one,) = excerpts("halvane and halvane", [(0, 7), (12, 19)])
    assert one.marks == ((0, 7), (12, 19))
