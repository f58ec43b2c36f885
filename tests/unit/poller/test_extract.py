"""HTML to paragraphs."""

import pytest

from services.poller.extract import one_line, plain_text


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
