"""HTML to paragraphs."""

import pytest

from services.text.markup import one_line, plain_text, without_markup


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two <b>bold</b>.</p>", "One.\n\nTwo bold."),
        ("One<br>two<br/>three", "One\n\ntwo\n\nthree"),
        ("<p>a</p><script>alert(1)</script>after<style>p{}</style>", "a\n\nafter"),
        ("AT&amp;T &lt;tag&gt;", "AT&T <tag>"),
        ("<p>caf&eacute;</p>", "café"),
        ("<p>1 &lt; 2</p>", "1 < 2"),
        ("plain text\nin lines", "plain text\n\nin lines"),
        ("<p>source\nwrapped</p>", "source wrapped"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("<p>unclosed <i>tags", "unclosed tags"),
        ("<!-- hidden --><p>seen</p>", "seen"),
        ("", ""),
        ("<p></p>", ""),
    ],
)
def test_markup_becomes_paragraphs(html, text):
    assert plain_text(html) == text


def test_deep_nesting_neither_recurses_nor_loses_the_text_before():
    assert plain_text("<p>seen</p>" + "<div>" * 50_000 + "deep").startswith("seen")


def test_a_title_is_one_line():
    assert one_line("A <i>long</i>\n title") == "A long title"


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (
            "Gunmen <b>killed</b> two.\n\nThe mayor&nbsp;resigned.",
            "Gunmen killed two.\n\nThe mayor resigned.",
        ),
        ("<p>One.</p><p>Two.</p><script>alert(1)</script>", "One.\n\nTwo."),
        ("&lt;i&gt;Gunmen&lt;/i&gt; fled", "Gunmen fled"),
        ("Smith &amp; Sons", "Smith & Sons"),
    ],
)
def test_markup_left_in_a_text_is_taken_out(left, text):
    assert without_markup(left) == text


@pytest.mark.parametrize(
    "plain",
    ["1 < 2\n  and 3 > 2", "a.example/?x=1&copy=2", "R&D; AT&T", "<name withheld>", "line\nline"],
)
def test_a_text_without_markup_stays_as_it_is(plain):
    assert without_markup(plain) == plain
