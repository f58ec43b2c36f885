"""Lines of a page that are no part of its article."""

import pytest

from services.poller.pages.lines import (
    END_CHARS,
    REFERENCE_CHARS,
    RIGHTS_CHARS,
    article_lines,
    is_cut_off,
    is_furniture,
    without_signature,
)


@pytest.mark.parametrize(
    "line",
    [
        "READ MORE: Bridge to be rebuilt",
        "Also read: Council meets",
        "Don’t miss",
        "- Order Reprints",
        "© 2031 The Herald",
        "Copyright The Herald. All rights reserved.",
    ],
)
def test_a_line_of_the_page_is_furniture(line):
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "Related deaths rose to four.",
        "Read the statement, the minister said: it is all there.",
        "The rights of the miners: a history",
        "Share prices fell.",
    ],
)
def test_a_line_of_news_is_none(line):
    assert not is_furniture(line)


def test_a_long_line_is_a_paragraph_however_it_begins():
    lead, rights = "Read more: ", "Copyright "
    assert is_furniture(lead + "a" * (REFERENCE_CHARS - len(lead)))
    assert not is_furniture(lead + "a" * (REFERENCE_CHARS - len(lead) + 1))
    assert is_furniture(rights + "a" * (RIGHTS_CHARS - len(rights)))
    assert not is_furniture(rights + "a" * (RIGHTS_CHARS - len(rights) + 1))


def test_the_headline_is_left_out_at_the_top_alone():
    text = "Bridge closed.\nThe bridge is closed.\nBridge closed"
    assert article_lines(text, ["Bridge Closed"]) == "The bridge is closed.\n\nBridge closed"


@pytest.mark.parametrize(
    "text",
    [
        "He said …",
        "He said [...]",
        "He said. Read more",
        "He said. Continue reading »",
        "He said...)",
    ],
)
def test_a_teaser_says_that_it_goes_on(text):
    assert is_cut_off(text)


def test_what_is_said_of_reading_in_the_middle_cuts_nothing_off():
    assert is_cut_off("Read more" + " " * (END_CHARS - 9))
    assert not is_cut_off("Read more" + "a" * (END_CHARS - 8))
    assert not is_cut_off("The council met.")


def test_the_signature_of_a_feed_is_left_out():
    text = "The bridge is closed.\n\nThe post Bridge closed appeared first on The Herald."
    assert without_signature(text) == "The bridge is closed."
    assert without_signature("The bridge is closed.") == "The bridge is closed."
