"""What `reportedly tag --explain` and `--html` show of an article."""

import json
from io import StringIO

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from services.commands.explain_html import page
from services.commands.explain_text import rows, show, wrap
from services.commands.tag import tag as command
from services.messages import Boilerplate, TaggedArticle
from services.tagger.explain import Mark, explain

TEXT = "\n\n".join(
    [
        "Mayor reportedly killed",
        "Gunmen killed the mayor of Meris, police said.",
        "It was a warm day.",
        "Subscribe to our newsletter",
    ]
)
MARKS = st.builds(
    lambda a, n: Mark(a, min(a + n, len(TEXT)), "cue", "hedge"),
    st.integers(0, len(TEXT) - 1),
    st.integers(1, 30),
)


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    """The page, and what stands on the terminal."""
    file = tmp_path_factory.mktemp("html") / "why.html"
    title, _, body = TEXT.partition("\n\n")
    line = json.dumps(
        {
            "id": "<1>",
            "title": title,
            "text": body
            + "\n\n<img src=x onerror=alert(1)> was killed in Meris, a suburb of Dubai.",
        }
    )
    told = CliRunner().invoke(command, ["--explain", "--html", str(file)], input=line)
    assert told.exit_code == 0, told.output
    return file.read_text(), told.stdout


def test_every_report_is_shown_with_stance_words_and_rules(tagged):
    _, terminal = tagged
    assert "> killed reported" in terminal
    assert "hedge/reportedly@1" in terminal
    assert "└hedge" in terminal
    assert "organisation" not in terminal
    assert "AE 25.08 55.31" in terminal
    assert "patient the mayor" in " ".join(terminal.split())


def test_a_file_is_no_place_for_colours(tagged):
    assert "\x1b" not in tagged[1]


def test_boilerplate_is_shown_with_its_kind(tagged):
    html, terminal = tagged
    assert "[newsletter]" in terminal
    assert 'class="boilerplate">Subscribe to our newsletter' in html


def test_the_page_runs_nothing_and_shows_markup_as_text(tagged):
    html, _ = tagged
    assert "<img" not in html
    assert "alert(1)" in html
    assert 'id="&lt;1&gt;"' in html
    assert "default-src 'none'" in html


def test_passages_cover_all_that_has_a_mark_and_keep_the_order_of_the_text():
    article = TaggedArticle(
        article_id="a",
        version=1,
        text=TEXT,
        title_end=TEXT.index("\n"),
        sketch="",
        language="de",
        skipped="events: there are no rules for de",
        boilerplate=(
            Boilerplate(
                start=TEXT.index("Subscribe"),
                end=len(TEXT),
                kind="newsletter",
                rule="boilerplate/newsletter@1",
            ),
        ),
    )
    kinds = [p.kind for p in explain(article)]
    assert kinds == ["title", "sentence", "sentence", "boilerplate"]
    assert page([article]).count("newsletter") == 3
    out = StringIO()
    show(article, Console(file=out, width=60))
    assert "It was a warm day." in out.getvalue()
    assert "there are no rules for de" in " ".join(out.getvalue().split())
    assert "there are no rules for de" in page([article])


@given(st.text(st.sampled_from("ab c\n\u4e2d\u0301"), max_size=120), st.integers(10, 60))
def test_wrapping_loses_nothing_but_blanks_and_keeps_to_the_width(text, width):
    lines = wrap(text, 0, len(text), width)
    assert "".join(text[a:b] for a, b in lines).split() == text.split() or "".join(
        "".join(text[a:b].split()) for a, b in lines
    ) == "".join(text.split())
    assert all(cell_len(text[a:b]) <= max(20, width) for a, b in lines)


@given(st.lists(MARKS, max_size=8))
def test_each_mark_in_a_line_is_drawn_once_under_its_first_letter(marks):
    start, end = 25, 71
    drawn = rows(TEXT, marks, start, end)
    corners = sum(row.plain.count("└") for row in drawn)
    assert corners == sum(m.start < end and start < m.end for m in marks)
    for mark in marks:
        if start <= mark.start < end:
            assert any(
                row.plain[mark.start - start : mark.start - start + 1] == "└" for row in drawn
            )
