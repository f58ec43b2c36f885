"""Attributions anywhere in an article: cue, source, and content."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tagger.layout.quotes import Quotes, find_quotes


def said(tag, text, title=""):
    """Return the attributions as (source, cue) words, in text order."""
    article = tag(title, text)
    words = article.text
    return [
        (words[slice(*a.source)] if a.source else None, words[slice(*a.cue)])
        for a in article.attributions
    ]


@pytest.mark.parametrize(
    ("text", "source", "cue"),
    [
        ("The mayor of Meris said the bridge was closed.", "The mayor of Meris", "said"),
        ("The bridge was closed, the mayor said.", "the mayor", "said"),
        ("“The bridge is closed to everybody,” said Marta Olvin.", "Marta Olvin", "said"),
        (
            "According to the harbour office, the bridge is closed.",
            "the harbour office",
            "According",
        ),
        (
            "Marta Olvin, who told reporters that the bridge was closed, left.",
            "Marta Olvin",
            "told",
        ),
        ("The council closed the bridge, adding that it would stay so.", "The council", "adding"),
        ("The union accused the council of neglect.", "The union", "accused"),
        ("The closure was criticised by the union.", "the union", "criticised"),
        ("A survey showed that most people walk.", "A survey", "showed"),
        ("The union called for a new bridge.", "The union", "called"),
        ("The council's claim that the bridge is safe was read out.", "The council's", "claim"),
        ("Residents hope that the bridge will open.", "Residents", "hope"),
        (
            "As the harbour office has pointed out, the bridge is closed.",
            "the harbour office",
            "pointed",
        ),
        ("The mayor added: the bridge stays closed.", "The mayor", "added"),
    ],
)
def test_a_source_is_found_by_the_frame_of_its_cue(tag, text, source, cue):
    assert (source, cue) in said(tag, text)


@pytest.mark.parametrize(
    "text",
    [
        "We think that the bridge is closed.",
        "The mayor walked over the bridge.",
        "The council leads a project called New Bridge.",
        "The council spoke to the union.",
        "The council made a film to praise the bridge.",
        "The blast has claimed the lives of nine men.",
    ],
)
def test_thoughts_of_ours_and_plain_deeds_name_no_source(tag, text):
    assert said(tag, text) == []


@pytest.mark.parametrize(
    ("text", "source", "cue"),
    [
        ("The council decided to praise the bridge.", "The council", "praise"),
        ("The mayor would not say whether the bridge is safe.", "The mayor", "say"),
        ("Engineers urged the mayor to admit that the bridge is closed.", "the mayor", "admit"),
        ("The mayor's doubts about the bridge are known.", "The mayor's", "doubts"),
        ("The clinic supports the new law.", "The clinic", "supports"),
    ],
)
def test_somebody_who_means_to_speak_or_takes_a_side_is_a_source(tag, text, source, cue):
    assert (source, cue) in said(tag, text)


def test_a_quotation_is_of_the_cue_that_introduces_it(tag):
    found = said(tag, "The mayor danced on the bridge, calling it “the best place of the year”.")
    assert found == [("The mayor", "calling")]


def test_speech_that_is_only_meant_is_no_attribution_of_an_event(tag):
    article = tag("", "The mayor would not say whether Marta Olvin was killed.")
    assert all(report.stance != "claimed" for report in article.reports)


def test_cues_inside_a_quotation_are_the_speakers_own(tag):
    assert said(tag, "“My sister says the bridge is closed,” the mayor said.") == [
        ("the mayor", "said")
    ]


def test_a_sentence_without_any_event_is_read_too(tag):
    article = tag("", "It rained all day.\n\nThe harbour office said that ships would wait.")
    assert article.reports == ()
    assert len(article.attributions) == 1


def test_an_attribution_without_a_source_keeps_its_cue(tag):
    assert said(tag, "The bridge was reportedly closed.") == [(None, "reportedly")]


def test_lines_by_speakers_and_signed_quotations_are_attributions_by_layout(tag):
    assert said(tag, "Olvin: the bridge is closed for the whole week.") == [("Olvin", ":")]
    assert said(tag, "“Nobody asked us about it at all.” — Marta Olvin") == [("Marta Olvin", "—")]


def test_the_source_in_the_next_sentence_answers_for_an_event_inside_a_quotation(tag):
    article = tag(
        "",
        "“They shot two men near the bridge. "
        "We saw that gunmen killed a guard too,” the mayor said.",
    )
    assert article.reports
    for report in article.reports:
        assert [article.text[slice(*a.source)] for a in report.attribution] == ["the mayor"]
        assert report.stance in ("claimed", "reported")


def test_every_offset_lies_within_the_text(tag):
    article = tag(
        "Two killed: police",
        "Police said two men died.\n\n“They were killed at dawn.” The chief said more.\n"
        "\n“Killed,” he said.",
    )
    for a in [*article.attributions, *(x for r in article.reports for x in r.attribution)]:
        assert 0 <= a.cue[0] < a.cue[1] <= len(article.text)
        assert a.source is None or article.text[slice(*a.source)].strip()


@given(st.text(st.sampled_from('“”"ab \n'), max_size=60), st.integers(0, 60))
def test_a_character_is_quoted_just_when_a_quotation_holds_it(text, at):
    quotes = find_quotes(text)
    assert quotes.holds(at) == any(a <= at < b for a, b in quotes.spans)
    assert all("\n" not in text[a:b] for a, b in quotes.spans)


@pytest.mark.parametrize(
    ("text", "event", "source"),
    [
        (
            "The Harbour Courier was the first to report the arrest of Idris Halvane.",
            "arrested",
            "Harbour Courier",
        ),
        (
            "The arrest of Idris Halvane, first reported by Northline News, was denied later.",
            "arrested",
            "Northline News",
        ),
    ],
)
def test_the_outlet_that_reported_an_event_first_is_its_source(tag, text, event, source):
    article = tag("", text)
    report = next(r for r in article.reports if r.event == event)
    assert any(source in article.text[slice(*a.source)] for a in report.attribution if a.source)


@given(st.lists(st.integers(1, 9), max_size=12), st.integers(0, 60), st.integers(0, 60))
def test_the_quotations_of_a_stretch_are_those_that_a_look_at_all_finds(widths, a, b):
    edges = list(accumulate(widths))
    quotes, (start, end) = Quotes(tuple(zip(edges[::2], edges[1::2], strict=False))), sorted((a, b))
    assert quotes.within(start, end) == [
        span for span in quotes.spans if span[0] < end and start < span[1]
    ]
