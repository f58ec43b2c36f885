"""What `reportedly tag --explain` and `--html` show of an article."""

import json
from io import StringIO
from itertools import pairwise

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from services.commands.explain_html import page
from services.commands.explain_text import FOLDED_FROM, rows, show, wrap
from services.commands.tag import tag as command
from services.messages import Boilerplate, TaggedArticle
from services.tagger.explain import Mark, explain, one_a_word

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


TRAP = "<img src=x onerror=alert(1)> was killed in Meris, a suburb of Dubai."


def explained(folder, *arguments):
    """Return the page, and what stands on the terminal."""
    file = folder / "why.html"
    title, _, body = TEXT.partition("\n\n")
    line = json.dumps({"id": "<1>", "title": title, "text": f"{body}\n\n{TRAP}"})
    told = CliRunner().invoke(command, ["--explain", "--html", str(file), *arguments], input=line)
    assert told.exit_code == 0, told.output
    return file.read_text(), told.stdout


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    return explained(tmp_path_factory.mktemp("brief"))


@pytest.fixture(scope="module")
def in_full(tmp_path_factory):
    return explained(tmp_path_factory.mktemp("full"), "--full")


def test_a_report_has_one_field_a_line(tagged):
    _, terminal = tagged
    lines = terminal.splitlines()
    start = lines.index("  > killed reported  of [1]")
    assert lines[start + 1].split(maxsplit=1) == ["whom", "Mayor"]
    assert all(line == line.rstrip() for line in lines)


def test_incidents_stand_above_the_sentences(tagged):
    html, terminal = tagged
    assert terminal.index("[1] killed") < terminal.index("> killed")
    assert "main; claimed; news; confidence" in terminal
    assert html.index('class="story') < html.index("<h1")


def test_a_silent_sentence_says_why(tagged):
    html, terminal = tagged
    assert "no report: no word here names an event" in terminal
    assert "<th>no report</th><td>no word here names an event</td>" in html


def test_rules_and_all_mentions_stand_only_in_full(tagged, in_full):
    assert "<code>hedge/reportedly@1" in in_full[0]
    assert "<code>hedge/reportedly@1" not in tagged[0]
    assert "hedge/reportedly@1" in in_full[1]
    assert "AE 25.08 55.31" in in_full[1]
    assert "hedge/reportedly@1" not in tagged[1]
    assert "AE 25.08 55.31" not in tagged[1]
    assert "└hedge" in tagged[1]


def test_no_key_is_shown(in_full):
    assert "violence:" not in in_full[1]
    assert "key " not in in_full[1]


def test_full_without_an_explanation_is_a_mistake():
    told = CliRunner().invoke(command, ["--full"], input="{}")
    assert told.exit_code != 0
    assert "--full goes with" in str(told.exception) + told.output


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
    assert page([(article, None)]).count("newsletter") == 3
    out = StringIO()
    show(article, Console(file=out, width=60))
    assert "It was a warm day." in out.getvalue()
    assert "there are no rules for de" in " ".join(out.getvalue().split())
    assert "there are no rules for de" in page([(article, None)])


@given(st.text(st.sampled_from("ab c\n\u4e2d\u0301"), max_size=120), st.integers(10, 60))
def test_wrapping_loses_nothing_but_blanks_and_keeps_to_the_width(text, width):
    lines = wrap(text, 0, len(text), width)
    assert "".join(text[a:b] for a, b in lines).split() == text.split() or "".join(
        "".join(text[a:b].split()) for a, b in lines
    ) == "".join(text.split())
    assert all(cell_len(text[a:b]) <= max(20, width) for a, b in lines)


def test_of_marks_on_one_word_the_event_is_kept():
    event, cue = Mark(0, 6, "event", "killed"), Mark(7, 9, "cue", "hedge")
    mention, longer = Mark(0, 9, "mention", "person"), Mark(5, 8, "source", "source")
    assert one_a_word([longer, mention, cue, event]) == (event, cue)
    assert one_a_word([mention, longer]) == (mention,)
    assert one_a_word([Mark(0, 5, "mention", "person"), longer]) == (
        Mark(0, 5, "mention", "person"),
        longer,
    )


@given(st.lists(MARKS, max_size=8))
def test_brief_marks_share_no_letter(marks):
    kept = one_a_word(marks)
    assert all(a.end <= b.start for a, b in pairwise(kept))
    assert not marks or kept


@pytest.mark.parametrize(("columns", "drawn"), [(10, "  └person"), (8, "person┘")])
def test_a_name_that_does_not_fit_stands_to_the_left_of_its_mark(columns, drawn):
    (row,) = rows("aa bb cc", [Mark(6, 8, "mention", "person")], 0, 8, columns + 4)
    assert row.plain.strip() == drawn.strip()
    assert row.cell_len <= columns + 4


@pytest.mark.parametrize(("n", "is_folded"), [(FOLDED_FROM - 1, False), (FOLDED_FROM, True)])
def test_sentences_without_an_event_word_are_folded(n, is_folded):
    line = json.dumps({"id": "1", "title": "", "text": "It was a warm day. " * n})
    told = CliRunner().invoke(command, ["--explain"], input=line)
    assert (f"[{n} sentences without a word" in told.stdout) == is_folded


@given(st.lists(MARKS, max_size=8))
def test_each_mark_in_a_line_is_drawn_once_under_its_first_letter(marks):
    start, end = 25, 71
    drawn = rows(TEXT, marks, start, end, 200)
    corners = sum(row.plain.count("└") for row in drawn)
    assert corners == sum(m.start < end and start < m.end for m in marks)
    for mark in marks:
        if start <= mark.start < end:
            assert any(
                row.plain[mark.start - start : mark.start - start + 1] == "└" for row in drawn
            )
