"""Words of HTML, quickly and by a parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.poller.reading.words import MAX_LESS_THAN, html_words, text_words
from services.text.markup import plain_text

PARTS = st.sampled_from(
    [
        "<p>", "<p class=\"a\" id='b'>one</p>", "<br>", "<br/>", "<br />", "<b>", "</b>", "The",
        "<li>two</li>", '<a href="/x?a=1&amp;b=2">', "</a>", "<img src='a.jpg'/>", " dam ", "held",
        "\n", "\r\n", " &amp; ", "&nbsp;", "&#8203;", "é", "\u200b", "\u2028", "<hr>",
        "<div>four</div>", "<h2>five</h2>", "  ", "\t",
    ]
)  # fmt: skip


@given(st.lists(PARTS, max_size=12).map("".join))
def test_the_quick_way_gives_the_words_of_the_parser(html):
    assert html_words(f"<div>{html}</div>").split() == plain_text(f"<div>{html}</div>").split()


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p>\n<p>Two<br/>lines</p>", "One\n\nTwo\n\nlines"),
        ("<p>One<!-- <b> --> word</p>", "One word"),
        ("<p>One <script>let a = '<p>';</script>word</p>", "One\n\nword"),
        ('<p title="a > b">One</p>', "One"),
        ("<p title='it\"s'>One</p>", "One"),
        ("<P>One <B>word</B></P>", "One word"),
        ("<p>One <b", "One"),
        ("3 < 5 & 7 > 5", "3 < 5 & 7 > 5"),
        ("a <x-widget>word</x-widget>", "a\n\nword"),
        ("plain\ntext", "plain\n\ntext"),
        ("caf&eacute; &#150; 5", "café – 5"),
        ("caf\x96 <b>x</b>", "caf– x"),
        ("", ""),
    ],
)
def test_html_gives_its_words(html, words):
    assert html_words(html) == words


def test_a_plain_text_keeps_its_tags_and_parts_at_blank_lines():
    assert text_words("One <b>\nline\n \nTwo") == "One <b> line\n\nTwo"


@pytest.mark.parametrize(("n", "stays"), [(MAX_LESS_THAN, True), (MAX_LESS_THAN + 1, False)])
def test_signs_that_open_no_tag_are_words_up_to_a_number(n, stays):
    assert ("<unnamed>" in html_words("<unnamed> " + "< " * (n - 1))) == stays
